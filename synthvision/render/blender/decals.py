"""Pictures on surfaces as Cycles shades them: where the labels say that a decal reaches, softly by its opacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from synthvision.assets import Mesh
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.sketch import Sketch
from synthvision.render.blender.shaders.surface import Surface
from synthvision.render.blender.shaders.wiring import Socket, Wiring
from synthvision.scene import Decal, Scene

Decals: TypeAlias = tuple[Decal, ...]
"""In the order in which they are put on."""

_ROUNDING = 1e-4
"""Share of its size by which a decal is taken to reach farther when triangles are looked for that it may touch."""


def decals_by_bearer(scene: Scene) -> Mapping[str, Decals]:
    """Return the decals on each instance that bears any, by its name."""
    found: dict[str, Decals] = {}
    for decal in scene.decals:
        found[decal.on] = (*found.get(decal.on, ()), decal)
    return found


def decals_by_slot(decals: Decals, mesh: Mesh, slots: int) -> tuple[Decals, ...]:
    """Return for each slot of a mesh the decals that may reach one of its triangles, so that only they are shaded."""
    reached: list[list[Decal]] = [[] for _ in range(slots)]
    for decal in decals:
        back = np.linalg.inv(np.array(decal.decal_to_object))
        limit = np.array([0.5, 0.5, decal.depth_m]) * (1 + _ROUNDING) + np.array([0, 0, _ROUNDING * decal.depth_m])
        corners = (mesh.vertices @ back[:3, :3].T + back[:3, 3])[mesh.triangles]
        touched = ((corners.min(axis=1) <= limit) & (corners.max(axis=1) >= -limit)).all(axis=1)
        for slot in np.unique(mesh.slots[touched]).tolist():
            reached[slot].append(decal)
    return tuple(map(tuple, reached))


def apply_decals(wiring: Sketch, surface: Surface, decals: Decals) -> Surface:
    """Put decals over a surface, the later over the earlier."""
    for decal in decals:
        surface = _apply(wiring, surface, decal)
    return surface


def _apply(wiring: Sketch, surface: Surface, decal: Decal) -> Surface:
    share, colour = _picture(wiring, decal)
    normal, coat_normal = surface.normal, surface.coat_normal
    if decal.bump_m != 0:
        normal = wiring.bump(share, decal.bump_m, normal)
        coat_normal = wiring.bump(share, decal.bump_m, coat_normal)
    return replace(
        surface,
        colour=wiring.mix_colour(wiring.times(share, decal.tint), surface.colour, colour),
        roughness=surface.roughness
        if decal.roughness is None
        else wiring.mix(share, surface.roughness, decal.roughness),
        metallic=surface.metallic if decal.metallic is None else wiring.mix(share, surface.metallic, decal.metallic),
        transmission=0.0 if surface.transmission == 0 else wiring.mix(share, surface.transmission, 0.0),
        normal=normal,
        coat_normal=coat_normal,
    )


def _picture(wiring: Sketch, decal: Decal) -> tuple[Socket, Socket]:
    """Return how much of the surface the decal covers, 0…1, and its colour."""
    to_object = np.array(decal.decal_to_object)
    back = np.linalg.inv(to_object)
    own = wiring.node("ShaderNodeTexCoord").outputs["Object"]
    # From the decal's middle, so that small decals on large things lose no digits.
    offset = wiring.vector("SUBTRACT", own, tuple(to_object[:3, 3].tolist()))
    x, y, z = (wiring.vector("DOT_PRODUCT", offset, tuple(back[axis, :3].tolist())) for axis in range(3))
    at = wiring.joined(wiring.math("ADD", x, 0.5), wiring.math("ADD", y, 0.5))
    colour = wiring.node("ShaderNodeTexImage", interpolation="Linear", extension="EXTEND")
    clipped = wiring.node("ShaderNodeTexImage", interpolation="Linear", extension="CLIP")
    for node in (colour, clipped):
        node.image = Picture(decal.texture, "sRGB")
        wiring.connect(at, node.inputs["Vector"])
    farthest = wiring.math("MAXIMUM", wiring.math("ABSOLUTE", x), wiring.math("ABSOLUTE", y))
    inside = wiring.times(
        wiring.math("LESS_THAN", farthest, 0.5),
        wiring.math("LESS_THAN", wiring.math("ABSOLUTE", z), decal.depth_m),
        wiring.math("GREATER_THAN", _facing(wiring, tuple(to_object[:3, 2].tolist())), 0.0),
    )
    return wiring.times(inside, clipped.outputs["Alpha"]), colour.outputs["Color"]


def _facing(wiring: Wiring, up: tuple[float, float, float]) -> Socket:
    """Return the cosine between the triangle's own normal and a direction of the mesh's frame."""
    geometry = wiring.node("ShaderNodeNewGeometry").outputs
    turned = wiring.node("ShaderNodeVectorTransform", vector_type="NORMAL", convert_from="WORLD", convert_to="OBJECT")
    wiring.connect(geometry["True Normal"], turned.inputs[0])
    cosine = wiring.vector("DOT_PRODUCT", turned.outputs[0], up)
    # Cycles turns normals towards the viewer; seen from behind, the triangle's own points the other way.
    return wiring.times(cosine, wiring.linear(geometry["Backfacing"], -2.0, 1.0))
