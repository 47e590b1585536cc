"""What a shader may change of a surface, and how shaders become node groups."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TypeAlias

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.shaders.sketch import Sketch
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


@dataclass(frozen=True)
class Surface:
    """The values of a surface before they are linked to the principled node: sockets, or constants.

    Shaders, marks and decals are functions from one of these to the next. Normals and ``tangent`` are world vectors;
    None stands for the mesh's own normal, or for no preferred direction.
    """

    colour: Vector
    roughness: Value
    metallic: Value
    normal: Socket | None = None
    coat_roughness: Value = 0.03
    coat_normal: Socket | None = None
    transmission: Value = 0.0
    tangent: Socket | None = None


@dataclass(frozen=True)
class Place:
    """Where the shaded point is, for a node group.

    Attributes:
        own: in the mesh's frame, metres as in life: times the instance's scale, divided by the material's shader scale.
        point: the same moved by the seed, so that no two seeds show the same part of a pattern.
        size: how much larger than in life the pattern is.
        seed: the material's number in [0, 1).
    """

    own: Socket
    point: Socket
    size: Socket
    seed: Socket


Shade: TypeAlias = Callable[[Wiring, Place, Surface], Surface]
MarkShade: TypeAlias = Callable[[Wiring, Place, Surface, Mapping[str, Socket]], Surface]

_SPREAD_M = (7.31, 5.17, 9.73)
"""How far seed 1 lies from seed 0: no pattern is nearly as wide, and float32 still resolves 1 µm there."""


@dataclass(frozen=True)
class Group(NodeGroup):
    """The node group of a shader or a mark.

    Attributes:
        shade: what is in it.
        extra: inputs besides the usual ones.
    """

    shade: MarkShade = field(compare=False)
    extra: tuple[str, ...] = field(default=(), compare=False)

    def build(self) -> Tree:
        words = ("size", "seed", *(one.name for one in fields(Surface)), *self.extra)
        wiring, starts = begin_group(self.name, {word: socket_kind(word) for word in words})
        before = Surface(**{field.name: starts[field.name] for field in fields(Surface)})
        after = self.shade(wiring, _place(wiring, starts["size"], starts["seed"]), before, starts)
        changed = {
            one.name: getattr(after, one.name)
            for one in fields(Surface)
            if getattr(before, one.name) != getattr(after, one.name)
        }
        tree = give_out(wiring, changed, {word: socket_kind(word) for word in changed})
        _drop_unused(tree, starts)
        return tree


def socket_kind(word: str) -> str:
    """Return Blender's name for the kind of a group's input or output of this name."""
    if word.endswith(("colour", "picture")):
        return "NodeSocketColor"
    return "NodeSocketVector" if word.endswith(("normal", "tangent")) else "NodeSocketFloat"


def shader_group(name: str, shade: Shade) -> Group:
    """Return the node group of a shader."""
    return Group(name, lambda wiring, place, surface, _: shade(wiring, place, surface))


def apply_group(wiring: Sketch, group: Group, surface: Surface, given: Mapping[str, Value | Vector]) -> Surface:
    """Put a group between a surface and what follows; ``given`` are size, seed and the extra inputs."""
    node = wiring.node("ShaderNodeGroup", node_tree=group)
    for end in node.inputs:
        value = given[end.name] if end.name in given else getattr(surface, end.name)
        wiring.connect(_mesh_normal(wiring) if value is None else value, end)
    return replace(surface, **{start.name: start for start in node.outputs})


def _mesh_normal(wiring: Wiring) -> Socket:
    return wiring.node("ShaderNodeNewGeometry").outputs["Normal"]


def _place(wiring: Wiring, size: Socket, seed: Socket) -> Place:
    own = wiring.node("ShaderNodeTexCoord").outputs["Object"]
    # The length of the mesh's x axis in the world is the instance's scale: patterns are as large on a large instance.
    axis = wiring.node("ShaderNodeVectorTransform", vector_type="VECTOR", convert_from="OBJECT", convert_to="WORLD")
    axis.inputs[0].default_value = (1.0, 0.0, 0.0)
    metres = wiring.scaled(own, wiring.math("DIVIDE", wiring.vector("LENGTH", axis.outputs[0]), size))
    return Place(metres, wiring.vector("ADD", metres, wiring.scaled(_SPREAD_M, seed)), size, seed)


def _drop_unused(tree: bpy.types.NodeTree, starts: Mapping[str, Socket]) -> None:
    """An input that the shader does not read would only cost time in every material."""
    unread = {word for word, start in starts.items() if not start.is_linked}
    for item in list(tree.interface.items_tree):
        if item.in_out == "INPUT" and item.name in unread:
            tree.interface.remove(item)
