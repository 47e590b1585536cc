"""Keypoints of labelled instances and decals: where they are in the image, and whether anything hides them.

One ray goes from the camera to each point, against each opaque thing that its line can meet. A surface hides a point if
it crosses the ray more than a tolerance before it. The tolerance is what float32 rays can be wrong by, at their length
and at the size of what they meet, and ``_SAME_PLACE`` of the size of the point's own mesh: a point lies on the surface
that it is a point of, and where a ray grazes that surface, its rounding moves the crossing along it by a multiple.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.elementary import matmul
from synthvision.labels.batches import same_mesh
from synthvision.labels.casting import cast_rays
from synthvision.labels.decals import bearing
from synthvision.labels.meshes import CastMesh
from synthvision.labels.placing import PlacedScene
from synthvision.labels.projection import Index, Rays, project
from synthvision.labels.types import KeypointLabel, KeypointState
from synthvision.scene import Decal, Keypoint, Scene

_ROUNDING = 2.0**-19
"""Sixteen units in the last place of a float32 of 1: what all roundings of a ray and a crossing add up to at most."""

_SAME_PLACE = 1e-4
"""A surface this share of the mesh's diagonal before a keypoint does not hide it."""

_TESTS_AT_ONCE = 1 << 21

Floats = NDArray[np.float64]
KeypointsOf = Mapping[int, tuple[KeypointLabel, ...]]
"""``instance_id`` → keypoints."""


@dataclass(frozen=True, eq=False)
class _Declared:
    """The N keypoints of one labelled thing: ``body`` is the scene index of the instance that they are points of.

    ``positions`` (N, 3) are in the body's own frame, and ``there`` says which of them are on it.
    """

    instance_id: int
    body: int
    keypoints: tuple[Keypoint, ...]
    positions: Floats
    there: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class _Points:
    """K keypoints in camera axes: a ray to one is at ``eyes + z * slopes`` at depth z, metres.

    ``of``: scene index of its body; ``own_m``: how far before it that may be; ``size_m``: its diagonal.
    """

    positions: Floats
    eyes: Floats
    slopes: Floats
    of: Index
    own_m: Floats
    size_m: Floats

    def at(self, chosen: Index) -> _Points:
        """Return some of them."""
        return _Points(
            positions=self.positions[chosen],
            eyes=self.eyes[chosen],
            slopes=self.slopes[chosen],
            of=self.of[chosen],
            own_m=self.own_m[chosen],
            size_m=self.size_m[chosen],
        )


@dataclass(frozen=True, eq=False)
class _Pairs:
    """P pairs of a point (place in ``_Points``) and a thing that its ray can meet (scene index)."""

    point: Index
    thing: Index


def keypoint_labels(view: PlacedScene, store: AssetStore) -> KeypointsOf:
    """Return the keypoints of each labelled instance and decal that has any, by ``instance_id``."""
    declared = [*_of_instances(view.scene), *_of_decals(view)]
    if not declared:
        return {}
    points = _placed(view, declared)
    pixels = project(view.scene.camera, points.positions)
    pixels[~np.concatenate([one.there for one in declared])] = np.nan
    states = _states(view, points, pixels, store)
    pixels[states == 0] = 0.0
    rows = zip(pixels.tolist(), states.tolist(), points.positions.tolist(), strict=True)
    return {one.instance_id: tuple(_label(point.name, *next(rows)) for point in one.keypoints) for one in declared}


def _of_instances(scene: Scene) -> Iterator[_Declared]:
    for index, instance in enumerate(scene.instances):
        keypoints = scene.traits[instance.mesh].keypoints if instance.mesh in scene.traits else ()
        if instance.instance_id and keypoints:
            positions = np.array([point.position_m for point in keypoints])
            yield _Declared(instance.instance_id, index, keypoints, positions, np.ones(len(keypoints), bool))


def _of_decals(view: PlacedScene) -> Iterator[_Declared]:
    bearers = bearing(view.scene)
    for decal in view.scene.decals:
        if decal.instance_id and decal.keypoints:
            body = bearers[decal.on]
            positions, there = _on_bearer(decal, view.placed[body].cast)
            yield _Declared(decal.instance_id, body, decal.keypoints, positions, there)


def _on_bearer(decal: Decal, cast: CastMesh) -> tuple[Floats, NDArray[np.bool_]]:
    """Return where lines along the decal's z through its points first meet its bearer within its slab, if they do."""
    to_object = np.array(decal.decal_to_object)
    points = matmul(np.array([point.position_m for point in decal.keypoints]), to_object[:3, :3].T) + to_object[:3, 3]
    out = to_object[:3, 2]
    starts = (points + decal.depth_m * out).astype(np.float32)
    ways = np.broadcast_to(-out, points.shape).astype(np.float32)
    met = cast.bvh.run(starts, ways, output=True)
    there: NDArray[np.bool_] = (met["primID"] >= 0) & (met["tfar"] <= 2 * decal.depth_m)
    along = np.where(there, decal.depth_m - met["tfar"].astype(np.float64), 0.0)
    return points + along[:, None] * out, there


def _placed(view: PlacedScene, declared: list[_Declared]) -> _Points:
    counts = [len(one.keypoints) for one in declared]
    bodies = np.array([one.body for one in declared])
    of = np.repeat(bodies, counts)
    to_camera = view.to_camera[of]
    positions = matmul(to_camera[:, :3, :3], np.concatenate([one.positions for one in declared])[:, :, None])[:, :, 0]
    positions += to_camera[:, :3, 3]
    scales = np.linalg.norm(to_camera[:, :3, 0], axis=1)
    bounds = np.array([view.placed[index].cast.mesh.bounds for index in bodies.tolist()])
    sizes = np.repeat(np.linalg.norm(bounds[:, 1] - bounds[:, 0], axis=1), counts)
    eyes, slopes = np.zeros_like(positions), np.broadcast_to([0.0, 0.0, 1.0], positions.shape)
    if view.scene.camera.orthographic:
        eyes[:, :2] = positions[:, :2]
    else:
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes = positions / positions[:, 2:]
    own_m = [point.depth_m for one in declared for point in one.keypoints]
    return _Points(positions, eyes, slopes, of, scales * own_m, scales * sizes)


def _states(view: PlacedScene, points: _Points, pixels: Floats, store: AssetStore) -> NDArray[np.int64]:
    """Return the state of each point, (K,)."""
    camera = view.scene.camera
    inside = ((pixels >= 0) & (pixels < [camera.width_px, camera.height_px])).all(axis=1)
    inside &= points.positions[:, 2] > camera.clip_m
    states = np.where(inside, 2, 0)
    shown = np.flatnonzero(inside)
    if len(shown):
        states[shown[_hidden(view, points.at(shown), store)]] = 1
    return states


def _hidden(view: PlacedScene, points: _Points, store: AssetStore) -> NDArray[np.bool_]:
    """Say of each point whether anything hides it."""
    hidden = np.zeros(len(points.of), bool)
    opaque = [index for index, instance in enumerate(view.scene.instances) if not instance.see_through]
    if not opaque:
        return hidden
    centres, radii = _spheres(view, opaque)
    pairs = _meeting(view, points, np.array(opaque), centres, radii)
    lengths = np.linalg.norm(points.slopes, axis=1)
    for some, depths in _crossings(view, points, pairs, store):
        point, thing = pairs.point[some], pairs.thing[some]
        before_m = (points.positions[point, 2] - depths) * lengths[point]
        reach_m = np.linalg.norm(points.positions[point], axis=1) + 2 * radii[np.searchsorted(opaque, thing)]
        tolerance_m = _SAME_PLACE * points.size_m[point] + _ROUNDING * reach_m
        tolerance_m += np.where(points.of[point] == thing, points.own_m[point], 0.0)
        hidden[point[before_m > tolerance_m]] = True
    return hidden


def _spheres(view: PlacedScene, chosen: list[int]) -> tuple[Floats, Floats]:
    """Return spheres around things: centres (I, 3) in camera axes and radii (I,), metres."""
    bounds = np.array([view.placed[index].cast.mesh.bounds for index in chosen])
    to_camera = view.to_camera[chosen]
    centres = matmul(to_camera[:, :3, :3], bounds.mean(axis=1)[:, :, None])[:, :, 0] + to_camera[:, :3, 3]
    scales = np.linalg.norm(to_camera[:, :3, 0], axis=1)
    return centres, scales * np.linalg.norm(bounds[:, 1] - bounds[:, 0], axis=1) / 2


def _meeting(view: PlacedScene, points: _Points, things: Index, centres: Floats, radii: Floats) -> _Pairs:
    """Return the pairs in which a thing's sphere, a little larger, comes near the ray before its point."""
    found: list[tuple[Index, Index]] = []
    ways = points.slopes / np.linalg.norm(points.slopes, axis=1)[:, None]
    near, far = centres[:, 2] - radii, centres[:, 2] + radii
    reach = (radii * (1 + _ROUNDING)) ** 2
    squares = (centres**2).sum(axis=1)
    step = max(1, _TESTS_AT_ONCE // len(things))
    for start in range(0, len(ways), step):
        way, eye, z = ways[start : start + step], points.eyes[start : start + step], points.positions[start:, 2][:step]
        along = matmul(way, centres.T) - (way * eye).sum(axis=1)[:, None]
        aside = squares - matmul(2 * eye, centres.T) + (eye**2).sum(axis=1)[:, None] - along**2
        met = (aside <= reach + _ROUNDING * squares) & (near < z[:, None]) & (far > view.scene.camera.clip_m)
        point, place = np.nonzero(met)
        found.append((point + start, things[place]))
    return _Pairs(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _crossings(
    view: PlacedScene, points: _Points, pairs: _Pairs, store: AssetStore
) -> Iterator[tuple[Index, NDArray[np.float32]]]:
    """Yield some of the pairs, by their places, and the depths at which their rays first meet something of the thing.

    Those of one mesh are cast together.
    """
    groups = [list(members) for members in same_mesh(view, np.unique(pairs.thing).tolist())]
    group_of = np.zeros(len(view.placed), np.intp)
    for number, members in enumerate(groups):
        group_of[members] = number
    order = np.argsort(group_of[pairs.thing], kind="stable")
    ends = np.cumsum(np.bincount(group_of[pairs.thing], minlength=len(groups)))
    for members, some in zip(groups, np.split(order, ends[:-1]), strict=True):
        rays = _rays(points, pairs.point[some], view.to_object[pairs.thing[some]])
        yield some, cast_rays(view.placed[members[0]], view.scene.camera, rays, store, points=False).depth


def _rays(points: _Points, chosen: Index, to_object: Floats) -> Rays:
    turn, eyes, slopes = to_object[:, :3, :3], points.eyes[chosen], points.slopes[chosen]
    origins = matmul(turn, eyes[:, :, None])[:, :, 0] + to_object[:, :3, 3]
    directions = matmul(turn, slopes[:, :, None])[:, :, 0]
    return Rays(origins.astype(np.float32), directions.astype(np.float32))


def _label(name: str, pixel: list[float], state: KeypointState, position: list[float]) -> KeypointLabel:
    x, y, z = position
    return KeypointLabel(name, pixel[0], pixel[1], state, (x, y, z))
