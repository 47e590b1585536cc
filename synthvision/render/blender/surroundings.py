"""Pixels of surroundings into Blender images of floats, few of them, which are painted over again and again."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore, Texture
from synthvision.errors import RenderError
from synthvision.render.blender.ahead import Ahead
from synthvision.render.blender.compat import bpy

MAX_IMAGES = 4
MAX_BYTES = 1 << 29
"""Images of surroundings kept in Blender, and their bytes; the one in use is kept however large it is."""

Floats = NDArray[np.float32]

_CHANNELS = 4
_SPACES = 2


class SurroundingsShelf:
    """Surroundings in Blender by texture.

    A frame uses one of them. Most recipes make new ones for each frame, so one that is not kept takes the image of the
    least recently used: painting it over takes a seventh of the time of a new one.
    """

    def __init__(self, store: AssetStore, max_images: int = MAX_IMAGES, max_bytes: int = MAX_BYTES) -> None:
        self._store = store
        self._max_images, self._max_bytes = max_images, max_bytes
        self._kept: OrderedDict[Texture, bpy.types.Image] = OrderedDict()
        self._ahead: Ahead[Floats] = Ahead(lambda pixels: pixels.nbytes)
        # Memory that was used before takes a fifth of the time of fresh memory.
        self._spaces: deque[Floats] = deque(maxlen=_SPACES)

    def make_ahead(self, texture: Texture) -> None:
        """Have ready what ``image`` will need; any thread may call it."""
        if texture not in self._kept:
            self._ahead.put(texture, lambda: self._upright(texture))

    def image(self, texture: Texture) -> bpy.types.Image:
        """Return the linear float32 image of a frame's surroundings; images of earlier frames may become it."""
        if texture not in self._kept:
            pixels = self._ahead.take(texture)
            pixels = self._upright(texture) if pixels is None else pixels
            image = self._old_one(pixels) or _new_image(pixels)
            image.name = texture.key
            image.pixels.foreach_set(pixels.reshape(-1))
            self._spaces.append(pixels)
            self._kept[texture] = image
        self._kept.move_to_end(texture)
        return self._kept[texture]

    def check(self) -> None:
        """Raise RenderError if Blender has lost the pixels of an image, which would render in pink or black.

        That image is dropped, so the next frame that wants it gets it anew.
        """
        for texture, image in self._kept.items():
            if not image.has_data:
                del self._kept[texture]
                name = image.name
                bpy.data.batch_remove([image])
                raise RenderError(f"texture {name}: its pixels must be in Blender's memory, got none")

    def datablocks(self) -> tuple[bpy.types.Image, ...]:
        """Return everything kept, least recently used first."""
        return tuple(self._kept.values())

    def _upright(self, texture: Texture) -> Floats:
        pixels = self._store.environment(texture)
        shape = *pixels.shape[:2], _CHANNELS
        try:
            space = self._spaces.pop()
        except IndexError:  # the other thread has it
            space = np.empty(shape, np.float32)
        return upright(pixels, space if space.shape == shape else np.empty(shape, np.float32))

    def _old_one(self, pixels: Floats) -> bpy.types.Image | None:
        """Return an image of this size that is not needed any more, if there is one; drop others that are too many."""
        cost = _bytes_of(pixels.shape[1], pixels.shape[0])
        kept = sum(_bytes_of(*_size_px(image)) for image in self._kept.values())
        while self._kept and (len(self._kept) >= self._max_images or kept + cost > self._max_bytes):
            _, image = self._kept.popitem(last=False)
            if _size_px(image) == (pixels.shape[1], pixels.shape[0]) and image.has_data:
                return image
            kept -= _bytes_of(*_size_px(image))
            bpy.data.batch_remove([image])
        return None


def upright(pixels: Floats, space: Floats) -> Floats:
    """Return pixels as Blender has them: (H, W, 3 or 4) float32, first row on top, opaque where there is no alpha.

    Args:
        pixels: to be returned.
        space: (H, W, 4), what is returned; overwritten.
    """
    full: NDArray[Any] = pixels if pixels.shape[2] == _CHANNELS else cv2.cvtColor(pixels, cv2.COLOR_RGB2RGBA, space)
    cv2.flip(full, 0, space)
    return space


def _new_image(pixels: Floats) -> bpy.types.Image:
    height, width = pixels.shape[:2]
    image = bpy.data.images.new("surroundings", width, height, alpha=True, float_buffer=True)
    # Both of these throw the pixels away when they change, so they come first.
    image.colorspace_settings.name = "Linear Rec.709"
    image.alpha_mode = "CHANNEL_PACKED"
    return image


def _size_px(image: bpy.types.Image) -> tuple[int, int]:
    """Return width and height without having Blender make up pixels that it has lost."""
    return image.generated_width, image.generated_height


def _bytes_of(width: int, height: int) -> int:
    return width * height * _CHANNELS * np.dtype(np.float32).itemsize
