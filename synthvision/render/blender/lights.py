"""Lights as Blender has them: watts are watts, a sun has W/m²."""

from __future__ import annotations

import math

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.poses import set_pose
from synthvision.scene import Light, Matrix, Vector

_BLENDER_TYPE = {"area": "AREA", "point": "POINT", "sun": "SUN", "spot": "SPOT"}


def new_light(light: Light) -> bpy.types.Light:
    """Make the data-block of a light."""
    data = bpy.data.lights.new(light.name, _BLENDER_TYPE[light.type])
    data.energy = light.power_w
    data.color = light.colour
    _SHAPES[light.type](data, light)
    return data


def place_light(made: bpy.types.Object, light: Light, origin: bpy.types.Object) -> None:
    """Put the object of a light where it belongs.

    The camera does not see the lamp itself (reflections do): the labels know no lamps, and nothing may hide an object
    from the image that does not hide it from them.
    """
    made.visible_camera = False
    set_pose(made, origin, aimed(light.position_m, light.direction, light.across))


def aimed(position: Vector, direction: Vector, across: Vector = (0.0, 0.0, 0.0)) -> Matrix:
    """Return the pose of a thing at ``position`` that shines along its own -z in the unit ``direction``.

    Its x axis is ``across``, made square to the direction. Round things have none, and any will do for them.
    """
    x, y, z = (-part for part in direction)
    along = across[0] * x + across[1] * y + across[2] * z
    across = across[0] - along * x, across[1] - along * y, across[2] - along * z
    if not any(across):
        # The one across the world axis that lies farthest from z.
        across = (-y, x, 0.0) if abs(z) < 0.9 else (0.0, -z, y)  # noqa: PLR2004 - anywhere between 0.58 and 1
    length = math.hypot(*across)
    ax, ay, az = (part / length for part in across)
    bx, by, bz = y * az - z * ay, z * ax - x * az, x * ay - y * ax
    px, py, pz = position
    return (ax, bx, x, px), (ay, by, y, py), (az, bz, z, pz), (0.0, 0.0, 0.0, 1.0)


def _shape_area(data: bpy.types.Light, light: Light) -> None:
    data.shape = "RECTANGLE" if light.height_m > 0 else "DISK"
    data.size = light.size
    if light.height_m > 0:
        data.size_y = light.height_m


def _shape_point(data: bpy.types.Light, light: Light) -> None:
    data.shadow_soft_size = light.size
    # The soft falloff darkens surfaces near the lamp to hide noise; light does not.
    data.use_soft_falloff = False


def _shape_sun(data: bpy.types.Light, light: Light) -> None:
    data.angle = math.radians(light.size)


def _shape_spot(data: bpy.types.Light, light: Light) -> None:
    _shape_point(data, light)
    data.spot_size = math.radians(light.cone_deg)
    data.spot_blend = light.blend


_SHAPES = {"area": _shape_area, "point": _shape_point, "sun": _shape_sun, "spot": _shape_spot}
