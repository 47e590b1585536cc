"""What generated objects are made of by default: colours and principled parameters."""

from __future__ import annotations

import colorsys
import hashlib

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.srgb import srgb_decode_value
from synthvision.assets.types import Material, Texture

Colour = tuple[float, float, float]


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """Return linear Rec.709 for a colour picked as people pick colours: HSV of sRGB, each in [0, 1]."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return srgb_decode_value(red), srgb_decode_value(green), srgb_decode_value(blue)


def rgb8(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    """Return sRGB 0…255 for an HSV colour."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def ceramic(name: str, colour: Colour) -> Material:
    return Material(name, colour, roughness=0.18, coat=0.4)


def plastic(name: str, colour: Colour, roughness: float = 0.32) -> Material:
    return Material(name, colour, roughness=roughness)


def rubber(name: str, colour: Colour) -> Material:
    return Material(name, colour, roughness=0.75, specular=0.3)


def paper(name: str, colour: Colour) -> Material:
    return Material(name, colour, roughness=0.8, specular=0.25)


def steel(name: str, roughness: float = 0.3) -> Material:
    return Material(name, (0.56, 0.57, 0.58), metallic=1.0, roughness=roughness)


METALS: tuple[Colour, ...] = ((0.56, 0.57, 0.58), (0.72, 0.52, 0.20), (0.80, 0.68, 0.42), (0.06, 0.06, 0.065))
"""Bright steel, brass, yellow zinc, black oxide: linear reflectance."""


def metal(name: str, finish: int, roughness: float = 0.3) -> Material:
    """Return one of ``METALS``."""
    return Material(name, METALS[finish], metallic=1.0, roughness=roughness)


def printed(
    name: str, image: NDArray[np.uint8], *, roughness: float = 0.4, metallic: float = 0.0, coat: float = 0.0
) -> tuple[Material, dict[str, NDArray[np.uint8]]]:
    """Return a material that shows an image (H, W, 3) sRGB once over 0…1, with the image keyed by its SHA-256."""
    digest = hashlib.sha256(str(image.shape).encode() + np.ascontiguousarray(image).tobytes()).hexdigest()
    texture = Texture("embedded", digest, sha256=digest)
    material = Material(
        name, (1.0, 1.0, 1.0), metallic=metallic, roughness=roughness, coat=coat, base_colour_texture=texture
    )
    return material, {digest: image}
