"""The pictures of a scene, by name: which there are is known before Blender has any of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from synthvision.assets import Material, Texture

ColourSpace = Literal["sRGB", "Non-Color", "Linear Rec.709"]


@dataclass(frozen=True)
class Picture:
    """An image as a node shows it: bytes of colours, bytes taken as they are, or the floats of surroundings."""

    texture: Texture
    colour_space: ColourSpace


def textured(material: Material) -> tuple[str, ...]:
    """Return the names of the textures that a material has."""
    names = ("base_colour_texture", "metallic_roughness_texture", "normal_texture", "emission_texture")
    return tuple(name for name in names if getattr(material, name) is not None)
