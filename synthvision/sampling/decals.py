"""Pictures on surfaces: where on its instance each decal lies, how large and how deep, and which picture it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.errors import FrameError, PlacementError, did_you_mean
from synthvision.recipe.distributions import Number
from synthvision.recipe.model import Category
from synthvision.recipe.things import Decal as Declared
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group, Placed
from synthvision.sampling.shapes import Points, area_vectors
from synthvision.sampling.slabs import slab_depth
from synthvision.sampling.sources import Sources
from synthvision.sampling.traits import TraitFinder
from synthvision.scene import Camera, Decal, Vector
from synthvision.scene.poses import Pose, as_matrix, cross, transform_points, unit

TRIES = 32
"""Places tried before a decal that must be visible is given up."""

_UP_COSINE = 0.5
"""What faces up is tilted by at most 60 degrees."""

_TOWARDS_COSINE = 0.17
"""What faces the camera is seen at 10 degrees or more."""

_LIFT = 1e-4
"""Share of the mesh's extent by which a line of sight starts above the surface."""


class DecalArtist:
    """Puts the declared decals on the instances of a scene.

    Args:
        categories: of the recipe, for their numbers.
        store: has the pictures, whose proportions count.
        sources: finds them by name.
        finder: finds their keypoints.
    """

    def __init__(
        self, categories: Sequence[Category], store: AssetStore, sources: Sources, finder: TraitFinder
    ) -> None:
        self._category_ids = {category.name: number for number, category in enumerate(categories, start=1)}
        self._store = store
        self._sources = sources
        self._finder = finder

    def draw(
        self, groups: Sequence[tuple[Group, Sequence[Placed]]], camera: Camera, labelled: int
    ) -> tuple[Decal, ...]:
        """Draw the decals of all groups in order; labelled ones are numbered from ``labelled`` + 1 on.

        Raises:
            PlacementError: if an instance has no place for a decal that it must bear.
            FrameError: if a size is not above 0, or a slot is not one of the asset's.
            AssetError: if a picture cannot be used.
        """
        made: list[Decal] = []
        for group, placed in groups:
            named = tuple(zip(decal_names(group.declared.decals), group.declared.decals, strict=True))
            for one in placed if named else ():
                bearer = _Bearer(one, camera, one_asset=isinstance(group.declared.asset, str))
                for name, declared in named:
                    made += self._on(bearer, declared, f"{one.thing.name}/{name}", labelled)
                    labelled = max(labelled, made[-1].instance_id) if made else labelled
        return tuple(made)

    def _on(self, bearer: _Bearer, declared: Declared, name: str, labelled: int) -> Iterator[Decal]:
        """Yield the decals of one declaration on one instance."""
        draws = bearer.placed.thing.draws
        if not draws.holds(declared.when, f"{name}/when") or not bearer.has_slots(declared, name):
            return
        for number in range(draws.count(declared.count, f"{name}/count")):
            instance_id = labelled + number + 1 if declared.category is not None else 0
            yield self._decal(bearer, declared, f"{name}/{number}", instance_id)

    def _decal(self, bearer: _Bearer, declared: Declared, name: str, instance_id: int) -> Decal:
        draws = bearer.placed.thing.draws
        texture = self._sources.texture(declared.texture, f"{name}/texture", draws)
        height_px, width_px = self._store.image(texture).shape[:2]
        longer = draws.positive(declared.size_m, f"{name}/size_m") / bearer.placed.body.scale
        size = longer * width_px / max(width_px, height_px), longer * height_px / max(width_px, height_px)
        point, normal = bearer.place(declared, name)
        frame = _frame(point, normal, 2 * math.pi * draws.uniform(f"{name}/turn"))
        category = declared.category or ""
        return Decal(
            name=name,
            on=bearer.placed.thing.name,
            texture=texture,
            decal_to_object=as_matrix(frame * np.array([*size, 1.0, 1.0])),
            depth_m=slab_depth(bearer.placed.body.shape, frame, size),
            roughness=_share(draws, declared.roughness, f"{name}/roughness"),
            metallic=_share(draws, declared.metallic, f"{name}/metallic"),
            bump_m=draws.number(declared.bump_m, f"{name}/bump_m"),
            instance_id=instance_id,
            category_id=self._category_ids.get(category, 0),
            category=category,
            tint=min(draws.not_negative(declared.tint, f"{name}/tint"), 1.0),
            keypoints=self._finder.picture_points(texture, self._store.image(texture)) if instance_id else (),
        )


def decal_names(decals: Sequence[Declared]) -> tuple[str, ...]:
    """Return a name for each decal of a group: as given, or its category, or ``decal``; the second has ``-2`` …."""
    names: list[str] = []
    for decal in decals:
        wanted = decal.name or decal.category or "decal"
        free, number = wanted, 2
        while free in names:
            free, number = f"{wanted}-{number}", number + 1
        names.append(free)
    return tuple(names)


def _share(draws: Draws, declared: Number | None, name: str) -> float | None:
    return None if declared is None else min(draws.not_negative(declared, name), 1.0)


def _frame(point: Vector, normal: Vector, turn_rad: float) -> Pose:
    """Return the frame at a point whose z is the normal, turned about it."""
    least = min(range(3), key=lambda axis: abs(normal[axis]))
    first = unit(cross(normal, _vector(np.eye(3)[least])))
    second = cross(normal, first)
    cosine, sine = math.cos(turn_rad), math.sin(turn_rad)
    frame = np.eye(4)
    frame[:3, 0] = [cosine * a + sine * b for a, b in zip(first, second, strict=True)]
    frame[:3, 1] = [cosine * b - sine * a for a, b in zip(first, second, strict=True)]
    frame[:3, 2], frame[:3, 3] = normal, point
    return frame


@dataclass(frozen=True, eq=False)
class _Bearer:
    """An instance that is to bear decals. With ``one_asset`` its group has no other, so slots can be checked."""

    placed: Placed
    camera: Camera
    one_asset: bool

    def has_slots(self, declared: Declared, name: str) -> bool:
        """Say whether the asset has any of the slots asked for."""
        known = [material.name for material in self.placed.thing.look.asset.materials]
        missing = [slot for slot in declared.slots or () if slot not in known]
        if missing and self.one_asset:
            near = did_you_mean(missing[0], known)
            raise FrameError(f"{name}: slots must be of {', '.join(known)}, got '{missing[0]}'{near}")
        return declared.slots is None or len(missing) < len(declared.slots)

    def place(self, declared: Declared, name: str) -> tuple[Vector, Vector]:
        """Draw a point of the surface in the mesh's frame, uniform in area over what is allowed, and its normal."""
        draws = self.placed.thing.draws
        heaped = np.cumsum(np.where(self._allowed(declared), self._areas, 0.0))
        if not heaped[-1] > 0:
            raise self._no_place(declared, name, "no such surface")
        for number in range(TRIES):
            where = f"{name}/place/{number}"
            at = float(heaped[-1]) * draws.uniform(f"{where}/triangle")
            triangle = min(int(np.searchsorted(heaped, at, side="right")), len(heaped) - 1)
            point = self._in_triangle(triangle, draws.uniform(f"{where}/u"), draws.uniform(f"{where}/v"))
            normal = unit(_vector(self._vectors[triangle]))
            if declared.side != "visible" or self._sees(point, normal):
                return point, normal
        raise self._no_place(declared, name, f"none in {TRIES} tries")

    def _in_triangle(self, triangle: int, u: float, v: float) -> Vector:
        """Return a point uniform in a triangle (Osada et al., "Shape Distributions", 2002, equation 1)."""
        a, b, c = self._corners[triangle].tolist()
        root = math.sqrt(u)
        weights = 1 - root, root * (1 - v), root * v
        x, y, z = (weights[0] * a[axis] + weights[1] * b[axis] + weights[2] * c[axis] for axis in range(3))
        return x, y, z

    def _allowed(self, declared: Declared) -> NDArray[np.bool_]:
        asset, allowed = self.placed.thing.look.asset, np.ones(len(self._areas), bool)
        if declared.slots is not None:
            chosen = [slot for slot, material in enumerate(asset.materials) if material.name in declared.slots]
            allowed &= np.isin(asset.mesh.slots, chosen)
        if declared.side == "top":
            x, y, z = self.placed.body.pose[2, :3].tolist()
            allowed &= _along(self._vectors, (x, y, z)) >= _UP_COSINE * self.placed.body.scale * 2 * self._areas
        elif declared.side == "visible":
            middles = (self._corners[:, 0] + self._corners[:, 1] + self._corners[:, 2]) / 3
            x, y, z = self._towards(middles).T
            cosines = self._vectors[:, 0] * x + self._vectors[:, 1] * y + self._vectors[:, 2] * z
            allowed &= cosines > _TOWARDS_COSINE * np.sqrt(x * x + y * y + z * z) * 2 * self._areas
        return allowed

    def _sees(self, point: Vector, normal: Vector) -> bool:
        """Say whether nothing of the mesh itself is between a point of it and the camera."""
        shape = self.placed.body.shape
        lift = _LIFT * float((shape.bounds[1] - shape.bounds[0]).max())
        start = np.array([[at + lift * along for at, along in zip(point, normal, strict=True)]])
        towards = self._towards(start)
        ends = np.ones(1, np.float32)
        met = shape.tracer.run(start.astype(np.float32), towards.astype(np.float32), ends, query="OCCLUDED")
        return bool(met[0] < 0)

    def _towards(self, points: Points) -> Points:
        """Return the way from points (N, 3) of the mesh's frame to the camera, or as far against its view."""
        back = self.placed.body.back
        to_world = np.array(self.camera.camera_to_world)
        if not self.camera.orthographic:
            return transform_points(back, to_world[None, :3, 3]) - points
        bounds = self.placed.body.shape.bounds
        away = 2 * float(np.sqrt(((bounds[1] - bounds[0]) ** 2).sum())) * self.placed.body.scale
        linear = back.copy()
        linear[:3, 3] = 0
        return np.broadcast_to(transform_points(linear, -away * to_world[None, :3, 2]), points.shape)

    @cached_property
    def _corners(self) -> Points:
        shape = self.placed.body.shape
        return shape.points[shape.triangles]

    @cached_property
    def _vectors(self) -> Points:
        return area_vectors(self._corners)

    @cached_property
    def _areas(self) -> Points:
        vectors = self._vectors
        areas: Points = np.sqrt(_along(vectors * vectors, (1.0, 1.0, 1.0))) / 2
        return areas

    def _no_place(self, declared: Declared, name: str, got: str) -> PlacementError:
        where = {"any": "anywhere", "top": "on what faces up", "visible": "on what faces the camera"}[declared.side]
        slots = "" if declared.slots is None else f" in the slots {', '.join(declared.slots)}"
        draws = self.placed.thing.draws
        return PlacementError(
            f"frame {draws.frame_index}: decal '{name}': place must be {where}{slots}, got {got}",
            f"decals of '{self.placed.thing.name.rpartition('/')[0]}' (no place {where}{slots})",
        )


def _vector(row: Points) -> Vector:
    x, y, z = row.tolist()
    return x, y, z


def _along(vectors: Points, direction: Vector) -> Points:
    """Return scalar products (N,), summed in one order."""
    x, y, z = direction
    products: Points = vectors[:, 0] * x + vectors[:, 1] * y + vectors[:, 2] * z
    return products
