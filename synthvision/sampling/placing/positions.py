"""Positions that depend on what stands already: inside the view of a camera, or on the surface of things."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from synthvision.errors import PlacementError
from synthvision.recipe.distributions import EasyHardPosition, Frustum, FrustumExtent, OnMesh, Position, SurfaceExtent
from synthvision.recipe.names import GROUND
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group
from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.frustum import in_frustum
from synthvision.sampling.shapes import Points, area_vectors
from synthvision.scene import Vector
from synthvision.scene.poses import as_array, transform_points

_FACES_UP = math.cos(math.radians(60))


def depends_on(declared: Position) -> tuple[str, ...]:
    """Return what must stand before a position can be drawn: names of groups or the ground."""
    match declared:
        case OnMesh(on_surface=extent):
            return (extent.of,)
        case EasyHardPosition(easy=easy, hard=hard):
            return depends_on(easy) + depends_on(hard)
        case _:
            return ()


def needs_camera(declared: Position) -> bool:
    """Say whether a position can only be drawn when the camera has its place."""
    if isinstance(declared, EasyHardPosition):
        return needs_camera(declared.easy) or needs_camera(declared.hard)
    return isinstance(declared, Frustum)


class Elsewhere:
    """Draws positions that depend on the rest of the scene; surfaces are measured once.

    ``group`` is whose positions they are, for messages.
    """

    def __init__(self, around: Around, group: Group) -> None:
        self._around = around
        self._group = group
        self._surfaces: dict[SurfaceExtent, _Surface] = {}

    def of(self, draws: Draws) -> Callable[[Frustum | OnMesh, str], Vector]:
        """Return what ``Draws.position`` asks.

        It raises PlacementError if there is no such surface, or no camera yet.
        """

        def draw(declared: Frustum | OnMesh, name: str) -> Vector:
            if isinstance(declared, Frustum):
                return self._in_view(declared.frustum, draws, name)
            extent = declared.on_surface
            if extent not in self._surfaces:
                self._surfaces[extent] = _surface(extent, self._around, self._group)
            return self._surfaces[extent].point(extent.offset_m, *_uniforms(draws, name, "triangle", "first", "second"))

        return draw

    def _in_view(self, extent: FrustumExtent, draws: Draws, name: str) -> Vector:
        if not self._around.cameras:
            raise PlacementError(
                f"{self._group.where}: a position in the frustum must be drawn after the camera, got none yet",
                self._group.refusal("no camera yet"),
            )
        camera = self._around.cameras[0]
        point = in_frustum(camera, extent, *_uniforms(draws, name, "column", "row", "depth"))
        x, y, z = transform_points(as_array(camera.camera_to_world), np.array([point]))[0].tolist()
        return x, y, z


def _uniforms(draws: Draws, name: str, *parts: str) -> Vector:
    first, second, third = (draws.uniform(f"{name}/{part}") for part in parts)
    return first, second, third


@dataclass(frozen=True, eq=False)
class _Surface:
    """Triangles (T, 3, 3) of the world, their normals (T, 3), and their areas summed up (T,)."""

    corners: Points
    normals: Points
    sums: Points

    def point(self, offset_m: float, chosen: float, first: float, second: float) -> Vector:
        """Map three uniforms to a point at a distance from the surface, uniform in its area."""
        index = int(np.searchsorted(self.sums, chosen * self.sums[-1], side="right"))
        x, y, z = (_in_triangle(self.corners[index], first, second) + self.normals[index] * offset_m).tolist()
        return x, y, z


def _surface(extent: SurfaceExtent, around: Around, group: Group) -> _Surface:
    corners = _triangles(extent, around)
    vectors = area_vectors(corners)
    areas = np.sqrt((vectors * vectors).sum(axis=1))
    normals = vectors / np.maximum(areas, np.finfo(float).tiny)[:, None]
    sums = np.cumsum(np.where(normals[:, 2] > _FACES_UP, areas, 0.0) if extent.up_only else areas)
    if not len(sums) or sums[-1] <= 0:
        which = "a surface that faces up" if extent.up_only else "a surface"
        raise PlacementError(
            f"{group.where}: on_surface.of must be of things in the frame with {which}, got '{extent.of}', which has"
            " none",
            group.refusal(f"no surface of '{extent.of}' in the frame"),
        )
    return _Surface(corners, normals, sums)


def _triangles(extent: SurfaceExtent, around: Around) -> Points:
    """Return the triangles (T, 3, 3) of a surface in the world, metres."""
    if extent.of == GROUND:
        if around.ground is None:
            return np.empty((0, 3, 3))
        half = around.ground.size_m / 2
        a, b, c, d = ([-half, -half, 0.0], [half, -half, 0.0], [half, half, 0.0], [-half, half, 0.0])
        return np.array([[a, b, c], [a, c, d]])
    found: Sequence[Points] = [body.corners for body in around.standing.of_group(extent.of)]
    return np.concatenate(found) if found else np.empty((0, 3, 3))


def _in_triangle(corners: Points, first: float, second: float) -> Points:
    """Map two uniforms to a point uniform in a triangle (3, 3) (R. Osada et al., "Shape Distributions", 2002, 4.2)."""
    root = math.sqrt(first)
    point: Points = (1 - root) * corners[0] + root * (1 - second) * corners[1] + root * second * corners[2]
    return point
