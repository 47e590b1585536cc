"""Many small things of one mesh in one call of the ray-caster: for a thing of few pixels the calls are what costs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore, Material
from synthvision.labels.casting import cast_rays
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Index, windows_rays

SMALL_PX = 1024
"""A window of at most so many pixels is small; above that, one call per thing costs less than gathering."""

_RAYS_AT_ONCE = 1 << 17


@dataclass(frozen=True, eq=False)
class BatchHits:
    """The pixels of K small instances of one mesh, each as if it were alone in the scene, instance by instance.

    Attributes:
        members: (K,) intp indices into ``Scene.instances``, ascending.
        which: (N,) intp the place in ``members`` of the instance that a pixel belongs to, ascending.
        pixel: (N,) intp its index in the image, row by row.
        depth, triangle, u, v: (N,) as in ``Crossings``; there are no misses among them.
    """

    members: Index
    which: Index
    pixel: Index
    depth: NDArray[np.float32]
    triangle: NDArray[np.int32]
    u: NDArray[np.float32]
    v: NDArray[np.float32]

    @property
    def index(self) -> Index:
        """(N,) index into ``Scene.instances`` of each pixel's instance."""
        return self.members.take(self.which)


def batchable(view: PlacedScene, alone: frozenset[int], small_px: int) -> tuple[Sequence[int], ...]:
    """Group the instances that are cast together: small ones of one mesh, holes and kind of surface; two or more each.

    Those in ``alone`` are in no group. What lies outside the image is in none either.
    """
    width, height = view.seen[:, 2] - view.seen[:, 0], view.seen[:, 3] - view.seen[:, 1]
    small = np.flatnonzero((width * height > 0) & (width * height <= small_px)).tolist()
    camera = view.scene.camera
    chosen = [index for index in small if index not in alone and not view.placed[index].in_closed_form(camera)]
    return tuple(members for members in same_mesh(view, chosen) if len(members) > 1)


def same_mesh(view: PlacedScene, chosen: Sequence[int]) -> Iterable[list[int]]:
    """Group instances such that one call of ``cast_rays`` can have rays for all of a group: by mesh, holes and surface.

    Materials decide over hits only where they have holes.
    """
    groups: dict[tuple[str, tuple[Material, ...], bool], list[int]] = {}
    for index in chosen:
        instance = view.scene.instances[index]
        key = instance.mesh, instance.materials if view.placed[index].has_holes else (), instance.see_through
        groups.setdefault(key, []).append(index)
    return groups.values()


def cast_batch(view: PlacedScene, members: Sequence[int], store: AssetStore) -> Iterator[BatchHits]:
    """Cast all instances of one group; it comes in several parts where there are many rays."""
    camera = view.scene.camera
    whole = np.array(members)
    for part in parts(whole, view.seen[whole]):
        found = windows_rays(camera, view.seen[part], view.to_object[part])
        crossings = cast_rays(view.placed[part[0]], camera, found.rays, store)
        hit = np.flatnonzero(crossings.hit)
        yield BatchHits(
            members=part,
            which=found.which.take(hit),
            pixel=found.y.take(hit) * camera.width_px + found.x.take(hit),
            depth=crossings.depth.take(hit),
            triangle=crossings.triangle.take(hit),
            u=crossings.u.take(hit),
            v=crossings.v.take(hit),
        )


def parts(members: Index, windows: NDArray[np.int64]) -> Iterator[Index]:
    """Cut members such that the windows (K, 4) of each part have about ``_RAYS_AT_ONCE`` pixels, or are one window."""
    rays = np.cumsum((windows[:, 2] - windows[:, 0]) * (windows[:, 3] - windows[:, 1]))
    yield from np.split(members, np.flatnonzero(np.diff(rays // _RAYS_AT_ONCE)) + 1)
