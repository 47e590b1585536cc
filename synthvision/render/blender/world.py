"""The surroundings: an equirectangular image, or one colour."""

from __future__ import annotations

import math

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.images import ImageShelf
from synthvision.scene import World

_IMPORTANCE_MAP_PX = 1024
"""Greatest width of the map that Cycles picks directions from, made anew in each frame. 512 takes 25 ms; 1024 takes
100 ms and leaves 1 to 24 % less variance; 2048 takes 400 ms. Left to itself Cycles takes 4096 or more: above 1 s."""


def add_world(scene: bpy.types.Scene, world: World, images: ImageShelf) -> bpy.types.World:
    """Add the background and the light that comes from it."""
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
        made.cycles.sample_map_resolution = min(_IMPORTANCE_MAP_PX, picture.image.size[0])
        picture.projection = "EQUIRECTANGULAR"
        picture.interpolation = "Linear"
        tree.links.new(_turned(tree, world.rotation_deg), picture.inputs["Vector"])
        tree.links.new(picture.outputs["Color"], background.inputs["Color"])
    return made


def _turned(tree: bpy.types.NodeTree, rotation_deg: float) -> bpy.types.NodeSocket:
    """Return the direction to look up: turning the picture by an angle is turning the direction by its negative."""
    direction = tree.nodes.new("ShaderNodeTexCoord")
    turn = tree.nodes.new("ShaderNodeMapping")
    turn.vector_type = "POINT"
    turn.inputs["Rotation"].default_value = (0.0, 0.0, -math.radians(rotation_deg))
    tree.links.new(direction.outputs["Generated"], turn.inputs["Vector"])
    return turn.outputs["Vector"]
