"""The long folding box that a tube of toothpaste comes in, lying on its side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from synthvision import elementary
from synthvision.assets.generators.artwork import SMALL_PRINT, WHITE, Print, barcode, lettering, paragraph
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, smooth
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.generators.wrapping import wrapped_box
from synthvision.assets.types import Asset


@dataclass(frozen=True)
class TubeBox:
    """Length along x, depth along y; the front faces -y."""

    length_m: float = 0.19
    depth_m: float = 0.04
    height_m: float = 0.048
    label_hue: float = 0.6
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a toothpaste box; slot ``body``."""
    box = read_parameters("tube_box", TubeBox, parameters)
    design = Print(box.label_hue, box.label_layout, box.label_word)
    solid, image = wrapped_box(
        (box.length_m, box.depth_m, box.height_m),
        0.0008,
        lambda face, width, height: _panel(face, width, height, design),
    )
    body, images = printed("body", image, roughness=0.22, coat=0.3)
    return finish(solid, [body], images)


def _panel(face: str, width: int, height: int, design: Print) -> Image.Image:
    def paint(pen: Pen, wide: int, tall: int) -> None:
        if face[1] == "x":
            lettering(pen, (wide / 2, tall / 2), design.brand, (0.8 * wide, 0.4 * tall), WHITE)
        elif face in ("+y", "-z"):
            paragraph(pen, (0.05 * wide, 0.1 * tall, 0.6 * wide, 0.9 * tall), SMALL_PRINT, 4, WHITE)
            barcode(pen, (0.68 * wide, 0.12 * tall, 0.95 * wide, 0.88 * tall), design.word + design.layout)
        else:
            _stripe(pen, wide, tall, design)

    ground = WHITE if face in ("-y", "+z") and design.layout % 2 else design.main
    return smooth(width, height, paint, ground)


def _stripe(pen: Pen, wide: int, tall: int, design: Print) -> None:
    """Paint waves of paste along the right half, the brand on the left."""
    light = design.layout % 2 == 1
    across = np.linspace(0.0, 1.0, 48)
    for number, ink in enumerate((design.deep, design.accent, design.main if light else WHITE)):
        low = tall * (
            1.02
            - 0.17 * number
            - 0.55 * elementary.power(across, 3)
            - 0.07 * elementary.sin(6 * across + design.layout)
        )
        line = list(zip((wide * across).tolist(), low.tolist(), strict=True))
        back = [(x, y + 0.13 * tall) for x, y in reversed(line)]
        pen.polygon(line + back, fill=ink)
    lettering(pen, (0.33 * wide, 0.32 * tall), design.brand, (0.5 * wide, 0.42 * tall), design.main if light else WHITE)
    lettering(pen, (0.78 * wide, 0.74 * tall), design.line, (0.3 * wide, 0.15 * tall), design.deep if light else WHITE)
    pen.ellipse((0.86 * wide - 0.2 * tall, 0.1 * tall, 0.86 * wide + 0.2 * tall, 0.5 * tall), fill=design.accent)
