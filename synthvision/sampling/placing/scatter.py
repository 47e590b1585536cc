"""Strewn by the thousand: all at once instead of one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synthvision.errors import PlacementError
from synthvision.recipe.names import GROUND
from synthvision.recipe.things import Rotation, Scatter
from synthvision.sampling.bodies import Body, touch
from synthvision.sampling.bulk import bulk_uniforms, directions
from synthvision.sampling.groups import Group, Placed, Thing
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.densities import Density, density_of, points_in
from synthvision.sampling.placing.rotations import rotation_of
from synthvision.sampling.placing.searching import no_place
from synthvision.sampling.placing.supports import DEFAULT_WITHIN
from synthvision.sampling.shapes import Points, Shape

THROWS = 250
"""How often what has no place yet is thrown anew, all at once."""

Flags = NDArray[np.bool_]
Poses = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Strewn:
    """Things turned but not placed: poses (N, 4, 4), boxes (N, 2, 3) and bounding balls, all about their own origin."""

    things: Sequence[Thing]
    poses: Poses
    bounds: Points
    centres: Points
    radii: Points


def scatter(group: Group, place: Scatter, around: Around) -> list[Placed]:
    """Throw all instances, then again those that fell on others, until all have a place.

    Raises:
        PlacementError: if some find none in ``THROWS`` throws, or they are to be strewn on something else than the
            ground.
    """
    if place.on != GROUND:
        text = f"{group.where}: scatter.on must be '{GROUND}', got '{place.on}'"
        raise PlacementError(text, group.refusal("not on the ground"))
    if group.count == 0:
        return []
    strewn = _turned(group, place)
    density = None if place.density is None else density_of(around.image(place.density), place.density)
    thrown = _Throwing(group, place, around, strewn)
    for number in range(THROWS):
        if thrown.throw(number, density):
            return thrown.placed()
    rule = f"be strewn clear of each other by scatter within {THROWS} throws"
    remedy = "ask for fewer or smaller objects, more overlap, or a larger region"
    raise no_place(group, rule, int(thrown.done.sum()), remedy)


class _Throwing:
    """Where things have been thrown so far; what has its place stays there."""

    def __init__(self, group: Group, place: Scatter, around: Around, strewn: _Strewn) -> None:
        self._group = group
        self._place = place
        self._around = around
        self._strewn = strewn
        self._obstacles = around.standing.solid
        self._lying = around.standing.balls
        self._radii = strewn.radii * (1 - place.overlap)
        self._points: Points = np.zeros((group.count, 3))
        self.done: Flags = np.zeros(group.count, bool)

    def throw(self, number: int, density: Density | None) -> bool:
        """Throw what has no place yet; True if then all have one."""
        waiting = np.flatnonzero(~self.done)
        where, inside = points_in(
            self._place.within or DEFAULT_WITHIN,
            density,
            lambda part: bulk_uniforms(self._group.draws, f"{self._group.name}/place/{number}/{part}", waiting),
        )
        trying = waiting[inside]
        self._points[trying, :2] = where[inside]
        free = trying[self._is_apart(trying)]
        self.done[free[self._is_clear(free)]] = True
        return bool(self.done.all())

    def placed(self) -> list[Placed]:
        """Let everything stand where it fell."""
        poses = self._strewn.poses.copy()
        poses[:, :3, 3] += self._points
        bodies = [Body(thing.look.shape, pose) for thing, pose in zip(self._strewn.things, poses, strict=True)]
        balls = np.concatenate([self._strewn.centres + self._points, self._radii[:, None]], axis=1)
        self._around.standing.strew(self._group.name, bodies, self._strewn.bounds + self._points[:, None], balls)
        return [Placed(thing, body) for thing, body in zip(self._strewn.things, bodies, strict=True)]

    def _is_apart(self, trying: NDArray[np.int64]) -> Flags:
        """Say of each (N,) whether its ball is clear of those that lie already, and of larger ones in this throw."""
        balls, radii = self._strewn.centres + self._points, self._radii
        lying = np.concatenate([balls[self.done], self._lying[:, :3]])
        lying_radii = np.concatenate([radii[self.done], self._lying[:, 3]])
        centres, radii = balls[trying], radii[trying]
        lost = np.zeros(len(trying), bool)
        if not len(trying):
            return lost
        tree = cKDTree(centres)
        first, second = _near(tree.query_pairs(2 * float(radii.max()), output_type="ndarray").T, centres, radii)
        # Of two that are as large, the one that comes first in the group stays.
        lost[np.where(radii[first] < radii[second], first, second)] = True
        if len(lying):
            reach = float(radii.max() + lying_radii.max())
            found = tree.sparse_distance_matrix(cKDTree(lying), reach, output_type="coo_matrix")
            lost[found.row[found.data < radii[found.row] + lying_radii[found.col]]] = True
        return ~lost

    def _is_clear(self, trying: NDArray[np.int64]) -> Flags:
        """Say of each (N,) whether its mesh is clear of the meshes of what was not strewn."""
        clear = np.ones(len(trying), bool)
        bounds = self._strewn.bounds[trying] + self._points[trying][:, None]
        for other in self._obstacles:
            hit = ~((bounds[:, 0] > other.bounds[1]) | (bounds[:, 1] < other.bounds[0])).any(axis=1)
            for index in np.flatnonzero(hit & clear):
                clear[index] = not touch(self._body(int(trying[index])), other)
        return clear

    def _body(self, index: int) -> Body:
        pose = self._strewn.poses[index].copy()
        pose[:3, 3] += self._points[index]
        return Body(self._strewn.things[index].look.shape, pose)


def _near(pairs: NDArray[np.int64], centres: Points, radii: Points) -> NDArray[np.int64]:
    """Return those of the pairs (2, P), lower index first, whose balls overlap."""
    gaps = centres[pairs[0]] - centres[pairs[1]]
    found: NDArray[np.int64] = pairs[:, (gaps * gaps).sum(axis=1) < (radii[pairs[0]] + radii[pairs[1]]) ** 2]
    return found


def _turned(group: Group, place: Scatter) -> _Strewn:
    """Turn all things, and sink them."""
    things = [group.thing(number) for number in range(group.count)]
    poses = np.zeros((len(things), 4, 4))
    poses[:, 3, 3] = 1.0
    poses[:, :3, :3] = _rotations(group, things) * np.array([thing.scale for thing in things])[:, None, None]
    bounds, centres, radii = np.empty((len(things), 2, 3)), np.empty((len(things), 3)), np.empty(len(things))
    for shape, numbers in _by_shape(things):
        bounds[numbers] = _boxes(poses[numbers], shape.hull_points)
        centre, radius = shape.ball
        centres[numbers] = (poses[numbers, :3, :3] * centre).sum(axis=2)
        radii[numbers] = radius * np.array([things[number].scale for number in numbers])
    heights = -bounds[:, 0, 2] - place.sink * (bounds[:, 1, 2] - bounds[:, 0, 2])
    poses[:, 2, 3] = heights
    bounds[..., 2] += heights[:, None]
    centres[:, 2] += heights
    return _Strewn(things, poses, bounds, centres, radii)


def _by_shape(things: Sequence[Thing]) -> list[tuple[Shape, NDArray[np.int64]]]:
    """Return each shape with the numbers of the things that have it."""
    shapes = {id(thing.look.shape): thing.look.shape for thing in things}
    keys = np.array([id(thing.look.shape) for thing in things])
    return [(shape, np.flatnonzero(keys == key)) for key, shape in shapes.items()]


def _boxes(poses: Poses, points: Points) -> Points:
    """Return the boxes (N, 2, 3) of points (H, 3) in poses (N, 4, 4) without translation."""
    boxes = np.empty((len(poses), 2, 3))
    for axis in range(3):
        row = poses[:, axis, :3]
        moved = row[:, :1] * points[:, 0] + row[:, 1:2] * points[:, 1] + row[:, 2:3] * points[:, 2]
        boxes[:, 0, axis], boxes[:, 1, axis] = moved.min(axis=1), moved.max(axis=1)
    return boxes


def _rotations(group: Group, things: Sequence[Thing]) -> Points:
    """Return a rotation (N, 3, 3) for each thing; ``stable`` unless the group declares another."""
    declared: Rotation = "stable" if group.declared.rotation is None else group.declared.rotation
    if declared == "any":
        return _any_way(*(_uniforms(group, part) for part in ("share", "first", "second")))
    if declared not in ("stable", "upright"):
        return np.stack([rotation_of(thing, declared)[:3, :3] for thing in things])
    cosine, sine = directions(2 * np.pi * _uniforms(group, "yaw"))
    turns = np.zeros((len(things), 3, 3))
    turns[:, 0, 0] = turns[:, 1, 1] = cosine
    turns[:, 1, 0], turns[:, 0, 1] = sine, -sine
    turns[:, 2, 2] = 1.0
    return turns if declared == "upright" else _product(turns, _resting(things, _uniforms(group, "pose")))


def _uniforms(group: Group, part: str) -> Points:
    return bulk_uniforms(group.draws, f"{group.name}/rotation/{part}", np.arange(group.count))


def _resting(things: Sequence[Thing], uniforms: Points) -> Points:
    """Return the rotation (N, 3, 3) of a stable pose of each thing."""
    found = np.empty((len(things), 3, 3))
    for shape, numbers in _by_shape(things):
        sums = np.cumsum([pose.probability for pose in shape.stable_poses])
        chosen = np.searchsorted(sums, uniforms[numbers] * sums[-1], side="right")
        found[numbers] = np.stack([pose.rotation[:3, :3] for pose in shape.stable_poses])[chosen]
    return found


def _product(first: Points, second: Points) -> Points:
    """Return the products of matrices (N, 3, 3), summed up in one order on every processor."""
    terms = first[:, :, :, None] * second[:, None]
    product: Points = terms[:, :, 0] + terms[:, :, 1] + terms[:, :, 2]
    return product


def _any_way(share: Points, first: Points, second: Points) -> Points:
    """Return rotations (N, 3, 3) uniform on SO(3) (Shoemake, as ``Draws.rotation``)."""
    short, long = np.sqrt(1 - share), np.sqrt(share)
    (y, x), (w, z) = directions(2 * np.pi * first), directions(2 * np.pi * second)
    w, x, y, z = long * w, short * x, short * y, long * z
    rows = (
        (1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
        (2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
        (2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)),
    )
    return np.moveaxis(np.array(rows), 2, 0)
