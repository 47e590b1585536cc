"""A detergent bottle: a flat jug with a handle at its side, a label and a screw cap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Print, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import centred
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, bubbles, grocery_front, side_panel, smooth
from synthvision.assets.generators.slabs import prism
from synthvision.assets.generators.solids import Points, Solid, circle, join, levelled, loft, swept, tip
from synthvision.assets.generators.surfaces import hsv, plastic, printed, rgb8
from synthvision.assets.types import Asset

COLUMNS = 48
_LABEL = (0.1, 0.52)
_LABEL_PX = 1024
# Height, half width to the left and to the right, and half depth of the body, as shares of height, width and depth.
_SECTIONS = (
    (0.0, 0.46, 0.46, 0.45),
    (0.004, 0.485, 0.485, 0.475),
    (0.02, 0.5, 0.5, 0.5),
    (0.06, 0.5, 0.5, 0.5),
    (0.1, 0.5, 0.5, 0.5),
    (0.52, 0.5, 0.5, 0.5),
    (0.555, 0.5, 0.485, 0.5),
    (0.575, 0.495, 0.43, 0.495),
    (0.6, 0.49, 0.28, 0.48),
    (0.63, 0.48, 0.2, 0.46),
    (0.7, 0.45, 0.16, 0.42),
    (0.76, 0.39, 0.13, 0.36),
    (0.81, 0.31, 0.08, 0.3),
    (0.845, 0.25, 0.035, 0.25),
    (0.86, 0.235, 0.025, 0.23),
)
_ROUNDNESS = 3.2
# The grip's axis: x as a share of the width, z of the height.
_GRIP = (
    (-0.02, 0.805),
    (0.1, 0.815),
    (0.25, 0.805),
    (0.36, 0.765),
    (0.415, 0.69),
    (0.425, 0.62),
    (0.41, 0.56),
    (0.4, 0.52),
)


@dataclass(frozen=True)
class DetergentBottle:
    """Width along x, depth along y; the front faces -y, the handle is at +x."""

    width_m: float = 0.17
    depth_m: float = 0.095
    height_m: float = 0.27
    hue: float = 0.6
    saturation: float = 0.7
    value: float = 0.75
    cap_hue: float = 0.05
    label_hue: float = 0.15
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a detergent bottle; slots ``body``, ``label`` and ``cap``."""
    bottle = read_parameters("detergent_bottle", DetergentBottle, parameters)
    label, images = printed("label", _print(bottle), roughness=0.3)
    body = plastic("body", hsv(bottle.hue, bottle.saturation, bottle.value), 0.3)
    cap = plastic("cap", hsv(bottle.cap_hue, 0.8, 0.8), 0.35)
    return finish(centred(join(_body(bottle), _handle(bottle), _cap(bottle))), [body, label, cap], images)


def _rings(bottle: DetergentBottle) -> list[Points]:
    rings = []
    for share, left, right, deep in _SECTIONS:
        # Towards the neck the section becomes round.
        power = _ROUNDNESS if share < 0.6 else max(2.0, _ROUNDNESS - 6 * (share - 0.6))  # noqa: PLR2004 - the shoulder
        flat = _superellipse(power)
        middle, half = (right - left) / 2, (right + left) / 2
        outline = flat * [half * bottle.width_m, deep * bottle.depth_m] + [middle * bottle.width_m, 0.0]
        rings.append(levelled(outline, share * bottle.height_m))
    return rings


def _superellipse(power: float) -> Points:
    """Return points of |x|^p + |y|^p = 1 from -x counter-clockwise: the front is the middle of their first half."""
    flat = -circle(COLUMNS)
    scale: Points = elementary.power((elementary.power(np.abs(flat), power)).sum(axis=1), -1 / power)
    return flat * scale[:, None]


def _body(bottle: DetergentBottle) -> Solid:
    rings = _rings(bottle)
    low, high = (next(n for n, row in enumerate(_SECTIONS) if row[0] == level) for level in _LABEL)
    return join(
        loft([tip(rings[0]), *rings[: low + 1]]),
        loft(rings[low : high + 1], slot=1),
        loft(rings[high:]),
    )


def _neck(bottle: DetergentBottle) -> tuple[Points, float]:
    ring = _rings(bottle)[-1]
    return ring.mean(axis=0), float(np.ptp(ring[:, 1])) / 2


def _handle(bottle: DetergentBottle) -> Solid:
    """Return the grip: a bent tube from the shoulder down to the body, its ends inside the bottle."""
    wide, high = bottle.width_m, bottle.height_m
    dense = np.linspace(0, len(_GRIP) - 1, 22)
    knots = np.asarray(_GRIP)
    line = np.stack([np.interp(dense, np.arange(len(knots)), knots[:, axis]) for axis in (0, 1)], axis=1)
    for _ in range(2):
        line[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
    path = np.stack([line[:, 0] * wide, np.zeros(len(line)), line[:, 1] * high], axis=1)
    section = circle(20) * [0.17 * bottle.depth_m, 0.075 * wide]
    return prism(list(swept(path, section, (0.0, 1.0, 0.0))), crease_deg=50)


def _cap(bottle: DetergentBottle) -> Solid:
    """Return the cap from the neck's ring on: bottle and cap are one shell."""
    start = _rings(bottle)[-1]
    centre, radius = _neck(bottle)
    low, high = float(centre[2]), bottle.height_m
    outer = 1.12 * max(radius, float(np.ptp(start[:, 0])) / 2)
    ribs = 1 - 0.03 * (np.arange(COLUMNS) % 2)
    ring = -circle(COLUMNS)
    rise = high - low
    rings = [start]
    for share, reach, ribbed in (
        (0.03, 1.0, False),
        (0.12, 1.0, False),
        (0.16, 0.96, True),
        (0.85, 0.9, True),
        (0.94, 0.86, False),
        (1.0, 0.78, False),
    ):
        flat = ring * (outer * reach * (ribs if ribbed else np.ones(COLUMNS)))[:, None]
        rings.append(levelled(flat + centre[:2], low + share * rise))
    return loft([*rings, tip(rings[-1])], slot=2, crease_deg=30)


def _print(bottle: DetergentBottle) -> Image8:
    """Paint the band round the body: bottle plastic with a label on the front and one on the back."""
    design = Print(bottle.label_hue, bottle.label_layout, bottle.label_word)
    ground = rgb8(bottle.hue, bottle.saturation, bottle.value)
    around = 2 * (bottle.width_m + bottle.depth_m) * 0.93
    height = int(_LABEL_PX * (_LABEL[1] - _LABEL[0]) * bottle.height_m / around)

    def paint(pen: Pen, wide: int, tall: int) -> None:
        grocery_front(pen, (0.09 * wide, 0.03 * tall, 0.41 * wide, 0.97 * tall), design, bubbles)

    picture = smooth(_LABEL_PX, height, paint, ground)
    tall = int(0.9 * height)
    back = smooth(_LABEL_PX // 4, tall, lambda pen, w, h: side_panel(pen, w, h, design, code=True), design.deep)
    picture.paste(back, (_LABEL_PX * 5 // 8, int(0.05 * height)))
    return pixels(picture)
