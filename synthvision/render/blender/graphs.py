"""Materials that outlive a frame: their nodes serve again for whatever has a graph of the same shape.

Every number and every picture of a graph is compared with what it is to be each time that it is taken, so nothing of
what it was before is left in it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Hashable

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.shaders.sketch import Layout, Sketch, SketchedNode, layout_of_node

MAX_NODES = 8_000
"""Nodes kept between frames (about 30 MB) before the materials least recently taken are dropped."""

_SCRATCH = "scratch"


class BuiltGraph:
    """A material with the nodes of a sketch, and what its numbers and pictures are now."""

    def __init__(self, sketch: Sketch) -> None:
        self.material = bpy.data.materials.new("material")
        tree = self.material.node_tree
        default = {node.bl_idname: node for node in tree.nodes}
        self._nodes = [_made(tree, node, default) for node in sketch.nodes]
        for (node, end), (from_node, start) in sketch.links.items():
            tree.links.new(self._nodes[from_node].outputs[start], self._nodes[node].inputs[end])
        self._numbers = [node.layout.numbers for node in sketch.nodes]
        self._images: list[int | None] = [None] * len(sketch.nodes)

    def become(self, sketch: Sketch) -> None:
        """Take the numbers and pictures of a sketch of the same shape."""
        changed = False
        for index, node in enumerate(sketch.nodes):
            numbers = node.numbers()
            if numbers is not None and numbers != self._numbers[index]:
                # All numbers of a node at once: Blender looks through the graph for each that is set by itself.
                self._nodes[index].inputs.foreach_set("default_value", numbers)
                self._numbers[index] = numbers
                changed = True
            if node.image is not None and node.image.session_uid != self._images[index]:
                self._nodes[index].image = node.image
                self._images[index] = node.image.session_uid
        if changed:
            self.material.node_tree.update_tag()


class GraphShelf:
    """Materials in Blender by the shape of their graph, as many of each as one frame has wanted."""

    def __init__(self, max_nodes: int = MAX_NODES) -> None:
        self._max_nodes = max_nodes
        self._kept: OrderedDict[tuple[Hashable, int], tuple[BuiltGraph, int]] = OrderedDict()
        self._nodes = 0
        self._taken: Counter[Hashable] = Counter()
        self._layouts: dict[Hashable, Layout] = {}

    def sketch(self) -> Sketch:
        """Return an empty sketch of a graph."""
        return Sketch(self._layout)

    def take(self, sketch: Sketch) -> bpy.types.Material:
        """Return a material that has this graph; it is nobody else's until ``give_back``."""
        shape = sketch.shape()
        key = shape, self._taken[shape]
        self._taken[shape] += 1
        if key not in self._kept:
            self._kept[key] = BuiltGraph(sketch), len(sketch.nodes)
            self._nodes += len(sketch.nodes)
        self._kept.move_to_end(key)
        graph, _ = self._kept[key]
        graph.become(sketch)
        return graph.material

    def give_back(self) -> None:
        """Take back all materials, for the next frame, and drop what is too much; nothing must use them any more."""
        self._taken.clear()
        dropped = []
        while self._nodes > self._max_nodes:
            _, (graph, nodes) = self._kept.popitem(last=False)
            self._nodes -= nodes
            dropped.append(graph.material)
        if dropped:
            bpy.data.batch_remove(dropped)

    def __len__(self) -> int:
        return len(self._kept)

    def _layout(self, kind: str, settings: tuple[tuple[str, Hashable], ...]) -> Layout:
        key = kind, settings
        if key not in self._layouts:
            tree = bpy.data.node_groups.new(_SCRATCH, "ShaderNodeTree")
            node = tree.nodes.new(kind)
            for name, value in settings:
                setattr(node, name, value)
            self._layouts[key] = layout_of_node(node)
            bpy.data.node_groups.remove(tree)
        return self._layouts[key]


def _made(tree: bpy.types.NodeTree, sketched: SketchedNode, default: dict[str, bpy.types.Node]) -> bpy.types.Node:
    """Return one of the nodes that a new material has, once, or else a new one."""
    made = default.pop(sketched.kind, None) or tree.nodes.new(sketched.kind)
    for name, value in sketched.settings:
        setattr(made, name, value)
    return made
