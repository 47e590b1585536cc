"""What Cycles itself sees at each pixel centre: the oracle that labels are compared with."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.scene import Scene

_NOTHING_M = 1e9


def index_pass(renderer: BlenderRenderer, scene: Scene) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Render the object-index and depth passes of a scene with one ray through each pixel centre.

    The scene is built by the renderer as for a picture; its next picture is not influenced.

    Returns:
        index_map: (H, W) int32 index into ``scene.instances``, -1 where nothing is.
        depth: (H, W) float32 z in metres (Cycles' depth pass is z, not the distance along the ray); 0 where nothing is.
    """
    renderer.show(scene)
    for index, made in enumerate(renderer.stage.objects):
        made.pass_index = index + 1
    target = renderer.target
    one_ray_per_pixel(target)
    with tempfile.TemporaryDirectory() as folder:
        target.render.filepath = str(Path(folder) / "passes.exr")
        renderer.run("index pass")
        index, depth = _read(target.render.filepath)
    there = index > 0
    assert np.array_equal(there, depth < _NOTHING_M)
    return index.astype(np.int32) - 1, np.where(there, depth, np.float32(0))


def one_ray_per_pixel(target: bpy.types.Scene) -> None:
    view_layer = target.view_layers[0]
    view_layer.use_pass_z = True
    view_layer.use_pass_object_index = True
    # Cycles sends a pixel's first sample through the very middle of the filter (with any width and seed: measured).
    target.cycles.pixel_filter_type = "BOX"
    target.cycles.filter_width = 0.01
    target.cycles.samples = 1
    target.cycles.use_adaptive_sampling = False
    target.cycles.use_denoising = False
    target.render.image_settings.media_type = "MULTI_LAYER_IMAGE"
    target.render.image_settings.file_format = "OPEN_EXR_MULTILAYER"
    target.render.image_settings.color_depth = "32"
    # One part: in several, Blender 5.0.1 writes conflicting headers and fails where pixels are not square.
    target.render.image_settings.use_exr_interleave = True
    target.render.image_settings.exr_codec = "NONE"


def _read(path: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    with OpenEXR.File(path, separate_channels=True) as file:
        channels = {name: channel.pixels for part in file.parts for name, channel in part.channels.items()}
    index = next(pixels for name, pixels in channels.items() if "Object Index" in name or "IndexOB" in name)
    depth = next(pixels for name, pixels in channels.items() if ".Depth." in name)
    return index, depth
