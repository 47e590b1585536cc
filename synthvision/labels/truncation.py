"""How much of an instance lies outside the image, counted in rays on the image plane continued beyond its edges.

The plane is followed one image size beyond each side, for a camera with a lens as ``ray_grid`` continues it; what
projects still further out, or lies behind the camera, is not counted, since its share of an unbounded plane has no
limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.batches import parts, same_mesh
from synthvision.labels.casting import cast_rays
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Index, Window, rays_through, windows_pixels
from synthvision.scene import Camera

_MAX_RAYS = 16_384
"""Rays outside the image per instance; a larger projection is counted on a coarser grid."""


def truncations(
    view: PlacedScene, amodal_px: Mapping[int, int], chosen: Sequence[int], store: AssetStore
) -> dict[int, float]:
    """Return for each of the chosen instances the share (0…1) of its projection outside the image.

    ``amodal_px`` has the pixels inside the image that an instance covers.
    """
    windows = view.windows
    areas = (windows[:, 2] - windows[:, 0]) * (windows[:, 3] - windows[:, 1])
    leaving = ((windows != view.seen).any(axis=1) & (areas > 0)).tolist()
    shares = dict.fromkeys(chosen, 0.0)
    fine: list[int] = []
    for index in chosen:
        if leaving[index] and areas[index] <= _MAX_RAYS:
            fine.append(index)
        elif leaving[index]:
            outside_px = _coarsely_outside(view, index, store)
            shares[index] = share_outside(outside_px, amodal_px.get(index, 0))
    for members in same_mesh(view, fine):
        for index, outside_px in _finely_outside(view, np.array(members), store):
            shares[index] = share_outside(outside_px, amodal_px.get(index, 0))
    return shares


def share_outside(outside_px: int, inside_px: int) -> float:
    """Return the share of pixels that lie outside; 0 of none."""
    return outside_px / (outside_px + inside_px) if outside_px else 0.0


def _finely_outside(view: PlacedScene, members: Index, store: AssetStore) -> Iterator[tuple[int, int]]:
    """Yield members of one mesh, which have at most ``_MAX_RAYS`` each, with their pixels outside the image."""
    for some in parts(members, view.windows[members]):
        which, x, y = windows_pixels(view.windows[some])
        outside = np.flatnonzero(_is_outside(view.scene.camera, x, y))
        which = which.take(outside)
        rays = rays_through(
            view.scene.camera, x.take(outside) + 0.5, y.take(outside) + 0.5, view.to_object[some[which]]
        )
        hit = cast_rays(view.placed[some[0]], view.scene.camera, rays, store, points=False).hit
        yield from zip(some.tolist(), np.bincount(which[hit], minlength=len(some)).tolist(), strict=True)


def _coarsely_outside(view: PlacedScene, index: int, store: AssetStore) -> int:
    """Return about how many pixels outside the image an instance covers, by one ray for many."""
    placed, camera = view.placed[index], view.scene.camera
    x, y, pixels = outside_grid(camera, view.full_window(index))
    rays = rays_through(camera, x, y, placed.camera_to_object)
    return pixels * int(cast_rays(placed, camera, rays, store, points=False).hit.sum())


def outside_grid(camera: Camera, window: Window) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Return image points x, y (N,) all over the part of a window outside the image, and the pixels each stands for."""
    step = max(1, int(np.ceil(np.sqrt(window.shape[0] * window.shape[1] / _MAX_RAYS))))
    x, y = np.meshgrid(
        np.arange(window.x0, window.x1, step) + step / 2, np.arange(window.y0, window.y1, step) + step / 2
    )
    outside = _is_outside(camera, x, y)
    return x[outside], y[outside], step * step


def _is_outside(camera: Camera, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.bool_]:
    outside: NDArray[np.bool_] = (x < 0) | (y < 0) | (x >= camera.width_px) | (y >= camera.height_px)
    return outside
