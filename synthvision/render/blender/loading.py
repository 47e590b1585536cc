"""The pictures of a scene, loaded before Blender is given them: that can be done beside a render, building cannot."""

from __future__ import annotations

from collections.abc import Iterator

from synthvision.assets import AssetStore, Texture
from synthvision.render.blender.meshes import textured
from synthvision.scene import Scene


def load_pictures(store: AssetStore, scene: Scene) -> None:
    """Have the store load or make the surroundings and textures of a scene; raises AssetError.

    A procedural surrounding takes a tenth of a second, and one with drawn parameters is new in every frame.
    """
    world = scene.world
    if world.environment is not None:
        store.environment(world.environment)
    if world.backdrop is not None:
        store.image(world.backdrop)
    for texture in dict.fromkeys(_textures(scene)):
        if texture.kind != "embedded":  # that is loaded with its asset
            store.image(texture)


def _textures(scene: Scene) -> Iterator[Texture]:
    """Yield what materials and decals show."""
    for material in dict.fromkeys(material for instance in scene.instances for material in instance.materials):
        for name in textured(material):
            yield getattr(material, name)
    for decal in scene.decals:
        yield decal.texture
