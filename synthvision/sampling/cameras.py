"""The camera: where it is, where it looks, and that it is not inside anything."""

from __future__ import annotations

import math

import numpy as np

from synthvision.errors import FrameError, PlacementError
from synthvision.recipe.cameras import DEFAULT_FOV_DEG, DEFAULT_RESOLUTION
from synthvision.recipe.model import Camera as CameraSection
from synthvision.sampling.draws import Draws
from synthvision.sampling.placing import Arrangement
from synthvision.scene import Camera, Vector
from synthvision.scene.poses import as_matrix, look_at_camera

TRIES = 100
"""Positions tried before a frame is given up."""

_STRAIGHT_DEG = 180.0


def draw_camera(declared: CameraSection, draws: Draws, standing: Arrangement, has_ground: bool) -> Camera:
    """Draw the camera; its position is drawn anew until it is free.

    Raises:
        PlacementError: if none of ``TRIES`` positions is outside all meshes, farther than ``clip_m`` from each.
        FrameError: if the field of view is not between 0 and 180 degrees, or the camera looks at itself.
    """
    width, height = declared.resolution or DEFAULT_RESOLUTION
    fov_deg = draws.positive(DEFAULT_FOV_DEG if declared.fov_deg is None else declared.fov_deg, "camera/fov_deg")
    if fov_deg >= _STRAIGHT_DEG:
        raise FrameError(f"frame {draws.frame_index}: camera/fov_deg must be below 180, got {fov_deg:g}")
    focal = width / 2 / math.tan(math.radians(fov_deg) / 2)
    position = _free_position(declared, draws, standing, has_ground)
    target = _target(declared, draws)
    if position == target:
        raise FrameError(f"frame {draws.frame_index}: camera: look_at must be away from the camera, got its position")
    roll = math.radians(draws.number(declared.look_at.roll_deg, "camera/look_at/roll_deg"))
    pose = as_matrix(look_at_camera(position, target, roll))
    return Camera(width, height, focal, focal, width / 2, height / 2, pose, declared.clip_m)


def _target(declared: CameraSection, draws: Draws) -> Vector:
    x, y, z = draws.vector(declared.look_at.at_m, "camera/look_at/at_m")
    if declared.look_at.jitter_m == 0:
        return x, y, z
    off_x, off_y, off_z = draws.in_ball(declared.look_at.jitter_m, "camera/look_at/jitter")
    return x + off_x, y + off_y, z + off_z


def _free_position(declared: CameraSection, draws: Draws, standing: Arrangement, has_ground: bool) -> Vector:
    for number in range(TRIES):
        position = draws.position(declared.position, f"camera/position/{number}")
        above = not has_ground or position[2] > declared.clip_m
        if above and is_clear(position, declared.clip_m, standing):
            return position
    raise PlacementError(
        f"frame {draws.frame_index}: camera: position must be outside all objects, above the ground and farther than"
        f" clip_m = {declared.clip_m:g} from them, got none such in {TRIES} tries; move or enlarge camera.position"
    )


def is_clear(position: Vector, clip_m: float, standing: Arrangement) -> bool:
    """Say whether a point is outside all bodies and farther than ``clip_m`` from their surfaces."""
    point = np.array(position)
    near = standing.near(np.stack([point, point]), clip_m)
    return not any(body.contains(point) or body.distance(point) <= clip_m for body in near)
