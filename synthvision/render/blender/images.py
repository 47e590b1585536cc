"""Pixel arrays into Blender images, once per texture."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Asset, AssetStore, Texture
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.packed import tiff_bytes
from synthvision.render.blender.shelf import Shelf
from synthvision.render.blender.surroundings import SurroundingsShelf

MAX_BYTES = 1 << 30
"""Bytes of pixels kept in Blender between frames before the least recently used images are dropped."""

_CHANNELS = 4


class ImageShelf:
    """Images in Blender by texture. Made of arrays, they lie in memory: Blender has nothing to find or to miss."""

    def __init__(self, store: AssetStore, max_bytes: int = MAX_BYTES) -> None:
        self._store = store
        self._shelf = Shelf(max_bytes)
        self._new: set[Hashable] = set()
        self._packed: set[Hashable] = set()
        self._surroundings = SurroundingsShelf(store)

    def colour(self, texture: Texture, asset: Asset) -> bpy.types.Image:
        """Return an sRGB image; Cycles decodes it to linear light."""
        return self._bytes(texture, asset, "sRGB")

    def data(self, texture: Texture, asset: Asset) -> bpy.types.Image:
        """Return an image whose values are taken as they are."""
        return self._bytes(texture, asset, "Non-Color")

    def environment(self, texture: Texture) -> bpy.types.Image:
        """Return a linear float32 image; one per frame."""
        return self._surroundings.image(texture)

    def backdrop(self, texture: Texture) -> bpy.types.Image:
        """Return an sRGB image that belongs to no asset."""
        return self._bytes(texture, None, "sRGB")

    def size_px(self, backdrop: Texture) -> tuple[int, int]:
        """Return width and height without unpacking the image, as asking Blender for them would."""
        height, width = self._store.image(backdrop).shape[:2]
        return width, height

    def _bytes(self, texture: Texture, asset: Asset | None, colour_space: str) -> bpy.types.Image:
        pixels = self._store.image(texture, asset)
        key = texture, colour_space

        def make() -> bpy.types.Image:
            self._new.add(key)
            return make_image(texture.key, pixels, colour_space)

        image = self._shelf.get(key, make, _cost(pixels))
        if key in self._packed:
            # A render that finds it packed unpacks it for itself. What comes again is unpacked once for all of them.
            self._packed.remove(key)
            unpack(image)
        return image

    def check(self) -> None:
        """Raise RenderError if Blender has lost pixels of surroundings. Those of packed pictures it has still."""
        self._surroundings.check()

    def trim(self) -> None:
        """Drop what is too much; call it between frames."""
        self._packed |= self._new
        self._new.clear()
        self._packed.difference_update(self._shelf.trim())

    def datablocks(self) -> tuple[bpy.types.Image, ...]:
        return (*self._shelf.datablocks(), *self._surroundings.datablocks())


def make_image(name: str, pixels: NDArray[np.uint8], colour_space: str) -> bpy.types.Image:
    """Make an image of (H, W, 3 or 4) bytes, first row on top. Blender unpacks it when it first needs its pixels."""
    image = bpy.data.images.new(name, 1, 1, alpha=True)
    content = tiff_bytes(pixels)
    image.pack(data=content, data_len=len(content))
    image.source = "FILE"
    image.colorspace_settings.name = colour_space
    # Channel-packed: colour under alpha 0 stays as it is.
    image.alpha_mode = "CHANNEL_PACKED"
    return image


def unpack(image: bpy.types.Image) -> None:
    """Have the pixels of a packed image in Blender's memory from now on."""
    _ = image.size[0]


def _cost(pixels: NDArray[np.uint8]) -> int:
    """Return the bytes of a picture packed and unpacked."""
    return pixels.nbytes + pixels.shape[0] * pixels.shape[1] * _CHANNELS
