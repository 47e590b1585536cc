"""What lies where on the thing that a pixel sees: object coordinates, texture coordinates, parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Mesh
from synthvision.labels.casting import interpolate
from synthvision.labels.projection import Index
from synthvision.labels.tracing import Traced

Floats = NDArray[np.float32]

GREATEST_PART = 255
"""The number of the slot 254, and of all beyond."""

_FEW = 1 << 15


@dataclass(frozen=True, eq=False)
class SeenMesh:
    """The N pixels that see one mesh, in any number of instances, all of them labelled or none.

    Attributes:
        mesh: it.
        labelled: whether its instances are.
        pixel: (N,) intp index in the image, row by row.
        triangle, u, v: (N,) as in ``Crossings``.
    """

    mesh: Mesh
    labelled: bool
    pixel: Index
    triangle: NDArray[np.int32]
    u: Floats
    v: Floats


def seen_meshes(traced: Traced) -> Iterator[SeenMesh]:
    """Yield the meshes that are seen, those of labelled and of other instances apart."""
    instances, hits = traced.view.scene.instances, traced.hits
    numbers: dict[tuple[str, bool], int] = {}
    group = [numbers.setdefault((one.mesh, one.instance_id > 0), len(numbers)) for one in instances]
    member = dict(zip(group, range(len(group)), strict=True))
    # Whole numbers of 16 bits are sorted in linear time. Index -1 (nothing) takes the table's end.
    table = np.array([*group, len(numbers)], np.int16 if len(numbers) < _FEW else np.int32)
    of_pixel = table[hits.scene_map.ravel()]
    order = np.argsort(of_pixel, kind="stable")
    ends = np.cumsum(np.bincount(of_pixel, minlength=len(numbers) + 1))
    points = hits.on_meshes
    triangle, u, v = points.triangle.ravel(), points.u.ravel(), points.v.ravel()
    for (_, labelled), number in numbers.items():
        pixel = order[ends[number - 1] if number else 0 : ends[number]]
        if len(pixel):
            mesh = traced.view.placed[member[number]].cast.mesh
            yield SeenMesh(mesh, labelled, pixel, triangle.take(pixel), u.take(pixel), v.take(pixel))


def object_coordinates(shape: tuple[int, int], seen: Iterable[SeenMesh]) -> Floats:
    """Return the (H, W, 3) float32 map of ``Labels.object_coordinates``."""
    image = np.zeros((shape[0] * shape[1], 3), np.float32)
    for one in seen:
        if one.labelled:
            low, high = one.mesh.bounds
            corners = ((one.mesh.vertices - (low + high) / 2) / np.linalg.norm(high - low, axis=-1) + 0.5).astype(
                np.float32
            )
            used, triangle = _used(one.triangle, len(one.mesh.triangles))
            values = interpolate(corners[one.mesh.triangles[used]], triangle, one.u, one.v)
            # Beyond a corner by rounding only.
            _put(image, one.pixel, np.clip(values, 0, 1, out=values))
    return image.reshape(*shape, 3)


def texture_coordinates(shape: tuple[int, int], seen: Iterable[SeenMesh]) -> Floats:
    """Return the (H, W, 2) float32 map of ``Labels.uv``."""
    image = np.full((shape[0] * shape[1], 2), np.nan, np.float32)
    for one in seen:
        if one.mesh.uvs is not None:
            _put(image, one.pixel, interpolate(one.mesh.uvs, one.triangle, one.u, one.v))
    return image.reshape(*shape, 2)


def part_numbers(shape: tuple[int, int], seen: Iterable[SeenMesh]) -> NDArray[np.uint8]:
    """Return the (H, W) uint8 map of ``Labels.parts``."""
    image = np.zeros(shape[0] * shape[1], np.uint8)
    for one in seen:
        if one.labelled:
            slots = np.minimum(one.mesh.slots.astype(np.int32) + 1, GREATEST_PART).astype(np.uint8)
            image[one.pixel] = slots.take(one.triangle)
    return image.reshape(shape)


def _used(triangle: NDArray[np.int32], count: int) -> tuple[Index, Index]:
    """Return which triangles of ``count`` are there, and for each entry its place among those."""
    there = np.zeros(count, bool)
    there[triangle] = True
    place = np.cumsum(there) - 1
    return np.flatnonzero(there), place.take(triangle)


def _put(image: Floats, pixel: Index, values: Floats) -> None:
    # One axis at a time: several times quicker than assigning rows.
    for axis in range(values.shape[1]):
        image[pixel, axis] = values[:, axis]
