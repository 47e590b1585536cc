"""Rooms: a box seen from inside, lit by rectangles, with painted walls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.environments.panorama import Field, directions

Paint = Callable[["Wall"], Field]
_SLIM = 4.0


@dataclass(frozen=True)
class Panel:
    """A shining rectangle: its centre, two half sides at right angles (metres) and its linear radiance.

    It shines from one face, along the cross product of ``across`` and ``upward``. ``falloff`` darkens it towards its
    border; ``bars`` divides it like a window, that many panes across and up.
    """

    centre: tuple[float, float, float]
    across: tuple[float, float, float]
    upward: tuple[float, float, float]
    radiance: tuple[float, float, float]
    falloff: float = 0.0
    bars: tuple[int, int] = (1, 1)


@dataclass(frozen=True, eq=False)
class Wall:
    """The points of the walls that are seen: ``place`` (H, W, 3) metres, ``axis`` and ``side`` (-1, 1) of the wall."""

    place: Field
    axis: NDArray[np.int64]
    side: Field

    def on(self, axis: int, side: int) -> NDArray[np.bool_]:
        """Return which pixels (H, W) see the wall ``side`` of ``axis``."""
        seen: NDArray[np.bool_] = (self.axis == axis) & (self.side == side)
        return seen


def enclosed(
    low: Sequence[float], high: Sequence[float], panels: Sequence[Panel], paint: Paint, ambient: float
) -> Field:
    """Return what is seen from the origin inside a box.

    Args:
        low, high: corners of the box, metres; the origin is inside.
        panels: the lamps and windows.
        paint: albedo (H, W, 3) of the walls.
        ambient: irradiance everywhere besides the panels' direct light, over the mean of that light.
    """
    towards = directions()
    wall, distance = _walls(towards, np.asarray(low, np.float32), np.asarray(high, np.float32))
    light = _irradiance(wall, panels)
    light = light + np.float32(ambient) * light.mean(axis=(0, 1))
    radiance: Field = paint(wall) * light / np.float32(np.pi)
    for panel in panels:
        radiance, distance = _with_panel(radiance, distance, towards, panel)
    return radiance


def _walls(towards: Field, low: Field, high: Field) -> tuple[Wall, Field]:
    side = np.where(towards >= 0, np.float32(1.0), np.float32(-1.0))
    bound = np.where(towards >= 0, high, low)
    reach = bound / np.where(np.abs(towards) < 1e-6, np.float32(1e-6) * side, towards)  # noqa: PLR2004 - parallel to the wall
    axis = np.argmin(reach, axis=2)
    distance = np.take_along_axis(reach, axis[..., None], axis=2)[..., 0]
    sides = np.take_along_axis(side, axis[..., None], axis=2)[..., 0]
    return Wall((towards * distance[..., None]).astype(np.float32), axis, sides), distance


def _irradiance(wall: Wall, panels: Sequence[Panel]) -> Field:
    """Return the direct light on the walls (H, W, 3): each panel as a few small ones, cos·cos·area / distance²."""
    light = np.zeros_like(wall.place)
    for panel in panels:
        centre, across, upward = (np.asarray(part, np.float32) for part in (panel.centre, panel.across, panel.upward))
        facing = np.cross(across, upward)
        share = np.zeros(wall.axis.shape, np.float32)
        samples = _samples(float(np.linalg.norm(across)), float(np.linalg.norm(upward)))
        for right, up in samples:
            ray = wall.place - (centre + right * across + up * upward)
            squared = np.einsum("hwx,hwx->hw", ray, ray) + np.float32(0.02)
            leaving = np.maximum(ray @ facing, 0)
            arriving = np.maximum(np.take_along_axis(ray, wall.axis[..., None], axis=2)[..., 0] * wall.side, 0)
            share += leaving * arriving / (squared * squared)
        light += share[..., None] * np.asarray(panel.radiance, np.float32) * np.float32(4 / len(samples))
    return light


def _samples(across: float, upward: float) -> list[tuple[float, float]]:
    """Return the centres of a panel's parts in half sides: two along a slim panel, else four."""
    right = [0.0] if upward > _SLIM * across else [-0.5, 0.5]
    up = [0.0] if across > _SLIM * upward else [-0.5, 0.5]
    return [(x, y) for x in right for y in up]


def _with_panel(radiance: Field, distance: Field, towards: Field, panel: Panel) -> tuple[Field, Field]:
    centre, across, upward = (np.asarray(part, np.float32) for part in (panel.centre, panel.across, panel.upward))
    normal = np.cross(across, upward)
    slope = towards @ normal
    reach = np.float32(centre @ normal) / np.where(np.abs(slope) < 1e-9, np.float32(1e-9), slope)  # noqa: PLR2004 - parallel
    hit = towards * reach[..., None] - centre
    x, y = hit @ across / (across @ across), hit @ upward / (upward @ upward)
    inside = (np.abs(x) < 1) & (np.abs(y) < 1) & (reach > 0) & (reach < distance * np.float32(1.001))
    bright = 1 - panel.falloff * np.clip(x * x + y * y, 0, 1.5) * np.float32(0.6)
    frame = _bars(x, panel.bars[0]) | _bars(y, panel.bars[1])
    shown = np.where(slope < 0, np.where(frame, np.float32(0.04), bright), np.float32(0.002))
    seen = shown[..., None] * np.asarray(panel.radiance, np.float32)
    return np.where(inside[..., None], seen, radiance), np.where(inside, reach, distance)


def _bars(place: Field, panes: int) -> NDArray[np.bool_]:
    if panes == 1:
        return np.zeros(place.shape, dtype=bool)
    share = (place + 1) / 2 * panes
    bars: NDArray[np.bool_] = np.abs(share - np.round(share)) < 0.035  # noqa: PLR2004 - half a bar over a pane
    return bars
