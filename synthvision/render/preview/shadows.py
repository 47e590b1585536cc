"""Hard shadows: rays from what is seen to a lamp, only against meshes whose bounding sphere they can touch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.elementary import matmul
from synthvision.labels.casting import Placed
from synthvision.render.preview.lamps import Arriving
from synthvision.render.preview.vectors import Floats, dot
from synthvision.scene import Instance, Scene
from synthvision.scene.poses import inverses

_FAR_M = 1e4
_CLEAR = 0.5
"""What lets more of the light through than this casts no shadow."""


@dataclass(frozen=True, eq=False)
class Casters:
    """The K things that cast shadows: all but glass, and the ground, which nothing lies under.

    ``scene_index`` (K,) says which instance of the scene each is;
    ``centres`` (K, 3) and ``radii`` (K,) float32 are bounding spheres in the world; ``world_to_object`` (K, 4, 4).
    """

    placed: tuple[Placed, ...]
    scene_index: tuple[int, ...]
    centres: Floats
    radii: Floats
    world_to_object: NDArray[np.float64]


def casters(scene: Scene, placed: tuple[Placed, ...]) -> Casters:
    """Collect the casters of a scene."""
    chosen = [index for index, instance in enumerate(scene.instances) if _casts(instance)]
    matrices = np.array([scene.instances[index].object_to_world for index in chosen]).reshape(-1, 4, 4)
    boxes = np.array([placed[index].cast.mesh.bounds for index in chosen]).reshape(-1, 2, 3)
    middles = boxes.mean(axis=1)
    scales = np.linalg.norm(matrices[:, :3, 0], axis=1)
    return Casters(
        placed=tuple(placed[index] for index in chosen),
        scene_index=tuple(chosen),
        centres=(np.einsum("kij,kj->ki", matrices[:, :3, :3], middles) + matrices[:, :3, 3]).astype(np.float32),
        radii=(np.linalg.norm(boxes[:, 1] - middles, axis=1) * scales * 1.001).astype(np.float32),
        world_to_object=inverses(matrices),
    )


def _casts(instance: Instance) -> bool:
    if instance.name == "ground":
        return False
    passed = sum(material.transmission for material in instance.materials)
    return passed <= _CLEAR * len(instance.materials)


def lit(things: Casters, origins: Floats, arriving: Arriving, facing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say for points (N, 3) which of them the lamp reaches; ``facing`` (N,) marks those worth a ray.

    Holes of alpha-masked materials cast shadows as if they were not holes.
    """
    reached = facing.copy()
    rays = np.flatnonzero(facing)
    starts, towards = origins.take(rays, axis=0), arriving.towards[rays]
    reach = np.minimum(arriving.distances[rays], np.float32(_FAR_M))
    free = np.ones(len(rays), bool)
    start_along, start_squared = dot(starts, towards), dot(starts, starts)
    for index, (centre, radius) in enumerate(zip(things.centres, things.radii, strict=True)):
        # Where along its ray each point is nearest to the sphere, and how far the ray's line passes from its centre.
        along = matmul(towards, centre)
        along -= start_along
        squared = matmul(starts, -2 * centre)
        squared += start_squared
        squared -= along * along
        near = np.flatnonzero(squared < radius * radius - matmul(centre, centre))
        between = (along[near] > -radius) & (along[near] < reach[near] + radius)
        ours = near[between & free[near]]
        if len(ours):
            spans = towards.take(ours, axis=0) * reach[ours, None]
            free[ours] = ~_blocked(things, index, starts.take(ours, axis=0), spans)
    reached[rays] = free
    return reached


def _blocked(things: Casters, index: int, starts: Floats, spans: Floats) -> NDArray[np.bool_]:
    """Whether each segment ``start`` … ``start + span`` meets the mesh."""
    matrix = things.world_to_object[index]
    linear = matrix[:3, :3].T.astype(np.float32)
    origins = matmul(starts, linear) + matrix[:3, 3].astype(np.float32)
    ends = np.ones(len(starts), np.float32)
    met = things.placed[index].cast.bvh.run(origins, matmul(spans, linear), dists=ends, query="OCCLUDED")
    blocked: NDArray[np.bool_] = met >= 0
    return blocked
