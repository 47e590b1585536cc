"""Rooms: a box seen from inside, lit by rectangles, with painted walls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.assets.environments.panorama import Field, directions
from synthvision.elementary import matmul

Paint = Callable[["Wall"], Field]
_SLIM = 4.0
_WALLS = 6
_GRID = 64
_COLUMN_AXIS = (1, 0, 0)
_ROW_AXIS = (2, 2, 1)
"""Which axes run along the columns and rows of a wall's light, for walls across x, y and z."""


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
    """Some points of one wall of the box: ``place`` (N, 3) metres, on the ``side`` (-1, 1) of ``axis``."""

    axis: int
    side: int
    place: Field


def enclosed(
    low: Sequence[float], high: Sequence[float], panels: Sequence[Panel], paint: Paint, ambient: float
) -> Field:
    """Return what is seen from the origin inside a box.

    Args:
        low, high: corners of the box, metres; the origin is inside.
        panels: the lamps and windows.
        paint: albedo (N, 3) of points of a wall.
        ambient: irradiance everywhere besides the panels' direct light, over the mean of that light.
    """
    picture = directions()
    towards = picture.reshape(-1, 3)
    inside = _box(tuple(low), tuple(high))
    albedo = np.empty_like(towards)
    for seen, wall in inside.walls:
        albedo[seen] = paint(wall)
    shone = cv2.remap(_atlas(inside.bounds, panels), inside.column, inside.row, cv2.INTER_LINEAR)
    light: Field = np.asarray(shone, np.float32).reshape(-1, 3)
    distance = inside.distance.copy()
    light += np.float32(ambient) * light.mean(axis=0)
    light *= albedo
    light *= np.float32(1 / np.pi)
    for panel in panels:
        _show(panel, light, distance, towards)
    return light.reshape(picture.shape)


@dataclass(frozen=True, eq=False)
class _Box:
    """A box as it is seen from the origin, all float32.

    Attributes:
        bounds: (2, 3) least and greatest corner.
        distance: (N,) of what is seen in each direction.
        walls: which directions (M,) see each wall, and its points there.
        column, row: (H, W) where on the atlas of the walls' light a direction is.
    """

    bounds: Field
    distance: Field
    walls: tuple[tuple[NDArray[np.intp], Wall], ...]
    column: Field
    row: Field


@lru_cache(maxsize=2)  # 16 MB each; most rooms differ in their lamps and paint alone
def _box(low: tuple[float, ...], high: tuple[float, ...]) -> _Box:
    picture = directions()
    towards = picture.reshape(-1, 3)
    bounds = np.array([low, high], np.float32)
    number, distance = _walls(towards, bounds)
    where = np.empty((len(towards), 2), np.float32)
    walls = []
    for wall_number in range(_WALLS):
        seen = np.flatnonzero(number == wall_number)
        wall = _wall(wall_number, towards.take(seen, axis=0) * distance[seen, None])
        where[seen] = _on_atlas(wall, bounds)
        walls.append((seen, wall))
    column, row = (where[:, axis].reshape(picture.shape[:2]) for axis in (0, 1))
    for array in (bounds, distance, where, *(wall.place for _, wall in walls)):
        array.setflags(write=False)
    return _Box(bounds, distance, tuple(walls), column, row)


def _walls(towards: Field, bounds: Field) -> tuple[NDArray[np.uint8], Field]:
    """Return for each direction (N, 3) which wall is seen (N,), and how far away it is (N,)."""
    number = np.zeros(len(towards), np.uint8)
    distance = np.full(len(towards), np.inf, np.float32)
    for axis in range(3):
        along = np.ascontiguousarray(towards[:, axis])
        ahead = along >= 0
        with np.errstate(divide="ignore"):  # parallel to the wall: it is infinitely far away
            reach = np.where(ahead, bounds[1, axis], -bounds[0, axis]) / np.abs(along)
        np.copyto(number, (2 * axis + ahead).astype(np.uint8), where=reach < distance)
        np.minimum(distance, reach, out=distance)
    return number, distance


def _wall(number: int, place: Field) -> Wall:
    return Wall(number // 2, 2 * (number % 2) - 1, place)


def _atlas(bounds: Field, panels: Sequence[Panel]) -> Field:
    """Return the direct light on all walls (6·n, n, 3), wall under wall: it is smooth, so a coarse grid will do."""
    across, down = np.meshgrid(*(2 * [np.linspace(0, 1, _GRID, dtype=np.float32)]))
    pages = []
    for number in range(_WALLS):
        axis = number // 2
        share = np.full((*across.shape, 3), number % 2, np.float32)
        share[..., _COLUMN_AXIS[axis]], share[..., _ROW_AXIS[axis]] = across, down
        wall = _wall(number, (bounds[0] + share * (bounds[1] - bounds[0])).reshape(-1, 3))
        pages.append(_irradiance(wall, panels).reshape(share.shape))
    return np.concatenate(pages)


def _on_atlas(wall: Wall, bounds: Field) -> Field:
    """Return the column and row (N, 2) of points of a wall on the atlas."""
    axes = [_COLUMN_AXIS[wall.axis], _ROW_AXIS[wall.axis]]
    low, high = bounds[:, axes]
    cell: Field = np.clip((wall.place[:, axes] - low) / (high - low), 0, 1) * np.float32(_GRID - 1)
    cell[:, 1] += _GRID * (2 * wall.axis + (wall.side > 0))
    return cell


def _irradiance(wall: Wall, panels: Sequence[Panel]) -> Field:
    """Return the direct light on the wall (N, 3): each panel as a few small ones, cos·cos·area / distance²."""
    light = np.zeros_like(wall.place)
    for panel in panels:
        centre, across, upward = (np.asarray(part, np.float32) for part in (panel.centre, panel.across, panel.upward))
        facing = np.cross(across, upward)
        share = np.zeros(len(wall.place), np.float32)
        samples = _samples(float(np.linalg.norm(across, axis=-1)), float(np.linalg.norm(upward, axis=-1)))
        for right, up in samples:
            ray = wall.place - (centre + right * across + up * upward)
            squared = np.einsum("nx,nx->n", ray, ray) + np.float32(0.02)
            leaving = np.maximum(matmul(ray, facing), 0)
            arriving = np.maximum(ray[:, wall.axis] * np.float32(wall.side), 0)
            share += leaving * arriving / (squared * squared)
        light += share[:, None] * np.asarray(panel.radiance, np.float32) * np.float32(4 / len(samples))
    return light


def _samples(across: float, upward: float) -> list[tuple[float, float]]:
    """Return the centres of a panel's parts in half sides: two along a slim panel, else four."""
    right = [0.0] if upward > _SLIM * across else [-0.5, 0.5]
    up = [0.0] if across > _SLIM * upward else [-0.5, 0.5]
    return [(x, y) for x in right for y in up]


def _show(panel: Panel, radiance: Field, distance: Field, towards: Field) -> None:
    """Put a panel into the picture where nothing nearer hides it; changes ``radiance`` and ``distance``."""
    centre, across, upward = (np.asarray(part, np.float32) for part in (panel.centre, panel.across, panel.upward))
    near = _around(centre, across, upward, towards)
    rays = towards.take(near, axis=0)
    normal = np.cross(across, upward)
    slope = matmul(rays, normal)
    reach = np.float32(matmul(centre, normal)) / np.where(np.abs(slope) < 1e-9, np.float32(1e-9), slope)  # noqa: PLR2004 - parallel
    hit = rays * reach[:, None] - centre
    x, y = (
        matmul(hit, across) / matmul(across, across),
        matmul(hit, upward) / matmul(upward, upward),
    )
    inside = (np.abs(x) < 1) & (np.abs(y) < 1) & (reach > 0) & (reach < distance[near] * np.float32(1.001))
    bright = 1 - panel.falloff * np.clip(x * x + y * y, 0, 1.5) * np.float32(0.6)
    frame = _bars(x, panel.bars[0]) | _bars(y, panel.bars[1])
    shown = np.where(slope < 0, np.where(frame, np.float32(0.04), bright), np.float32(0.002))
    seen = near[inside]
    radiance[seen] = shown[inside, None] * np.asarray(panel.radiance, np.float32)
    distance[seen] = reach[inside]


def _around(centre: Field, across: Field, upward: Field, towards: Field) -> NDArray[np.intp]:
    """Return which directions (N, 3) are in the round cone about a panel's centre that holds its corners."""
    middle = centre / np.linalg.norm(centre, axis=-1)
    corners = np.stack([centre + x * across + y * upward for x in (-1, 1) for y in (-1, 1)])
    least = float((matmul(corners, middle) / np.linalg.norm(corners, axis=1)).min())
    # A cone of more than a half space is not convex: then the panel may stick out between its corners.
    return np.flatnonzero(matmul(towards, middle) > (least - 1e-4 if least > 0 else -2.0))


def _bars(place: Field, panes: int) -> NDArray[np.bool_]:
    if panes == 1:
        return np.zeros(place.shape, dtype=bool)
    share = (place + 1) / 2 * panes
    bars: NDArray[np.bool_] = np.abs(share - np.round(share)) < 0.035  # noqa: PLR2004 - half a bar over a pane
    return bars
