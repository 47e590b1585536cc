"""Which surface every pixel sees: a z-buffer over the instances, each cast in its own frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.batches import SMALL_PX, BatchHits, batchable, cast_batch
from synthvision.labels.casting import Crossings, cast_window
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Index, Window, window_slopes
from synthvision.scene import Camera, Scene

_NOTHING = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, eq=False)
class Points:
    """Where on its mesh the point is that a pixel sees.

    Attributes:
        triangle: (H, W) int32 triangle of the mesh, -1 for nothing.
        u, v: (H, W) float32 weights of the triangle's second and third corner.
    """

    triangle: NDArray[np.int32]
    u: NDArray[np.float32]
    v: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Hits:
    """What the ray through each pixel centre meets first, see-through things left out.

    Attributes:
        scene_map: (H, W) int32 index into ``Scene.instances``, -1 for nothing.
        depth: (H, W) float32 z in metres, inf for nothing.
        points: where on their meshes; None where nobody asked.
    """

    scene_map: NDArray[np.int32]
    depth: NDArray[np.float32]
    points: Points | None

    @property
    def on_meshes(self) -> Points:
        """The points, which must have been asked for when the rays were cast; ValueError if they were not."""
        if self.points is None:
            raise ValueError("hits: points on meshes must be asked for when rays are cast: trace(…, points=True)")
        return self.points


@dataclass(frozen=True, eq=False)
class Silhouette:
    """One instance as seen without all others.

    Attributes:
        window: its window in the image.
        mask: (H, W) bool of the window: the pixels that it covers.
        visible: of a see-through instance, those in which nothing opaque is before it; None for an opaque one, whose
            visible pixels are in ``Hits.scene_map``.
        crossings: what its rays met, row by row, of an instance that bears labelled decals; None for others.
    """

    window: Window
    mask: NDArray[np.bool_]
    visible: NDArray[np.bool_] | None = None
    crossings: Crossings | None = None


@dataclass(frozen=True, eq=False)
class Traced:
    """All rays of a scene.

    Attributes:
        view: the scene before its camera.
        hits: what each pixel sees.
        silhouettes: scene index → silhouette of the instances that were cast one by one; each instance in the image is
            here or in a batch.
        batches: those that were cast together.
    """

    view: PlacedScene
    hits: Hits
    silhouettes: Mapping[int, Silhouette]
    batches: tuple[BatchHits, ...]

    def visible(self, index: int) -> NDArray[np.bool_]:
        """(H, W) bool of an instance's window: where it is seen; of one that was cast alone."""
        silhouette = self.silhouettes[index]
        if silhouette.visible is not None:
            return silhouette.visible
        seen: NDArray[np.bool_] = self.hits.scene_map[silhouette.window.slices] == index
        return seen

    def visible_in(self, batch: BatchHits) -> NDArray[np.bool_]:
        """(N,) bool for the pixels of a batch: whether their instance is seen there."""
        seen: NDArray[np.bool_] = self.hits.scene_map.ravel().take(batch.pixel) == batch.index
        if self.view.scene.instances[batch.members[0]].see_through:
            seen = batch.depth < self.hits.depth.ravel().take(batch.pixel)
        return seen


def trace(view: PlacedScene, store: AssetStore, small_px: int = SMALL_PX, *, points: bool = True) -> Traced:
    """Cast every instance; nearer wins, and of exactly equal depths the first in scene order.

    ``small_px`` decides how, not what: small things of one mesh are cast together. Without ``points``, which only some
    maps need, it takes less time.
    """
    scene = view.scene
    hits = nothing_hit(scene.camera, points=points)
    bearers = frozenset(_bearers(scene))
    see_through = [instance.see_through for instance in scene.instances]
    groups = batchable(view, bearers, small_px)
    together = {index for members in groups for index in members}
    alone = [index for index in _in_image(view) if index not in together]
    opaque = {
        index: _cast_opaque(view, index, hits, store, bears=index in bearers)
        for index in alone
        if not see_through[index]
    }
    batches = tuple(batch for members in groups for batch in cast_batch(view, members, store))
    _merge_batches(hits, [batch for batch in batches if not see_through[batch.members[0]]])
    clear = {
        index: _cast_see_through(view, index, hits, store, bears=index in bearers)
        for index in alone
        if see_through[index]
    }
    return Traced(view, hits, opaque | clear, batches)


def nothing_hit(camera: Camera, *, points: bool = True) -> Hits:
    """Return what rays see of an empty scene; instances are merged into it."""
    shape = camera.height_px, camera.width_px
    nowhere = None
    if points:
        nowhere = Points(np.full(shape, -1, np.int32), np.zeros(shape, np.float32), np.zeros(shape, np.float32))
    return Hits(np.full(shape, -1, np.int32), np.full(shape, np.inf, np.float32), nowhere)


def _bearers(scene: Scene) -> list[int]:
    """Return the indices of the instances that bear labelled decals."""
    named = {decal.on for decal in scene.decals if decal.instance_id}
    return [index for index, instance in enumerate(scene.instances) if instance.name in named] if named else []


def _in_image(view: PlacedScene) -> list[int]:
    x0, y0, x1, y1 = view.seen.T
    inside: list[int] = np.flatnonzero((x1 > x0) & (y1 > y0)).tolist()
    return inside


def _cast_opaque(view: PlacedScene, index: int, hits: Hits, store: AssetStore, *, bears: bool) -> Silhouette:
    """Cast one instance and merge it."""
    window = view.window(index)
    points = bears or hits.points is not None
    crossings = cast_window(view.placed[index], view.scene.camera, window, store, points=points)
    merge(hits, index, crossings, window)
    mask = crossings.hit.reshape(window.shape)
    return Silhouette(window, mask, crossings=crossings if bears else None)


def _cast_see_through(view: PlacedScene, index: int, hits: Hits, store: AssetStore, *, bears: bool) -> Silhouette:
    """Cast one instance and compare it with all that is opaque, which ``hits`` holds by now."""
    window = view.window(index)
    crossings = cast_window(view.placed[index], view.scene.camera, window, store, points=bears)
    mask = crossings.hit.reshape(window.shape)
    visible = crossings.depth.reshape(window.shape) < hits.depth[window.slices]
    return Silhouette(window, mask, visible, crossings if bears else None)


def merge(hits: Hits, index: int, crossings: Crossings, window: Window) -> None:
    """Put an instance's crossings of a window into ``hits`` where they are nearer."""
    depth = crossings.depth.reshape(window.shape)
    behind = hits.depth[window.slices]
    nearer = depth < behind
    np.copyto(behind, depth, where=nearer)
    np.copyto(hits.scene_map[window.slices], np.int32(index), where=nearer)
    if hits.points is not None:
        for there, found in _pairs(hits.points, crossings):
            np.copyto(there[window.slices], found.reshape(window.shape), where=nearer)


def _pairs(points: Points, of: Crossings | BatchHits) -> Sequence[tuple[NDArray[Any], NDArray[Any]]]:
    return (points.triangle, of.triangle), (points.u, of.u), (points.v, of.v)


def _merge_batches(hits: Hits, batches: Sequence[BatchHits]) -> None:
    """Merge batches into what is hit already. Depth and index make one number, the least of which is seen."""
    if not batches:
        return
    least = _keys(hits.depth.ravel(), hits.scene_map.ravel())
    keys = [_keys(batch.depth, batch.index) for batch in batches]
    for batch, ours in zip(batches, keys, strict=True):
        np.minimum.at(least, batch.pixel, ours)
    for batch, ours in zip(batches, keys, strict=True):
        seen = np.flatnonzero(least.take(batch.pixel) == ours)
        at = batch.pixel.take(seen)
        hits.scene_map.reshape(-1)[at] = batch.index.take(seen)
        hits.depth.reshape(-1)[at] = batch.depth.take(seen)
        if hits.points is not None:
            for there, found in _pairs(hits.points, batch):
                there.reshape(-1)[at] = found.take(seen)


def _keys(depth: NDArray[np.float32], index: NDArray[np.int32] | Index) -> NDArray[np.uint64]:
    """Return numbers (N,) that ascend with depth, then with index. Depths are positive: so their bits ascend, too."""
    keys = depth.view(np.uint32).astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= index.astype(np.uint64) & _NOTHING
    return keys


def ray_lengths(camera: Camera) -> NDArray[np.float32]:
    """Return (H, W) float32 lengths of the pixel rays with z = 1: distance along the ray per metre of depth.

    0 where a pixel has no ray.
    """
    columns, rows = window_slopes(camera, Window(0, 0, camera.width_px, camera.height_px))
    squares = (rows**2 + 1.0).astype(np.float32) + (columns**2).astype(np.float32)
    lengths: NDArray[np.float32] = np.sqrt(squares, out=squares)
    if camera.lens is not None:
        lengths[np.isnan(lengths)] = 0
    return lengths
