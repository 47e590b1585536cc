"""A pinhole camera as Blender has it."""

from __future__ import annotations

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.poses import set_pose
from synthvision.scene import Camera, Matrix

_SENSOR_MM = 100.0
_FAR_M = 1e6


def add_camera(scene: bpy.types.Scene, camera: Camera, origin: bpy.types.Object) -> bpy.types.Object:
    """Add the camera with exactly this K to the scene, and set the resolution.

    With the sensor fitted to the width, Cycles' image plane spans x in ± sensor / (2 lens) and y in that times the
    height over the width in units of *square* pixels. So fx = width · lens / sensor, fy = fx · aspect_x / aspect_y,
    and a shift of 1 moves the image by its width (in square pixels) in x as well as in y.
    """
    data = bpy.data.cameras.new("camera")
    data.type = "PERSP"
    data.sensor_fit = "HORIZONTAL"
    data.sensor_width = _SENSOR_MM
    data.lens = camera.fx * _SENSOR_MM / camera.width_px
    data.shift_x = 0.5 - camera.cx / camera.width_px
    data.shift_y = (camera.cy - camera.height_px / 2) * camera.fx / (camera.fy * camera.width_px)
    data.clip_start = camera.clip_m
    data.clip_end = _FAR_M
    made = bpy.data.objects.new("camera", data)
    set_pose(made, origin, opengl_axes(camera.camera_to_world))
    scene.collection.objects.link(made)
    scene.camera = made
    _set_film(scene.render, camera)
    return made


def opengl_axes(camera_to_world: Matrix) -> Matrix:
    """Turn OpenCV camera axes (y down, z forward) into Blender's (y up, looks along -z)."""
    first, second, third, fourth = ((x, -y, -z, w) for x, y, z, w in camera_to_world)
    return first, second, third, fourth


def _set_film(render: bpy.types.RenderSettings, camera: Camera) -> None:
    render.resolution_x = camera.width_px
    render.resolution_y = camera.height_px
    render.resolution_percentage = 100
    # Blender wants both to be at least 1; only their ratio counts.
    render.pixel_aspect_x = max(1.0, camera.fy / camera.fx)
    render.pixel_aspect_y = max(1.0, camera.fx / camera.fy)
