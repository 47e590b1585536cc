"""Collects the images of one model, each stored once under the hash of its pixels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.images import pixel_hash
from synthvision.assets.types import Texture


class Images:
    """Images by pixel hash; ``embed`` gives the texture that refers to one."""

    def __init__(self) -> None:
        self.by_hash: dict[str, NDArray[np.uint8]] = {}

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
