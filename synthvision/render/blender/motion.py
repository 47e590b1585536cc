"""Motion blur: things and the camera move evenly while the shutter is open; at its middle they are where labels say.

Cycles asks Blender for each object's place at the beginning, the middle and the end of the exposure, and moves and
turns it evenly between. So three keyframes, half a frame apart, are all that it sees; the exposure is one frame long.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.poses import set_pose
from synthvision.scene import Camera, Instance, Matrix, Scene

Floats = NDArray[np.float64]

_MIDDLE = 1
"""The frame that is rendered."""


def moves(one: Instance | Camera) -> bool:
    """Say whether something moves at all."""
    return any(one.velocity_m_s) or any(one.spin_deg_s)


def has_motion_blur(scene: Scene) -> bool:
    """Say whether movement shows in a scene's picture."""
    return scene.camera.shutter_s > 0 and (moves(scene.camera) or any(map(moves, scene.instances)))


def set_motion(target: bpy.types.Scene, scene: Scene) -> None:
    """Switch motion blur on for a scene in which it shows, and off for any other."""
    render = target.render
    render.use_motion_blur = has_motion_blur(scene)
    if render.use_motion_blur:
        target.frame_set(_MIDDLE)
        render.motion_blur_position = "CENTER"
        render.motion_blur_shutter = 1.0


def place_moving(
    made: bpy.types.Object,
    origin: bpy.types.Object,
    pose: Matrix,
    moving: Instance | Camera,
    shutter_s: float,
    movers: bpy.types.Collection,
) -> None:
    """Put an object where it belongs, on an empty that moves it about its own origin; ``pose`` is its own to the world.

    At rest, and with the shutter closed, it hangs on ``origin`` itself, to the last bit of its pose. The empty is put
    into ``movers``.
    """
    if shutter_s <= 0 or not moves(moving):
        set_pose(made, origin, pose)
        return
    place = np.array(pose)[:3, 3]
    mover = bpy.data.objects.new(f"{made.name} moves", None)
    movers.objects.link(mover)
    _animate(mover, place, np.array(moving.velocity_m_s) * shutter_s, np.array(moving.spin_deg_s) * shutter_s)
    about_itself = tuple((*row[:3], row[3] - offset) for row, offset in zip(pose[:3], place.tolist(), strict=True))
    set_pose(made, mover, (*about_itself, pose[3]))  # type: ignore[arg-type]


def _animate(mover: bpy.types.Object, place: Floats, path_m: Floats, turn_deg: Floats) -> None:
    angle = float(np.linalg.norm(turn_deg))
    axis = turn_deg / angle if angle else np.array([0.0, 0.0, 1.0])
    mover.rotation_mode = "AXIS_ANGLE"
    for share in (-0.5, 0.0, 0.5):
        mover.location = (place + share * path_m).tolist()
        mover.rotation_axis_angle = (math.radians(angle) * share, *axis.tolist())
        for path in ("location", "rotation_axis_angle"):
            mover.keyframe_insert(path, frame=_MIDDLE + share)
