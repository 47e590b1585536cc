"""Collects the images of one model, each stored once under the hash of its pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.images import decode_image, pixel_hash
from synthvision.assets.types import Texture
from synthvision.limits import MAX_ASSET_PX


class Images:
    """Images by pixel hash; ``embed`` gives the texture that refers to one, ``decode`` counts what is decoded."""

    def __init__(self) -> None:
        self.by_hash: dict[str, NDArray[np.uint8]] = {}
        self._pixels = 0

    def decode(self, data: bytes, where: str) -> NDArray[np.uint8]:
        """Decode an image of the model, as ``decode_image``; AssetError when all together have too many pixels."""
        image = decode_image(data, where, MAX_ASSET_PX - self._pixels)
        self._pixels += image.shape[0] * image.shape[1]
        return image

    def embed(self, image: NDArray[np.uint8]) -> Texture:
        """Store an (H, W, 3 or 4) image, first row on top, and return the embedded texture."""
        key = pixel_hash(image)
        self.by_hash[key] = image
        return Texture("embedded", key, sha256=key)


def resized(channel: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Nearest-neighbour copy of an (H, W) channel at another size, to join maps of one material that differ in size."""
    rows = np.arange(height) * channel.shape[0] // height
    columns = np.arange(width) * channel.shape[1] // width
    copy: NDArray[np.uint8] = channel[rows[:, None], columns]
    return copy
