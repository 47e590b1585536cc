"""Disparity of a stereo pair, and which points the other eye does not see.

Both eyes have one K and look the same way, one beside the other along the image's x axis: a point has the same row and
the same z in both. So it moves by ``fx * baseline / z`` pixels (R. Hartley and A. Zisserman, "Multiple View Geometry",
2nd edition, section 11.12).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.elementary import matmul
from synthvision.labels.casting import Crossings, Placed, cast_rays
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Index, Rays, Window, grid_lines, is_pinhole
from synthvision.labels.tracing import Hits
from synthvision.scene import Camera
from synthvision.scene.poses import as_array, as_matrix, translation

Floats = NDArray[np.float32]

NOTHING, SEEN, HIDDEN, OUTSIDE = range(4)
"""Values of a stereo mask."""

_TOLERANCE = 1e-4
"""What is before a point by less than this share of its depth does not hide it: rays and points are rounded."""

_BOX = np.array([[corner >> axis & 1 for axis in range(3)] for corner in range(8)])


def is_pair(camera: Camera) -> bool:
    """Say whether a camera has another eye such that both images have the same rows."""
    return camera.baseline_m != 0 and is_pinhole(camera)


def other_eye(camera: Camera) -> Camera:
    """Return the camera of the other eye."""
    pose = matmul(as_array(camera.camera_to_world), translation(camera.baseline_m, 0.0, 0.0))
    return replace(camera, camera_to_world=as_matrix(pose), baseline_m=-camera.baseline_m)


def disparities(camera: Camera, hits: Hits) -> Floats:
    """Return the (H, W) float32 map of ``Labels.disparity``; 0 everywhere for a camera that is not one of a pair."""
    if not is_pair(camera):
        return np.zeros(hits.depth.shape, np.float32)
    # Nothing is at infinity, where the disparity is 0.
    return np.float32(camera.fx * abs(camera.baseline_m)) / hits.depth


def stereo_mask(hits: Hits, disparity: Floats, other: PlacedScene, store: AssetStore) -> NDArray[np.uint8]:
    """Return the (H, W) uint8 map of ``Labels.stereo_mask``.

    Args:
        hits: what each pixel of this eye sees.
        disparity: of them.
        other: the scene before the camera of the other eye.
        store: of its assets.
    """
    points = _Points.of(hits, disparity, other)
    for index, instance in enumerate(other.scene.instances):
        if not instance.see_through and np.isfinite(nearest := _nearest(other, index)):
            pixels = points.beyond(other.full_window(index), nearest)
            if len(pixels):
                points.hide(pixels, index, other.placed[index], store)
    return points.mask


@dataclass(frozen=True, eq=False)
class _Points:
    """The points that an eye sees, each at its pixel; ``mask`` is changed as things are found to be before them.

    ``column`` (H, W) float32: where they are in the other eye's picture, pixels.
    """

    camera: Camera
    hits: Hits
    column: Floats
    disparity: Floats
    mask: NDArray[np.uint8]

    @staticmethod
    def of(hits: Hits, disparity: Floats, other: PlacedScene) -> _Points:
        camera = other.scene.camera
        columns = np.arange(camera.width_px, dtype=np.float32) + np.float32(0.5)
        # The baseline is that of the other camera: negative if it is the right one.
        column = columns + disparity if camera.baseline_m > 0 else columns - disparity
        mask = np.full(column.shape, SEEN, np.uint8)
        mask[(column < 0) | (column >= camera.width_px)] = OUTSIDE
        mask[hits.scene_map < 0] = NOTHING
        return _Points(camera, hits, column, disparity, mask)

    def beyond(self, window: Window, nearest_m: float) -> Index:
        """Return the pixels whose points are at a window of the other picture and beyond a depth, as far as seen."""
        rows = slice(max(0, window.y0), max(0, window.y1))
        column = self.column[rows]
        chosen = (column > window.x0 - 1) & (column < window.x1 + 1) & (self.mask[rows] == SEEN)
        chosen &= self.hits.depth[rows] * np.float32(1 - _TOLERANCE) > nearest_m
        return np.flatnonzero(chosen) + rows.start * self.camera.width_px

    def hide(self, pixels: Index, index: int, placed: Placed, store: AssetStore) -> None:
        """Mark those of some points before which the other eye sees an instance."""
        depth = self.hits.depth.ravel().take(pixels)
        directions = self._directions(pixels)
        if placed.cast.parallelogram is not None:
            beyond = np.flatnonzero(_behind_plane(placed, directions * depth[:, None].astype(np.float64)))
            pixels, depth, directions = pixels.take(beyond), depth.take(beyond), directions.take(beyond, axis=0)
        to_object = placed.camera_to_object
        rays = Rays(to_object[:3, 3].astype(np.float32), matmul(directions, to_object[:3, :3].T).astype(np.float32))
        met = cast_rays(placed, self.camera, rays, store)
        hidden = (met.depth < depth * np.float32(1 - _TOLERANCE)) & ~self._same_surface(pixels, index, met)
        self.mask.ravel()[pixels[hidden]] = HIDDEN

    def _directions(self, pixels: Index) -> NDArray[np.float64]:
        """Return (N, 3) float64 x / z, y / z, 1 of points in the other camera's axes."""
        camera = self.camera
        _, rows = grid_lines(camera, Window(0, 0, camera.width_px, camera.height_px))
        x = (self.column.ravel().take(pixels) - camera.cx) / camera.fx
        return np.stack([x, rows.take(pixels // camera.width_px), np.ones(len(pixels))], axis=1)

    def _same_surface(self, pixels: Index, index: int, met: Crossings) -> NDArray[np.bool_]:
        """Say of rays (N,) that have met an instance whether it was in the triangle that they were to lead to."""
        same: NDArray[np.bool_] = self.hits.on_meshes.triangle.ravel().take(pixels) == met.triangle
        same &= self.hits.scene_map.ravel().take(pixels) == index
        return same


def _nearest(view: PlacedScene, index: int) -> float:
    """Return the least depth of the box of an instance's mesh; infinity if it is not before the camera."""
    if view.full_window(index).empty:
        return np.inf
    corners = np.take_along_axis(view.placed[index].cast.mesh.bounds, _BOX, axis=0)
    return float(matmul(corners, view.to_camera[index, 2, :3]).min() + view.to_camera[index, 2, 3])


def _behind_plane(placed: Placed, points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Say for points (N, 3) in camera axes whether the camera is on the other side of a flat mesh's plane."""
    flat = placed.cast.parallelogram
    assert flat is not None  # noqa: S101 - asked before
    normal = matmul(np.cross(flat.side_a, flat.side_b), placed.camera_to_object[:3, :3])
    origin = matmul(placed.object_to_camera[:3, :3], flat.origin) + placed.object_to_camera[:3, 3]
    eye = -matmul(origin, normal)
    behind: NDArray[np.bool_] = (matmul(points, normal) + eye) * np.sign(eye) < 0
    return behind
