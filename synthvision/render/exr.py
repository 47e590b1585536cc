"""OpenEXR files: linear light in, metric depth out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from synthvision.errors import RenderError

DEPTH_CHANNEL = "Y"
"""Luminance: of the usual names for one channel (Y, Z, V) the only one that ``cv2.imread`` gives back as it was written
(Z it returns as zeros, V not at all); imageio, Blender and the OpenEXR library read any."""


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


def write_exr_depth(path: Path, depth: NDArray[np.float32]) -> None:
    """Write (H, W) float32 metres as one float32 channel named ``DEPTH_CHANNEL``, without loss, ZIP-compressed.

    The file has no date or other provenance in it: equal arrays make equal bytes. With OpenCV it is read by
    ``cv2.imread(path, cv2.IMREAD_UNCHANGED)`` where the environment has ``OPENCV_IO_ENABLE_OPENEXR=1``.

    Raises:
        OSError: the file cannot be written.
        ValueError: the array is not (H, W).
    """
    if depth.ndim != 2:  # noqa: PLR2004 - (H, W)
        raise ValueError(f"depth: the array must be of shape (H, W), got {depth.shape}")
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    pixels = np.ascontiguousarray(depth, dtype=np.float32)
    try:
        OpenEXR.File(header, {DEPTH_CHANNEL: pixels}).write(str(path))
    except RuntimeError as error:
        raise OSError(f"{path}: the depth must be writable, got: {error}") from error
