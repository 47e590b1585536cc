"""The light of a render both denoised and raw: a compositor that writes the two into one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.compositor import new_nodes, save_layers
from synthvision.render.error_estimate import Piece

_DENOISED, _RAW = "Image", "Noisy Image"
"""Blender's names of the passes."""


def keep_raw_light(target: bpy.types.Scene, path: Path) -> None:
    """Have the next renders of a target that is denoised save both; ``leave_light_together`` undoes it."""
    target.view_layers[0].cycles.denoising_store_passes = True
    tree, passes = new_nodes(target)
    save_layers(tree, path, {name: passes.outputs[name] for name in (_DENOISED, _RAW)})


def as_piece(samples_per_pixel: int, layers: Mapping[str, NDArray[np.float32]]) -> Piece:
    """Return what such a render saved."""
    return Piece(samples_per_pixel, layers[_DENOISED], layers[_RAW])
