"""Pictures on surfaces as Cycles shades them: where the labels say that a decal reaches, softly by its opacity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from synthvision.assets import Mesh
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.sketch import Sketch
from synthvision.render.blender.shaders.surface import Surface, socket_kind
from synthvision.render.blender.shaders.wiring import (
    NodeGroup,
    Socket,
    Tree,
    Value,
    Vector,
    Wiring,
    begin_group,
    give_out,
)
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
    colour, alpha, inside = _picture(wiring, decal)
    given: dict[str, Value | Vector] = {"inside": inside, "alpha": alpha, "picture": colour, "tint": decal.tint}
    given["colour"] = surface.colour
    if decal.roughness is not None:
        given |= {"roughness": surface.roughness, "roughness over": decal.roughness}
    if decal.metallic is not None:
        given |= {"metallic": surface.metallic, "metallic over": decal.metallic}
    if surface.transmission != 0:
        given["transmission"] = surface.transmission
    if decal.bump_m != 0:
        normals = {"normal": surface.normal, "coat_normal": surface.coat_normal}
        given |= {"bump": decal.bump_m, **{word: normal for word, normal in normals.items() if normal is not None}}
    over = wiring.node("ShaderNodeGroup", node_tree=_Over(f"decal over {', '.join(given)}", tuple(given)))
    for word, value in given.items():
        wiring.connect(value, over.inputs[word])
    return replace(surface, **{start.name: start for start in over.outputs})


def _picture(wiring: Sketch, decal: Decal) -> tuple[Socket, Socket, Socket]:
    """Return colour and opacity of the decal's picture at a point of the surface, and whether the decal reaches it."""
    to_object = np.array(decal.decal_to_object)
    back = np.linalg.inv(to_object)
    reach = wiring.node("ShaderNodeGroup", node_tree=_REACH)
    for name, vector in zip(_VECTORS, (to_object[:3, 3], *back[:3, :3], to_object[:3, 2]), strict=True):
        wiring.connect(tuple(vector.tolist()), reach.inputs[name])
    wiring.connect(decal.depth_m, reach.inputs["depth"])
    colour = wiring.node("ShaderNodeTexImage", interpolation="Linear", extension="EXTEND")
    clipped = wiring.node("ShaderNodeTexImage", interpolation="Linear", extension="CLIP")
    for node in (colour, clipped):
        node.image = Picture(decal.texture, "sRGB")
        wiring.connect(reach.outputs["at"], node.inputs["Vector"])
    return colour.outputs["Color"], clipped.outputs["Alpha"], reach.outputs["inside"]


@dataclass(frozen=True)
class _Over(NodeGroup):
    """A surface with a decal on it.

    Attributes:
        given: its inputs: of the surface what the decal changes, by the names of ``Surface``, and what it becomes under
            the decal (``… over``); of the picture its colour and opacity, and whether the decal reaches the point.
    """

    given: tuple[str, ...]

    def build(self) -> Tree:
        wiring, starts = begin_group(self.name, {word: socket_kind(word) for word in self.given})
        made = self._surface(wiring, starts)
        return give_out(wiring, made, {word: socket_kind(word) for word in made})

    def _surface(self, wiring: Wiring, given: Mapping[str, Socket]) -> dict[str, Socket]:
        share = wiring.times(given["inside"], given["alpha"])
        made = {"colour": wiring.mix_colour(wiring.times(share, given["tint"]), given["colour"], given["picture"])}
        for word in ("roughness", "metallic"):
            if word in given:
                made[word] = wiring.mix(share, given[word], given[f"{word} over"])
        if "transmission" in given:
            made["transmission"] = wiring.mix(share, given["transmission"], 0.0)
        if "bump" in given:
            for word in ("normal", "coat_normal"):
                made[word] = wiring.bump(share, given["bump"], given.get(word))
        return made


_VECTORS = ("middle", "x", "y", "z", "up")


@dataclass(frozen=True)
class _Reach(NodeGroup):
    """Where a point is on a decal, and whether the decal reaches it.

    Inputs: in the mesh's frame the decal's middle, the rows of the matrix back to its own frame, and its normal; its
    depth in metres. It is one node in a material, because a graph of many costs Blender time by their square.
    """

    name: str = "reach of a decal"

    def build(self) -> Tree:
        kinds = dict.fromkeys(_VECTORS, "NodeSocketVector") | {"depth": "NodeSocketFloat"}
        wiring, given = begin_group(self.name, kinds)
        own = wiring.node("ShaderNodeTexCoord").outputs["Object"]
        # From the decal's middle, so that small decals on large things lose no digits.
        offset = wiring.vector("SUBTRACT", own, given["middle"])
        x, y, z = (wiring.vector("DOT_PRODUCT", offset, given[axis]) for axis in "xyz")
        at = wiring.joined(wiring.math("ADD", x, 0.5), wiring.math("ADD", y, 0.5))
        farthest = wiring.math("MAXIMUM", wiring.math("ABSOLUTE", x), wiring.math("ABSOLUTE", y))
        inside = wiring.times(
            wiring.math("LESS_THAN", farthest, 0.5),
            wiring.math("LESS_THAN", wiring.math("ABSOLUTE", z), given["depth"]),
            wiring.math("GREATER_THAN", _facing(wiring, given["up"]), 0.0),
        )
        return give_out(wiring, {"at": at, "inside": inside}, {"at": "NodeSocketVector", "inside": "NodeSocketFloat"})


_REACH = _Reach()


def _facing(wiring: Wiring, up: Socket) -> Socket:
    """Return the cosine between the triangle's own normal and a direction of the mesh's frame."""
    geometry = wiring.node("ShaderNodeNewGeometry").outputs
    turned = wiring.node("ShaderNodeVectorTransform", vector_type="NORMAL", convert_from="WORLD", convert_to="OBJECT")
    wiring.connect(geometry["True Normal"], turned.inputs[0])
    cosine = wiring.vector("DOT_PRODUCT", turned.outputs[0], up)
    # Cycles turns normals towards the viewer; seen from behind, the triangle's own points the other way.
    return wiring.times(cosine, wiring.linear(geometry["Backfacing"], -2.0, 1.0))
