"""Cameras with a lens: Cycles asks a shader of ours for the ray of each point of the image."""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache
from pathlib import Path

from synthvision.errors import RenderError
from synthvision.render.blender.compat import bpy, compile_osl
from synthvision.scene import Camera, Lens
from synthvision.scene.lenses import largest_slope

_SOURCE = Path(__file__).with_name("lens_camera.osl")
_DEVICES = ("cpu", "optix")
_BROWN_CONRADY = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")
_KANNALA_BRANDT = ("k1", "k2", "k3", "k4")

NEAREST_M = 1e-6
"""Cycles cuts off at a distance along the ray, so the shader starts rays where they are to be cut off."""


def use_lens(data: bpy.types.Camera, camera: Camera, lens: Lens) -> None:
    """Make a Blender camera one with this lens, K, near plane and aperture; raises RenderError if that cannot be."""
    data.type = "CUSTOM"
    data.custom_mode = "INTERNAL"
    data.custom_bytecode = _bytecode()
    data.custom_bytecode_hash = hashlib.md5(data.custom_bytecode.encode(), usedforsecurity=False).hexdigest()
    for name, value in _parameters(camera, lens).items():
        data.cycles_custom[name] = value
    data.clip_start = NEAREST_M
    # K is in the shader alone: Cycles would move the points of the image that it asks for.
    data.shift_x = data.shift_y = 0.0


def check_lens(camera: Camera, device: str) -> None:
    """Raise RenderError where a camera has a lens that the kind of device cannot render."""
    if camera.lens is not None and device not in _DEVICES:
        raise RenderError(f"camera: a lens must be rendered on one of {', '.join(_DEVICES)}, got {device}")


def _parameters(camera: Camera, lens: Lens) -> dict[str, float | int]:
    names = _KANNALA_BRANDT if lens.model == "kannala_brandt" else _BROWN_CONRADY
    return {
        "fisheye": int(lens.model == "kannala_brandt"),
        **dict.fromkeys(_BROWN_CONRADY, 0.0),
        **dict(zip(names, lens.coefficients, strict=False)),
        "largest": largest_slope(lens),
        "scale_x": camera.width_px / camera.fx,
        "scale_y": camera.height_px / camera.fy,
        "centre_x": camera.cx / camera.width_px,
        "centre_y": camera.cy / camera.height_px,
        "clip_m": camera.clip_m,
        "aperture_m": camera.aperture_m,
        "focus_m": camera.focus_m,
    }


@cache
def _bytecode() -> str:
    """Compile the shader, once per process."""
    with tempfile.TemporaryDirectory() as folder:
        compiled = Path(folder) / "lens_camera.oso"
        if not compile_osl(_SOURCE, compiled):
            raise RenderError(f"Blender: {_SOURCE.name} must compile, got an error (see Blender's own messages)")
        return compiled.read_text(encoding="utf-8")
