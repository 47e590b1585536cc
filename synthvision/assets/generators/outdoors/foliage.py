"""Leaves as cut-out cards: each card is a thin closed shell with the picture of a twig, holes between leaves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8
from synthvision.assets.generators.solids import Points, Solid
from synthvision.assets.generators.surfaces import printed, rgb8
from synthvision.assets.textures.noise import series
from synthvision.assets.types import Material

SIDE = 192
CUTOFF = 0.5
_BULGE = 0.07
"""How far a card's diagonals stand apart, over its side: it is a flat tetrahedron, which is closed with 4 triangles."""


def cards(centres: Points, normals: Points, sizes: Points, turns: Points, *, slot: int) -> Solid:
    """Return square cards.

    Args:
        centres: (N, 3).
        normals: (N, 3), of any length.
        sizes: (N,) sides, metres.
        turns: (N,) radians about the normals.
        slot: material slot.
    """
    facing = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    upright = np.where(np.abs(facing[:, 2:]) > 0.95, np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 1.0]]))  # noqa: PLR2004 - cosine
    first = np.cross(upright, facing)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(facing, first)
    cosine, sine = elementary.cos(turns)[:, None], elementary.sin(turns)[:, None]
    first, second = first * cosine + second * sine, second * cosine - first * sine
    half, bulge = sizes[:, None] / 2, sizes[:, None] * _BULGE / 2
    a, c = (centres + side * half * (first + second) + bulge * facing for side in (-1, 1))
    b, d = (centres + side * half * (first - second) - bulge * facing for side in (1, -1))
    corners = np.stack([np.stack(face, axis=1) for face in ((a, b, c), (a, c, d), (a, d, b), (b, d, c))], axis=1)
    place = {"a": (0.0, 0.0), "b": (1.0, 0.0), "c": (1.0, 1.0), "d": (0.0, 1.0)}
    uvs = np.array([[place[name] for name in face] for face in ("abc", "acd", "adb", "bdc")])
    count = 4 * len(centres)
    return Solid(
        corners.reshape(-1, 3, 3),
        np.broadcast_to(uvs, (len(centres), 4, 3, 2)).reshape(-1, 3, 2).copy(),
        np.full(count, slot, np.int16),
        np.full(count, 1.0),
    )


def leaf_material(name: str, picture: Image8) -> tuple[Material, dict[str, Image8]]:
    """Return a material that shows a picture with opacity (H, W, 4) and is not there where it is transparent."""
    material, images = printed(name, picture, roughness=0.6)
    return replace(material, specular=0.3, alpha_cutoff=CUTOFF), images


@lru_cache(maxsize=32)
def twig(hue: float, saturation: float, value: float) -> Image8:
    """Draw a spray of broad leaves, (SIDE, SIDE, 4)."""
    chance = series(400, 77).astype(float).tolist()
    picture = Image.new("RGBA", (SIDE, SIDE), (*rgb8(hue, saturation, 0.7 * value), 0))
    pen = ImageDraw.Draw(picture)
    for number in range(34):
        a, b, c, d, e = chance[5 * number : 5 * number + 5]
        reach, angle = 0.42 * SIDE * elementary.power(a, 0.6), 2 * np.pi * b
        x, y = SIDE / 2 + reach * elementary.cos(angle), SIDE / 2 + reach * elementary.sin(angle)
        ink = rgb8(hue + 0.04 * (c - 0.5), saturation * (0.85 + 0.3 * d), value * (0.65 + 0.55 * e))
        _leaf(pen, (x, y), angle + 2.4 * (c - 0.5), (0.17 + 0.07 * d) * SIDE, ink)
    return _opaque_or_not(picture)


@lru_cache(maxsize=32)
def needles(hue: float, saturation: float, value: float) -> Image8:
    """Draw a conifer's twig, (SIDE, SIDE, 4)."""
    chance = series(800, 78).astype(float).tolist()
    picture = Image.new("RGBA", (SIDE, SIDE), (*rgb8(hue, saturation, 0.7 * value), 0))
    pen = ImageDraw.Draw(picture)

    def ink_of(share: float) -> tuple[int, int, int]:
        return rgb8(hue, saturation, value * (0.55 + 0.6 * share))

    pen.line((SIDE / 2, 0.02 * SIDE, SIDE / 2, 0.95 * SIDE), fill=(*rgb8(0.07, 0.4, 0.5 * value), 255), width=4)
    for branch in range(7):
        for side in (-1, 1):
            start = (SIDE / 2, SIDE * (0.06 + 0.11 * branch))
            length = (
                SIDE
                * (0.2 + 0.28 * elementary.sin(0.4 + 0.33 * branch))
                * (0.8 + 0.3 * chance[2 * branch + (side > 0)])
            )
            _needled(pen, start, (0.78 * side * length, 0.5 * length), chance[30 * branch + 15 * side + 20 :], ink_of)
    return _opaque_or_not(picture)


def _needled(
    pen: ImageDraw.ImageDraw,
    start: tuple[float, float],
    reach: tuple[float, float],
    chance: list[float],
    ink_of: Callable[[float], tuple[int, int, int]],
) -> None:
    """Draw one side twig with needles that point to its tip."""
    count = 13
    for number in range(count):
        share = number / count
        x, y = start[0] + share * reach[0], start[1] + share * reach[1]
        length = SIDE * 0.075 * (1 - 0.5 * share)
        for turn in (-0.75, 0.75):
            angle = float(elementary.arctan2(reach[1], reach[0])) + turn
            tip = (x + length * float(elementary.cos(angle)), y + length * float(elementary.sin(angle)))
            pen.line((x, y, *tip), fill=(*ink_of(chance[number]), 255), width=3)


def _leaf(
    pen: ImageDraw.ImageDraw, centre: tuple[float, float], angle: float, length: float, ink: tuple[int, int, int]
) -> None:
    along = np.linspace(-1.0, 1.0, 9)
    half = 0.36 * (1 - elementary.power(np.abs(along), 1.8)) * (1 - 0.25 * along)
    outline = np.concatenate([np.stack([along, half], axis=1), np.stack([along, -half], axis=1)[::-1]]) * length / 2
    cosine, sine = elementary.cos(angle), elementary.sin(angle)
    turned = elementary.matmul(outline, np.array([[cosine, sine], [-sine, cosine]])) + centre
    pen.polygon([(float(x), float(y)) for x, y in turned], fill=(*ink, 255))
    rib = tuple(int(0.8 * part) for part in ink)
    tips = (turned[0], turned[8])
    pen.line([(float(x), float(y)) for x, y in tips], fill=(*rib, 255), width=1)


def _opaque_or_not(picture: Image.Image) -> Image8:
    return np.array(picture, dtype=np.uint8)
