"""Pixels and rays: which window of the image an instance can be seen in, and the rays through its pixel centres.

The rays of a pinhole start at the camera, and so do those of a lens, in the directions of ``RayGrid``; those of an
orthographic camera are parallel and start in the camera plane. A ray is scaled so that its direction has z = 1 in
camera axes. Affine maps keep the ray parameter, so the parameter at which a ray meets a mesh *in the mesh's own frame*
is the depth (z, metres) in the camera's frame.

Whichever function makes the ray of a pixel, it is the same to the last bit: sums are made in float64, in one order, and
rounded once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.elementary import matmul
from synthvision.labels.ray_grid import RayGrid, optics_of, ray_grid, slopes_through
from synthvision.scene import Camera
from synthvision.scene.lenses import distort

# A projection is followed no further than this many image sizes beyond each side of the image, where only truncation
# looks.
_REACH = 1.0

_MARGIN_PX = 0.05
"""Pixel centres so far outside a projection still belong to its window, since rays are rounded (to 1e-3 px at most)."""

_POINTS_AT_ONCE = 1 << 15

Index = NDArray[np.intp]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Window:
    """A half-open rectangle of pixels; may lie partly or wholly outside the image."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def empty(self) -> bool:
        return self.x0 >= self.x1 or self.y0 >= self.y1

    @property
    def shape(self) -> tuple[int, int]:
        return self.y1 - self.y0, self.x1 - self.x0

    @property
    def slices(self) -> tuple[slice, slice]:
        return slice(self.y0, self.y1), slice(self.x0, self.x1)

    def inside_image(self, camera: Camera) -> Window:
        """Return the part of the window that lies in the image."""
        return Window(max(self.x0, 0), max(self.y0, 0), min(self.x1, camera.width_px), min(self.y1, camera.height_px))


@dataclass(frozen=True, eq=False)
class Rays:
    """N rays in a mesh's frame: at depth t (m) a ray is at ``origins + t * directions``, both (N, 3) float32.

    ``origins`` may be one row for all rays, (3,). ``seeing`` (N,) says which of them are rays at all; None for all.
    """

    origins: NDArray[np.float32]
    directions: NDArray[np.float32]
    seeing: NDArray[np.bool_] | None = None

    def of(self, chosen: Index) -> Rays:
        """Return some of the rays."""
        origins = self.origins if self.origins.ndim == 1 else self.origins.take(chosen, axis=0)
        seeing = None if self.seeing is None else self.seeing.take(chosen)
        return Rays(origins, self.directions.take(chosen, axis=0), seeing)


@dataclass(frozen=True, eq=False)
class PixelRays:
    """The rays of the pixels of K windows, window by window and row by row: ray i belongs to window ``which[i]``.

    ``x``, ``y``: (N,) intp pixels.
    """

    rays: Rays
    which: Index
    x: Index
    y: Index


def is_pinhole(camera: Camera) -> bool:
    """Say whether a camera has neither a lens nor parallel rays."""
    return camera.lens is None and not camera.orthographic


def projected_windows(camera: Camera, points_camera: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the windows of pixel centres that the convex hulls of K sets of points can cover.

    ``points_camera`` is (K, 3, N) in camera axes, the result (K, 4): x0, y0, x1, y1. Points behind the near plane make
    a projection reach to the limit in every direction; with none before it the window is (0, 0, 0, 0).
    """
    x, y, z = points_camera[:, 0], points_camera[:, 1], points_camera[:, 2]
    nearest, farthest = z.min(axis=1), z.max(axis=1)
    whole = nearest > camera.clip_m
    if camera.lens is not None:
        return _lens_windows(camera, _grid(camera), x, y, z)
    if camera.orthographic:
        z, whole = np.ones_like(z), np.ones_like(whole)
    windows = np.empty((len(points_camera), 4), np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis, at, focal, centre, size in ((0, x / z, camera.fx, camera.cx, camera.width_px),
                                              (1, y / z, camera.fy, camera.cy, camera.height_px)):  # fmt: skip
            low, high = -_REACH * size, (1 + _REACH) * size
            least = np.where(whole, np.clip(focal * at.min(axis=1) + centre, low, high), low)
            greatest = np.where(whole, np.clip(focal * at.max(axis=1) + centre, low, high), high)
            windows[:, axis] = np.ceil(least - (0.5 + _MARGIN_PX))
            windows[:, axis + 2] = np.floor(greatest - (0.5 - _MARGIN_PX)) + 1
    windows[farthest <= camera.clip_m] = 0
    return windows


def _lens_windows(
    camera: Camera,
    grid: RayGrid,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    z: NDArray[np.float64],
) -> NDArray[np.int64]:
    """Do what ``projected_windows`` says: the slopes of a hull lie between the least and greatest of its points."""
    in_front = z.max(axis=1) > camera.clip_m
    whole = (z.min(axis=1) > camera.clip_m)[:, None]
    margin = _MARGIN_PX / np.array([camera.fx, camera.fy])
    with np.errstate(divide="ignore", invalid="ignore"):
        slopes = np.stack([x / z, y / z], axis=1)
        least = np.where(whole, slopes.min(axis=2) - margin, -np.inf)
        greatest = np.where(whole, slopes.max(axis=2) + margin, np.inf)
    least[~in_front] = np.inf
    return grid.windows(least, greatest)


def mesh_windows(
    camera: Camera, object_to_camera: NDArray[np.float64], columns: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return the windows (K, 4) of one mesh at K places (K, 4, 4); ``columns`` are its vertices, (3, V) float64."""
    windows = np.empty((len(object_to_camera), 4), np.int64)
    step = max(1, _POINTS_AT_ONCE // columns.shape[1])
    for start in range(0, len(windows), step):
        some = object_to_camera[start : start + step]
        windows[start : start + step] = projected_windows(camera, matmul(some[:, :3, :3], columns) + some[:, :3, 3:])
    return windows


def inside_image(camera: Camera, windows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the parts of windows (K, 4) that lie in the image; of size 0 where there is none."""
    size = np.array([camera.width_px, camera.height_px])
    corners = np.clip(windows.reshape(-1, 2, 2), 0, size)
    corners[:, 1] = np.maximum(corners[:, 0], corners[:, 1])
    return corners.reshape(-1, 4)


def project(camera: Camera, points_camera: NDArray[np.float64]) -> NDArray[np.float64]:
    """Project (N, 3) points in camera axes to (N, 2) pixels; NaN for points that no ray of the camera leads to.

    Those are the ones at or behind the camera plane, and those further off the axis than a lens sees.
    """
    z = np.where(points_camera[:, 2] > 0, points_camera[:, 2], np.nan)
    if camera.orthographic:
        plane = np.where(z > 0, points_camera[:, :2].T, np.nan).T
    elif camera.lens is not None:
        plane = distort(camera.lens, points_camera[:, :2] / z[:, None])
    else:
        x = camera.fx * points_camera[:, 0] / z + camera.cx
        y = camera.fy * points_camera[:, 1] / z + camera.cy
        return np.stack([x, y], axis=1)
    return plane * (camera.fx, camera.fy) + (camera.cx, camera.cy)


def _grid(camera: Camera) -> RayGrid:
    assert camera.lens is not None  # noqa: S101 - asked before
    return ray_grid(optics_of(camera, camera.lens))


def window_slopes(camera: Camera, window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x / z and y / z of the rays of a window in the image, which broadcast to (H, W); NaN without a ray."""
    if camera.lens is not None:
        grid = _grid(camera)
        return grid.x[window.slices], grid.y[window.slices]
    columns, rows = grid_lines(camera, window)
    if camera.orthographic:
        return np.zeros((1, len(columns))), np.zeros((len(rows), 1))
    return columns[None, :], rows[:, None]


def pixel_slopes(camera: Camera, pixels: Index) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return x / z and y / z (N,) of the rays of pixels of the image (index row by row); NaN without a ray."""
    if camera.lens is not None:
        grid = _grid(camera)
        return grid.x.ravel().take(pixels), grid.y.ravel().take(pixels)
    if camera.orthographic:
        return np.zeros(len(pixels)), np.zeros(len(pixels))
    return pixel_points(camera, pixels)


def pixel_points(camera: Camera, pixels: Index) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ((x - cx) / fx, (y - cy) / fy) (N,) of pixel centres (index row by row).

    For an orthographic camera that is where a ray meets the camera plane, metres.
    """
    columns, rows = grid_lines(camera, Window(0, 0, camera.width_px, camera.height_px))
    row, column = np.divmod(pixels, camera.width_px)
    return columns.take(column), rows.take(row)


def grid_lines(camera: Camera, window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return (x - cx) / fx of each column (W,) and (y - cy) / fy of each row (H,) of pixel centres in the window.

    For a pinhole that is x / z and y / z of their rays.
    """
    return _slopes_x(camera, np.arange(window.x0, window.x1)), _slopes_y(camera, np.arange(window.y0, window.y1))


def _slopes_x(camera: Camera, x: Whole) -> NDArray[np.float64]:
    return (x + 0.5 - camera.cx) / camera.fx


def _slopes_y(camera: Camera, y: Whole) -> NDArray[np.float64]:
    return (y + 0.5 - camera.cy) / camera.fy


def grid_rays(camera: Camera, window: Window, camera_to_object: NDArray[np.float64]) -> Rays:
    """Return the rays of all pixel centres of one window, row by row, in the frame of ``camera_to_object`` (4, 4).

    The window lies in the image.
    """
    if not is_pinhole(camera):
        _, x, y = windows_pixels(np.array([[window.x0, window.y0, window.x1, window.y1]]))
        return _bent_rays(camera, *_on_plane(camera, x, y), camera_to_object)
    columns, rows = grid_lines(camera, window)
    along_x = np.outer(columns, camera_to_object[:3, 0])
    along_y = np.outer(rows, camera_to_object[:3, 1]) + camera_to_object[:3, 2]
    # Row by row of numbers: a loop over the three of each ray takes four times as long.
    sums = np.repeat(along_y[:, None, :], len(columns), axis=1).reshape(len(rows), -1) + along_x.ravel()
    return Rays(camera_to_object[:3, 3].astype(np.float32), sums.astype(np.float32).reshape(-1, 3))


def windows_rays(camera: Camera, windows: NDArray[np.int64], camera_to_object: NDArray[np.float64]) -> PixelRays:
    """Return the rays of all pixel centres of K windows (K, 4) in the image, each in a frame of its own (K, 4, 4)."""
    if not is_pinhole(camera):
        which, x, y = windows_pixels(windows)
        rays = _bent_rays(camera, *_on_plane(camera, x, y), camera_to_object[which])
        return PixelRays(rays, which, x, y)
    x0, y0, x1, y1 = windows.T
    of_column, x = _counted(x0, x1 - x0)
    of_row, y = _counted(y0, y1 - y0)
    along_x = _slopes_x(camera, x)[:, None] * camera_to_object[of_column, :3, 0]
    along_y = _slopes_y(camera, y)[:, None] * camera_to_object[of_row, :3, 1] + camera_to_object[of_row, :3, 2]
    # A window's columns stand in a row in ``along_x``; each of its rows goes through all of them.
    first_column = np.cumsum(x1 - x0) - (x1 - x0)
    ray_row, ray_column = _counted(first_column[of_row], (x1 - x0)[of_row])
    directions = np.empty((len(ray_row), 3), np.float32)
    np.add(along_y.take(ray_row, axis=0), along_x.take(ray_column, axis=0), out=directions, casting="same_kind")
    which = of_row.take(ray_row)
    origins = camera_to_object[:, :3, 3].astype(np.float32)
    return PixelRays(Rays(origins.take(which, axis=0), directions), which, x.take(ray_column), y.take(ray_row))


def windows_pixels(windows: NDArray[np.int64]) -> tuple[Index, Index, Index]:
    """Return which window, x and y (N,) of all pixels of K windows (K, 4), window by window and row by row."""
    x0, y0, x1, y1 = windows.T
    of_row, rows = _counted(y0, y1 - y0)
    row, x = _counted(x0[of_row], (x1 - x0)[of_row])
    return of_row.take(row), x, rows.take(row)


def _counted(starts: Whole, counts: Whole) -> tuple[Index, Index]:
    """Return for runs ``start, start + 1, …`` of given lengths which run each entry is of, and the entry."""
    which = np.repeat(np.arange(len(counts)), counts)
    offsets = starts - (np.cumsum(counts) - counts)
    return which, np.arange(len(which)) + offsets.take(which)


def rays_through(
    camera: Camera, x_px: NDArray[np.float64], y_px: NDArray[np.float64], camera_to_object: NDArray[np.float64]
) -> Rays:
    """Return the rays through points (N,) of the image or beyond it, in one frame or N (…, 4, 4)."""
    if camera.lens is not None:
        return _bent_rays(camera, *slopes_through(optics_of(camera, camera.lens), x_px, y_px), camera_to_object)
    across, down = (x_px - camera.cx) / camera.fx, (y_px - camera.cy) / camera.fy
    if camera.orthographic:
        return _bent_rays(camera, across, down, camera_to_object)
    x, y, z = (camera_to_object[..., :3, axis] for axis in range(3))
    directions = (down[:, None] * y + z) + across[:, None] * x
    return Rays(camera_to_object[..., :3, 3].astype(np.float32), directions.astype(np.float32))


def _on_plane(camera: Camera, x: Index, y: Index) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return slopes (lens) or metres in the camera plane (orthographic) of the rays of pixels (N,) of the image."""
    pixels = y * camera.width_px + x
    return pixel_points(camera, pixels) if camera.orthographic else pixel_slopes(camera, pixels)


def _bent_rays(
    camera: Camera, across: NDArray[np.float64], down: NDArray[np.float64], camera_to_object: NDArray[np.float64]
) -> Rays:
    """Return the rays (N,) of a camera with a lens or an orthographic one, in one frame or N (…, 4, 4)."""
    x, y, z, eye = (camera_to_object[..., :3, axis] for axis in range(4))
    seeing = ~np.isnan(across)
    across, down = np.where(seeing, across, 0.0)[:, None], np.where(seeing, down, 0.0)[:, None]
    if camera.orthographic:
        origins = (down * y + eye) + across * x
        return Rays(origins.astype(np.float32), np.broadcast_to(z, origins.shape).astype(np.float32))
    directions = (down * y + z) + across * x
    return Rays(eye.astype(np.float32), directions.astype(np.float32), seeing)
