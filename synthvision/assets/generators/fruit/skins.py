"""Pictures of skins. A chart goes once round the fruit from left to right, and from one pole (below) to the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Ink
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.images import pixel_hash
from synthvision.assets.textures.noise import Field, fractal, mixed, picture, series
from synthvision.assets.types import Material, Texture

SIZE = 512
GOLDEN_TURN = 0.6180339887498949


@dataclass(frozen=True)
class Peel:
    """How a skin reflects light, beside its picture; ``variant`` tells fruits of one kind apart."""

    roughness: float = 0.35
    coat: float = 0.0
    subsurface: float = 0.12
    sheen: float = 0.0
    relief: float = 0.0
    variant: int = 0


def around() -> Field:
    """Return the share of a turn, (1, SIZE)."""
    return ((np.arange(SIZE, dtype=np.float32) + np.float32(0.5)) / np.float32(SIZE))[None, :]


def upward() -> Field:
    """Return the share of the way from the lower pole to the upper, (SIZE, 1)."""
    return ((np.arange(SIZE, dtype=np.float32)[::-1] + np.float32(0.5)) / np.float32(SIZE))[:, None]


def towards(turn: float) -> Field:
    """Return 1 on the side at ``turn`` (share of a turn), -1 on the other, (1, SIZE)."""
    side: Field = elementary.cos((around() - np.float32(turn)) * np.float32(2 * np.pi))
    return side


def streaks(seed: int, fineness: float = 60.0) -> Field:
    """Return noise drawn out from pole to pole, mean 0 and deviation 1."""
    return fractal(SIZE, seed, slope=0.5, high=fineness, stretch=(1.0, 9.0))


def clouds(seed: int, slope: float = 1.6, high: float = 40.0) -> Field:
    """Return broad soft noise, mean 0 and deviation 1; it counts for as much round the fruit as along it."""
    return fractal(SIZE, seed, slope=slope, high=high, stretch=(1.0, 0.6))


def speckles(count: int, radius: float, seed: int, spread: float = 0.5, stretch: float = 1.0) -> Field:
    """Return 1 on small round dots and 0 beside them, (SIZE, SIZE), spread evenly over the fruit.

    ``radius`` is a share of the way from pole to pole; ``spread`` is how far dots differ in size. A dot
    is ``stretch`` times as long as wide on a ball; on slender fruit less than 1 makes it round.
    """
    chance = series(3 * count, seed).reshape(3, count).astype(np.float64)
    polar = elementary.arccos(1 - 2 * chance[0]) / np.pi
    return _dotted(chance[1], polar, radius * (1 + spread * (2 * chance[2] - 1)), stretch)


@lru_cache(maxsize=8)
def lattice(count: int, radius: float, stretch: float = 1.0) -> Field:
    """Return dots in the spirals in which seeds and pores grow: Fibonacci's lattice on the sphere. Read-only.

    ``stretch`` is how much longer than wide a dot is, along the fruit.
    """
    number = np.arange(count) + 0.5
    polar = elementary.arccos(1 - 2 * number / count) / np.pi
    dots = _dotted(number * GOLDEN_TURN % 1.0, polar, np.full(count, radius), stretch)
    dots.setflags(write=False)
    return dots


def _dotted(turn: Field, polar: Field, radii: Field, stretch: float = 1.0) -> Field:
    """Draw dots at shares of a turn and of the way up, widened towards the poles, where the chart is narrow."""
    twice = 2 * SIZE
    sheet = Image.new("L", (twice, twice))
    pen = ImageDraw.Draw(sheet)
    # One turn is two times as long as the way from pole to pole on a ball.
    wide = radii * 0.5 / np.maximum(elementary.sin(np.pi * polar), 0.03) * twice
    high = radii * stretch * twice
    x, y = turn * twice, (1 - polar) * twice
    for shift in (-twice, 0, twice):
        near = (x + shift + wide > 0) & (x + shift - wide < twice)
        for column, row, w, h in zip(x[near] + shift, y[near], wide[near], high[near], strict=True):
            pen.ellipse((column - w, row - h, column + w, row + h), fill=255)
    return np.asarray(sheet.reduce(2), np.float32) / np.float32(255)


def over(colours: Field | Ink, ink: Field | Ink, share: Field) -> Field:
    """Paint ``ink`` over colours (SIZE, SIZE, 3) or one colour, as thickly as ``share`` says (any part of a chart)."""
    return mixed(np.broadcast_to(share, (SIZE, SIZE)), colours, ink)


def peeled(name: str, colours: Field, peel: Peel, height: Field | None = None) -> tuple[Material, dict[str, Image8]]:
    """Return the material of a skin and its images.

    Args:
        name: of the slot.
        colours: (SIZE, SIZE, 3) sRGB, 0…255.
        peel: how it reflects light.
        height: (SIZE, SIZE) relief, any unit; ``peel.relief`` is how steep its steps of 1 per texel are drawn.
    """
    material, images = printed(name, picture(colours), roughness=peel.roughness, coat=peel.coat)
    material = replace(
        material,
        shader="fruit_skin",
        shader_seed=float(series(1, peel.variant)[0]),
        subsurface=peel.subsurface,
        sheen=peel.sheen,
    )
    if height is None:
        return material, images
    bumps = _normals(height, peel.relief)
    key = pixel_hash(bumps)
    return replace(material, normal_texture=Texture("embedded", key, sha256=key)), {**images, key: bumps}


def _normals(height: Field, relief: float) -> Image8:
    """Return a tangent-space normal map, OpenGL (+Y up), of a relief over the chart."""
    across = (np.roll(height, -1, axis=1) - np.roll(height, 1, axis=1)) * np.float32(-0.5 * relief)
    # Near the poles a texel is narrower than high.
    across /= np.maximum(2 * elementary.sin(np.pi * upward()), np.float32(0.1))
    rise = np.gradient(height, axis=0) * np.float32(relief)
    length = np.sqrt(across**2 + rise**2 + 1)
    normals = np.stack([across / length, rise / length, 1 / length], axis=2)
    return picture(normals * np.float32(127.5) + np.float32(127.5))
