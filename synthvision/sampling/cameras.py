"""The cameras: where they are, where they look, what they see with, and that they are not inside anything."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from synthvision.elementary import matmul
from synthvision.errors import FrameError, PlacementError
from synthvision.recipe.cameras import DEFAULT_SENSOR_WIDTH_MM, Stereo
from synthvision.recipe.model import Camera as CameraSection
from synthvision.recipe.names import view_names
from synthvision.sampling.draws import Draws
from synthvision.sampling.optics import Film, draw_film
from synthvision.sampling.placing import Arrangement
from synthvision.scene import Camera, Vector
from synthvision.scene.poses import Pose, as_matrix, look_at_camera, multiply, translation

TRIES = 100
"""Positions tried before a frame is given up."""


def draw_cameras(
    declared: Sequence[CameraSection], draws: Draws, standing: Arrangement, has_ground: bool
) -> tuple[Camera, ...]:
    """Draw all cameras of a scene, one for each of its images.

    The streams of the first are ``camera/…``, those of others ``camera-<name>/…``.

    Raises:
        PlacementError: if none of ``TRIES`` positions of one is outside all meshes, farther than ``clip_m`` from each.
        FrameError: if a field of view is not between 0 and 180 degrees, or a camera looks at itself.
    """
    views = [
        camera
        for index, one in enumerate(declared)
        for camera in _draw_views(one, f"camera-{one.name}" if index else "camera", draws, standing, has_ground)
    ]
    return tuple(replace(view, name=name) for view, name in zip(views, view_names(declared), strict=True))


def _draw_views(
    declared: CameraSection, name: str, draws: Draws, standing: Arrangement, has_ground: bool
) -> tuple[Camera, ...]:
    """Draw a camera, or both of a stereo pair."""
    film = draw_film(declared, name, draws)
    target = _target(declared, name, draws)
    baseline_m = _baseline(declared.stereo, name, draws)
    eyes = _free_eyes(declared, name, draws, target, baseline_m, standing, has_ground)
    # Where the other eye is: the left one comes first.
    others = (0.0,) if baseline_m is None else (baseline_m, -baseline_m)
    velocity, spin = (
        draws.vector(getattr(declared, part), f"{name}/{part}") for part in ("velocity_m_s", "spin_deg_s")
    )
    shutter_s = draws.not_negative(declared.shutter_s, f"{name}/shutter_s")
    turn = eyes[0][:3, :3]
    focus_m = float(matmul(turn[:, 2], np.array(target) - eyes[0][:3, 3]))
    aperture_m, focus_m = _focus(declared, name, draws, film, focus_m)
    return tuple(
        Camera(
            film.width_px,
            film.height_px,
            film.fx,
            film.fy,
            film.cx,
            film.cy,
            as_matrix(eye),
            declared.clip_m,
            orthographic=declared.orthographic_m is not None,
            lens=film.lens,
            aperture_m=aperture_m,
            focus_m=focus_m,
            shutter_s=shutter_s,
            velocity_m_s=_turned(turn, velocity),
            spin_deg_s=_turned(turn, spin),
            baseline_m=other,
        )
        for eye, other in zip(eyes, others, strict=True)
    )


def _focus(declared: CameraSection, name: str, draws: Draws, film: Film, target_m: float) -> tuple[float, float]:
    """Return the radius of the aperture and the distance in focus, metres; by default that of the point looked at."""
    blur = declared.depth_of_field
    if blur is None:
        return 0.0, 1.0
    f_number = draws.positive(blur.f_number, f"{name}/depth_of_field/f_number")
    sensor_mm = blur.sensor_width_mm or film.sensor_width_mm or DEFAULT_SENSOR_WIDTH_MM
    focal_m = film.fx / film.width_px * sensor_mm / 1000
    focus_m = target_m
    if blur.focus_m is not None:
        focus_m = draws.positive(blur.focus_m, f"{name}/depth_of_field/focus_m")
    return focal_m / f_number / 2, focus_m


def _turned(turn: Pose, vector: Vector) -> Vector:
    """Return a vector of camera axes in world axes."""
    if not any(vector):
        return 0.0, 0.0, 0.0
    x, y, z = matmul(turn, np.array(vector)).tolist()
    return x, y, z


def _target(declared: CameraSection, name: str, draws: Draws) -> Vector:
    x, y, z = draws.vector(declared.look_at.at_m, f"{name}/look_at/at_m")
    if declared.look_at.jitter_m == 0:
        return x, y, z
    off_x, off_y, off_z = draws.in_ball(declared.look_at.jitter_m, f"{name}/look_at/jitter")
    return x + off_x, y + off_y, z + off_z


def _free_eyes(
    declared: CameraSection,
    name: str,
    draws: Draws,
    target: Vector,
    baseline_m: float | None,
    standing: Arrangement,
    has_ground: bool,
) -> tuple[Pose, ...]:
    """Return the pose of the camera, or of both of a pair, such that nothing is in the way."""
    roll = math.radians(draws.number(declared.look_at.roll_deg, f"{name}/look_at/roll_deg"))
    for number in range(TRIES):
        position = draws.position(declared.position, f"{name}/position/{number}")
        if position == target:
            raise FrameError(
                f"frame {draws.frame_index}: {name}: look_at must be away from the camera, got its position"
            )
        left = look_at_camera(position, target, roll)
        eyes = (left,) if baseline_m is None else (left, multiply(left, translation(baseline_m, 0.0, 0.0)))
        if all(_is_free(_place(eye), declared.clip_m, standing, has_ground) for eye in eyes):
            return eyes
    raise PlacementError(
        f"frame {draws.frame_index}: {name}: position must be outside all objects, above the ground and farther than"
        f" clip_m = {declared.clip_m:g} from them, got none such in {TRIES} tries; move or enlarge camera.position",
        f"{name} (position: no free place)",
    )


def _baseline(stereo: Stereo | None, name: str, draws: Draws) -> float | None:
    return None if stereo is None else draws.positive(stereo.baseline_m, f"{name}/stereo/baseline_m")


def _place(pose: Pose) -> Vector:
    x, y, z = pose[:3, 3].tolist()
    return x, y, z


def _is_free(position: Vector, clip_m: float, standing: Arrangement, has_ground: bool) -> bool:
    return (not has_ground or position[2] > clip_m) and is_clear(position, clip_m, standing)


def is_clear(position: Vector, clip_m: float, standing: Arrangement) -> bool:
    """Say whether a point is outside all bodies and farther than ``clip_m`` from their surfaces."""
    point = np.array(position)
    near = standing.near(np.stack([point, point]), clip_m)
    return not any(body.contains(point) or body.distance(point) <= clip_m for body in near)
