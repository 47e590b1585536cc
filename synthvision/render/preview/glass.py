"""What lets light through: the camera looks straight on through it, at what is opaque behind.

Each thing tints what lies behind it by its colour where the ray enters it, which stands for its way through, in and
out; light is not bent. Any number of things may lie one behind the other, since tints multiply in any order, but only
the nearest reflects.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels.casting import Crossings, Placed, cast_window
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Window
from synthvision.labels.tracing import Hits, Silhouette, Traced, merge, nothing_hit, trace
from synthvision.render.preview.surfaces import Seen, material_values, patches
from synthvision.render.preview.textures import PreviewTextures
from synthvision.render.preview.vectors import Floats
from synthvision.scene import Camera


@dataclass(frozen=True, eq=False)
class Pane:
    """One clear instance: what each ray of its window meets of it that is clear, and nearer than all that is opaque."""

    index: int
    window: Window
    crossings: Crossings


@dataclass(frozen=True, eq=False)
class Sight:
    """What a scene's rays meet.

    Attributes:
        opaque: the first surface that no light passes.
        front: the first clear surface before it.
        panes: all clear surfaces before it.
    """

    opaque: Traced
    front: Traced
    panes: tuple[Pane, ...]


def look(view: PlacedScene, store: AssetStore) -> Sight:
    """Cast a scene, clear things apart from the others; parts of them that are opaque go with the others."""
    clear = [
        index
        for index, placed in enumerate(view.placed)
        if any(material.transmission > 0 for material in placed.materials)
    ]
    seen = view.seen.copy()
    seen[clear] = 0
    traced = trace(replace(view, seen=seen), store)
    cast = [_cast(view, index, store) for index in clear if _in_image(view, index)]
    silhouettes = {pane.index: _silhouette(pane) for pane in cast}
    opaque = replace(traced, view=view, silhouettes={**traced.silhouettes, **silhouettes})
    for pane in cast:
        merge(opaque.hits, pane.index, _only(pane, ~_passing(pane, view.placed[pane.index])), pane.window)
    panes = tuple(_before(pane, view.placed[pane.index], opaque.hits) for pane in cast)
    front = nothing_hit(view.scene.camera)
    for pane in panes:
        merge(front, pane.index, pane.crossings, pane.window)
    return Sight(opaque, Traced(view, front, silhouettes, ()), panes)


def tint(sight: Sight, textures: PreviewTextures) -> Floats:
    """Return (H·W, 3) float32: the share of light that passes all clear things but the nearest at each pixel."""
    view = sight.opaque.view
    camera = view.scene.camera
    passed = np.ones((camera.height_px, camera.width_px, 3), np.float32)
    for pane in sight.panes:
        depth = pane.crossings.depth.reshape(pane.window.shape)
        deeper = np.isfinite(depth) & (sight.front.hits.scene_map[pane.window.slices] != pane.index)
        if deeper.any():
            shares = _shares(pane.crossings.of(np.flatnonzero(deeper)), view.placed[pane.index], camera, textures)
            passed[pane.window.slices][deeper] *= shares
    return passed.reshape(-1, 3)


def _shares(crossings: Crossings, placed: Placed, camera: Camera, textures: PreviewTextures) -> Floats:
    footprints = patches(camera, crossings.depth)
    values = material_values(Seen(placed, crossings.triangle, crossings.u, crossings.v, footprints), textures)
    shares: Floats = values[:, 0:3] * (values[:, 9] * (1 - values[:, 6]))[:, None]
    return shares


def _in_image(view: PlacedScene, index: int) -> bool:
    x0, y0, x1, y1 = view.seen[index]
    return bool(x1 > x0 and y1 > y0)


def _cast(view: PlacedScene, index: int, store: AssetStore) -> Pane:
    window = view.window(index)
    return Pane(index, window, cast_window(view.placed[index], view.scene.camera, window, store))


def _silhouette(pane: Pane) -> Silhouette:
    return Silhouette(pane.window, pane.crossings.hit.reshape(pane.window.shape))


def _passing(pane: Pane, placed: Placed) -> NDArray[np.bool_]:
    """Say for each ray of a pane whether what it meets lets any light through."""
    clear = np.array([material.transmission > 0 for material in placed.materials])
    # A ray that meets nothing has triangle -1; its depth says so, whatever is looked up for it.
    passing: NDArray[np.bool_] = clear[placed.cast.mesh.slots[pane.crossings.triangle]]
    return passing


def _before(pane: Pane, placed: Placed, opaque: Hits) -> Pane:
    nearer = pane.crossings.depth < opaque.depth[pane.window.slices].ravel()
    return replace(pane, crossings=_only(pane, nearer & _passing(pane, placed)))


def _only(pane: Pane, chosen: NDArray[np.bool_]) -> Crossings:
    return replace(pane.crossings, depth=np.where(chosen, pane.crossings.depth, np.float32(np.inf)))
