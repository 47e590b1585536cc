"""OpenEXR files: linear light in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from synthvision.errors import RenderError


def read_exr_layers(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the layers of a file with one part for each, by name: (H, W, 3) float32, first row on top, no alpha.

    Raises:
        RenderError: there is no such file, or a layer is no colour.
    """
    try:
        with OpenEXR.File(str(path), separate_channels=False) as file:
            channels = {name: channel.pixels for part in file.parts for name, channel in part.channels.items()}
    except RuntimeError as error:
        raise RenderError(f"{path}: it must be an OpenEXR file, got: {error}") from error
    for name, pixels in channels.items():
        if pixels.ndim != 3:  # noqa: PLR2004 - rows, columns, channels
            raise RenderError(f"{path}: layer {name} must have channels R, G and B, got one channel")
    return {name: np.ascontiguousarray(pixels[:, :, :3], dtype=np.float32) for name, pixels in channels.items()}


def read_exr_rgb(path: Path) -> NDArray[np.float32]:
    """Return the colours of a single-part file, (H, W, 3) float32, first row on top; an alpha channel is left out.

    Raises:
        RenderError: there is no such file, or it has no R, G and B.
    """
    try:
        with OpenEXR.File(str(path), separate_channels=False) as file:
            channels = {name: channel.pixels for name, channel in file.channels().items()}
    except RuntimeError as error:
        raise RenderError(f"{path}: it must be an OpenEXR file, got: {error}") from error
    colour = channels.get("RGB", channels.get("RGBA"))
    if colour is None:
        raise RenderError(f"{path}: its channels must be R, G and B, got {', '.join(sorted(channels)) or 'none'}")
    return np.ascontiguousarray(colour[:, :, :3], dtype=np.float32)
