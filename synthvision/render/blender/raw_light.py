"""The light of a render both denoised and raw: a compositor that writes the two into one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.render.blender.compat import bpy, write_layers_exr
from synthvision.render.blender.light_groups import NODES, apply_compositor
from synthvision.render.error_estimate import Piece

_DENOISED, _RAW = "Image", "Noisy Image"
"""Blender's names of the passes."""


def keep_raw_light(target: bpy.types.Scene, path: Path) -> None:
    """Have the next renders of a target that is denoised save both; ``leave_light_together`` undoes it."""
    target.view_layers[0].cycles.denoising_store_passes = True
    apply_compositor(target.render, on_gpu=target.cycles.device == "GPU")
    tree = bpy.data.node_groups.new(NODES, "CompositorNodeTree")
    passes = tree.nodes.new("CompositorNodeRLayers")
    passes.scene = target
    file = tree.nodes.new("CompositorNodeOutputFile")
    file.directory, file.file_name = str(path.parent), path.name
    file.save_as_render = False
    write_layers_exr(file.format)
    for name in (_DENOISED, _RAW):
        file.file_output_items.new("RGBA", name)
        tree.links.new(passes.outputs[name], file.inputs[name])
    target.compositing_node_group = tree


def as_piece(samples_per_pixel: int, layers: Mapping[str, NDArray[np.float32]]) -> Piece:
    """Return what such a render saved."""
    return Piece(samples_per_pixel, layers[_DENOISED], layers[_RAW])
