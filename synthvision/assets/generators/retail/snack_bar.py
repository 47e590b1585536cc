"""A bar of nuts, oats or chocolate in flow wrap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import (
    SMALL_PRINT,
    WHITE,
    Image8,
    Print,
    barcode,
    lettering,
    paragraph,
    pixels,
)
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, backdrop, smooth
from synthvision.assets.generators.solids import Points, Solid, join, loft, sheet
from synthvision.assets.generators.surfaces import printed, rgb8
from synthvision.assets.types import Asset

LABEL_PX = 768
_KINDS = ("HAZELNUT & CARAMEL", "OATS & HONEY", "DARK CHOCOLATE", "PEANUT")


@dataclass(frozen=True)
class SnackBar:
    """Lies along x, its name up."""

    length_m: float = 0.14
    width_m: float = 0.04
    height_m: float = 0.018
    label_hue: float = 0.03
    label_layout: int = 4
    label_word: int = 3


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a snack bar in flow wrap; slot ``body``."""
    bar = read_parameters("snack_bar", SnackBar, parameters)
    design = Print(bar.label_hue, bar.label_layout, bar.label_word)
    lower, upper = _bar_faces(bar)
    uvs = _grid_uvs(upper.shape[0], upper.shape[1])
    solid = join(
        sheet(upper, uvs=uvs * [1.0, 0.5] + [0.0, 0.5], crease_deg=45),
        sheet(lower[::-1], uvs=uvs * [1.0, 0.5], crease_deg=45),
        *_rim(upper, lower),
    )
    material, images = printed("body", _print(bar, design), roughness=0.26, metallic=0.3, coat=0.4)
    return finish(solid, [material], images)


def _bar_faces(bar: SnackBar) -> tuple[Points, Points]:
    """Return underside and top, (R, C, 3) from -y to +y and from -x to +x; the ends are crimped and cut in teeth."""
    columns, rows, seal = 41, 11, 0.09
    u, v = np.linspace(0.0, 1.0, columns)[None, :], np.linspace(-1.0, 1.0, rows)[:, None]
    share = np.clip((u - seal) / (1 - 2 * seal), 0.0, 1.0)
    swell = elementary.power(np.clip(elementary.sin(np.pi * share), 0.0, 1.0), 0.22)
    section = np.maximum(1 - elementary.power(np.abs(v), 5), 0.0) ** 0.5
    ripple = 1 + 0.05 * elementary.cos(23 * u + 3 * v) * (0.4 + 0.6 * (np.abs(share - 0.5) > 0.36))  # noqa: PLR2004 - near the seals
    half = bar.height_m / 2
    crimp = 0.0006 * elementary.cos(np.pi * np.arange(columns))[None, :] * ((share <= 0) | (share >= 1))
    teeth = 0.0015 * (np.arange(rows)[:, None] % 2) * np.where(u <= 0, 1.0, np.where(u >= 1, -1.0, 0.0))
    x = bar.length_m * (u - 0.5) + teeth
    y = bar.width_m / 2 * v * (1 - 0.06 * swell)
    faces = []
    for sign, ripples in ((-1.0, 1.0), (1.0, ripple)):
        z = half + sign * (0.0003 + (half - 0.0012) * swell * section * ripples) + crimp
        faces.append(np.stack(np.broadcast_arrays(x, y, z), axis=2))
    return faces[0], faces[1]


def _rim(upper: Points, lower: Points) -> list[Solid]:
    """Close two faces along their borders."""
    around_upper = np.concatenate([upper[0], upper[1:, -1], upper[-1, -2::-1], upper[-2:0:-1, 0]])
    around_lower = np.concatenate([lower[0], lower[1:, -1], lower[-1, -2::-1], lower[-2:0:-1, 0]])
    band = loft(np.stack([around_lower, around_upper]))
    return [replace(band, uvs=np.full_like(band.uvs, 0.3))]


def _grid_uvs(rows: int, columns: int) -> Points:
    return np.stack(np.meshgrid(np.linspace(0.0, 1.0, columns), np.linspace(0.0, 1.0, rows)), axis=2)


def _print(bar: SnackBar, design: Print) -> Image8:
    """Draw the top (upper half of the picture) and the underside of the wrapper."""

    def paint(pen: Pen, width: int, height: int) -> None:
        half = height / 2
        backdrop(pen, (0, 0, width, half), design)
        _top(pen, width, half, design)
        pen.rectangle((0, half, width, height), fill=design.deep)
        paragraph(pen, (0.15 * width, 1.15 * half, 0.6 * width, 1.85 * half), SMALL_PRINT, 4, WHITE)
        barcode(pen, (0.66 * width, 1.2 * half, 0.86 * width, 1.8 * half), design.word)

    return pixels(smooth(LABEL_PX, round(2 * LABEL_PX * bar.width_m / bar.length_m), paint, design.deep))


def _top(pen: Pen, width: float, height: float, design: Print) -> None:
    """Write the brand on a badge, the kind below it, and draw the bar's cut end beside them."""
    badge = (0.13 * width, 0.14 * height, 0.7 * width, 0.64 * height)
    pen.rounded_rectangle(badge, radius=0.2 * height, fill=design.deep, outline=WHITE, width=max(2, int(0.03 * height)))
    lettering(pen, (0.415 * width, 0.39 * height), design.brand, (0.5 * width, 0.34 * height), WHITE)
    band = (0.13 * width, 0.7 * height, 0.7 * width, 0.9 * height)
    pen.rectangle(band, fill=design.accent)
    kind = _KINDS[design.word % len(_KINDS)]
    lettering(pen, (0.415 * width, 0.8 * height), kind, (0.5 * width, 0.13 * height), design.deep)
    pen.ellipse((0.73 * width, 0.2 * height, 0.88 * width, 0.85 * height), fill=rgb8(0.06, 0.7, 0.34))
    pen.ellipse((0.755 * width, 0.3 * height, 0.855 * width, 0.75 * height), fill=rgb8(0.09, 0.6, 0.66))
    pen.ellipse((0.78 * width, 0.42 * height, 0.81 * width, 0.55 * height), fill=rgb8(0.07, 0.65, 0.4))
