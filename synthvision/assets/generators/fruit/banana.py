"""A banana lying on its side, from green to brown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.fruit.flesh import SMOOTH_DEG, middle
from synthvision.assets.generators.fruit.skins import (
    Peel,
    around,
    clouds,
    over,
    peeled,
    speckles,
    streaks,
    upward,
)
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, loft, moved, swept, tip
from synthvision.assets.textures.noise import Field, smooth
from synthvision.assets.types import Asset, Material

COLUMNS = 40
FACES = 5
ROUND = 0.3
"""How long a dot is drawn to be round: half the girth over the length."""
# Share of the length from the cut stalk to the tip: radius there, as a share of the greatest.
_RADII = (
    (0.0, 0.36),
    (0.012, 0.38),
    (0.05, 0.29),
    (0.1, 0.28),
    (0.15, 0.36),
    (0.22, 0.66),
    (0.3, 0.88),
    (0.42, 0.99),
    (0.55, 1.0),
    (0.68, 0.97),
    (0.78, 0.87),
    (0.86, 0.68),
    (0.92, 0.44),
    (0.955, 0.27),
    (0.985, 0.235),
    (1.0, 0.2),
)


@dataclass(frozen=True)
class Banana:
    """``length_m`` is along the curve, ``bend_deg`` how much it turns from end to end, ``facets`` how angular it is.

    ``ripeness``: 0 green, 0.45 yellow with green ends, 0.6 yellow, 0.8 freckled, 1 brown.
    """

    length_m: float = 0.19
    diameter_m: float = 0.036
    bend_deg: float = 75.0
    facets: float = 0.5
    ripeness: float = 0.62
    freckles: float = 0.5
    roughness: float = 0.48
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a banana curved in the plane of the table, hollow side towards -y; slot ``skin``."""
    banana = read_parameters("banana", Banana, parameters)
    rings = finger(banana, 31, COLUMNS)
    material, images = banana_skin(banana)
    return finish(moved(capped(rings), -middle(rings)), [material], images)


def banana_skin(banana: Banana) -> tuple[Material, dict[str, Image8]]:
    """Return the material of the slot ``skin`` and its images."""
    peel = Peel(roughness=banana.roughness, subsurface=0.1, variant=banana.variant)
    return peeled("skin", _colours(banana), peel)


def capped(rings: Points) -> Solid:
    """Return the surface over the rings of a finger, both ends closed."""
    return loft(np.concatenate([tip(rings[0])[None], rings, tip(rings[-1])[None]]), crease_deg=SMOOTH_DEG)


def finger(banana: Banana, rows: int, columns: int) -> Points:
    """Return rings (R, N, 3): from the cut stalk at the origin along +x, bent in the plane of x and y, full side +y."""
    share = np.unique(np.concatenate([np.linspace(0.0, 1.0, rows), [0.012, 0.03, 0.98, 0.99]]))
    known = np.array(_RADII)
    radius = np.interp(share, known[:, 0], known[:, 1])
    radius[2:-2] = (0.25 * radius[1:-3] + 0.5 * radius[2:-2]) + 0.25 * radius[3:-1]
    turn = np.arange(columns) * (2 * np.pi / columns)
    # A rounded pentagon with a little twist along the fruit.
    twist = 0.3 * elementary.sin(1.0 + banana.variant) * share[:, None] + 0.9 * banana.variant
    ridge = elementary.cos(FACES * (turn[None] + twist))
    body = _smooth_share(share, 0.12, 0.25) * (1 - 0.5 * _smooth_share(share, 0.85, 0.97))
    swell = 1 + 0.075 * banana.facets * body[:, None] * (ridge + 0.25 * ridge**2)
    section = (
        np.stack([elementary.cos(turn), elementary.sin(turn)], axis=1)[None] * (swell * radius[:, None])[..., None]
    )
    return swept(_axis(banana, share), section * banana.diameter_m / 2, (0.0, 0.0, 1.0))


def _axis(banana: Banana, share: Points) -> Points:
    """Return the middle line (P, 3); the belly bends more than the ends."""
    beyond = share - 0.5
    angle = np.radians(banana.bend_deg) * (beyond + 0.08 * elementary.sin(2 * np.pi * beyond))
    step = np.diff(share) * banana.length_m
    heading = (angle[1:] + angle[:-1]) / 2
    x = np.concatenate([[0.0], np.cumsum(elementary.cos(heading) * step)])
    y = np.concatenate([[0.0], np.cumsum(-elementary.sin(heading) * step)])
    return np.stack([x, y, 0 * x], axis=1)


def _smooth_share(share: Points, low: float, high: float) -> Points:
    """Return 0 below ``low``, 1 above ``high``, and a smooth step between."""
    place = np.clip((share - low) / (high - low), 0.0, 1.0)
    step: Points = place**2 * (3 - 2 * place)
    return step


def _colours(banana: Banana) -> Field:
    """Paint from the stalk (v = 0) to the tip (v = 1)."""
    along, seed, ripe = upward(), 29 * banana.variant, np.float32(banana.ripeness)
    cloud, stripe = clouds(seed + 1), streaks(seed + 2)
    yellow = over((238, 206, 66), (226, 184, 48), np.clip(0.45 + 0.25 * cloud + 0.15 * stripe, 0.0, 1.0))
    ends = smooth(np.abs(along - np.float32(0.52)), 0.28, 0.5)
    greenness = 1.5 - 3.4 * ripe + 1.0 * ends * (ripe < 0.75) + 0.15 * cloud  # noqa: PLR2004 - green ends go last
    colours = over(yellow, (122, 158, 52), 0.95 * smooth(greenness, -0.25, 0.9))
    colours = over(colours, (176, 190, 84), 0.45 * smooth(along, 0.14, 0.03))
    edge = np.abs((around() * FACES) % 1 - np.float32(0.5)) * 2
    worn = smooth(edge + 0.05 * stripe + 0.06 * cloud, 0.93, 1.0) * (0.15 + 0.6 * max(0.0, banana.ripeness - 0.5))
    colours = over(colours, (120, 84, 36), worn)
    spots = max(0.0, banana.ripeness - 0.55) * banana.freckles
    dots = np.maximum(speckles(560, 0.011, seed + 3, 0.8, ROUND), speckles(70, 0.028, seed + 4, 0.8, ROUND))
    colours = over(colours, (92, 58, 26), np.clip(3.2 * spots, 0.0, 0.85) * dots)
    rot = cloud + 0.5 * clouds(seed + 5, 1.0) + 9.0 * (banana.ripeness - 1.04)
    colours = over(colours, (70, 46, 24), 0.88 * smooth(rot, -0.6, 0.7))
    dark = np.maximum(smooth(along, 0.955, 0.985), smooth(along, 0.028, 0.012))
    return over(colours, (52, 40, 26), 0.9 * dark)
