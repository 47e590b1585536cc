"""What can be measured of bodies that lie: how deep they are in each other, whether they touch, how far they move.

All on the meshes, at their corners and at points along their edges, and never on the convex parts that physics takes
them for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy.spatial import cKDTree

from synthvision.sampling.bodies import Body, near
from synthvision.sampling.physics.settling import still_m
from synthvision.sampling.physics.simulation import Simulation
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.sampling.shapes import Points, Shape, winding_number
from synthvision.scene.poses import transform_points

SPACING = 0.005
"""Of points along edges, as a share of the size."""

NEAREST = 30


def size_m(body: Body) -> float:
    return float(np.ptp(body.shape.bounds, axis=0).max()) * body.scale


def tolerance_m(body: Body) -> float:
    """1 mm or 1 % of its size, whichever is more."""
    return max(1e-3, 0.01 * size_m(body))


def reach_m(body: Body, other: Body) -> float:
    """How near is touching: hollows of 1 % of what stands, such as a bin, are closed for physics."""
    closed = 0.01 * size_m(other) if size_m(other) > 3 * size_m(body) else 0.0
    return tolerance_m(body) + closed


def probes(shape: Shape) -> Points:
    """Corners, and points along edges, in the mesh's own frame."""
    starts, ends = np.moveaxis(shape.points[shape.edges], 1, 0)
    lengths = np.linalg.norm(ends - starts, axis=1)
    steps = np.ceil(lengths / (SPACING * float(np.ptp(shape.bounds, axis=0).max()))).astype(int)
    edge = np.repeat(np.arange(len(steps)), steps - 1)
    number = np.arange(len(edge)) - np.repeat(np.cumsum(steps - 1) - (steps - 1), steps - 1) + 1
    along = (number / steps[edge])[:, None]
    return np.concatenate([shape.points, starts[edge] * (1 - along) + ends[edge] * along])


WAYS = ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, 1.0), (0.0, 0.0, -1.0))


def depth_m(body: Body, other: Body) -> float:
    """Return how deep the deepest point of a body is inside the mesh of another; 0 if not deeper than is allowed."""
    points: Points = transform_points(other.back, transform_points(body.pose, probes(body.shape)))
    low, high = other.shape.bounds
    inside = points[((points > low) & (points < high)).all(axis=1)]
    # What is deep inside a mesh sees it far away whichever way it looks; that leaves few for the exact test.
    for way in WAYS:
        distances = other.shape.distances_along(inside, way) * other.scale
        inside = inside[np.isfinite(distances) & (distances > tolerance_m(body))]
    triangles = other.shape.points[other.shape.triangles]
    return max(
        (other.shape.distance(point) * other.scale for point in inside if abs(winding_number(triangles, point)) > 0.5),
        default=0.0,
    )


def overlaps(bodies: Sequence[Body]) -> list[tuple[int, int, float]]:
    """Return which bodies are in which, deeper than is allowed, by how much; the ground is number -1."""
    boxes = np.stack([body.bounds for body in bodies])
    found = [
        (number, other, depth_m(body, bodies[other]))
        for number, body in enumerate(bodies)
        for other in near(body.bounds, boxes, 0.0)
        if other != number
    ]
    found += [(number, -1, -float(body.bounds[0, 2])) for number, body in enumerate(bodies)]
    return [(number, other, depth) for number, other, depth in found if depth > tolerance_m(bodies[number])]


def gaps_m(body: Body, other: Body) -> Iterator[float]:
    """Yield how far apart the meshes of two bodies are, metres: of points of the one from the other's triangles.

    Over a large face, such as a floor, no edge is near: there it counts how far one is above the other. The least of
    all is the gap; what is quick to find comes first.
    """
    mine, its = (transform_points(one.pose, probes(one.shape)) for one in (body, other))
    distances, partners = cKDTree(its).query(mine)
    yield distances.min()
    yield other.distances_along(mine, (0.0, 0.0, -1.0)).min()
    yield body.distances_along(its, (0.0, 0.0, -1.0)).min()
    for number in np.argsort(distances)[:NEAREST]:
        yield other.distance(mine[number])
        yield body.distance(its[partners[number]])


def contacts(bodies: Sequence[Body], number: int) -> list[int]:
    """Return which bodies one of them touches, within what is allowed to it; the ground is number -1."""
    body = bodies[number]
    boxes = np.stack([one.bounds for one in bodies])
    ground = [-1] if body.bounds[0, 2] <= tolerance_m(body) else []
    return ground + [
        other
        for other in near(body.bounds, boxes, 0.01)
        if other != number and any(gap <= reach_m(body, bodies[other]) for gap in gaps_m(body, bodies[other]))
    ]


def afloat(bodies: Sequence[Body]) -> list[int]:
    """Return which bodies touch neither the ground nor another body."""
    return [number for number in range(len(bodies)) if not contacts(bodies, number)]


def drift(falling: Sequence[Falling], lying: Sequence[Body], standing: Sequence[Standing]) -> Points:
    """Return how far bodies that lie move in one more second (N,), as a share of what is allowed to them.

    Nothing slows them but their own friction and damping, and turning counts like moving their ends.
    """
    now = [replace(one, body=body) for one, body in zip(falling, lying, strict=True)]
    simulation = Simulation(now, standing, has_ground=True)
    before = simulation.places()
    simulation.step(1.0, 0.0)
    after = simulation.places()
    turn = 2 * np.arccos(np.clip(np.abs((before[:, 3:] * after[:, 3:]).sum(axis=1)), 0.0, 1.0))
    shift = np.linalg.norm(after[:, :3] - before[:, :3], axis=1)
    moved: Points = (shift + turn / 2 * simulation.sizes_m) / still_m(simulation.sizes_m)
    return moved
