"""Named points and symmetries of things: how they are declared, and where they are on a mesh.

A declaration knows nothing of the code that makes a mesh: it finds its points on the arrays, whatever the parameters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from synthvision import elementary
from synthvision.assets.types import Mesh
from synthvision.errors import AssetError, did_you_mean

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
_EXTREME = 1e-5
"""Vertices this share of the box's diagonal behind the furthest are extreme, too: float32 tells them apart."""

_ON_SURFACE = 1e-5
"""A point this share of the box's diagonal off the surface is on it."""

_INSIDE = 0.5
"""Winding number above which a point is inside a body."""

_OBLIQUE = 2.0
"""A point inside a body is seen through its own surface up to this many times as far away as the nearest part of it:
it is, then, where the view of that part is up to 60 degrees off the perpendicular."""

Vector = tuple[float, float, float]
Share = Annotated[float, Field(ge=0, le=1)]
Shares = tuple[Share, Share, Share]
Names = tuple[str, str]
Floats = NDArray[np.float64]

_MIDDLE: Shares = (0.5, 0.5, 0.5)


@dataclass(frozen=True, config=_STRICT)
class PointSpec:
    """Where a keypoint is on a mesh. Exactly one of ``at``, ``towards`` and ``at_m`` is given.

    Attributes:
        at: a point by shares of the mesh's own box, 0…1 each.
        onto: beside ``at``: from there along this direction to the first surface of the mesh.
        towards: the point of the mesh that is furthest in this direction: the middle of all that are, or the one
            nearest to that if it is not on the surface.
        at_m: a point of the mesh's frame, metres.
        depth_m: how far before the point the mesh's own surface may be for the point to be seen, metres of the mesh's
            frame. By default twice the way from a point inside a body to the nearest surface, 0 for any other.
    """

    at: Shares | None = None
    onto: Vector | None = None
    towards: Vector | None = None
    at_m: Vector | None = None
    depth_m: Annotated[float, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in ("at", "towards", "at_m") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(f"must have exactly one of at, towards and at_m, got {' and '.join(given) or 'none'}")
        if self.onto is not None and self.at is None:
            raise ValueError(f"must have onto only beside at, got it beside {given[0]}")
        if not all(any(way) for way in (self.onto, self.towards) if way is not None):
            raise ValueError("must have a direction of some length, got [0, 0, 0]")
        return self


@dataclass(frozen=True, config=_STRICT)
class SymmetrySpec:
    """A turn about an axis of the mesh's frame after which a thing looks the same, in shape and print.

    ``fold`` such turns make a whole one, or any angle will do if it is 0. The axis leads through ``at``, a point by
    shares of the mesh's own box.
    """

    axis: Vector
    fold: Annotated[int, Field(strict=True)]
    at: Shares = _MIDDLE

    @model_validator(mode="after")
    def _turns(self) -> Self:
        if self.fold < 0 or self.fold == 1:
            raise ValueError(f"must have a fold of 0 or at least 2, got {self.fold}")
        if not any(self.axis):
            raise ValueError("must have an axis of some length, got [0, 0, 0]")
        return self


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class TraitSpecs:
    """What is declared of a kind of thing besides its shape.

    Attributes:
        keypoints: name → where it is.
        skeleton: pairs of keypoints that are joined by a line.
        flip: pairs of keypoints that change places when a picture is mirrored.
        symmetries: turns after which a thing looks the same.
    """

    keypoints: Mapping[str, PointSpec] = Field(default_factory=dict)
    skeleton: tuple[Names, ...] = ()
    flip: tuple[Names, ...] = ()
    symmetries: tuple[SymmetrySpec, ...] = ()

    @model_validator(mode="after")
    def _names(self) -> Self:
        for what, pairs in (("skeleton", self.skeleton), ("flip", self.flip)):
            for fault in pair_faults(what, pairs, self.keypoints):
                raise ValueError(fault)
        return self


def pair_faults(what: str, pairs: tuple[Names, ...], known: Mapping[str, object]) -> list[str]:
    """Return what is wrong with pairs of keypoints: unknown names, a point with itself, and one that flips twice."""
    unknown = dict.fromkeys(name for pair in pairs for name in pair if name not in known)
    faults = [f"{what} must be of keypoints, got '{name}'{did_you_mean(name, known)}" for name in unknown]
    faults += [f"{what} must be of two keypoints, got '{first}' twice" for first, second in pairs if first == second]
    if what == "flip":
        counts = Counter(name for pair in pairs for name in set(pair))
        twice = [name for name, count in counts.items() if count > 1]
        faults += [f"{what} must name a keypoint once, got '{name}' in two pairs" for name in twice]
    return faults


class Point(NamedTuple):
    """A point in a mesh's frame, metres, and how far before it the mesh's own surface may be for it to be seen."""

    position_m: Vector
    depth_m: float


def locate(mesh: Mesh, specs: Mapping[str, PointSpec]) -> dict[str, Point]:
    """Find named points on a mesh, to nine digits; AssetError for an ``onto`` that leads nowhere."""
    surface = _Surface(mesh)
    return {name: _located(surface, name, spec) for name, spec in specs.items()}


def axis_through(mesh: Mesh, symmetry: SymmetrySpec) -> tuple[Vector, Vector]:
    """Return the unit axis of a symmetry and a point on it, in the mesh's frame."""
    axis = np.array(symmetry.axis) / np.linalg.norm(symmetry.axis, axis=-1)
    return _rounded(axis), _rounded(_at(mesh, symmetry.at))


def _located(surface: _Surface, name: str, spec: PointSpec) -> Point:
    if spec.at is not None and spec.onto is not None:
        position = surface.first_met(_at(surface.mesh, spec.at), np.array(spec.onto))
        if position is None:
            rule = "lead from its point to a surface of the mesh"
            raise AssetError(f"keypoint '{name}': onto must {rule}, got {list(spec.onto)} from {list(spec.at)}")
    elif spec.towards is not None:
        position = surface.furthest(np.array(spec.towards))
    else:
        position = np.array(spec.at_m) if spec.at is None else _at(surface.mesh, spec.at)
    depth_m = spec.depth_m
    if depth_m is None:
        is_free = spec.onto is None and spec.towards is None
        depth_m = _OBLIQUE * surface.distance(position) if is_free and surface.has_inside(position) else 0.0
    return Point(_rounded(position), float(f"{depth_m:.9g}"))


def _at(mesh: Mesh, shares: Shares) -> Floats:
    low, high = mesh.bounds
    point: Floats = low + np.array(shares) * (high - low)
    return point


def _rounded(point: Floats) -> Vector:
    """Keep nine digits, which is every digit of a float32: lines of datasets hold these numbers."""
    x, y, z = (float(f"{value:.9g}") + 0.0 for value in point.tolist())
    return x, y, z


class _Surface:
    """The triangles of a mesh in float64, asked for points."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.size = float(np.linalg.norm(mesh.bounds[1] - mesh.bounds[0], axis=-1))

    @cached_property
    def corners(self) -> Floats:
        """(T, 3, 3)."""
        return self.mesh.vertices.astype(np.float64)[self.mesh.triangles]

    def first_met(self, start: Floats, way: Floats) -> Floats | None:
        """Return where a ray first meets the mesh; it may start on it (Möller and Trumbore, 1997)."""
        a = self.corners[:, 0]
        first, second = self.corners[:, 1] - a, self.corners[:, 2] - a
        across = np.cross(way, second)
        determinant = (across * first).sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = ((start - a) * across).sum(axis=1) / determinant
            turned = np.cross(start - a, first)
            v = elementary.matmul(turned, way) / determinant
            along = (turned * second).sum(axis=1) / determinant
            # A ray that goes exactly through an edge must not slip between its two triangles.
            slack = 1e-9
            met = (u >= -slack) & (v >= -slack) & (u + v <= 1 + slack)
            met &= along * np.linalg.norm(way, axis=-1) >= -_ON_SURFACE * self.size
        return start + float(along[met].min()) * way if met.any() else None

    def furthest(self, way: Floats) -> Floats:
        """Return the point that is furthest in a direction."""
        vertices = self.mesh.vertices.astype(np.float64)
        heights = elementary.matmul(vertices, way / np.linalg.norm(way, axis=-1))
        extreme = vertices[heights >= heights.max() - _EXTREME * self.size]
        middle: Floats = (extreme.min(axis=0) + extreme.max(axis=0)) / 2
        if len(extreme) == 1 or self.distance(middle) <= _ON_SURFACE * self.size:
            return middle
        nearest: Floats = extreme[np.linalg.norm(extreme - middle, axis=1).argmin()]
        return nearest

    def has_inside(self, point: Floats) -> bool:
        """Say whether a point is inside a body, by its winding number (van Oosterom and Strackee, 1983)."""
        a, b, c = np.moveaxis(self.corners - point, 1, 0)
        of_a, of_b, of_c = (np.linalg.norm(side, axis=1) for side in (a, b, c))
        over = (a * np.cross(b, c)).sum(axis=1)
        under = of_a * of_b * of_c
        under += (a * b).sum(axis=1) * of_c + (b * c).sum(axis=1) * of_a + (c * a).sum(axis=1) * of_b
        return bool(elementary.arctan2(over, under).sum() / (2 * np.pi) > _INSIDE)

    def distance(self, point: Floats) -> float:
        """Return how far a point is from the surface."""
        a, b, c = np.moveaxis(self.corners - point, 1, 0)
        to_edges = np.min([_to_segment(start, end) for start, end in ((a, b), (b, c), (c, a))], axis=0)
        normal = np.cross(b - a, c - a)
        inside = np.all([(np.cross(e - s, -s) * normal).sum(axis=1) >= 0 for s, e in ((a, b), (b, c), (c, a))], axis=0)
        length = np.linalg.norm(normal, axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            to_plane = np.abs((a * normal).sum(axis=1)) / length
        return float(np.where(inside & (length > 0), to_plane, to_edges).min())


def _to_segment(start: Floats, end: Floats) -> Floats:
    """Return the distances (N,) of the origin from segments."""
    way = end - start
    squares = (way**2).sum(axis=1)
    share = np.clip(-(start * way).sum(axis=1) / np.where(squares > 0, squares, 1.0), 0, 1)
    distances: Floats = np.linalg.norm(start + share[:, None] * way, axis=1)
    return distances
