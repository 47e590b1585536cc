"""Graphs of nodes that outlive a frame: they serve again for whatever has a graph of the same shape.

Every number and every picture of a graph is compared with what it is to be each time that it is taken, so nothing of
what it was before is left in it.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Mapping

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.sketch import Drawing, Layout, Shape, layout_of_node
from synthvision.render.blender.shaders.wiring import NodeGroup

MAX_NODES = 8_000
"""Nodes kept between frames (about 30 MB) before the graphs least recently taken are dropped."""

_SCRATCH = "scratch"

Settings = tuple[tuple[str, Hashable], ...]


class UnknownNodeError(Exception):
    """Blender was not asked yet what a kind of node has."""


class Layouts:
    """What the kinds of nodes have. Blender is asked once for each."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, Settings], Layout] = {}

    def known(self, kind: str, settings: Settings) -> Layout:
        """Return a layout without asking Blender, as any thread may; raises UnknownNodeError."""
        try:
            return self._known[kind, settings]
        except KeyError:
            raise UnknownNodeError(kind) from None

    def learnt(self, kind: str, settings: Settings) -> Layout:
        """Return a layout; Blender is asked for one that is not known."""
        if (kind, settings) not in self._known:
            tree = bpy.data.node_groups.new(_SCRATCH, "ShaderNodeTree")
            node = tree.nodes.new(kind)
            _set(node, settings)
            self._known[kind, settings] = layout_of_node(node)
            bpy.data.node_groups.remove(tree)
        return self._known[kind, settings]


class BuiltGraph:
    """A material or a world with the nodes of a drawing, and what its numbers and pictures are now."""

    def __init__(self, shape: Shape, owner: bpy.types.ID) -> None:
        self.owner = owner
        tree = owner.node_tree
        default = {node.bl_idname: node for node in tree.nodes}
        self._nodes = []
        for kind, settings in shape.nodes:
            # Each of the nodes that a new material has serves once.
            self._nodes.append(default.pop(kind, None) or tree.nodes.new(kind))
            _set(self._nodes[-1], settings)
        for (node, end), (from_node, start) in shape.links:
            tree.links.new(self._nodes[from_node].outputs[start], self._nodes[node].inputs[end])
        self._numbers: list[tuple[float, ...] | None] = [None] * len(shape.nodes)
        self._images: list[int | None] = [None] * len(shape.nodes)

    def become(self, drawing: Drawing, images: Mapping[Picture, bpy.types.Image]) -> None:
        """Take the numbers and pictures of a drawing of the same shape."""
        changed = False
        for index, (numbers, before) in enumerate(zip(drawing.numbers, self._numbers, strict=True)):
            if numbers is not before and numbers != before:
                # All numbers of a node at once: Blender looks through the graph for each that is set by itself. What it
                # has is unknown where it refuses one of them.
                self._numbers[index] = None
                self._nodes[index].inputs.foreach_set("default_value", numbers)
                self._numbers[index] = numbers
                changed = True
        for index, picture in drawing.pictures:
            image = images[picture]
            if image.session_uid != self._images[index]:
                self._nodes[index].image = image
                self._images[index] = image.session_uid
        if changed:
            self.owner.node_tree.update_tag()


class GraphShelf:
    """Materials, or worlds, in Blender by the shape of their graph, as many of each as one frame has wanted."""

    def __init__(self, new: Callable[[], bpy.types.ID], max_nodes: int = MAX_NODES) -> None:
        self._new = new
        self._max_nodes = max_nodes
        self._kept: OrderedDict[tuple[Shape, int], BuiltGraph] = OrderedDict()
        self._nodes = 0
        self._taken: Counter[Shape] = Counter()

    def take(self, drawing: Drawing, images: Mapping[Picture, bpy.types.Image]) -> bpy.types.ID:
        """Return a data-block that has this graph and shows these images; it is nobody else's until ``give_back``."""
        shape = drawing.shape
        key = shape, self._taken[shape]
        self._taken[shape] += 1
        if key not in self._kept:
            self._kept[key] = BuiltGraph(shape, self._new())
            self._nodes += len(shape.nodes)
        self._kept.move_to_end(key)
        self._kept[key].become(drawing, images)
        return self._kept[key].owner

    def give_back(self) -> None:
        """Take back all, for the next frame, and drop what is too much; nothing must use them any more."""
        self._taken.clear()
        dropped = []
        while self._nodes > self._max_nodes:
            (shape, _), graph = self._kept.popitem(last=False)
            self._nodes -= len(shape.nodes)
            dropped.append(graph.owner)
        if dropped:
            bpy.data.batch_remove(dropped)

    def __len__(self) -> int:
        return len(self._kept)


def _set(node: bpy.types.Node, settings: Settings) -> None:
    for name, value in settings:
        setattr(node, name, value.tree() if isinstance(value, NodeGroup) else value)
