"""Light from far away: an environment measured once, and a scene's surroundings as shading asks for them.

The brightest spot of an environment (a sun, a window, a softbox) becomes a parallel light that can cast shadows; what
is left is nine spherical-harmonic coefficients of irradiance (Ramamoorthi & Hanrahan, "An efficient representation for
irradiance environment maps", SIGGRAPH 2001) and a pyramid for reflections.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.render.preview.pyramid import Pyramid, pyramid
from synthvision.render.preview.vectors import Floats
from synthvision.scene import World

_ENVIRONMENT_PX = 2048
_MEASURED = (128, 64)
_SPOT_HALF_ANGLE_DEG = 20.0
_SPOT_OVER_MEAN = 4.0
_Real = TypeVar("_Real", np.float32, np.float64)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)


@dataclass(frozen=True, eq=False)
class Environment:
    """An environment at strength 1, not turned.

    Attributes:
        image: the radiance, as seen.
        coefficients: (9, 3) float64 irradiance coefficients of everything but the spot.
        sky_coefficients: the same of the upper half alone, for scenes whose ground hides the lower half.
        spot_direction: (3,) float64 unit, from the scene towards the brightest spot.
        spot_irradiance: (3,) float64 W/m² of the spot on a surface that faces it.
    """

    image: Pyramid
    coefficients: NDArray[np.float64]
    sky_coefficients: NDArray[np.float64]
    spot_direction: NDArray[np.float64]
    spot_irradiance: NDArray[np.float64]


def measure_environment(image: Floats) -> Environment:
    """Measure an equirectangular environment, (H, W, 3) float32 linear, first row up."""
    small = cv2.resize(image, _MEASURED, interpolation=cv2.INTER_AREA).astype(np.float64)
    directions, solid_angles = _directions(*_MEASURED)
    spot = _spot(small, directions, solid_angles)
    weighted = small * solid_angles[:, :, None]
    spot_flux = (weighted * spot[:, :, None]).sum(axis=(0, 1))
    towards = np.einsum("hw,hwc->c", elementary.matmul(weighted, _LUMINANCE) * spot, directions)
    length = float(np.linalg.norm(towards, axis=-1))
    rest = weighted * (1 - spot[:, :, None])
    sky = rest * (directions[:, :, 2:] > 0)
    return Environment(
        image=pyramid(image, _ENVIRONMENT_PX),
        coefficients=_irradiance_coefficients(rest, directions),
        sky_coefficients=_irradiance_coefficients(sky, directions),
        spot_direction=towards / length if length else np.array([0.0, 0.0, 1.0]),
        spot_irradiance=spot_flux,
    )


def _directions(width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Directions (H, W, 3) and solid angles (H, W) of the pixels, in the convention of ``scene.World``."""
    azimuth = (0.5 - (np.arange(width) + 0.5) / width) * 2 * np.pi
    zenith = (np.arange(height) + 0.5) / height * np.pi
    flat = elementary.sin(zenith)[:, None] * np.ones(width)
    directions = np.stack(
        [
            flat * elementary.cos(azimuth),
            flat * elementary.sin(azimuth),
            elementary.cos(zenith)[:, None] * np.ones(width),
        ],
        axis=2,
    )
    return directions, flat * (2 * np.pi / width) * (np.pi / height)


def _spot(
    small: NDArray[np.float64], directions: NDArray[np.float64], solid_angles: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Share (H, W) of each pixel's light that belongs to the spot: what exceeds the mean around the brightest place."""
    luminance: NDArray[np.float64] = elementary.matmul(small, _LUMINANCE.astype(np.float64))
    mean = float((luminance * solid_angles).sum() / solid_angles.sum())
    brightest = np.unravel_index(int(np.argmax(cv2.GaussianBlur(luminance, (0, 0), 1.5))), luminance.shape)
    cosines = elementary.matmul(directions, directions[brightest])
    bright = (cosines > elementary.cos(np.radians(_SPOT_HALF_ANGLE_DEG))) & (luminance > _SPOT_OVER_MEAN * mean)
    share: NDArray[np.float64] = np.where(bright, 1 - mean / np.maximum(luminance, 1e-12), 0.0)
    return share


def _irradiance_coefficients(weighted: NDArray[np.float64], directions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Coefficients (9, 3): irradiance = basis(normal) @ coefficients. ``weighted`` is radiance times solid angle."""
    basis = _basis(directions.reshape(-1, 3))
    bands = np.array([np.pi] + [2 * np.pi / 3] * 3 + [np.pi / 4] * 5)  # cosine lobe, paper equation 8
    moments: NDArray[np.float64] = np.einsum("nb,nc->bc", basis, weighted.reshape(-1, 3))
    return bands[:, None] * moments


def _basis(directions: NDArray[_Real]) -> NDArray[_Real]:
    """Real spherical harmonics (N, 9) of bands 0 to 2 at unit directions (N, 3), paper equation 3."""
    x, y, z = directions.T
    rows = [np.full_like(x, 0.282095), 0.488603 * y, 0.488603 * z, 0.488603 * x, 1.092548 * x * y, 1.092548 * y * z]
    rows += [0.315392 * (3 * z * z - 1), 1.092548 * x * z, 0.546274 * (x * x - y * y)]
    basis: NDArray[_Real] = np.stack(rows).T
    return basis


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What surrounds one scene, in the world's axes.

    ``ground`` is the radiance (3,) float64 that the ground sends up, or None where there is no ground: then
    directions below the horizon see the environment instead.
    """

    world: World
    environment: Environment | None
    ground: NDArray[np.float64] | None = None

    def seen(self, directions: Floats) -> Floats:
        """Radiance (N, 3) float32 seen along unit directions (N, 3), without the ground."""
        if self.environment is None:
            return np.tile(self._plain.astype(np.float32), (len(directions), 1))
        return self._looked_up(self.environment, directions, 0.0)

    def reflected(self, directions: Floats, roughness: Floats) -> Floats:
        """Radiance (N, 3) float32 that a lobe of the given roughness (N,) about unit directions (N, 3) gathers."""
        if self.environment is None:
            gathered = np.tile(self._plain.astype(np.float32), (len(directions), 1))
        else:
            # A GGX lobe of width alpha = roughness² covers about alpha / (2 pi) of the image's width to each side.
            texels = roughness * roughness * np.float32(self.environment.image.widths[0] / np.pi)
            gathered = self._looked_up(self.environment, directions, elementary.log2(np.maximum(texels, np.float32(1))))
        if self.ground is not None:
            soft = np.float32(0.02) + np.float32(0.5) * roughness
            above = np.clip(np.float32(0.5) + directions[:, 2] / soft, 0, 1)[:, None]
            gathered += (self.ground.astype(np.float32) - gathered) * (1 - above)
        return gathered

    def irradiance(self, normals: Floats) -> Floats:
        """Irradiance (N, 3) float32 in W/m² on surfaces with unit normals (N, 3), without the spot."""
        sky = np.float32(0.5) + np.float32(0.5) * normals[:, 2:]
        if self.environment is None:
            share = sky if self.ground is not None else np.float32(1)
            arriving = np.broadcast_to((np.pi * self._plain).astype(np.float32), normals.shape) * share
        else:
            arriving = self._irradiance_of(self.environment, normals)
        if self.ground is not None:
            arriving = arriving + (1 - sky) * (np.pi * self.ground).astype(np.float32)
        return arriving

    @property
    def _plain(self) -> NDArray[np.float64]:
        return np.array(self.world.colour, np.float64) * self.world.strength

    def _irradiance_of(self, environment: Environment, normals: Floats) -> Floats:
        turned = elementary.matmul(normals, self._turn(-1.0).T.astype(np.float32))
        chosen = environment.coefficients if self.ground is None else environment.sky_coefficients
        coefficients = (chosen * self.world.strength).astype(np.float32)
        arriving: Floats = elementary.matmul(_basis(turned).astype(np.float32), coefficients)
        return np.maximum(arriving, np.float32(0))

    def spot(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Direction towards the environment's brightest spot and its irradiance (3,) W/m²; None if there is none."""
        if self.environment is None or not self.environment.spot_irradiance.any():
            return None
        towards = elementary.matmul(self._turn(1.0), self.environment.spot_direction)
        return towards, self.environment.spot_irradiance * self.world.strength

    def _turn(self, sign: float) -> NDArray[np.float64]:
        angle = np.radians(sign * self.world.rotation_deg)
        cosine, sine = elementary.cos(angle), elementary.sin(angle)
        return np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0], [0.0, 0.0, 1.0]])

    def _looked_up(self, environment: Environment, directions: Floats, level: Floats | float) -> Floats:
        azimuth = elementary.arctan2(directions[:, 1], directions[:, 0]) - np.float32(
            np.radians(self.world.rotation_deg)
        )
        up = elementary.arccos(np.clip(directions[:, 2], -1, 1)) * np.float32(-1 / np.pi) + 1
        # Keeps half a texel of the level in use away from the poles, where the image does not repeat.
        texels = np.ldexp(np.float32(0.5), np.rint(level).astype(np.int32))
        edge = texels / np.float32(environment.image.heights[0])
        edge = np.minimum(edge, np.float32(0.5))
        u = np.float32(0.5) - azimuth * np.float32(0.5 / np.pi)
        uv = np.stack([u, np.clip(up, edge, 1 - edge)], axis=1).astype(np.float32)
        seen = environment.image.sample(uv, level)
        seen *= np.float32(self.world.strength)
        return seen
