"""Masks, boxes and counts of every labelled instance, read off the silhouettes and the z-buffer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.labels.batches import BatchHits
from synthvision.labels.projection import Index, Window
from synthvision.labels.tracing import Traced
from synthvision.labels.types import Xyxy

_NO_MASK: NDArray[np.bool_] = np.zeros((0, 0), bool)
_NO_MASK.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Extent:
    """Where a thing is seen (``bbox``, ``mask``) and would be seen alone (``amodal_…``), as in ``InstanceLabel``.

    ``hidden_by`` maps a scene index to the pixels in which that instance is seen instead.
    """

    bbox: Xyxy | None
    mask: NDArray[np.bool_]
    mask_px: int
    amodal_bbox: Xyxy | None
    amodal_mask: NDArray[np.bool_]
    amodal_px: int
    hidden_by: Mapping[int, int]


NOTHING = Extent(None, _NO_MASK, 0, None, _NO_MASK, 0, {})
"""The extent of what is not in the image."""


def extents(traced: Traced) -> dict[int, Extent]:
    """Return the extent of every labelled instance that is in the image, by scene index."""
    instances = traced.view.scene.instances
    found = {
        index: extent_of(silhouette.window, silhouette.mask, traced.visible(index), traced.hits.scene_map)
        for index, silhouette in traced.silhouettes.items()
        if instances[index].instance_id
    }
    for batch in traced.batches:
        if any(instances[member].instance_id for member in batch.members):
            found.update(_batch_extents(batch, traced.visible_in(batch), traced.hits.scene_map))
    return found


def extent_of(
    window: Window, amodal: NDArray[np.bool_], visible: NDArray[np.bool_], scene_map: NDArray[np.int32]
) -> Extent:
    """Return the extent of masks over a window: ``visible`` lies in ``amodal``."""
    amodal_box = _tight(amodal, window.x0, window.y0)
    if amodal_box is None:
        return NOTHING
    x0, y0, x1, y1 = amodal_box
    inner = np.s_[y0 - window.y0 : y1 - window.y0, x0 - window.x0 : x1 - window.x0]
    amodal, visible = amodal[inner], visible[inner]
    box = _tight(visible, x0, y0)
    left, top, right, bottom = box or (x0, y0, x0, y0)
    seen_instead = scene_map[y0:y1, x0:x1][amodal & ~visible]
    indices, counts = np.unique(seen_instead, return_counts=True)
    return Extent(
        bbox=box,
        mask=np.ascontiguousarray(visible[top - y0 : bottom - y0, left - x0 : right - x0]) if box else _NO_MASK,
        mask_px=int(visible.sum()),
        amodal_bbox=amodal_box,
        amodal_mask=np.ascontiguousarray(amodal),
        amodal_px=int(amodal.sum()),
        hidden_by=dict(zip(indices.tolist(), counts.tolist(), strict=True)),
    )


def _tight(mask: NDArray[np.bool_], x: int, y: int) -> Xyxy | None:
    """Return the half-open box around the set pixels of a mask whose first pixel is (x, y)."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return None
    return x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1


def _batch_extents(
    batch: BatchHits, visible: NDArray[np.bool_], scene_map: NDArray[np.int32]
) -> Iterator[tuple[int, Extent]]:
    """Yield what ``extent_of`` says of every member of a batch that is in the image, worked out together."""
    size = len(batch.members)
    y, x = np.divmod(batch.pixel, scene_map.shape[1])
    amodal = _Crops(batch.which, x, y, size)
    seen = np.flatnonzero(visible)
    shown = _Crops(batch.which.take(seen), x.take(seen), y.take(seen), size)
    hidden_by = _hidden_by(batch, visible, scene_map)
    for member, index in enumerate(batch.members.tolist()):
        amodal_box, amodal_mask, amodal_px = amodal.of(member)
        if amodal_box is not None:
            box, mask, mask_px = shown.of(member)
            yield index, Extent(box, mask, mask_px, amodal_box, amodal_mask, amodal_px, hidden_by.get(member, {}))


class _Crops:
    """The tight boxes of K sets of pixels, and their masks, which share one array."""

    def __init__(self, which: Index, x: Index, y: Index, size: int) -> None:
        """Take N pixels (x, y), each of the set ``which`` of ``size``; ``which`` ascends."""
        counts: Index = np.bincount(which, minlength=size)
        boxes = np.zeros((size, 4), np.intp)
        there = np.flatnonzero(counts)
        if len(there):
            starts = (np.cumsum(counts) - counts)[there]
            boxes[there, 0], boxes[there, 1] = np.minimum.reduceat(x, starts), np.minimum.reduceat(y, starts)
            boxes[there, 2], boxes[there, 3] = np.maximum.reduceat(x, starts) + 1, np.maximum.reduceat(y, starts) + 1
        widths, areas = boxes[:, 2] - boxes[:, 0], (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
        offsets: Index = np.cumsum(areas) - areas
        self._masks = np.zeros(int(areas.sum()), bool)
        first = offsets - boxes[:, 1] * widths - boxes[:, 0]
        self._masks[first.take(which) + y * widths.take(which) + x] = True
        self._counts, self._boxes, self._offsets = counts.tolist(), boxes.tolist(), offsets.tolist()

    def of(self, member: int) -> tuple[Xyxy | None, NDArray[np.bool_], int]:
        """Return box, mask over it, and pixels of one set."""
        count = self._counts[member]
        if not count:
            return None, _NO_MASK, 0
        x0, y0, x1, y1 = self._boxes[member]
        start = self._offsets[member]
        mask = self._masks[start : start + (y1 - y0) * (x1 - x0)]
        return (x0, y0, x1, y1), mask.reshape(y1 - y0, x1 - x0), count


def _hidden_by(batch: BatchHits, visible: NDArray[np.bool_], scene_map: NDArray[np.int32]) -> dict[int, dict[int, int]]:
    """Return for each member of which pixels are hidden who is seen there, and in how many of them."""
    hidden = np.flatnonzero(~visible)
    seen_instead = scene_map.ravel().take(batch.pixel.take(hidden)).astype(np.int64)
    pairs, counts = np.unique((batch.which.take(hidden) << 32) | seen_instead, return_counts=True)
    found: dict[int, dict[int, int]] = {}
    members, others = pairs >> 32, pairs & 0xFFFFFFFF
    for member, other, count in zip(members.tolist(), others.tolist(), counts.tolist(), strict=True):
        found.setdefault(member, {})[other] = count
    return found
