"""Colours stored at vertices, as textures: renderer and labels then need to know of textures only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.files.parts import Floats, Part
from synthvision.assets.images import pixel_hash
from synthvision.assets.srgb import srgb_encode
from synthvision.assets.types import Material, Texture


def bake_colours(part: Part) -> tuple[Part, dict[str, NDArray[np.uint8]]]:
    """Return the part without vertex colours, and the image that took their place, if any.

    One colour everywhere multiplies the base colour. Varying colours of a part without textures become an image in
    which each triangle owns 2 x 2 texels, with texture coordinates on their centres: bilinear lookup then gives the
    linear interpolation over the triangle and never touches a neighbour's texels. A part that has textures (whose
    coordinates are taken) is multiplied by the mean of its vertex colours instead.
    """
    if part.colours is None:
        return part, {}
    colours = np.clip(part.colours, 0, 1)
    textured = _textures(part.material)
    if textured or np.ptp(colours.reshape(-1, 4), axis=0).max() == 0:
        return replace(part, material=_tinted(part.material, colours.mean(axis=(0, 1))), colours=None), {}
    image, uvs = _blocks(colours, with_alpha=part.material.alpha_cutoff > 0)
    key = pixel_hash(image)
    material = replace(part.material, base_colour_texture=Texture("embedded", key, sha256=key))
    return replace(part, material=material, uvs=uvs, colours=None), {key: image}


def _textures(material: Material) -> bool:
    maps = (material.base_colour_texture, material.metallic_roughness_texture)
    return any(one is not None for one in (*maps, material.normal_texture, material.emission_texture))


def _tinted(material: Material, colour: Floats) -> Material:
    red, green, blue = (float(a * b) for a, b in zip(material.base_colour, colour[:3], strict=True))
    return replace(material, base_colour=(red, green, blue), alpha=material.alpha * float(colour[3]))


def _blocks(colours: Floats, *, with_alpha: bool) -> tuple[NDArray[np.uint8], Floats]:
    """Texels: the triangle's corners at (0, 0), (1, 0) and (0, 1) of its block; the fourth continues their plane."""
    count = len(colours)
    across = int(np.ceil(np.sqrt(count)))
    down = -(-count // across)
    texels = np.empty((count, 2, 2, 4))
    texels[:, 0, 0], texels[:, 0, 1], texels[:, 1, 0] = colours[:, 0], colours[:, 1], colours[:, 2]
    texels[:, 1, 1] = np.clip(colours[:, 1] + colours[:, 2] - colours[:, 0], 0, 1)
    texels[..., :3] = srgb_encode(texels[..., :3])
    grid = np.zeros((down * across, 2, 2, 4), dtype=np.uint8)
    grid[:count] = np.rint(texels * 255).astype(np.uint8)
    image = grid.reshape(down, across, 2, 2, 4).transpose(0, 2, 1, 3, 4).reshape(2 * down, 2 * across, 4)
    row, column = np.divmod(np.arange(count), across)
    x = 2 * column[:, None] + np.array([0, 1, 0]) + 0.5
    y = 2 * row[:, None] + np.array([0, 0, 1]) + 0.5
    uvs: Floats = np.stack([x / (2 * across), 1 - y / (2 * down)], axis=2)
    return np.ascontiguousarray(image if with_alpha else image[..., :3]), uvs
