"""The colour of the surface that Cycles sees at each pixel centre, before any light falls on it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import OpenEXR
from numpy.typing import NDArray

from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.scene import Scene
from tests.blender.index_pass import one_ray_per_pixel


def colour_pass(renderer: BlenderRenderer, scene: Scene) -> NDArray[np.float32]:
    """Render the diffuse-colour pass of a scene with one ray through each pixel centre, (H, W, 3) float32.

    A surface with specular 0, metallic 0 and no coat has its base colour there.
    """
    renderer.show(scene)
    target = renderer.target
    one_ray_per_pixel(target)
    target.view_layers[0].use_pass_diffuse_color = True
    with tempfile.TemporaryDirectory() as folder:
        target.render.filepath = str(Path(folder) / "passes.exr")
        renderer.run("colour pass")
        with OpenEXR.File(target.render.filepath, separate_channels=True) as file:
            channels = {name: channel.pixels for part in file.parts for name, channel in part.channels.items()}
    planes = [
        next(pixels for name, pixels in channels.items() if name.endswith(f"Diffuse Color.{band}")) for band in "RGB"
    ]
    return np.stack(planes, axis=2)
