"""A milk carton with a gable top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import WHITE, Image8, Print, lettering, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, grocery_panel, smooth, splash
from synthvision.assets.generators.solids import Points, Solid, join, lathe, loft, moved, sheet, tip
from synthvision.assets.generators.surfaces import hsv, paper, plastic, printed
from synthvision.assets.types import Asset

FIN_M = 0.018
_FIN_HALF_M = 0.0012
_WIDE_PX = 1024


@dataclass(frozen=True)
class MilkCarton:
    """A square base; ``height_m`` is up to the top of the fin. ``cap`` 1 has a screw cap on the front of the roof."""

    width_m: float = 0.075
    height_m: float = 0.24
    roof: float = 0.75
    cap: int = 1
    cap_hue: float = 0.6
    label_hue: float = 0.58
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a carton; slots ``body``, ``base`` and ``cap``. ``roof`` is the roof's height over half the width."""
    carton = read_parameters("milk_carton", MilkCarton, parameters)
    rings = _rings(carton)
    body, images = printed("body", _print(carton), roughness=0.35)
    pieces = [_walls(rings), loft([tip(rings[0]), rings[0]], slot=1), loft([rings[-1], tip(rings[-1])], slot=1)]
    if carton.cap:
        pieces.append(_cap(carton))
    materials = [body, paper("base", hsv(0.1, 0.06, 0.9)), plastic("cap", hsv(carton.cap_hue, 0.8, 0.75), 0.3)]
    return finish(join(*pieces), materials, images)


def _levels(carton: MilkCarton) -> tuple[float, float, float]:
    """Return the heights of the eaves, the ridge and the fin's top."""
    ridge = carton.height_m - FIN_M
    return ridge - carton.roof * carton.width_m / 2, ridge, carton.height_m


def _rings(carton: MilkCarton) -> list[Points]:
    """Return base, eaves, ridge and top, 8 points each from the front left corner; gable ends are folded inwards."""
    half = carton.width_m / 2
    eaves, ridge, top = _levels(carton)
    return [
        _ring(half, half, 0.0, 0.0),
        _ring(half, half, 0.0, eaves),
        _ring(half, _FIN_HALF_M, 0.45 * half, ridge),
        _ring(half, _FIN_HALF_M, 0.3 * half, ridge + 0.3 * FIN_M),
        _ring(half, _FIN_HALF_M, 0.3 * half, top),
    ]


def _ring(half_x: float, half_y: float, fold: float, z: float) -> Points:
    inner = half_x - fold
    flat = [(-half_x, -half_y), (0.0, -half_y), (half_x, -half_y), (inner, 0.0)]
    flat += [(half_x, half_y), (0.0, half_y), (-half_x, half_y), (-inner, 0.0)]
    return np.array([(x, y, z) for x, y in flat])


def _walls(rings: list[Points]) -> Solid:
    """Return everything printed: u runs once round from the front left corner, v up along the board."""
    grid = np.stack([np.concatenate([ring, ring[:1]]) for ring in rings])
    front = grid[:, 0]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(front, axis=0), axis=1))])
    u, v = np.meshgrid(np.linspace(0.0, 1.0, 9), along / along[-1])
    return sheet(grid, uvs=np.stack([u, v], axis=2), crease_deg=20)


def _print(carton: MilkCarton) -> Image8:
    """Paint four panels side by side, the roof above them."""
    design = Print(carton.label_hue, carton.label_layout, carton.label_word)
    half = carton.width_m / 2
    eaves, ridge, top = _levels(carton)
    slope = float(elementary.hypot(half - _FIN_HALF_M, ridge - eaves))
    panel = _WIDE_PX // 4
    density = panel / carton.width_m
    body, roof = round(eaves * density), round((slope + top - ridge) * density)

    def paint(pen: Pen, wide: int, tall: int) -> None:
        fin = FIN_M / carton.height_m * tall
        pen.rectangle((0, 0, wide, fin), fill=design.accent)
        lettering(pen, (0.625 * wide, fin + 0.07 * tall), design.brand, (0.18 * wide, 0.045 * tall), WHITE)

    picture = smooth(_WIDE_PX, body + roof, paint, design.deep if design.layout % 2 else design.main)
    for number, face in enumerate(("-y", "+x", "+y", "-x")):
        picture.paste(grocery_panel(face, panel, body, design, splash), (number * panel, roof))
    return pixels(picture)


def _cap(carton: MilkCarton) -> Solid:
    """Return a screw cap that sits on the middle of the front slope."""
    half = carton.width_m / 2
    eaves, ridge, _ = _levels(carton)
    radius = 0.38 * half
    profile = [(0.0, -0.002), (radius, -0.002), (radius, 0.3 * radius), (0.85 * radius, 0.32 * radius)]
    profile += [(0.85 * radius, 0.85 * radius), (0.78 * radius, 0.92 * radius), (0.0, 0.92 * radius)]
    tilt = float(np.degrees(elementary.arctan2(ridge - eaves, half)))
    upright = lathe(profile, 32, slot=2)
    return moved(turned(upright, 0, tilt), (0.0, -half / 2, (eaves + ridge) / 2))
