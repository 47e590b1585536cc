"""The surroundings: an equirectangular image, or one colour."""

from __future__ import annotations

import math

from synthvision.assets import Texture
from synthvision.render.backdrop import backdrop_scale
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.lens_window import lens_window
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.sketch import Drawing, Sketch, SketchedNode
from synthvision.render.blender.shaders.wiring import Socket
from synthvision.scene import Camera, World

_IMPORTANCE_MAP_PX = 1024
"""Greatest width of the map that Cycles picks directions from, made anew in each frame. 512 takes 25 ms; 1024 takes
100 ms and leaves 1 to 24 % less variance; 2048 takes 400 ms. Left to itself Cycles takes 4096 or more: above 1 s."""


def sketch_world(wiring: Sketch, world: World, camera: Camera, backdrop_px: tuple[int, int]) -> Drawing:
    """Draw the background and the light that comes from it.

    Args:
        wiring: an empty sketch.
        world: what is drawn.
        camera: what sees the backdrop.
        backdrop_px: its width and height; counts for nothing where there is none.
    """
    background = wiring.node("ShaderNodeBackground")
    output = wiring.node("ShaderNodeOutputWorld")
    wiring.connect(world.strength, background.inputs["Strength"])
    wiring.connect(world.colour, background.inputs["Color"])
    shown: Socket = background.outputs["Background"]
    if world.environment is not None:
        picture = wiring.node("ShaderNodeTexEnvironment", projection="EQUIRECTANGULAR", interpolation="Linear")
        picture.image = surroundings(world.environment)
        wiring.connect(_turned(wiring, world.rotation_deg), picture.inputs["Vector"])
        wiring.connect(picture.outputs["Color"], background.inputs["Color"])
    if world.backdrop is not None:
        picture = wiring.node("ShaderNodeTexImage", interpolation="Linear", extension="EXTEND")
        picture.image = Picture(world.backdrop, "sRGB")
        wiring.connect(_filling(wiring, backdrop_px, camera), picture.inputs["Vector"])
        shown = _hung(wiring, picture, world.backdrop_strength, shown)
    wiring.connect(shown, output.inputs["Surface"])
    return wiring.done()


def surroundings(environment: Texture) -> Picture:
    """Return the picture that surroundings are."""
    return Picture(environment, "Linear Rec.709")


def sample(made: bpy.types.World, environment: bpy.types.Image | None) -> None:
    """Set how Cycles looks for the light that comes from a world.

    Light from everywhere alike is best found by the surface's own sampling; a picture's bright spots by a map of it.
    """
    made.cycles.sampling_method = "NONE" if environment is None else "MANUAL"
    if environment is not None:
        made.cycles.sample_map_resolution = min(_IMPORTANCE_MAP_PX, environment.generated_width)


def _hung(wiring: Sketch, picture: SketchedNode, strength: float, background: Socket) -> Socket:
    """Let the camera see a picture where it sees nothing else; all other rays see the surroundings."""
    shown = wiring.node("ShaderNodeBackground")
    wiring.connect(strength, shown.inputs["Strength"])
    wiring.connect(picture.outputs["Color"], shown.inputs["Color"])
    mix = wiring.node("ShaderNodeMixShader")
    path = wiring.node("ShaderNodeLightPath")
    wiring.connect(path.outputs["Is Camera Ray"], mix.inputs["Fac"])
    wiring.connect(background, mix.inputs[1])
    wiring.connect(shown.outputs["Background"], mix.inputs[2])
    return mix.outputs["Shader"]


def _filling(wiring: Sketch, size: tuple[int, int], camera: Camera) -> Socket:
    """Return where in the picture a pixel looks up: the picture fills the image, cut off at two sides if need be."""
    across, down = backdrop_scale(size, (camera.width_px, camera.height_px))
    if camera.lens is None:
        window = wiring.node("ShaderNodeTexCoord").outputs["Window"]
    else:
        window = lens_window(wiring, camera, camera.lens)
    place = wiring.node("ShaderNodeMapping", vector_type="POINT")
    wiring.connect(((1 - across) / 2, (1 - down) / 2, 0.0), place.inputs["Location"])
    wiring.connect((across, down, 1.0), place.inputs["Scale"])
    wiring.connect(window, place.inputs["Vector"])
    return place.outputs["Vector"]


def _turned(wiring: Sketch, rotation_deg: float) -> Socket:
    """Return the direction to look up: turning the picture by an angle is turning the direction by its negative."""
    turn = wiring.node("ShaderNodeMapping", vector_type="POINT")
    wiring.connect((0.0, 0.0, -math.radians(rotation_deg)), turn.inputs["Rotation"])
    wiring.connect(wiring.node("ShaderNodeTexCoord").outputs["Generated"], turn.inputs["Vector"])
    return turn.outputs["Vector"]
