"""From Blender's render result to an array.

Blender gives no access to the pixels of a render in background mode but by saving them. 640x480 as an uncompressed EXR
in memory take about 4 ms to save and 1 ms to read.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.render.exr import read_exr_layers, read_exr_rgb


class Film:
    """A file that lies in memory where the system has such, else in a temporary folder; Blender saves to ``path``."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        self._folder: Path | None = None
        if sys.platform == "linux":
            # A file without a name: gone with the process however that ends, and not bounded by a small /dev/shm.
            self._descriptor = os.memfd_create("synthvision")
            self.path = Path(f"/proc/self/fd/{self._descriptor}")
        else:
            self._folder = Path(tempfile.mkdtemp(prefix="synthvision-"))
            self.path = self._folder / "frame.exr"

    def blank(self) -> None:
        """Forget the last picture, so that it cannot be taken for the next."""
        self.path.write_bytes(b"")

    def develop(self) -> NDArray[np.float32]:
        """Return what Blender saved, (H, W, 3) float32."""
        pixels = read_exr_rgb(self.path)
        self.blank()
        return pixels

    def develop_layers(self) -> dict[str, NDArray[np.float32]]:
        """Return what Blender's compositor saved, (H, W, 3) float32 by name."""
        layers = read_exr_layers(self.path)
        self.blank()
        return layers

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        if self._folder is not None:
            shutil.rmtree(self._folder)
        self._descriptor = self._folder = None
