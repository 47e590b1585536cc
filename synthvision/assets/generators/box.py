"""A printed product box: cereal, tea, detergent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.artwork import Print, product_panel
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.generators.wrapping import wrapped_box
from synthvision.assets.types import Asset


@dataclass(frozen=True)
class Box:
    """Width along x, depth along y; the printed front looks towards -y."""

    width_m: float = 0.14
    depth_m: float = 0.055
    height_m: float = 0.2
    label_hue: float = 0.6
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a box; slot ``body``."""
    box = read_parameters("box", Box, parameters)
    design = Print(box.label_hue, box.label_layout, box.label_word)
    solid, image = wrapped_box(
        (box.width_m, box.depth_m, box.height_m),
        0.0012,
        lambda face, width, height: product_panel(face, width, height, design),
    )
    material, images = printed("body", image, roughness=0.38)
    return finish(solid, [material], images)
