"""Short words for the nodes of a graph, so that a shader reads as its formula."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from synthvision.render.blender.compat import bpy

Socket: TypeAlias = bpy.types.NodeSocket
Tree: TypeAlias = bpy.types.NodeTree
Value: TypeAlias = Socket | float
Vector: TypeAlias = Socket | tuple[float, float, float]


@dataclass(frozen=True)
class NodeGroup(ABC):
    """Nodes that many graphs have as one. It depends on nothing but its name, so it is built once per Blender file."""

    name: str

    def tree(self) -> Tree:
        """Return it, built if it is not there yet."""
        return bpy.data.node_groups.get(self.name) or self.build()

    @abstractmethod
    def build(self) -> Tree:
        """Build it."""


@dataclass(frozen=True)
class Cells:
    """Voronoi cells: distance to the nearest centre (in cells), three random numbers per cell, and the centre (m)."""

    distance: Socket
    first: Socket
    second: Socket
    third: Socket
    centre: Socket


class Wiring:
    """Adds nodes to a tree. Every argument may be a socket or a constant; every result is a socket."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def node(self, kind: str, **settings: str | bool) -> bpy.types.Node:
        made = self.tree.nodes.new(kind)
        for name, value in settings.items():
            setattr(made, name, value)
        return made

    def connect(self, value: Value | Vector, end: Socket) -> None:
        """Link a socket, or set a constant where it is not there already: setting looks through the whole graph."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, end)
        elif end.default_value != value:
            wanted = (*value, 1.0) if isinstance(value, tuple) and end.type == "RGBA" else value
            end.default_value = wanted

    def math(self, operation: str, *values: Value, clamp: bool = False) -> Socket:
        node = self.node("ShaderNodeMath", operation=operation, use_clamp=clamp)
        for end, value in zip(node.inputs, values, strict=False):
            self.connect(value, end)
        return node.outputs["Value"]

    def add(self, first: Value, *others: Value) -> Socket:
        total: Value = first
        for other in others:
            total = self.math("ADD", total, other)
        return total

    def times(self, first: Value, *others: Value) -> Socket:
        product: Value = first
        for other in others:
            product = self.math("MULTIPLY", product, other)
        return product

    def linear(self, value: Value, factor: Value, offset: Value) -> Socket:
        """Return value × factor + offset."""
        return self.math("MULTIPLY_ADD", value, factor, offset)

    def ramp(self, value: Value, start: Value, end: Value, low: Value = 0.0, high: Value = 1.0) -> Socket:
        """Go smoothly from ``low`` at ``start`` to ``high`` at ``end``, which may be below it, and stay there."""
        node = self.node("ShaderNodeMapRange", interpolation_type="SMOOTHSTEP")
        for socket, given in zip(node.inputs, (value, start, end, low, high), strict=False):
            self.connect(given, socket)
        return node.outputs["Result"]

    def mix(self, factor: Value, first: Value, second: Value) -> Socket:
        """Return the first number where ``factor`` is 0, the second where it is 1."""
        return self._mixed("FLOAT", 2, 0, factor, first, second)

    def mix_vector(self, factor: Value, first: Vector, second: Vector) -> Socket:
        return self._mixed("VECTOR", 4, 1, factor, first, second)

    def mix_colour(self, factor: Value, first: Vector, second: Vector) -> Socket:
        return self._mixed("RGBA", 6, 2, factor, first, second)

    def _mixed(
        self, kind: str, start: int, result: int, factor: Value, first: Value | Vector, second: Value | Vector
    ) -> Socket:
        node = self.node("ShaderNodeMix", data_type=kind)
        self.connect(factor, node.inputs[0])
        self.connect(first, node.inputs[start])
        self.connect(second, node.inputs[start + 1])
        return node.outputs[result]

    def vector(self, operation: str, *vectors: Vector) -> Socket:
        node = self.node("ShaderNodeVectorMath", operation=operation)
        for end, value in zip(node.inputs, vectors, strict=False):
            self.connect(value, end)
        return node.outputs["Value" if operation in {"LENGTH", "DOT_PRODUCT", "DISTANCE"} else "Vector"]

    def scaled(self, vector: Vector, factor: Value) -> Socket:
        """Return a vector or a colour times a number."""
        node = self.node("ShaderNodeVectorMath", operation="SCALE")
        self.connect(vector, node.inputs[0])
        self.connect(factor, node.inputs["Scale"])
        return node.outputs["Vector"]

    def parts(self, vector: Socket) -> tuple[Socket, Socket, Socket]:
        node = self.node("ShaderNodeSeparateXYZ")
        self.connect(vector, node.inputs["Vector"])
        first, second, third = node.outputs
        return first, second, third

    def joined(self, x: Value, y: Value, z: Value = 0.0) -> Socket:
        node = self.node("ShaderNodeCombineXYZ")
        for end, value in zip(node.inputs, (x, y, z), strict=True):
            self.connect(value, end)
        return node.outputs["Vector"]

    def noise(self, point: Socket, size_m: float, detail: float = 0.0, roughness: float = 0.5) -> Socket:
        """Fractal Perlin noise with waves of ``size_m``, mean 0.5, mostly in [0.25, 0.75]."""
        node = self.node("ShaderNodeTexNoise")
        for name, value in (("Scale", 1 / size_m), ("Detail", detail), ("Roughness", roughness)):
            self.connect(value, node.inputs[name])
        self.connect(point, node.inputs["Vector"])
        return node.outputs[0]

    def white(self, point: Socket, across: str = "2D") -> Socket:
        """One random number in [0, 1] per point."""
        node = self.node("ShaderNodeTexWhiteNoise", noise_dimensions=across)
        self.connect(point, node.inputs["Vector"])
        return node.outputs["Value"]

    def cells(self, point: Socket, size_m: float, across: str = "3D", randomness: float = 1.0) -> Cells:
        """Cells of ``size_m`` around scattered centres, in space or (``2D``) in x and y."""
        node = self.node("ShaderNodeTexVoronoi", voronoi_dimensions=across)
        self.connect(point, node.inputs["Vector"])
        self.connect(1 / size_m, node.inputs["Scale"])
        self.connect(randomness, node.inputs["Randomness"])
        first, second, third = self.parts(node.outputs["Color"])
        return Cells(node.outputs["Distance"], first, second, third, node.outputs["Position"])

    def bump(self, height_m: Socket, size: Value, normal: Socket | None) -> Socket:
        """Bend a normal as a relief of ``height_m × size`` would, seen at the width of a pixel: finer relief fades."""
        node = self.node("ShaderNodeBump")
        self.connect(height_m, node.inputs["Height"])
        self.connect(size, node.inputs["Distance"])
        self.connect(1.0, node.inputs["Filter Width"])
        if normal is not None:
            self.connect(normal, node.inputs["Normal"])
        return node.outputs["Normal"]


def begin_group(name: str, kinds: Mapping[str, str]) -> tuple[Wiring, Mapping[str, Socket]]:
    """Make a node group with inputs of these kinds (Blender's names), and return its wiring and what they give."""
    tree = bpy.data.node_groups.new(name, "ShaderNodeTree")
    for word, kind in kinds.items():
        tree.interface.new_socket(word, in_out="INPUT", socket_type=kind)
    wiring = Wiring(tree)
    return wiring, {start.name: start for start in wiring.node("NodeGroupInput").outputs if start.name}


def give_out(wiring: Wiring, made: Mapping[str, Value | Vector], kinds: Mapping[str, str]) -> Tree:
    """Give the group outputs of these kinds, and return it."""
    for word in made:
        wiring.tree.interface.new_socket(word, in_out="OUTPUT", socket_type=kinds[word])
    ends = wiring.node("NodeGroupOutput").inputs
    for word, value in made.items():
        wiring.connect(value, ends[word])
    return wiring.tree
