"""The camera as Blender has it: a pinhole, an orthographic one, or one with a lens."""

from __future__ import annotations

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.motion import place_moving
from synthvision.render.blender.osl_camera import use_lens
from synthvision.scene import Camera, Matrix

_SENSOR_MM = 100.0
_FAR_M = 1e6


def new_camera(camera: Camera) -> bpy.types.Camera:
    """Make a camera data-block of exactly this K.

    Raises RenderError if Blender cannot have such a lens.

    With the sensor fitted to the width, Cycles' image plane spans x in ± sensor / (2 lens) and y in that times the
    height over the width in units of *square* pixels. So fx = width · lens / sensor, fy = fx · aspect_x / aspect_y,
    and a shift of 1 moves the image by its width (in square pixels) in x as well as in y.
    """
    data = bpy.data.cameras.new("camera")
    data.type = "ORTHO" if camera.orthographic else "PERSP"
    # The width of the image in the world; shifts are in units of it, as for a pinhole.
    data.ortho_scale = camera.width_px / camera.fx
    data.sensor_fit = "HORIZONTAL"
    data.sensor_width = _SENSOR_MM
    data.lens = camera.fx * _SENSOR_MM / camera.width_px
    data.shift_x = 0.5 - camera.cx / camera.width_px
    data.shift_y = (camera.cy - camera.height_px / 2) * camera.fx / (camera.fy * camera.width_px)
    data.clip_start = camera.clip_m
    data.clip_end = _FAR_M
    if camera.lens is not None:
        use_lens(data, camera, camera.lens)
    elif camera.aperture_m > 0:
        _open_aperture(data, camera)
    return data


def place_camera(
    made: bpy.types.Object, camera: Camera, origin: bpy.types.Object, movers: bpy.types.Collection
) -> None:
    """Put the object of a camera where it belongs; ``movers`` as for ``place_moving``."""
    place_moving(made, origin, opengl_axes(camera.camera_to_world), camera, camera.shutter_s, movers)


def _open_aperture(data: bpy.types.Camera, camera: Camera) -> None:
    """Make the aperture's radius in metres what it is: Blender has it from the lens in mm and the f-number."""
    data.dof.use_dof = True
    data.dof.focus_distance = camera.focus_m
    data.dof.aperture_fstop = data.lens / 1000 / (2 * camera.aperture_m)
    data.dof.aperture_blades = 0
    data.dof.aperture_ratio = 1.0


def opengl_axes(camera_to_world: Matrix) -> Matrix:
    """Turn OpenCV camera axes (y down, z forward) into Blender's (y up, looks along -z)."""
    first, second, third, fourth = ((x, -y, -z, w) for x, y, z, w in camera_to_world)
    return first, second, third, fourth


def set_film(render: bpy.types.RenderSettings, camera: Camera) -> None:
    """Set the resolution."""
    render.resolution_x = camera.width_px
    render.resolution_y = camera.height_px
    render.resolution_percentage = 100
    # Blender wants both to be at least 1; only their ratio counts. A lens has them in its shader.
    square = camera.lens is not None
    render.pixel_aspect_x = 1.0 if square else max(1.0, camera.fy / camera.fx)
    render.pixel_aspect_y = 1.0 if square else max(1.0, camera.fx / camera.fy)
