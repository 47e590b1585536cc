"""What walls and floors are covered with. Texture coordinates of what bears it are metres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, pixels
from synthvision.assets.generators.surfaces import hsv, printed, rgb8
from synthvision.assets.textures.noise import fractal, series
from synthvision.assets.types import Material, Texture

Hsv = tuple[float, float, float]
Images = Mapping[str, Image8]
BRICK_M = (0.25, 0.075)
"""Length and height of a brick with its joints."""
_BRICK_TILE = 1.5
WALLS = 6
FLOORS = 5


def wall_covering(name: str, covering: int, colour: Hsv) -> tuple[Material, Images]:
    """Return a wall's material: 0 plaster, 1 brick, 2 tiles, 3 wood panelling, 4 wallpaper, 5 concrete."""
    hue, saturation, value = colour
    if covering in (1, 4):
        image = _bricks(colour) if covering == 1 else _wallpaper(colour)
        material, images = printed(name, image, roughness=0.85)
        return replace(material, uv_scale=1 / _BRICK_TILE if covering == 1 else 1.0), images
    white = (1.0, 1.0, 1.0)
    if covering == 2:  # noqa: PLR2004 - number of a covering
        tiles = Texture("generated", "tiles", (("hue", hue), ("saturation", saturation), ("tone", value)))
        return Material(name, white, roughness=0.15, base_colour_texture=tiles, uv_scale=1.6), {}
    if covering == 3:  # noqa: PLR2004 - number of a covering
        planks = Texture("generated", "wood_planks", (("tone", 0.35 + 0.4 * value), ("planks", 8.0)))
        return Material(name, white, roughness=0.5, base_colour_texture=planks, uv_scale=0.8), {}
    if covering == 5:  # noqa: PLR2004 - number of a covering
        cast = Texture("generated", "concrete", (("tone", 0.35 + 0.4 * value), ("stains", 0.7)))
        return Material(name, white, roughness=0.9, base_colour_texture=cast, uv_scale=0.55), {}
    return Material(name, hsv(hue, saturation, value), roughness=0.9, specular=0.2, shader="paper"), {}


def floor_covering(name: str, covering: int, colour: Hsv) -> Material:
    """Return a floor's material: 0 planks, 1 tiles, 2 carpet, 3 concrete, 4 terrazzo."""
    hue, saturation, value = colour
    key, scale, roughness, parameters = (
        ("wood_planks", 0.8, 0.4, (("hue", 0.06 + 0.05 * hue), ("tone", 0.3 + 0.45 * value))),
        ("tiles", 0.7, 0.25, (("hue", hue), ("saturation", 0.4 * saturation), ("tone", value))),
        ("fabric", 3.0, 0.95, (("hue", hue), ("second_hue", hue), ("saturation", saturation), ("tone", 0.8 * value))),
        ("concrete", 0.5, 0.6, (("tone", 0.35 + 0.4 * value),)),
        ("terrazzo", 0.9, 0.3, (("hue", hue), ("tone", 0.5 + 0.4 * value))),
    )[covering]
    texture = Texture("generated", key, parameters)
    return Material(name, (1.0, 1.0, 1.0), roughness=roughness, base_colour_texture=texture, uv_scale=scale)


def _bricks(colour: Hsv) -> Image8:
    """Draw a tile of ``_BRICK_TILE`` metres of running bond, seamless."""
    hue, saturation, value = colour
    side = 768
    rows, columns = round(_BRICK_TILE / BRICK_M[1]), round(_BRICK_TILE / BRICK_M[0])
    picture = Image.new("RGB", (side, side), rgb8(0.1, 0.08, 0.68))
    pen = ImageDraw.Draw(picture)
    chance = series(3 * rows * columns, 71).reshape(rows, columns, 3)
    joint = 0.011 / _BRICK_TILE * side
    for row in range(rows):
        top = row * side / rows
        for column in range(columns):
            left = (column + 0.5 * (row % 2)) * side / columns
            a, b, c = (float(x) for x in chance[row, column])
            ink = rgb8(
                0.02 + 0.06 * hue + 0.02 * a, 0.3 + 0.45 * saturation, (0.35 + 0.4 * value) * (0.75 + 0.4 * b * c)
            )
            for shift in (0, -side):
                box = (left + joint / 2 + shift, top + joint / 2, left + side / columns - joint / 2 + shift)
                pen.rectangle((*box, top + side / rows - joint / 2), fill=ink)
    grain = 14 * fractal(side, 5, slope=0.7, low=8) + 6 * fractal(side, 6, slope=1.4, high=8)
    shaded: Image8 = np.clip(pixels(picture) + grain[..., None], 0, 255).astype(np.uint8)
    return shaded


def _wallpaper(colour: Hsv) -> Image8:
    """Draw one metre of striped wallpaper with small flowers, seamless."""
    hue, saturation, value = colour
    side, stripes = 512, 8
    picture = Image.new("RGB", (side, side), rgb8(hue, 0.5 * saturation, min(1.0, value + 0.12)))
    pen = ImageDraw.Draw(picture)
    width = side / stripes
    for stripe in range(0, stripes, 2):
        pen.rectangle((stripe * width, 0, (stripe + 1) * width - 1, side), fill=rgb8(hue, 0.6 * saturation, value))
    for column in range(1, stripes, 2):
        for row in range(8):
            x, y = (column + 0.5) * width, (row + 0.5 + 0.25 * (column % 4)) * side / 8
            for petal in range(5):
                angle = petal * 2 * np.pi / 5
                px, py = x + 5 * elementary.cos(angle), (y + 5 * elementary.sin(angle)) % side
                pen.ellipse((px - 4, py - 4, px + 4, py + 4), fill=rgb8(hue + 0.5, 0.4 * saturation, 0.7 * value))
    return pixels(picture)
