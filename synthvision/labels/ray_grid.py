"""The rays of a camera with a lens: of every pixel, of points beyond the image, and the windows that they make.

Beyond its edges the image is continued as a pinhole's of the same K: the ray of a point outside is that of the nearest
point of the edge, with its slopes moved on by as much as the point is further out. So the plane that truncation is
measured on has rays where the lens's own model would have none, and no ray twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from synthvision.scene import Camera, Lens
from synthvision.scene.lenses import undistort

Floats = NDArray[np.float64]

_TILE_PX = 16
_TESTS_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Optics:
    """What decides over a camera's rays in its own axes, in pixels as in ``Camera``."""

    width_px: int
    height_px: int
    fx: float
    fy: float
    cx: float
    cy: float
    lens: Lens


@dataclass(frozen=True, eq=False)
class RayGrid:
    """The rays of all pixel centres: slopes x / z and y / z, (H, W) float64 each; NaN where a pixel sees nothing."""

    optics: Optics
    x: Floats
    y: Floats

    def windows(self, least: Floats, greatest: Floats) -> NDArray[np.int64]:
        """Return the windows (K, 4) of the pixel centres whose slopes (x, y) lie between two bounds (K, 2) each.

        They may be a little larger, and reach one image size beyond each side. One without pixels is (0, 0, 0, 0).
        """
        tiles = self._tiles
        windows = np.zeros((len(least), 4), np.int64)
        step = max(1, _TESTS_AT_ONCE // tiles.low[0].size)
        for start in range(0, len(least), step):
            some = slice(start, start + step)
            met = np.ones((len(least[some]), *tiles.low[0].shape), bool)
            for axis in range(2):
                met &= tiles.low[axis] <= greatest[some, axis, None, None]
                met &= tiles.high[axis] >= least[some, axis, None, None]
            for axis, edges, others in ((0, tiles.columns, 1), (1, tiles.rows, 2)):
                line = met.any(axis=others)
                windows[some, axis] = edges[line.argmax(axis=1)]
                windows[some, axis + 2] = edges[line.shape[1] - line[:, ::-1].argmax(axis=1)]
            windows[some][~met.any(axis=(1, 2))] = 0
        return windows

    @cached_property
    def _tiles(self) -> _Tiles:
        return _tiles(self)


@dataclass(frozen=True, eq=False)
class _Tiles:
    """Bounds of slopes over tiles of pixels, one image size beyond each side too.

    ``columns``, ``rows``: first pixels of the tiles, and the last end. ``low``, ``high``: (x, y) of (rows, columns).
    """

    columns: NDArray[np.int64]
    rows: NDArray[np.int64]
    low: tuple[Floats, Floats]
    high: tuple[Floats, Floats]


def optics_of(camera: Camera, lens: Lens) -> Optics:
    """Return what decides over the rays of a camera with a lens."""
    return Optics(camera.width_px, camera.height_px, camera.fx, camera.fy, camera.cx, camera.cy, lens)


@lru_cache(maxsize=4)
def ray_grid(optics: Optics) -> RayGrid:
    """Return the rays of all pixels; those of the last cameras are kept, for frames often share them."""
    rows, columns = np.mgrid[: optics.height_px, : optics.width_px] + 0.5
    x, y = _within(optics, columns.ravel(), rows.ravel())
    shape = optics.height_px, optics.width_px
    return RayGrid(optics, x.reshape(shape), y.reshape(shape))


def slopes_through(optics: Optics, x_px: Floats, y_px: Floats) -> tuple[Floats, Floats]:
    """Return the slopes x / z and y / z (N,) of the rays through points (N,) in the image or beyond it."""
    near_x, near_y = np.clip(x_px, 0, optics.width_px), np.clip(y_px, 0, optics.height_px)
    x, y = _within(optics, near_x, near_y)
    return x + (x_px - near_x) / optics.fx, y + (y_px - near_y) / optics.fy


def _within(optics: Optics, x_px: Floats, y_px: Floats) -> tuple[Floats, Floats]:
    image = np.stack([(x_px - optics.cx) / optics.fx, (y_px - optics.cy) / optics.fy], axis=1)
    rays = undistort(optics.lens, image)
    return np.ascontiguousarray(rays[:, 0]), np.ascontiguousarray(rays[:, 1])


def _tiles(grid: RayGrid) -> _Tiles:
    optics = grid.optics
    framed = _framed(grid)
    columns, of_column = _edges(optics.width_px)
    rows, of_row = _edges(optics.height_px)
    beyond_x = [_beyond(ends, optics.width_px)[None, :] / optics.fx for ends in (columns[:-1] + 0.5, columns[1:] - 0.5)]
    beyond_y = [_beyond(ends, optics.height_px)[:, None] / optics.fy for ends in (rows[:-1] + 0.5, rows[1:] - 0.5)]
    where = np.ix_(of_row, of_column)
    with np.errstate(invalid="ignore"):
        low_x, low_y = (_by_tile(np.fmin, slopes)[where] for slopes in framed)
        high_x, high_y = (_by_tile(np.fmax, slopes)[where] for slopes in framed)
    low, high = (low_x + beyond_x[0], low_y + beyond_y[0]), (high_x + beyond_x[1], high_y + beyond_y[1])
    return _Tiles(columns, rows, low, high)


def _framed(grid: RayGrid) -> tuple[Floats, Floats]:
    """Return the slopes of all pixels (H + 2, W + 2) with a ring about them: those of the image's edge."""
    optics = grid.optics
    x = np.concatenate([[0.0], np.arange(optics.width_px) + 0.5, [optics.width_px]])
    y = np.concatenate([[0.0], np.arange(optics.height_px) + 0.5, [optics.height_px]])
    framed = np.pad(grid.x, 1), np.pad(grid.y, 1)
    for line in (np.s_[0, :], np.s_[-1, :], np.s_[:, 0], np.s_[:, -1]):
        points = np.broadcast_to(x, framed[0].shape)[line], np.broadcast_to(y[:, None], framed[0].shape)[line]
        framed[0][line], framed[1][line] = _within(optics, *points)
    return framed


def _by_tile(reduce: np.ufunc, framed: Floats) -> Floats:
    """Reduce each tile of the image, and each tile's length of the ring, to one number."""
    starts = [[0, *range(1, size - 1, _TILE_PX), size - 1] for size in framed.shape]
    reduced: Floats = reduce.reduceat(reduce.reduceat(framed, starts[0], axis=0), starts[1], axis=1)
    return reduced


def _edges(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where tiles begin along one axis, one image size to both sides too, and which of ``_by_tile`` each is."""
    inside = np.arange(0, size, _TILE_PX)
    before = np.maximum(-size, -_TILE_PX * np.arange(len(inside), 0, -1))
    edges = np.concatenate([before, inside, size + inside, [2 * size]])
    tile = np.arange(len(inside))
    return edges, np.concatenate([0 * tile, 1 + tile, 0 * tile + len(tile) + 1])


def _beyond(px: Floats, size: int) -> Floats:
    """Return how far positions along an axis are beyond the image, pixels; 0 inside."""
    beyond: Floats = px - np.clip(px, 0, size)
    return beyond
