"""Rays against one placed mesh. Depths are z in the camera's frame, metres; ``inf`` where a ray meets nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore, Material
from synthvision.assets.texels import bilinear
from synthvision.elementary import matmul
from synthvision.labels.meshes import CastMesh, Parallelogram
from synthvision.labels.projection import Index, Rays, Window, grid_lines, grid_rays, is_pinhole
from synthvision.scene import Camera

_MAX_LAYERS = 256
"""A ray that has passed this many holes in a row is taken to meet nothing."""

_MARGIN = 1e-5
"""Of a parallelogram's side, per side's length of distance: a hundred roundings of single precision."""

_NOWHERE = np.float32(1e37)
"""How far Embree's wrapper says that a ray goes which meets nothing."""

_NO_TRIANGLES = np.zeros(0, np.int32)
_NO_POINTS = np.zeros(0, np.float32)


@dataclass(frozen=True, eq=False)
class Crossings:
    """First crossings of N rays with one mesh.

    ``depth`` (N,) float32, inf for a miss; ``triangle`` (N,) int32, -1 for a miss; ``u``, ``v`` (N,) float32 weights of
    the triangle's second and third corner. Where no points were asked for and none needed, all but ``depth`` are (0,).
    """

    depth: NDArray[np.float32]
    triangle: NDArray[np.int32]
    u: NDArray[np.float32]
    v: NDArray[np.float32]

    @property
    def hit(self) -> NDArray[np.bool_]:
        """(N,) bool: the rays that have met the mesh."""
        return self.depth < np.inf

    def of(self, chosen: Index) -> Crossings:
        """Return those of some of the rays."""
        return Crossings(self.depth.take(chosen), self.triangle.take(chosen), self.u.take(chosen), self.v.take(chosen))


@dataclass(frozen=True, eq=False)
class Placed:
    """A mesh before a camera: ``object_to_camera`` (4, 4) float64, its inverse, and the instance's own materials."""

    cast: CastMesh
    object_to_camera: NDArray[np.float64]
    camera_to_object: NDArray[np.float64]
    materials: tuple[Material, ...]

    @property
    def has_holes(self) -> bool:
        return any(material.alpha_cutoff > 0 for material in self.materials)

    def in_closed_form(self, camera: Camera) -> bool:
        """Say whether ``cast_window`` needs no rays."""
        return self.cast.parallelogram is not None and not self.has_holes and is_pinhole(camera)


def cast_window(placed: Placed, camera: Camera, window: Window, store: AssetStore, *, points: bool = True) -> Crossings:
    """Cast the rays through all pixel centres of a window; arrays are row by row."""
    if placed.cast.parallelogram is not None and placed.in_closed_form(camera):
        return _cross_parallelogram(placed, placed.cast.parallelogram, camera, window, points=points)
    return cast_rays(placed, camera, grid_rays(camera, window, placed.camera_to_object), store, points=points)


def cast_rays(placed: Placed, camera: Camera, rays: Rays, store: AssetStore, *, points: bool = True) -> Crossings:
    """Cast rays in the mesh's frame; only mesh and materials of ``placed`` matter, so they may be of several places."""
    start = np.float32(camera.clip_m)
    if not placed.has_holes:
        return _first_crossings(placed.cast, rays, start) if points else _first_depths(placed.cast, rays, start)
    found = _first_crossings(placed.cast, rays, start)
    _pass_through_holes(placed, rays, found, store)
    return found


def _first_depths(cast: CastMesh, rays: Rays, start: np.float32) -> Crossings:
    """Cast rays without points, which takes a tenth less time."""
    distances = cast.bvh.run(_origins(rays, start), rays.directions, query="DISTANCE")
    return Crossings(_depths(distances, rays, start), _NO_TRIANGLES, _NO_POINTS, _NO_POINTS)


def _first_crossings(cast: CastMesh, rays: Rays, start: np.float32 | NDArray[np.float32]) -> Crossings:
    """Cast rays from depths that are one for all, or (N,)."""
    result = cast.bvh.run(_origins(rays, start), rays.directions, output=True)
    found = Crossings(_depths(result["tfar"], rays, start), result["primID"], result["u"], result["v"])
    found.triangle[~found.hit] = -1
    return found


def _depths(distances: NDArray[np.float32], rays: Rays, start: np.float32 | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return depths (N,) from how far behind ``start`` rays meet something; inf for those that meet or see nothing."""
    depth: NDArray[np.float32] = distances + start
    depth[distances >= _NOWHERE] = np.inf
    if rays.seeing is not None:
        depth[~rays.seeing] = np.inf
    return depth


def _origins(rays: Rays, start: np.float32 | NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the points (N, 3) on the rays at depths that are one for all, or (N,)."""
    origins = rays.directions * (start[:, None] if isinstance(start, np.ndarray) else start)
    for axis in range(3):  # three times as quick as all at once
        origins[:, axis] += rays.origins[..., axis]
    return origins


def _pass_through_holes(placed: Placed, rays: Rays, found: Crossings, store: AssetStore) -> None:
    """Let every ray that met a texel which is not there go on to the next surface; changes ``found`` in place."""
    pending = np.flatnonzero(found.triangle >= 0)
    for _ in range(_MAX_LAYERS):
        pending = pending[_is_hole(placed, found, pending, store)]
        if not len(pending):
            return
        # The next float after the hit, and a little for the rounding of the hit point itself.
        start = np.nextafter(found.depth[pending] * np.float32(1 + 1e-6), np.float32(np.inf))
        behind = _first_crossings(placed.cast, rays.of(pending), start)
        found.depth[pending], found.triangle[pending] = behind.depth, behind.triangle
        found.u[pending], found.v[pending] = behind.u, behind.v
        pending = pending[behind.triangle >= 0]
    found.depth[pending], found.triangle[pending] = np.inf, -1


def _is_hole(placed: Placed, found: Crossings, rays: NDArray[np.intp], store: AssetStore) -> NDArray[np.bool_]:
    """Say for each of the rays (indices into ``found``, all of them hits) whether its texel is not there."""
    triangles = found.triangle[rays]
    slots = placed.cast.mesh.slots[triangles]
    holes = np.zeros(len(rays), bool)
    for slot, material in enumerate(placed.materials):
        mine = slots == slot
        if material.alpha_cutoff > 0 and mine.any():
            chosen = rays[mine]
            alpha = _alpha(placed.cast, material, triangles[mine], found.u[chosen], found.v[chosen], store)
            holes[mine] = alpha < material.alpha_cutoff
    return holes


def _alpha(
    cast: CastMesh,
    material: Material,
    triangles: NDArray[np.int32],
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    store: AssetStore,
) -> NDArray[np.float32]:
    """Return the opacity (N,) float32 at points of triangles."""
    opacity = np.full(len(triangles), material.alpha, np.float32)
    if material.base_colour_texture is None or cast.mesh.uvs is None:
        return opacity
    image = store.image(material.base_colour_texture, cast.asset)
    if image.shape[2] < 4:  # noqa: PLR2004 - RGB has no opacity
        return opacity
    uv = interpolate(cast.mesh.uvs, triangles, u, v) * np.float32(material.uv_scale)
    return opacity * bilinear(image[:, :, 3:], uv)[:, 0] / np.float32(255)


def interpolate(
    corners: NDArray[np.float32], triangles: NDArray[np.int32], u: NDArray[np.float32], v: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Interpolate per-corner values (T, 3, C) float32 at points (N,) of triangles to (N, C) float32."""
    at = corners.take(triangles, axis=0)
    weights = np.stack([np.float32(1) - u - v, u, v], axis=1)
    interpolated: NDArray[np.float32] = np.einsum("nkc,nk->nc", at, weights)
    return interpolated


def _cross_parallelogram(
    placed: Placed, flat: Parallelogram, camera: Camera, window: Window, *, points: bool
) -> Crossings:
    """Cross a parallelogram in closed form: over an image, 1 / z of a plane is affine in the pixel.

    With the plane's point P, sides A and B and normal N = A × B in camera axes, the ray direction d meets it at
    z = N·P / N·d; coordinates along A and B are (z d - P)·A* and (z d - P)·B* for the dual basis A*, B*.
    """
    plane = _plane(placed, flat)
    columns, rows = grid_lines(camera, window)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = _affine(plane.normal, columns, rows)
        np.divide(np.float32(matmul(plane.normal, plane.point)), z, out=z)
        if not points and _all_inside(plane, camera, columns, rows):
            return Crossings(z.ravel(), _NO_TRIANGLES, _NO_POINTS, _NO_POINTS)
        a, b = (_along(dual, plane.point, z, columns, rows) for dual in (plane.dual_a, plane.dual_b))
        hit = (np.minimum(a, b) >= 0) & (np.maximum(a, b) <= 1) & (z >= camera.clip_m) & np.isfinite(z)
    z[~hit] = np.inf
    triangle = hit.astype(np.int32) - np.int32(1)
    # In the corners (origin, origin + A, origin + A + B) of the first triangle: u = a - b, v = b, beyond it too.
    return Crossings(z.ravel(), triangle.ravel(), np.subtract(a, b, out=a).ravel(), b.ravel())


@dataclass(frozen=True, eq=False)
class _Plane:
    """A parallelogram in camera axes: its origin P (m), N = A × B, and the dual basis of its sides; all (3,)."""

    point: NDArray[np.float64]
    normal: NDArray[np.float64]
    dual_a: NDArray[np.float64]
    dual_b: NDArray[np.float64]


def _plane(placed: Placed, flat: Parallelogram) -> _Plane:
    to_camera = placed.object_to_camera
    point = matmul(to_camera[:3, :3], flat.origin) + to_camera[:3, 3]
    side_a, side_b = (
        matmul(to_camera[:3, :3], flat.side_a),
        matmul(to_camera[:3, :3], flat.side_b),
    )
    normal = np.cross(side_a, side_b)
    area = matmul(normal, normal)
    return _Plane(point, normal, np.cross(side_b, normal) / area, np.cross(normal, side_a) / area)


def _along(
    dual: NDArray[np.float64],
    point: NDArray[np.float64],
    z: NDArray[np.float32],
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Return the coordinate (H, W) along one side of the points at depths ``z``."""
    along = _affine(dual, columns, rows)
    along *= z
    along -= np.float32(matmul(point, dual))
    return along


def _all_inside(plane: _Plane, camera: Camera, columns: NDArray[np.float64], rows: NDArray[np.float64]) -> bool:
    """Say whether every ray of a window surely meets the parallelogram.

    What is seen of it is convex, so four rays at the window's corners answer for all; they must meet it further from
    its edges than single precision is wrong.
    """
    ends = [(x, y, 1.0) for x in columns[[0, -1]] for y in rows[[0, -1]]]
    directions = np.array(ends)
    z = matmul(plane.normal, plane.point) / matmul(directions, plane.normal)
    origins = matmul(plane.point, plane.dual_a), matmul(plane.point, plane.dual_b)
    a, b = (z * matmul(directions, dual) - at for dual, at in zip((plane.dual_a, plane.dual_b), origins, strict=True))
    margin = _MARGIN * (1 + abs(origins[0]) + abs(origins[1]))
    inside = np.minimum(a, b).min() >= margin and np.maximum(a, b).max() <= 1 - margin
    return bool(inside and z.min() >= camera.clip_m * (1 + _MARGIN) and z.max() < np.inf)


def _affine(
    vector: NDArray[np.float64], columns: NDArray[np.float64], rows: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Return ``vector · (x, y, 1)`` for every column x and row y as (H, W) float32."""
    down, across = rows * vector[1] + vector[2], columns * vector[0]
    values: NDArray[np.float32] = np.add.outer(down.astype(np.float32), across.astype(np.float32))
    return values
