"""Painted and brushed metal."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.shaders.faces import facing
from synthvision.render.blender.shaders.surface import Place, Surface
from synthvision.render.blender.shaders.wiring import Socket, Wiring


def painted_metal(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Sprayed paint: orange peel, waves of 2 mm and some 20 µm, in the clear coat too, over slightly uneven sheet."""
    peel = wiring.times(wiring.noise(place.point, 0.0022, detail=1.0), 36e-6)
    relief = wiring.linear(wiring.noise(place.point, 0.06), 120e-6, peel)
    cloud = wiring.noise(place.point, 0.05, detail=2.0)
    normal = wiring.bump(relief, place.size, surface.normal)
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, wiring.linear(cloud, 0.12, 0.94)),
        roughness=wiring.linear(cloud, 0.1, wiring.add(surface.roughness, -0.05)),
        normal=normal,
        coat_normal=normal,
    )


def brushed_metal(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Strokes of an abrasive: level around the sides of a thing, along its x axis on top of it."""
    face = facing(wiring)
    level, along_x = (1.0, 1.0, 120.0), (1.0, 120.0, 1.0)
    stretched = wiring.vector("MULTIPLY", place.point, wiring.mix_vector(face.up, level, along_x))
    strokes = wiring.noise(stretched, 0.03, detail=2.0, roughness=0.7)
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, wiring.linear(strokes, 0.3, 0.85)),
        roughness=wiring.math("MAXIMUM", wiring.linear(strokes, 0.5, wiring.add(surface.roughness, -0.25)), 0.02),
        normal=wiring.bump(wiring.times(strokes, 12e-6), place.size, surface.normal),
        tangent=_along_strokes(wiring, face.normal, face.up),
    )


def _along_strokes(wiring: Wiring, normal: Socket, up: Socket) -> Socket:
    x, y, _ = wiring.parts(normal)
    around = wiring.joined(wiring.math("SUBTRACT", 0.0, y), x)
    turn = wiring.node("ShaderNodeVectorTransform", vector_type="VECTOR", convert_from="OBJECT", convert_to="WORLD")
    wiring.connect(wiring.mix_vector(up, around, (1.0, 0.0, 0.0)), turn.inputs[0])
    return turn.outputs[0]
