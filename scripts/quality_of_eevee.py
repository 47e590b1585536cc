"""Pictures that Blender's rasteriser EEVEE makes of scenes which are built for Cycles; see scripts/measure_quality."""

from __future__ import annotations

import ctypes
import time  # noqa: TID251 - measuring time is what this is for
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.render.blender.film import Film
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.scene import Scene

_FAR_M = 1000.0
"""With Cycles' 10⁶ the rounding of its depth takes all surroundings for one point of their picture."""


@dataclass(frozen=True)
class Eevee:
    """What EEVEE is told; ``ray_tracing`` follows reflections and light from surfaces as far as the screen shows."""

    samples_per_pixel: int
    ray_tracing: bool


def check_egl() -> None:
    """Raise RuntimeError where EEVEE cannot draw: it would end the process."""
    try:
        ctypes.CDLL("libEGL.so.1")
    except OSError as error:
        raise RuntimeError("EEVEE: libEGL and a driver (libegl1, libgl1-mesa-dri) must be there, got none") from error


def lit_by_eevee(setting: Eevee, scene: Scene, store: AssetStore) -> tuple[NDArray[np.float32], float, str]:
    """Return a scene's light (H, W, 3), the seconds of its rendering, and what drew it.

    Args:
        setting: what EEVEE is told.
        scene: as Cycles is shown it.
        store: of its meshes and images.
    """
    renderer, film = BlenderRenderer(RenderSettings(1, 0.0, "none", device="cpu"), store), Film()
    renderer.show(scene)
    target = renderer.target
    target.render.engine, target.render.filepath = "BLENDER_EEVEE", str(film.path)
    target.eevee.taa_render_samples, target.eevee.use_raytracing = setting.samples_per_pixel, setting.ray_tracing
    target.camera.data.clip_end = _FAR_M
    started = time.perf_counter()
    renderer.run("EEVEE")
    took = time.perf_counter() - started
    light = film.develop()
    film.close()
    renderer.close()
    import gpu  # noqa: PLC0415 - Blender's, there after it has drawn

    return light, took, gpu.platform.renderer_get()
