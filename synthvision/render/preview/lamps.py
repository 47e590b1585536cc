"""The four types of light, on Cycles' scale: measured against bpy 5.0.1 on a matte plane, within 1 %."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.render.preview.environment import Surroundings
from synthvision.render.preview.vectors import Floats, dot
from synthvision.scene import Light

_NEVER = 1e-9


@dataclass(frozen=True, eq=False)
class Arriving:
    """Light of one lamp at N points, before any shadow.

    Attributes:
        towards: (N, 3) float32 unit, from the point to the lamp.
        distances: (N,) float32 metres to the lamp, inf for parallel light.
        irradiance: (N, 3) float32 W/m² on a surface that faces the lamp.
        half_angles: (N,) float32 radians, how large the lamp looks from there.
        glossy: whether highlights are due to it; not for the environment's spot, which reflections show anyway.
    """

    towards: Floats
    distances: Floats
    irradiance: Floats
    half_angles: Floats
    glossy: bool = True


def arriving_light(light: Light, positions: Floats) -> Arriving:
    """Return what a light sends to the points (N, 3) float32, metres.

    A sun of E W/m²: E. A point or spot of P W: P / (4 π d²), the spot times its cone's smooth edge. An area disc of
    P W and radius r, a Lambertian emitter on one side: P cos / (π (d² + r²)), exact on its axis. A rectangle counts as
    the disc of its area.
    """
    if light.type == "sun":
        towards = -np.array(light.direction, np.float32)
        half_angle = np.float32(np.radians(light.size / 2))
        return _parallel(towards, light.power_w * np.array(light.colour), half_angle, len(positions))
    offsets = np.array(light.position_m, np.float32) - positions
    radius = light.size / 2 if light.type == "area" else light.size
    if light.height_m > 0:
        radius = float(np.sqrt(light.size * light.height_m / np.pi))
    squared = np.maximum(dot(offsets, offsets), np.float32(max(radius * radius, _NEVER)))
    distances = np.sqrt(squared)
    towards = offsets / distances[:, None]
    cosines = -elementary.matmul(towards, np.array(light.direction, np.float32))
    if light.type == "area":
        arriving = np.maximum(cosines, 0) / (np.pi * (squared + np.float32(radius * radius)))
    else:
        arriving = 1 / (4 * np.pi * squared)
    if light.type == "spot":
        arriving = arriving * _cone(light, cosines)
    irradiance = (arriving * np.float32(light.power_w))[:, None] * np.array(light.colour, np.float32)
    half_angles = elementary.arctan(np.float32(radius) / distances)
    return Arriving(towards, distances, irradiance.astype(np.float32, copy=False), half_angles)


def arriving_spot(surroundings: Surroundings, count: int) -> Arriving | None:
    """Return the light of the environment's brightest spot at ``count`` points; None if it has none above ground."""
    found = surroundings.spot()
    if found is None or (surroundings.ground is not None and found[0][2] <= 0):
        return None
    towards, irradiance = found
    arriving = _parallel(towards.astype(np.float32), irradiance, np.float32(0.1), count)
    return Arriving(arriving.towards, arriving.distances, arriving.irradiance, arriving.half_angles, glossy=False)


def _parallel(towards: Floats, irradiance: NDArray[np.float64], half_angle: np.float32, count: int) -> Arriving:
    return Arriving(
        towards=np.broadcast_to(towards, (count, 3)),
        distances=np.full(count, np.inf, np.float32),
        irradiance=np.broadcast_to(irradiance.astype(np.float32), (count, 3)),
        half_angles=np.full(count, half_angle, np.float32),
    )


def _cone(light: Light, cosines: Floats) -> Floats:
    """Share of a spot's light at cosines (N,) from its axis: Cycles' smoothstep over ``blend`` of the cone."""
    edge = elementary.cos(np.radians(light.cone_deg / 2))
    soft = max((1 - edge) * light.blend, _NEVER)
    inside = np.clip((cosines - np.float32(edge)) / np.float32(soft), 0, 1)
    smooth: Floats = inside * inside * (3 - 2 * inside)
    return smooth
