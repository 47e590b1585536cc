"""Road signs on posts, after the Vienna convention: stop, give way, speed limit, warning."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, bar, block, spread_over, turned
from synthvision.assets.generators.outdoors import sign_faces
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import disc, inset, wall
from synthvision.assets.generators.solids import Points, Solid, circle, join, moved
from synthvision.assets.generators.surfaces import printed, steel
from synthvision.assets.types import Asset, Material

PLATE_M = 0.003
FOLD_M = 0.012
"""How far the plate's border is folded back."""
POST_RADIUS_M = 0.03


@dataclass(frozen=True)
class Stop:
    """Octagon. ``size_m`` is side to side, ``clear_m`` how high its lower edge is, ``faded`` 0 new … 1 bleached."""

    size_m: float = 0.75
    clear_m: float = 1.9
    faded: float = 0.1
    dirt: float = 0.2


@dataclass(frozen=True)
class Yield:
    """Triangle on its tip. ``size_m`` is a side."""

    size_m: float = 0.9
    clear_m: float = 1.9
    faded: float = 0.1
    dirt: float = 0.2


@dataclass(frozen=True)
class Speed:
    """Round. ``tens`` is the limit over ten."""

    size_m: float = 0.6
    clear_m: float = 1.9
    tens: int = 5
    faded: float = 0.1
    dirt: float = 0.2


@dataclass(frozen=True)
class Danger:
    """Triangle on its base. ``symbol``: 0 danger, 1 bend, 2 pedestrians, 3 road works, 4 crossing, 5 lights, 6 bump.

    ``yellow`` 1 has the yellow ground of Sweden, Finland and Poland.
    """

    size_m: float = 0.9
    clear_m: float = 1.9
    symbol: int = 0
    yellow: int = 0
    faded: float = 0.1
    dirt: float = 0.2


def make_stop(parameters: Mapping[str, float]) -> Asset:
    """Return a stop sign; slots ``face``, ``back`` and ``post``."""
    sign = read_parameters("road_sign_stop", Stop, parameters)
    outline = _rounded(_regular(8, sign.size_m / 2, 22.5), 0.02 * sign.size_m)
    return _mounted(outline, sign.clear_m, sign_faces.aged(sign_faces.stop(), sign.faded, sign.dirt))


def make_yield(parameters: Mapping[str, float]) -> Asset:
    """Return a give-way sign; slots ``face``, ``back`` and ``post``."""
    sign = read_parameters("road_sign_yield", Yield, parameters)
    outline = _rounded(_regular(3, sign.size_m / 12**0.5, -90.0), 0.05 * sign.size_m)
    return _mounted(outline, sign.clear_m, sign_faces.aged(sign_faces.give_way(), sign.faded, sign.dirt))


def make_speed(parameters: Mapping[str, float]) -> Asset:
    """Return a speed limit; slots ``face``, ``back`` and ``post``."""
    sign = read_parameters("road_sign_speed", Speed, parameters)
    face = sign_faces.aged(sign_faces.speed(10 * sign.tens), sign.faded, sign.dirt)
    return _mounted(circle(48) * (sign.size_m / 2), sign.clear_m, face)


def make_warning(parameters: Mapping[str, float]) -> Asset:
    """Return a warning sign; slots ``face``, ``back`` and ``post``."""
    sign = read_parameters("road_sign_warning", Danger, parameters)
    outline = _rounded(_regular(3, sign.size_m / 12**0.5, 90.0), 0.05 * sign.size_m)
    face = sign_faces.aged(sign_faces.warning(sign.symbol, yellow=bool(sign.yellow)), sign.faded, sign.dirt)
    return _mounted(outline, sign.clear_m, face)


def _regular(sides: int, apothem: float, first_deg: float) -> Points:
    """Return a regular polygon with a corner at ``first_deg``, (N, 2), counter-clockwise."""
    angle = np.radians(first_deg) + np.arange(sides) * (2 * np.pi / sides)
    corners: Points = np.stack([elementary.cos(angle), elementary.sin(angle)], axis=1) * (
        apothem / elementary.cos(np.pi / sides)
    )
    return corners


def _rounded(corners: Points, radius: float, steps: int = 5) -> Points:
    """Round the corners of a convex regular polygon."""
    inner = inset(corners, radius)
    outward = elementary.arctan2(corners[:, 1], corners[:, 0])
    half = np.pi / len(corners)
    turn = np.linspace(-half, half, steps + 1)
    angle = outward[:, None] + turn[None, :]
    arcs: Points = inner[:, None] + radius * np.stack([elementary.cos(angle), elementary.sin(angle)], axis=2)
    return arcs.reshape(-1, 2)


def _mounted(outline: Points, clear_m: float, face: Image8) -> Asset:
    """Return the plate on its post, facing -y, the plate's outline drawn as one sees it."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    plate = turned(_plate(outline), 0, 90)
    height = clear_m - float(low[1])
    upper = height + float(high[1]) - 0.04
    # The origin is under the middle of the thing's bounds, which its plate and post make together.
    front, back = -(POST_RADIUS_M + 0.012 + FOLD_M), POST_RADIUS_M
    y = -(front + back) / 2
    plate = moved(plate, (0.0, y + front + FOLD_M, height))
    post = bar((0.0, y, 0.0), (0.0, y, upper), POST_RADIUS_M, columns=20, slot=2)
    clamps = [_clamp(y, height + share * float(high[1] - low[1])) for share in (-0.24, 0.12)]
    material, images = printed("face", face, roughness=0.32, coat=0.35)
    grey = Material("back", (0.42, 0.43, 0.44), metallic=0.9, roughness=0.45, shader="brushed_metal")
    zinc = replace(steel("post", 0.48), base_colour=(0.40, 0.41, 0.42), shader="brushed_metal", wear=0.15)
    return finish(join(plate, post, *clamps), [material, grey, zinc], images)


def _plate(outline: Points) -> Solid:
    """Return the plate lying face up, its front at z = FOLD_M: a tray, folded back along the border."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    inner = inset(outline, PLATE_M)
    front = spread_over(disc(outline, FOLD_M, slot=0), (0, 1), low, high)
    border = wall([(inner, 0.0), (outline, 0.0), (outline, FOLD_M)], slot=1)
    inside = wall([(inner, FOLD_M - PLATE_M), (inner, 0.0)], slot=1)
    back = disc(inner, FOLD_M - PLATE_M, up=False, slot=1)
    return join(front, border, inside, back)


def _clamp(y: float, z: float) -> Solid:
    """Return the rail across the plate's back with the strap that holds it to the post."""
    rail = block((0.2, 0.012 - 3 * APART_M, 0.03), (0.0, y - POST_RADIUS_M - 0.006, z), slot=2)
    strap = bar((0.0, y, z + 0.002), (0.0, y, z + 0.028), POST_RADIUS_M + 0.003, columns=20, slot=2)
    return join(rail, strap)
