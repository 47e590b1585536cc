"""The surroundings: an equirectangular image, or one colour."""

from __future__ import annotations

import math

from synthvision.assets import Texture
from synthvision.render.backdrop import backdrop_scale
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import ImageShelf
from synthvision.render.blender.lens_window import lens_window
from synthvision.scene import Camera, World

_IMPORTANCE_MAP_PX = 1024
"""Greatest width of the map that Cycles picks directions from, made anew in each frame. 512 takes 25 ms; 1024 takes
100 ms and leaves 1 to 24 % less variance; 2048 takes 400 ms. Left to itself Cycles takes 4096 or more: above 1 s."""


def add_world(scene: bpy.types.Scene, world: World, images: ImageShelf, camera: Camera) -> bpy.types.World:
    """Add the background and the light that comes from it; ``camera`` is what sees the backdrop."""
    made = bpy.data.worlds.new("world")
    scene.world = made
    tree = made.node_tree
    background = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeBackground")
    background.inputs["Strength"].default_value = world.strength
    background.inputs["Color"].default_value = (*world.colour, 1.0)
    # Light from everywhere alike is best found by the surface's own sampling; a picture's bright spots by a map of it.
    made.cycles.sampling_method = "NONE" if world.environment is None else "MANUAL"
    if world.environment is not None:
        picture = tree.nodes.new("ShaderNodeTexEnvironment")
        picture.image = images.environment(world.environment)
        made.cycles.sample_map_resolution = min(_IMPORTANCE_MAP_PX, picture.image.generated_width)
        picture.projection = "EQUIRECTANGULAR"
        picture.interpolation = "Linear"
        tree.links.new(_turned(tree, world.rotation_deg), picture.inputs["Vector"])
        tree.links.new(picture.outputs["Color"], background.inputs["Color"])
    if world.backdrop is not None:
        _hang(tree, world.backdrop, world.backdrop_strength, background, camera, images)
    return made


def _hang(
    tree: bpy.types.NodeTree,
    backdrop: Texture,
    strength: float,
    background: bpy.types.Node,
    camera: Camera,
    images: ImageShelf,
) -> None:
    """Let the camera see a picture where it sees nothing else; all other rays see the surroundings."""
    picture = tree.nodes.new("ShaderNodeTexImage")
    picture.image = images.backdrop(backdrop)
    picture.interpolation = "Linear"
    picture.extension = "EXTEND"
    tree.links.new(_filling(tree, images.size_px(backdrop), camera), picture.inputs["Vector"])
    shown = tree.nodes.new("ShaderNodeBackground")
    shown.inputs["Strength"].default_value = strength
    tree.links.new(picture.outputs["Color"], shown.inputs["Color"])
    mix = tree.nodes.new("ShaderNodeMixShader")
    path = tree.nodes.new("ShaderNodeLightPath")
    tree.links.new(path.outputs["Is Camera Ray"], mix.inputs["Fac"])
    tree.links.new(background.outputs["Background"], mix.inputs[1])
    tree.links.new(shown.outputs["Background"], mix.inputs[2])
    output = next(node for node in tree.nodes if node.bl_idname == "ShaderNodeOutputWorld")
    tree.links.new(mix.outputs["Shader"], output.inputs["Surface"])


def _filling(tree: bpy.types.NodeTree, size: tuple[int, int], camera: Camera) -> bpy.types.NodeSocket:
    """Return where in the picture a pixel looks up: the picture fills the image, cut off at two sides if need be."""
    across, down = backdrop_scale(size, (camera.width_px, camera.height_px))
    if camera.lens is None:
        window = tree.nodes.new("ShaderNodeTexCoord").outputs["Window"]
    else:
        window = lens_window(tree, camera, camera.lens)
    place = tree.nodes.new("ShaderNodeMapping")
    place.vector_type = "POINT"
    place.inputs["Location"].default_value = ((1 - across) / 2, (1 - down) / 2, 0.0)
    place.inputs["Scale"].default_value = (across, down, 1.0)
    tree.links.new(window, place.inputs["Vector"])
    return place.outputs["Vector"]


def _turned(tree: bpy.types.NodeTree, rotation_deg: float) -> bpy.types.NodeSocket:
    """Return the direction to look up: turning the picture by an angle is turning the direction by its negative."""
    direction = tree.nodes.new("ShaderNodeTexCoord")
    turn = tree.nodes.new("ShaderNodeMapping")
    turn.vector_type = "POINT"
    turn.inputs["Rotation"].default_value = (0.0, 0.0, -math.radians(rotation_deg))
    tree.links.new(direction.outputs["Generated"], turn.inputs["Vector"])
    return turn.outputs["Vector"]
