"""Pixel arrays into Blender images, once per texture."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Asset, AssetStore, Texture
from synthvision.errors import RenderError
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.shelf import Shelf

MAX_BYTES = 1 << 30
"""Bytes of pixels kept in Blender between frames before the least recently used images are dropped."""

_CHANNELS = 4
_LEVELS = np.arange(256, dtype=np.float32) * np.float32(1 / 255)


class ImageShelf:
    """Images in Blender by texture. They are made of arrays, never of files: Blender has nothing to find or to miss."""

    def __init__(self, store: AssetStore, max_bytes: int = MAX_BYTES) -> None:
        self._store = store
        self._shelf = Shelf(max_bytes)

    def colour(self, texture: Texture, asset: Asset) -> bpy.types.Image:
        """Return an sRGB image; Cycles decodes it to linear light."""
        return self._bytes(texture, asset, "sRGB")

    def data(self, texture: Texture, asset: Asset) -> bpy.types.Image:
        """Return an image whose values are taken as they are."""
        return self._bytes(texture, asset, "Non-Color")

    def environment(self, texture: Texture) -> bpy.types.Image:
        """Return a linear float32 image."""
        pixels = self._store.environment(texture)
        name = "Linear Rec.709"
        return self._shelf.get((texture, name), lambda: make_image(texture.key, pixels, name), _cost(pixels, 4))

    def backdrop(self, texture: Texture) -> bpy.types.Image:
        """Return an sRGB image that belongs to no asset."""
        return self._bytes(texture, None, "sRGB")

    def _bytes(self, texture: Texture, asset: Asset | None, colour_space: str) -> bpy.types.Image:
        pixels = self._store.image(texture, asset)
        make = lambda: make_image(texture.key, pixels, colour_space)  # noqa: E731 - called at once, if at all
        return self._shelf.get((texture, colour_space), make, _cost(pixels, 1))

    def check(self) -> None:
        """Raise RenderError if Blender has lost the pixels of an image, which would render in pink.

        That image is dropped, so the next frame that wants it gets it anew.
        """
        for image in self._shelf.datablocks():
            if not image.has_data:
                name = image.name
                self._shelf.remove(image)
                raise RenderError(f"texture {name}: its pixels must be in Blender's memory, got none")

    def trim(self) -> None:
        self._shelf.trim()

    def datablocks(self) -> tuple[bpy.types.Image, ...]:
        return self._shelf.datablocks()


def make_image(name: str, pixels: NDArray[np.generic], colour_space: str) -> bpy.types.Image:
    """Make an image of (H, W, 3 or 4) uint8 or float32 pixels, first row on top."""
    height, width = pixels.shape[:2]
    is_float = pixels.dtype != np.uint8
    image = bpy.data.images.new(name, width, height, alpha=True, float_buffer=is_float)
    # Both of these throw the pixels away when they change, so they come first. Channel-packed: colour under alpha 0
    # stays as it is.
    image.colorspace_settings.name = colour_space
    image.alpha_mode = "CHANNEL_PACKED"
    image.pixels.foreach_set(_rgba(pixels).reshape(-1))
    return image


def _rgba(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Return (H, W, 4) float32, first row at the bottom, bytes scaled to [0, 1]; opaque where there is no alpha.

    OpenCV takes a fifth of NumPy's time for it, and frames with new pictures wait for it.
    """
    flipped: NDArray[Any] = cv2.flip(pixels, 0)
    rgba: NDArray[Any] = flipped if pixels.shape[2] == _CHANNELS else cv2.cvtColor(flipped, cv2.COLOR_RGB2RGBA)
    scaled: NDArray[Any] = cv2.LUT(rgba, _LEVELS) if pixels.dtype == np.uint8 else rgba
    return scaled


def _cost(pixels: NDArray[np.generic], bytes_per_channel: int) -> int:
    return pixels.shape[0] * pixels.shape[1] * _CHANNELS * bytes_per_channel
