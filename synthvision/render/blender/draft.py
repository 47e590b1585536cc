"""A frame on paper: all that can be worked out of a scene before Blender is touched, which any thread may do.

So it is done beside the render of the frame before, and what is left to be done while the device waits is to hand
Blender numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Asset, AssetStore, Material
from synthvision.errors import RenderError
from synthvision.render.blender.decals import Decals, decals_by_bearer, decals_by_slot
from synthvision.render.blender.materials import bound_to_mesh, shared_seed, sketch_material
from synthvision.render.blender.pictures import Picture, textured
from synthvision.render.blender.shaders.sketch import Drawing, LayoutOf, Sketch
from synthvision.render.blender.world import sketch_world
from synthvision.scene import Instance, Scene, World

_Key: TypeAlias = tuple[str, Material, bool, Decals]


@dataclass(frozen=True, eq=False)
class Body:
    """A mesh with its materials, one per slot; Cycles builds one BVH for all instances that have it."""

    mesh: str
    asset: Asset
    materials: tuple[Drawing, ...]


@dataclass(frozen=True, eq=False)
class Draft:
    """What Blender is to show.

    Attributes:
        scene: of which it is the draft.
        bodies: all that are used.
        body_of: of each instance, its index in ``bodies``.
        poses: (16 N,) float32, of each instance its 4x4 matrix to the world, column by column.
        colours: (4 N,) float32 of the instances; red is the seed of their patterns, where it is shared by them all.
        world: the surroundings.
    """

    scene: Scene
    bodies: tuple[Body, ...]
    body_of: tuple[int, ...]
    poses: NDArray[np.float32]
    colours: NDArray[np.float32]
    world: Drawing

    def pictures(self) -> Mapping[Picture, Asset | None]:
        """Return all that is shown, with the asset in which it may be embedded."""
        found: dict[Picture, Asset | None] = {picture: None for _, picture in self.world.pictures}
        for body in self.bodies:
            for drawing in body.materials:
                found.update((picture, body.asset) for _, picture in drawing.pictures)
        return found


class Drafter:
    """Makes drafts. Drawings of the last one serve again in the next; they depend on nothing but what they show."""

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self._latest: Mapping[_Key, Drawing] = {}

    def draft(self, scene: Scene, layout_of: LayoutOf) -> Draft:
        """Work out a frame.

        Raises:
            AssetError: a mesh or image cannot be had.
            RenderError: an instance cannot be shown as its materials ask for.
        """
        drawings = _Drawings(self._latest, layout_of)
        bodies = _Bodies(scene, self._store, drawings)
        seeds = [shared_seed(instance.materials) for instance in scene.instances]
        body_of = tuple(
            bodies.number_of(instance, seed_of_object=seed is not None)
            for instance, seed in zip(scene.instances, seeds, strict=True)
        )
        self._latest = drawings.made
        poses = np.array([instance.object_to_world for instance in scene.instances], np.float32).reshape(-1, 4, 4)
        colours = [(1.0, 1.0, 1.0, 1.0) if seed is None else (seed, 0.0, 0.0, 1.0) for seed in seeds]
        return Draft(
            scene,
            tuple(bodies.made),
            body_of,
            poses.transpose(0, 2, 1).reshape(-1),
            np.array(colours, np.float32).reshape(-1),
            sketch_world(Sketch(layout_of), scene.world, scene.camera, self._backdrop_px(scene.world)),
        )

    def _backdrop_px(self, world: World) -> tuple[int, int]:
        if world.backdrop is None:
            return 1, 1
        height, width = self._store.image(world.backdrop).shape[:2]
        return width, height


class _Drawings:
    """The drawings of materials of one frame."""

    def __init__(self, earlier: Mapping[_Key, Drawing], layout_of: LayoutOf) -> None:
        self._earlier, self._layout_of = earlier, layout_of
        self.made: dict[_Key, Drawing] = {}

    def of(self, mesh: str, material: Material, asset: Asset, seed_of_object: bool, decals: Decals) -> Drawing:
        key = mesh if decals or bound_to_mesh(material) else "", material, seed_of_object, decals
        drawing = self.made.get(key) or self._earlier.get(key)
        if drawing is None:
            sketch = Sketch(self._layout_of)
            drawing = sketch_material(sketch, material, asset, decals, seed_of_object=seed_of_object)
        self.made[key] = drawing
        return drawing


class _Bodies:
    """The bodies of one frame."""

    def __init__(self, scene: Scene, store: AssetStore, drawings: _Drawings) -> None:
        self._scene, self._store, self._drawings = scene, store, drawings
        self._borne = decals_by_bearer(scene)
        self._numbers: dict[tuple[str, tuple[Material, ...], bool, Decals], int] = {}
        self.made: list[Body] = []

    def number_of(self, instance: Instance, *, seed_of_object: bool) -> int:
        """Return the number of the body of an instance: one per mesh and materials.

        An instance with decals has one of its own. Seeds of patterns, which differ between all instances, are kept out
        of it where they can be.
        """
        materials, decals = instance.materials, self._borne.get(instance.name, ())
        if seed_of_object:
            materials = tuple(replace(material, shader_seed=0.0) for material in materials)
        key = instance.mesh, materials, seed_of_object, decals
        if key not in self._numbers:
            self._numbers[key] = len(self.made)
            self.made.append(self._body(instance, materials, seed_of_object, decals))
        return self._numbers[key]

    def _body(self, instance: Instance, materials: tuple[Material, ...], seed_of_object: bool, decals: Decals) -> Body:
        asset = self._store.asset(self._scene.meshes[instance.mesh])
        _check_slots(instance, asset)
        on_slots = decals_by_slot(decals, asset.mesh, len(materials))
        drawn = (
            self._drawings.of(instance.mesh, material, asset, seed_of_object, on_slot)
            for material, on_slot in zip(materials, on_slots, strict=True)
        )
        return Body(instance.mesh, asset, tuple(drawn))


def _check_slots(instance: Instance, asset: Asset) -> None:
    greatest = int(np.max(asset.mesh.slots, initial=-1))
    if greatest >= len(instance.materials):
        raise RenderError(
            f"instance '{instance.name}': materials must be one per slot of the mesh ({greatest + 1}), "
            f"got {len(instance.materials)}"
        )
    for material in instance.materials:
        if asset.mesh.uvs is None and textured(material):
            raise RenderError(
                f"instance '{instance.name}': material '{material.name}' must have no textures, because the mesh has "
                f"no texture coordinates, got {', '.join(textured(material))}"
            )
