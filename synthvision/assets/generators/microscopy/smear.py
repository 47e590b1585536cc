"""Cells of a stained smear as thin bodies that only tint the light which passes them.

A micrometre is modelled as a millimetre. In a bright field one sees the light that a cell lets through, so a cell is a
closed shell with transmission 1 and index of refraction 1: light goes straight on, the picture is its transmittance,
and where cells lie over each other their transmittances multiply, as in life. Put them on a ground that glows evenly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Ink
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.solids import Points, Solid, levelled, loft, tip
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.srgb import srgb_decode, srgb_encode
from synthvision.assets.textures.noise import Field, picture, series
from synthvision.assets.types import Asset

COLUMNS = 44
_HARMONICS = 5

Profile = list[tuple[float, float]]
"""(share of the radius, height in radii), from the middle of the underside round the rim to the middle of the top."""


@dataclass(frozen=True, eq=False)
class Outline:
    """A closed, roughly round line: its radius by angle is ``radius`` · (1 + a few waves), stretched by ``oval``."""

    radius: float
    waves: Points
    phases: Points
    oval: float
    turn: float

    def reach(self, angle: Points) -> Points:
        """Return the radius, metres, in directions ``angle`` (radians)."""
        number = np.arange(2, 2 + len(self.waves))
        wavy = 1 + (self.waves * elementary.cos(number * angle[..., None] + self.phases)).sum(axis=-1)
        along, across = elementary.cos(angle - self.turn), elementary.sin(angle - self.turn)
        reach: Points = self.radius * wavy / np.sqrt(along**2 + (across / self.oval) ** 2)
        return reach

    def points(self, columns: int) -> Points:
        """Return ``columns`` points (N, 2), the middle of their box at the origin."""
        line = self._line(columns)
        centred: Points = line - (line.min(axis=0) + line.max(axis=0)) / 2
        return centred

    def _line(self, columns: int) -> Points:
        angle = np.arange(columns) * (2 * np.pi / columns)
        line: Points = np.stack([elementary.cos(angle), elementary.sin(angle)], axis=1) * self.reach(angle)[:, None]
        return line

    def polar(self, size_px: int, columns: int) -> tuple[Field, Field]:
        """Return how far out (1 is the line) and at which angle the pixels of a picture over the outline's box lie."""
        line = self._line(columns)
        x, y = (np.linspace(low, high, size_px) for low, high in zip(line.min(axis=0), line.max(axis=0), strict=True))
        across, upward = np.meshgrid(x, y[::-1])
        angle = elementary.arctan2(upward, across)
        share = elementary.hypot(across, upward) / self.reach(angle)
        return share.astype(np.float32), angle.astype(np.float32)


def outline(radius: float, irregular: float, oval: float, seed: int) -> Outline:
    """Return a cell's outline; ``irregular`` is the size of its waves, ``oval`` its width over its length."""
    draws = series(2 * _HARMONICS + 1, 7001 + 13 * seed).astype(np.float64)
    size = irregular * (draws[:_HARMONICS] - 0.3) / np.arange(1, 1 + _HARMONICS)
    return Outline(radius, size, 2 * np.pi * draws[_HARMONICS:-1], oval, float(np.pi * draws[-1]))


def cell(line: Outline, profile: Profile, image: Image8) -> Asset:
    """Return the cell of an outline, a profile and its transmittance (sRGB); slot ``body``."""
    material, images = printed("body", image, roughness=0.0)
    clear = replace(material, transmission=1.0, ior=1.0, specular=0.0)
    return finish(_body(line, profile), [clear], images)


def _body(line: Outline, profile: Profile) -> Solid:
    edge = line.points(COLUMNS)
    rings = [levelled(share * edge, height * line.radius) for share, height in profile]
    solid = loft([tip(rings[0]), *rings[1:-1], tip(rings[-1])], crease_deg=80)
    low, high = edge.min(axis=0), edge.max(axis=0)
    return replace(solid, uvs=(solid.corners[..., :2] - low) / (high - low))


def dished(depth: float, thickness: float) -> Profile:
    """Return a biconcave profile: ``thickness`` at the rim and 0.4 of it in the middle, over the radius.

    After E. Evans and Y.-C. Fung, "Improved measurements of the erythrocyte geometry" (1972), with fewer points.
    """
    shares, half = (0.0, 0.3, 0.55, 0.75, 0.9, 0.98), thickness / 2
    heights = [half * (1 - depth * max(0.0, 1 - (share / 0.75) ** 2)) for share in shares[:4]] + [
        0.85 * half,
        0.45 * half,
    ]
    below = [(share, half - height) for share, height in zip(shares, heights, strict=True)]
    return [*below, (1.0, half), *((share, thickness - z) for share, z in below[::-1])]


def domed(thickness: float) -> Profile:
    """Return a flattened drop that touches the glass with its rim's underside only."""
    return [
        (0.0, 0.06),
        (0.6, 0.05),
        (0.9, 0.0),
        (1.0, 0.3 * thickness),
        (0.85, 0.7 * thickness),
        (0.5, thickness),
        (0.0, thickness),
    ]


def stained(layers: list[tuple[Ink, Field]]) -> Image8:
    """Return the picture of absorbing layers: each is a colour (sRGB) at density 1 and its density at every pixel.

    Light that passes density d of a layer is its transmittance to the power d (Beer–Lambert).
    """
    light = np.ones((*layers[0][1].shape, 3))
    for ink, density in layers:
        light *= elementary.power(srgb_decode(np.maximum(np.array(ink), 1) / 255.0), density[..., None])
    return picture((255 * srgb_encode(light)).astype(np.float32))
