"""The world of one frame in Blender: built new from the Scene every time, in the Scene's order, and cleared after it.

Only mesh arrays, images and materials stay from frame to frame, out of sight unless an object uses them; numbers and
pictures of a material are all compared with what they are to be. So what a frame looks like cannot depend on the frames
before it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synthvision.assets import Asset, AssetStore, Material
from synthvision.errors import RenderError
from synthvision.render.blender.camera import add_camera
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.decals import Decals, decals_by_bearer, decals_by_slot
from synthvision.render.blender.graphs import GraphShelf
from synthvision.render.blender.images import ImageShelf
from synthvision.render.blender.lights import add_light
from synthvision.render.blender.materials import bound_to_mesh, shared_seed, sketch_material
from synthvision.render.blender.meshes import MeshShelf, assign, textured
from synthvision.render.blender.motion import place_moving
from synthvision.render.blender.world import add_world
from synthvision.scene import Instance, Scene


class Stage:
    """Holds the current frame in a Blender scene."""

    def __init__(self, target: bpy.types.Scene, store: AssetStore) -> None:
        self._target = target
        self._store = store
        self.meshes = MeshShelf()
        self.images = ImageShelf(store)
        self.graphs = GraphShelf()
        self.objects: tuple[bpy.types.Object, ...] = ()
        """The object of each instance, in the order of ``Scene.instances``."""
        self.lights: tuple[bpy.types.Object, ...] = ()
        """The object of each light, in the order of ``Scene.lights``."""
        self._made_materials: dict[tuple[str, Material, bool, Decals], bpy.types.Material] = {}
        self._made_meshes: dict[tuple[str, tuple[Material, ...], bool, Decals], bpy.types.Mesh] = {}

    def show(self, scene: Scene) -> None:
        """Replace whatever is there by this scene.

        Raises:
            AssetError: a mesh or image cannot be had.
            RenderError: an instance cannot be shown as its materials ask for.
        """
        self.clear()
        origin = bpy.data.objects.new("origin", None)
        self._target.collection.objects.link(origin)
        borne = decals_by_bearer(scene)
        self.objects = tuple(self._add(scene, one, origin, borne.get(one.name, ())) for one in scene.instances)
        self.lights = tuple(add_light(self._target, light, origin) for light in scene.lights)
        add_camera(self._target, scene.camera, origin)
        add_world(self._target, scene.world, self.images, scene.camera)
        self.images.check()

    def clear(self) -> None:
        """Remove everything but what the shelves keep, and keep no more than they may."""
        kept = {mesh.session_uid for mesh in self.meshes.datablocks()}
        meshes = (mesh for mesh in bpy.data.meshes if mesh.session_uid not in kept)
        data = bpy.data
        bpy.data.batch_remove([*data.objects, *meshes, *data.lights, *data.cameras, *data.worlds, *data.actions])
        self.objects = self.lights = ()
        self._made_materials.clear()
        self._made_meshes.clear()
        self.graphs.give_back()
        self.meshes.trim()
        self.images.trim()

    def _add(self, scene: Scene, instance: Instance, origin: bpy.types.Object, decals: Decals) -> bpy.types.Object:
        asset = self._store.asset(scene.meshes[instance.mesh])
        seed = shared_seed(instance.materials)
        made = bpy.data.objects.new(instance.name, self._mesh(instance, asset, decals, seed_of_object=seed is not None))
        if seed is not None:
            made.color = (seed, 0.0, 0.0, 1.0)
        place_moving(made, origin, instance.object_to_world, instance, scene.camera.shutter_s)
        self._target.collection.objects.link(made)
        return made

    def _mesh(self, instance: Instance, asset: Asset, decals: Decals, *, seed_of_object: bool) -> bpy.types.Mesh:
        """Return one data-block per mesh and materials: Cycles builds one BVH for all instances of it.

        An instance with decals has one of its own. Seeds of patterns, which differ between all instances, are kept out
        of that where they can be.
        """
        materials = instance.materials
        if seed_of_object:
            materials = tuple(replace(material, shader_seed=0.0) for material in materials)
        key = instance.mesh, materials, seed_of_object, decals
        if key not in self._made_meshes:
            _check_slots(instance, asset)
            made = self.meshes.copy_of(instance.mesh, asset.mesh)
            on_slots = decals_by_slot(decals, asset.mesh, len(materials))
            assign(
                made,
                tuple(
                    self._material(instance.mesh, material, asset, seed_of_object, on_slot)
                    for material, on_slot in zip(materials, on_slots, strict=True)
                ),
            )
            self._made_meshes[key] = made
        return self._made_meshes[key]

    def _material(
        self, mesh: str, material: Material, asset: Asset, seed_of_object: bool, decals: Decals
    ) -> bpy.types.Material:
        key = mesh if decals or bound_to_mesh(material) else "", material, seed_of_object, decals
        if key not in self._made_materials:
            sketch = self.graphs.sketch()
            sketch_material(sketch, material, asset, self.images, decals, seed_of_object=seed_of_object)
            self._made_materials[key] = self.graphs.take(sketch)
        return self._made_materials[key]


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
