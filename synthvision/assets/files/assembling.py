"""Parts to one Asset: unit and axes, welding, degenerate triangles, shading normals, slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.files.creases import crease_normals, face_normals
from synthvision.assets.files.parts import Floats, Indices, Model, Part, check_triangle_count, checked_indices
from synthvision.assets.files.vertex_colours import bake_colours
from synthvision.assets.types import Asset, Material, Mesh
from synthvision.errors import AssetError

# A triangle whose height is below this share of its longest side has no direction that float32 vertices could carry.
LEAST_HEIGHT = 1e-10
# An axis of the file for each of our X, Y and Z, and its sign.
AXES = {"z": ((0, 1), (1, 1), (2, 1)), "y": ((0, 1), (2, -1), (1, 1)), "x": ((1, 1), (2, 1), (0, 1))}


def assemble(model: Model, unit_m: float, up: str, where: str) -> Asset:
    """Build the asset: metres, Z up, equal positions welded, degenerate triangles and unused vertices dropped.

    ``up`` is ``x``, ``y`` or ``z``, the file's axis that becomes our Z (y: x stays, y → z, z → -y; x: x → z, y → x,
    z → y). Missing normals are computed with a crease angle, or flat where the part asks for it.
    Raises AssetError for no faces, NaN, wrong indices, too many triangles, or a size of zero.
    """
    check_triangle_count(sum(len(part.triangles) for part in model.parts), where)
    baked = [bake_colours(_compact(_checked(part, where))) for part in model.parts if len(part.triangles)]
    if not baked:
        raise AssetError(f"{where}: mesh must have faces, got none")
    parts = [part for part, _ in baked]
    vertices, triangles, kept = _welded(*_placed(parts, unit_m, up, where))
    if not len(triangles):
        raise AssetError(f"{where}: mesh must have triangles with an area, got only degenerate ones")
    materials, slots = _slots(parts)
    normals = _normals(parts, vertices, triangles, kept, up)
    uvs = _uvs(parts)
    mesh = Mesh(vertices, triangles, slots[kept], None if uvs is None else uvs[kept], normals)
    images = dict(model.images)
    for _, more in baked:
        images.update(more)
    return Asset(mesh, materials, MappingProxyType(images))


def _checked(part: Part, where: str) -> Part:
    for what, array in (("vertices", part.positions), ("texture coordinates", part.uvs), ("colours", part.colours)):
        if array is not None and not np.isfinite(array).all():
            first = np.argwhere(~np.isfinite(array))[0]
            raise AssetError(f"{where}: {what} must be finite, got {array[tuple(first)]} at index {first[0]}")
    checked_indices(part.triangles, len(part.positions), where, "vertex index")
    return part


def _compact(part: Part) -> Part:
    """Keep only the vertices that triangles use, in the file's order."""
    used = np.zeros(len(part.positions), dtype=bool)
    used[part.triangles] = True
    number = np.cumsum(used) - 1
    return replace(part, positions=part.positions[used], triangles=number[part.triangles])


def _turned(array: Floats, up: str) -> Floats:
    return np.stack([array[..., axis] * sign for axis, sign in AXES[up]], axis=-1)


def _placed(parts: Sequence[Part], unit_m: float, up: str, where: str) -> tuple[NDArray[np.float32], Indices]:
    """All vertices in metres with Z up, and all triangles over them; refuses a size of nothing or beyond float32."""
    positions = _turned(np.concatenate([part.positions for part in parts]) * unit_m, up)
    size = np.ptp(positions, axis=0)
    limit = float(np.finfo(np.float32).max)
    if not 0 < size.max() <= limit or np.abs(positions).max() > limit:
        got = " x ".join(f"{side:g}" for side in size)
        raise AssetError(f"{where}: bounding box must have a size between 0 and {limit:.0e} m, got {got} m")
    offsets = np.cumsum([0, *(len(part.positions) for part in parts)])
    triangles = np.concatenate([part.triangles + start for part, start in zip(parts, offsets[:-1], strict=True)])
    # Adding 0 turns -0.0 into 0.0, so that equal positions are equal bytes.
    return positions.astype(np.float32) + np.float32(0), triangles


def _welded(
    vertices: NDArray[np.float32], triangles: Indices
) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.bool_]]:
    """Merge vertices of equal position, in order of first use; return also which triangles are kept."""
    _, code = np.unique(vertices[:, 0], return_inverse=True)
    order = np.empty(0, dtype=np.int64)
    for axis in (1, 2):
        _, rank = np.unique(vertices[:, axis], return_inverse=True)
        _, order, code = np.unique(code * (rank.max() + 1) + rank, return_index=True, return_inverse=True)
    welded = code[triangles]
    merged = vertices[order]
    kept = _have_area(merged, welded)
    used = np.zeros(len(merged), dtype=bool)
    used[welded[kept]] = True
    by_first = np.argsort(order[used], kind="stable")
    number = np.empty(len(merged), dtype=np.int32)
    number[np.flatnonzero(used)[by_first]] = np.arange(len(by_first), dtype=np.int32)
    return np.ascontiguousarray(merged[used][by_first]), number[welded[kept]], kept


def _have_area(vertices: NDArray[np.float32], triangles: Indices) -> NDArray[np.bool_]:
    corners = vertices.astype(np.float64)[triangles]
    sides = np.roll(corners, -1, axis=1) - corners
    longest = np.einsum("tij,tij->ti", sides, sides).max(axis=1)
    area: NDArray[np.bool_] = np.linalg.norm(np.cross(sides[:, 0], sides[:, 1]), axis=1) > LEAST_HEIGHT * longest
    return area


def _slots(parts: Sequence[Part]) -> tuple[tuple[Material, ...], NDArray[np.int16]]:
    """One slot per different material, in the file's order."""
    numbers: dict[Material, int] = {}
    for part in parts:
        numbers.setdefault(part.material, len(numbers))
    slots = np.concatenate([np.full(len(part.triangles), numbers[part.material], dtype=np.int16) for part in parts])
    return tuple(numbers), slots


def _uvs(parts: Sequence[Part]) -> NDArray[np.float32] | None:
    """Texture coordinates of all triangles, (0, 0) in parts that have none; None if no part has any."""
    if all(part.uvs is None for part in parts):
        return None
    arrays = [np.zeros((len(part.triangles), 3, 2)) if part.uvs is None else part.uvs for part in parts]
    return np.concatenate(arrays).astype(np.float32)


def _normals(
    parts: Sequence[Part],
    vertices: NDArray[np.float32],
    triangles: NDArray[np.int32],
    kept: NDArray[np.bool_],
    up: str,
) -> NDArray[np.float32] | None:
    """The file's normals, made unit, and computed ones at corners where it has none; None if all is flat."""
    if all(part.flat and part.normals is None for part in parts):
        return None
    given = np.concatenate(
        [np.zeros((len(part.triangles), 3, 3)) if part.normals is None else part.normals for part in parts]
    )[kept]
    length = np.linalg.norm(given, axis=2, keepdims=True)
    usable = np.isfinite(length) & (length > 0)
    unit = _turned(np.divide(given, length, out=np.zeros_like(given), where=usable), up)
    if not usable.all():
        flat = np.concatenate([np.full(len(part.triangles), part.flat) for part in parts])[kept]
        unit = np.where(usable, unit, _computed(vertices, triangles, flat))
    return unit.astype(np.float32)


def _computed(vertices: NDArray[np.float32], triangles: NDArray[np.int32], flat: NDArray[np.bool_]) -> Floats:
    faces, _ = face_normals(vertices, triangles)
    shaded = np.repeat(faces[:, None, :], 3, axis=1)
    return shaded if flat.all() else np.where(flat[:, None, None], shaded, crease_normals(vertices, triangles))
