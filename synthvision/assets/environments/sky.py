"""Open sky over flat ground: overcast, or clear with sun and clouds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from synthvision import elementary
from synthvision.assets.environments.panorama import (
    LUMINANCE,
    ROWS,
    Field,
    balanced,
    direction,
    directions,
    solid_angles,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.textures.noise import fractal, smooth

_NOISE = 512
_HORIZON = ROWS // 2
"""The sky's rows come before this one, the ground's from it on."""


@dataclass(frozen=True)
class Overcast:
    """``structure`` is how much the clouds show, ``ground`` the ground's albedo, ``warmth`` -1 (blue) to 1 (yellow)."""

    structure: float = 0.5
    ground: float = 0.2
    warmth: float = 0.0
    variant: int = 0


@dataclass(frozen=True)
class Sunny:
    """``clouds`` is the covered share of the sky, ``haze`` 0 (clear) to 1 (milky)."""

    sun_elevation_deg: float = 40.0
    sun_azimuth_deg: float = 60.0
    haze: float = 0.3
    clouds: float = 0.3
    ground: float = 0.2
    variant: int = 0


def overcast(parameters: Mapping[str, float]) -> Field:
    """Return an overcast sky: CIE standard general sky type 1 (CIE S 011/E:2003) with cloud structure."""
    look = read_parameters("overcast", Overcast, parameters)
    towards = directions()[:_HORIZON]
    up = np.maximum(towards[..., 2], 0.01)
    light = _gradation(up, 4.0, -0.7) / _gradation(np.ones_like(up), 4.0, -0.7)
    cloud = _clouds(towards, look.variant, 0.9)
    fade = smooth(towards[..., 2], 0.0, 0.25)
    light = light * elementary.exp(0.32 * look.structure * cloud * fade)
    tint = np.array([0.95 + 0.07 * look.warmth, 1.0, 1.08 - 0.12 * look.warmth], np.float32)
    return balanced(over_ground(light[..., None] * tint, look.ground, look.variant))


def sunny(parameters: Mapping[str, float]) -> Field:
    """Return a clear sky with its sun: CIE standard general sky type 12 (CIE S 011/E:2003), clouds, and a disc.

    The disc is a degree wide. A surface that faces it has five times the light that the sky gives the ground (half that
    at full haze).
    """
    look = read_parameters("sunny", Sunny, parameters)
    towards, sun = directions()[:_HORIZON], direction(look.sun_azimuth_deg, look.sun_elevation_deg)
    up = np.maximum(towards[..., 2], 0.01)
    chi = elementary.arccos(np.clip(elementary.matmul(towards, sun), -1.0, 1.0))
    glow = (
        1
        + (10 + 6 * look.haze) * (elementary.exp(-3 * chi) - elementary.exp(-3 * np.pi / 2))
        + 0.45 * elementary.cos(chi) ** 2
    )
    light = (_gradation(up, -1.0, -0.32) * glow).astype(np.float32)
    pale = np.clip(elementary.exp(-up / 0.22) + 0.55 * look.haze + 0.5 * elementary.exp(-chi / 0.25), 0.0, 1.0)[
        ..., None
    ]
    blue, white = _unit((0.26, 0.46, 0.9)), _unit((0.85, 0.93, 1.0))
    sky = light[..., None] * (blue + pale * (white - blue))
    sky = with_clouds(sky, towards, chi.astype(np.float32), clouds=look.clouds, seed=look.variant)
    sky = sky + _disc(chi.astype(np.float32), sun, sky, 5.0 - 2.5 * look.haze)
    return balanced(over_ground(sky, look.ground, look.variant))


def _gradation(up: Field, a: float, b: float) -> Field:
    """Return CIE's luminance gradation 1 + a·exp(b / cos Z)."""
    gradation: Field = (1 + a * elementary.exp(b / up)).astype(np.float32)
    return gradation


def _unit(colour: tuple[float, float, float]) -> Field:
    """Return a colour scaled to luminance 1."""
    linear = np.array(colour, np.float32)
    unit: Field = linear / elementary.matmul(linear, LUMINANCE)
    return unit


def _clouds(towards: Field, seed: int, scale: float) -> Field:
    """Return noise, mean 0 and deviation 1, on a flat layer of cloud overhead."""
    layer = fractal(_NOISE, seed + 1, slope=1.75, low=3, high=160)
    place = towards[..., :2] / np.maximum(towards[..., 2:], 0.06)
    rows, columns = (place[..., axis] * (scale * _NOISE / 9) + _NOISE / 3 for axis in (1, 0))
    noise: Field = _looked_up(layer, rows, columns)
    return noise


def with_clouds(sky: Field, towards: Field, chi: Field, *, clouds: float, seed: int) -> Field:
    """Cover a share of a sky (H, W, 3), seen in ``towards`` and at angles ``chi`` to the sun, with clouds."""
    noise = _clouds(towards, seed, 1.0)
    edge = float(ndtri(np.clip(1 - clouds, 1e-4, 1 - 1e-4))) - 0.35
    cover = smooth(noise, edge, edge + 0.9) * smooth(towards[..., 2], 0.02, 0.18)
    shade = 1.15 - 0.28 * smooth(noise, edge + 0.4, edge + 2.2)
    bright = np.float32(float(elementary.matmul(sky, LUMINANCE).mean())) * 1.9
    lining = 1 + 1.6 * elementary.exp(-chi / 0.3)
    cloud = (bright * shade * lining)[..., None] * np.array([1.0, 0.99, 0.98], np.float32)
    mixed: Field = sky + (0.93 * cover)[..., None] * (cloud - sky)
    return mixed


def _looked_up(layer: Field, rows: Field, columns: Field) -> Field:
    """Return a repeating layer at places between its pixels."""
    from scipy.ndimage import map_coordinates  # noqa: PLC0415 - slow to load, and every worker waits for what stands at the top

    found: Field = map_coordinates(layer, [rows, columns], order=1, mode="grid-wrap").astype(np.float32)
    return found


def over_ground(sky: Field, albedo: float, seed: int, sun: Field | None = None) -> Field:
    """Put flat ground under a sky: it shines with the sky's light times its albedo and fades into the horizon.

    ``sun`` (3,) is irradiance of a sun that is not in the sky's picture.
    """
    facing = solid_angles()[:_HORIZON] * directions()[:_HORIZON, :, 2]
    irradiance = np.einsum("hwc,hw->c", sky, facing, dtype=np.float64) + (0.0 if sun is None else sun)
    towards = directions()[_HORIZON:]
    up = towards[..., 2]
    place = towards[..., :2] / np.minimum(up, -0.02)[..., None]
    patches = fractal(_NOISE, seed + 5, slope=1.3, high=120)
    rows, columns = (place[..., axis] * 30.0 for axis in (1, 0))
    rough = _looked_up(patches, rows, columns)
    near = smooth(-up, 0.02, 0.3)
    earth = np.array([1.06, 1.0, 0.86], np.float32) * (irradiance * albedo / np.pi).astype(np.float32)
    ground = earth * (1 + 0.12 * rough * near)[..., None]
    haze = np.minimum(elementary.exp(up / 0.03)[..., None] * 0.6, 0.6)
    horizon = sky[-2].mean(axis=0)
    everything: Field = np.concatenate([sky, ground + haze * (horizon - ground)]).astype(np.float32)
    return everything


def _disc(chi: Field, sun: Field, sky: Field, ratio: float) -> Field:
    """Return the sun alone; its irradiance on a surface facing it is ``ratio`` times the sky's on the ground."""
    angles = solid_angles()[:_HORIZON]
    irradiance = float(
        (elementary.matmul(sky, LUMINANCE) * angles * directions()[:_HORIZON, :, 2]).sum(dtype=np.float64)
    )
    disc = smooth(chi, np.radians(0.75), np.radians(0.3))
    covered = float((disc * angles).sum(dtype=np.float64))
    low = elementary.exp(-0.12 / max(float(sun[2]), 0.05))
    colour = _unit((1.0, 0.72 + 0.25 * low, 0.42 + 0.48 * low))
    return disc[..., None] * colour * np.float32(ratio * irradiance / covered)
