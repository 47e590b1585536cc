"""The world of one frame in Blender, as the Scene has it, in the Scene's order.

Meshes, images, node graphs and the objects of instances stay from frame to frame: each is given all that a frame asks
of it, or is compared with it, and those that a frame does not ask for are out of its sight. What lights and the camera
are is new in each. So what a frame looks like cannot depend on the frames before it.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress

from synthvision.assets import AssetStore
from synthvision.render.blender.camera import new_camera, place_camera, set_film
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.draft import Draft, Drafter
from synthvision.render.blender.graphs import GraphShelf, Layouts, UnknownNodeError
from synthvision.render.blender.images import ImageShelf
from synthvision.render.blender.lights import new_light, place_light
from synthvision.render.blender.meshes import MeshShelf
from synthvision.render.blender.motion import moves, place_moving
from synthvision.render.blender.things import Things
from synthvision.render.blender.world import sample, surroundings
from synthvision.scene import Scene

_DRAFTS = 3
"""Frames that may be loaded before the first of them is shown."""


class Stage:
    """Holds the current frame in a Blender scene."""

    def __init__(self, target: bpy.types.Scene, store: AssetStore) -> None:
        self._target = target
        self._drafter = Drafter(store)
        self._drafts: deque[Draft] = deque(maxlen=_DRAFTS)
        self.meshes = MeshShelf()
        self.images = ImageShelf(store)
        self.layouts = Layouts()
        self.graphs = GraphShelf(lambda: bpy.data.materials.new("material"))
        self._worlds = GraphShelf(lambda: bpy.data.worlds.new("world"))
        self._origin = bpy.data.objects.new("origin", None)
        target.collection.objects.link(self._origin)
        self._things = Things(target, self._origin, None, bpy.data.meshes.new("thing"))
        self._lights = Things(target, self._origin, bpy.data.lights, bpy.data.lights.new("light", "POINT"))
        self._cameras = Things(target, self._origin, bpy.data.cameras, bpy.data.cameras.new("camera"))
        self._movers = bpy.data.collections.new("movers")
        target.collection.children.link(self._movers)

    @property
    def objects(self) -> tuple[bpy.types.Object, ...]:
        """The object of each instance, in the order of ``Scene.instances``."""
        return tuple(self._things.objects)

    @property
    def lights(self) -> tuple[bpy.types.Object, ...]:
        """The object of each light, in the order of ``Scene.lights``."""
        return tuple(self._lights.objects)

    def make_ahead(self, scene: Scene) -> None:
        """Do what ``show`` of this scene can have done for it without Blender; any thread may call it.

        Raises:
            AssetError, RenderError: as ``show``.
        """
        try:
            draft = self._drafter.draft(scene, self.layouts.known)
        except UnknownNodeError:
            return  # so it is for ``show`` to draft the frame, which may ask Blender
        for picture, asset in draft.pictures().items():
            self.images.make_ahead(picture, asset)
        for body in draft.bodies:
            self.meshes.make_ahead(body.mesh, body.asset.mesh)
        self._drafts.append(draft)

    def show(self, scene: Scene) -> None:
        """Replace whatever is there by this scene.

        Raises:
            AssetError: a mesh or image cannot be had.
            RenderError: an instance cannot be shown as its materials ask for.
        """
        self.trim()
        draft = self._taken(scene) or self._drafter.draft(scene, self.layouts.learnt)
        images = {picture: self.images.image(picture, asset) for picture, asset in draft.pictures().items()}
        made = self.graphs.take((drawing for body in draft.bodies for drawing in body.materials), images)
        copies = tuple(
            self.meshes.copy_of(body.mesh, body.asset.mesh, tuple(made[drawing] for drawing in body.materials))
            for body in draft.bodies
        )
        self._things.show(copies, draft.body_of)
        self.meshes.sweep()
        self._things.place(draft.poses, draft.colours)
        self._lights.show(tuple(map(new_light, scene.lights)), range(len(scene.lights)))
        self._cameras.show((new_camera(scene.camera),), (0,))
        self._place(scene)
        self._target.world = self._worlds.take((draft.world,), images)[draft.world]
        environment = scene.world.environment
        sample(self._target.world, None if environment is None else images[surroundings(environment)])
        self.images.check()

    def trim(self) -> None:
        """Keep no more of what earlier frames needed than may be."""
        self._remove_movers()
        self.graphs.trim()
        self._worlds.trim()
        self.meshes.trim()
        self.images.trim()

    def _place(self, scene: Scene) -> None:
        """Place the lights, the camera, and what moves."""
        for light, made in zip(scene.lights, self._lights.objects, strict=True):
            place_light(made, light, self._origin)
        (camera,) = self._cameras.objects
        place_camera(camera, scene.camera, self._origin, self._movers)
        self._target.camera = camera
        set_film(self._target.render, scene.camera)
        shutter_s = scene.camera.shutter_s
        for instance, made in zip(scene.instances, self._things.objects, strict=True):
            if shutter_s > 0 and moves(instance):
                place_moving(made, self._origin, instance.object_to_world, instance, shutter_s, self._movers)

    def _remove_movers(self) -> None:
        if len(self._movers.objects):
            self._things.hang_up()
            self._cameras.hang_up()
            bpy.data.batch_remove([*self._movers.objects, *bpy.data.actions])

    def _taken(self, scene: Scene) -> Draft | None:
        """Return the draft of a scene that was made ahead."""
        for draft in tuple(self._drafts):
            if draft.scene is scene:
                with suppress(ValueError):  # the other thread has dropped it meanwhile
                    self._drafts.remove(draft)
                return draft
        return None
