"""Soft masks: how much of each pixel an instance fills, by n x n rays through the middles of as many parts of it.

They are the pixel centres of an image n times as wide and high, which is traced in bands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.decals import seen_decals
from synthvision.labels.extents import extents
from synthvision.labels.placing import PlacedScene
from synthvision.labels.tracing import Traced, trace
from synthvision.labels.types import Coverage, Xyxy
from synthvision.scene import Camera, Scene

_RAYS_AT_ONCE = 1 << 22

_Counts = NDArray[np.uint16]
_Piece = tuple[Xyxy, _Counts]


def soft_masks(
    scene: Scene, rays: int, place: Callable[[Scene], PlacedScene], store: AssetStore
) -> tuple[Coverage, ...]:
    """Return the coverage of every labelled instance and decal that is seen, by ascending ``instance_id``.

    Args:
        scene: the scene.
        rays: per side of a pixel.
        place: puts the instances of a scene before its camera.
        store: of its assets.
    """
    pieces: dict[int, list[_Piece]] = {}
    for top, bottom in _bands(scene.camera, rays):
        band = replace(scene, camera=finer(scene.camera, rays, top, bottom))
        for instance_id, box, mask in _seen(trace(place(band), store), store):
            (x0, y0, x1, y1), counts = _counted(box, mask, rays)
            pieces.setdefault(instance_id, []).append(((x0, y0 + top, x1, y1 + top), counts))
    return tuple(_joined(instance_id, pieces[instance_id], rays) for instance_id in sorted(pieces))


def finer(camera: Camera, times: int, top: int, bottom: int) -> Camera:
    """Return a camera that sees some rows of the image of another, with pixels so many times smaller."""
    return replace(
        camera,
        width_px=times * camera.width_px,
        height_px=times * (bottom - top),
        fx=times * camera.fx,
        fy=times * camera.fy,
        cx=times * camera.cx,
        cy=times * (camera.cy - top),
    )


def _bands(camera: Camera, rays: int) -> Iterator[tuple[int, int]]:
    """Yield first and last row (half-open) of bands of about ``_RAYS_AT_ONCE`` rays."""
    rows = max(1, _RAYS_AT_ONCE // (rays * rays * camera.width_px))
    for top in range(0, camera.height_px, rows):
        yield top, min(top + rows, camera.height_px)


def _seen(traced: Traced, store: AssetStore) -> Iterator[tuple[int, Xyxy, NDArray[np.bool_]]]:
    """Yield ``instance_id``, box and mask over it of all that is seen."""
    instances = traced.view.scene.instances
    found = [(instances[index].instance_id, extent) for index, extent in extents(traced).items()]
    found += [(decal.instance_id, extent) for decal, extent in seen_decals(traced, store)]
    for instance_id, extent in found:
        if instance_id and extent.bbox is not None:  # those without label may have been cast with others
            yield instance_id, extent.bbox, extent.mask


def _counted(box: Xyxy, mask: NDArray[np.bool_], rays: int) -> _Piece:
    """Return the box in whole pixels of a mask of rays, and how many of each pixel's are in it."""
    x0, y0, x1, y1 = box[0] // rays, box[1] // rays, -(-box[2] // rays), -(-box[3] // rays)
    padding = (box[1] - y0 * rays, y1 * rays - box[3]), (box[0] - x0 * rays, x1 * rays - box[2])
    whole = np.pad(mask.view(np.uint8), padding)
    across = np.add.reduceat(whole, np.arange(0, whole.shape[1], rays), axis=1)
    return (x0, y0, x1, y1), np.add.reduceat(across, np.arange(0, whole.shape[0], rays), axis=0, dtype=np.uint16)


def _joined(instance_id: int, pieces: list[_Piece], rays: int) -> Coverage:
    boxes = np.array([box for box, _ in pieces])
    left, top = boxes[:, :2].min(axis=0).tolist()
    right, bottom = boxes[:, 2:].max(axis=0).tolist()
    counts = np.zeros((bottom - top, right - left), np.uint16)
    for (x0, y0, x1, y1), some in pieces:
        counts[y0 - top : y1 - top, x0 - left : x1 - left] += some
    share = counts.astype(np.float32) / np.float32(rays * rays)
    return Coverage(instance_id, (left, top, right, bottom), share)
