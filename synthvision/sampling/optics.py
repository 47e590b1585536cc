"""What a camera sees with: its image's size, its matrix and its lens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets import load_sensors
from synthvision.errors import FrameError, UsageError, did_you_mean
from synthvision.recipe.cameras import (
    DEFAULT_FOV_DEG,
    DEFAULT_RESOLUTION,
    BrownConrady,
    BrownConradyCoefficients,
    KannalaBrandtCoefficients,
)
from synthvision.recipe.cameras import Camera as CameraSection
from synthvision.recipe.cameras import Lens as LensSection
from synthvision.sampling.draws import Draws
from synthvision.scene.types import Lens

_STRAIGHT_DEG = 180.0
_BROWN_CONRADY = ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")
_KANNALA_BRANDT = ("k1", "k2", "k3", "k4")


@dataclass(frozen=True)
class Film:
    """Size, K and lens as in ``Camera``; ``sensor_width_mm`` of a real camera, None for any other."""

    width_px: int
    height_px: int
    fx: float
    fy: float
    cx: float
    cy: float
    lens: Lens | None = None
    sensor_width_mm: float | None = None


def draw_film(declared: CameraSection, name: str, draws: Draws) -> Film:
    """Draw what the camera ``name`` sees with.

    Raises:
        FrameError: the field of view is not between 0 and 180 degrees, or a focal length not above 0.
        UsageError: there is no such sensor.
    """
    if declared.sensor is not None:
        names = [declared.sensor] if isinstance(declared.sensor, str) else declared.sensor
        chosen = names[draws.pick([1.0] * len(names), f"{name}/sensor")]
        return _real_film(chosen, declared.resolution)
    width, height = declared.resolution or DEFAULT_RESOLUTION
    lens = None if declared.lens is None else _lens(declared.lens, f"{name}/lens", draws)
    if declared.k is not None:
        fx, fy = (draws.positive(getattr(declared.k, part), f"{name}/k/{part}") for part in ("fx", "fy"))
        cx, cy = (draws.number(getattr(declared.k, part), f"{name}/k/{part}") for part in ("cx", "cy"))
        return Film(width, height, fx, fy, cx, cy, lens)
    if declared.orthographic_m is not None:
        focal = width / draws.positive(declared.orthographic_m, f"{name}/orthographic_m")
    else:
        focal = _focal_px(declared, name, draws, width)
    return Film(width, height, focal, focal, width / 2, height / 2, lens)


def _focal_px(declared: CameraSection, name: str, draws: Draws, width: int) -> float:
    fov_deg = draws.positive(DEFAULT_FOV_DEG if declared.fov_deg is None else declared.fov_deg, f"{name}/fov_deg")
    if fov_deg >= _STRAIGHT_DEG:
        raise FrameError(f"frame {draws.frame_index}: {name}/fov_deg must be below 180, got {fov_deg:g}")
    return width / 2 / math.tan(math.radians(fov_deg) / 2)


def _real_film(name: str, resolution: tuple[int, int] | None) -> Film:
    sensors = load_sensors()
    if name not in sensors:
        raise UsageError(f"camera: sensor must be a camera of the catalog, got '{name}'{did_you_mean(name, sensors)}")
    sensor = sensors[name]
    (width, height), (fx, fy, cx, cy) = resolution or sensor.resolution, sensor.k
    across, down = width / sensor.resolution[0], height / sensor.resolution[1]
    lens = None if sensor.lens is None else Lens(sensor.lens.model, sensor.lens.coefficients)
    return Film(width, height, fx * across, fy * down, cx * across, cy * down, lens, sensor.width_mm)


def _lens(declared: LensSection, name: str, draws: Draws) -> Lens:
    if isinstance(declared, BrownConrady):
        drawn = _coefficients(declared.brown_conrady, name, draws)
        return Lens("brown_conrady", tuple(drawn[part] for part in _BROWN_CONRADY))
    drawn = _coefficients(declared.kannala_brandt, name, draws)
    return Lens("kannala_brandt", tuple(drawn[part] for part in _KANNALA_BRANDT))


def _coefficients(
    declared: BrownConradyCoefficients | KannalaBrandtCoefficients, name: str, draws: Draws
) -> Mapping[str, float]:
    return {part: draws.number(getattr(declared, part), f"{name}/{part}") for part in type(declared).model_fields}
