"""Graphs of nodes that outlive a frame: they serve again for whatever has a graph of the same shape.

Every number and every picture of a graph is compared with what it is to be each time that it is taken, so nothing of
what it was before is left in it.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.sketch import Drawing, Layout, Shape, layout_of_node
from synthvision.render.blender.shaders.wiring import NodeGroup

MAX_NODES = 8_000
"""Nodes kept between frames (about 30 MB) before the graphs least recently taken are dropped."""

MAX_NEW = 8
"""Graphs that one frame makes for pictures that another graph could show instead."""

MAX_MISSED = 10_000
"""Pictures remembered that no graph showed when they were wanted."""

_SCRATCH = "scratch"

Settings = tuple[tuple[str, Hashable], ...]

Images = tuple[int, ...]
"""Blender's numbers of images, of which no two in a session have the same."""

_Look = tuple[Shape, Images]
_Name = TypeVar("_Name", bound=Hashable)


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
    """A material or a world with the nodes of a drawing, and what its numbers and pictures are now.

    Attributes:
        shape: of the drawing.
        owner: the material or world.
        images: which each of its nodes with pictures shows.
    """

    def __init__(self, shape: Shape, owner: bpy.types.ID) -> None:
        self.shape, self.owner = shape, owner
        self.images: Images = ()
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

    @property
    def look(self) -> _Look:
        """Shape and images."""
        return self.shape, self.images

    def become(self, drawing: Drawing, images: Sequence[bpy.types.Image]) -> None:
        """Take the numbers of a drawing of the same shape, and an image for each of its pictures."""
        changed = False
        for index, (numbers, before) in enumerate(zip(drawing.numbers, self._numbers, strict=True)):
            if numbers is not before and numbers != before:
                # All numbers of a node at once: Blender looks through the graph for each that is set by itself. What it
                # has is unknown where it refuses one of them.
                self._numbers[index] = None
                self._nodes[index].inputs.foreach_set("default_value", numbers)
                self._numbers[index] = numbers
                changed = True
        if changed:
            self.owner.node_tree.update_tag()
        session_ids = _session_ids(images)
        if session_ids != self.images:
            shown = self.images or (None,) * len(images)
            for (index, _), image, old, new in zip(drawing.pictures, images, shown, session_ids, strict=True):
                if new != old:
                    self._nodes[index].image = image
            self.images = session_ids


_Graphs = OrderedDict[BuiltGraph, None]


class GraphShelf:
    """Materials, or worlds, in Blender by the shape of their graph and by the pictures that they show.

    As many are kept as one frame has wanted, and more where the same pictures come again: to show another picture takes
    Blender as long as the numbers of five nodes, and a new graph as long as four pictures.
    """

    def __init__(self, new: Callable[[], bpy.types.ID], max_nodes: int = MAX_NODES) -> None:
        self._new = new
        self._max_nodes = max_nodes
        self._nodes = 0
        # All of them, and those of one shape, least recently taken first; and those that show certain pictures.
        self._kept: _Graphs = OrderedDict()
        self._of_shape: defaultdict[Shape, _Graphs] = defaultdict(OrderedDict)
        self._showing: defaultdict[_Look, _Graphs] = defaultdict(OrderedDict)
        self._missed: set[_Look] = set()

    def take(
        self, drawings: Iterable[Drawing], images: Mapping[Picture, bpy.types.Image]
    ) -> dict[Drawing, bpy.types.ID]:
        """Return for each drawing a data-block of its own, which has this graph and shows these images.

        Call it once in a frame, for what it gives may serve again at the next call.
        """
        shown = {one: tuple(images[picture] for _, picture in one.pictures) for one in dict.fromkeys(drawings)}
        looks = {drawing: (drawing.shape, _session_ids(of_drawing)) for drawing, of_drawing in shown.items()}
        free = _Free()
        # First those that show the same already.
        found = {drawing: free.first(self._showing, look) for drawing, look in looks.items()}
        taken, may_be_made = {}, MAX_NEW
        for drawing, alike in found.items():
            graph = alike
            if graph is None and may_be_made and self._comes_again(looks[drawing]):
                graph = free.claim(self._built(drawing.shape))
                may_be_made -= 1
            graph = graph or free.first(self._of_shape, drawing.shape) or free.claim(self._built(drawing.shape))
            self._become(graph, drawing, shown[drawing])
            taken[drawing] = graph.owner
        return taken

    def trim(self) -> None:
        """Drop what is too much; call it between frames, when nothing uses them."""
        dropped = []
        while self._nodes > self._max_nodes:
            graph, _ = self._kept.popitem(last=False)
            self._nodes -= len(graph.shape.nodes)
            _remove(self._of_shape, graph.shape, graph)
            _remove(self._showing, graph.look, graph)
            dropped.append(graph.owner)
        if dropped:
            bpy.data.batch_remove(dropped)

    def __len__(self) -> int:
        return len(self._kept)

    def _comes_again(self, look: _Look) -> bool:
        """Say whether pictures were missed before and there is room for a graph of their own; note it if not."""
        shape, images = look
        if not images or self._nodes + len(shape.nodes) > self._max_nodes:
            return False
        if look in self._missed:
            return True
        if len(self._missed) >= MAX_MISSED:
            self._missed.clear()
        self._missed.add(look)
        return False

    def _built(self, shape: Shape) -> BuiltGraph:
        graph = BuiltGraph(shape, self._new())
        self._kept[graph] = self._of_shape[shape][graph] = self._showing[graph.look][graph] = None
        self._nodes += len(shape.nodes)
        return graph

    def _become(self, graph: BuiltGraph, drawing: Drawing, images: Sequence[bpy.types.Image]) -> None:
        """Have a graph become a drawing, as the one that was taken last."""
        before = graph.look
        graph.become(drawing, images)
        if graph.look != before:
            _remove(self._showing, before, graph)
            self._showing[graph.look][graph] = None
        self._kept.move_to_end(graph)
        self._of_shape[graph.shape].move_to_end(graph)


class _Free:
    """Graphs that nobody in a frame has taken yet."""

    def __init__(self) -> None:
        self._taken: set[BuiltGraph] = set()
        self._left: dict[Hashable, Iterator[BuiltGraph]] = {}

    def first(self, shelf: Mapping[_Name, _Graphs], name: _Name) -> BuiltGraph | None:
        """Take the first of the graphs that have a name, if any is left; later ones do not count."""
        if name not in self._left:
            self._left[name] = iter(tuple(shelf.get(name, ())))
        for graph in self._left[name]:
            if graph not in self._taken:
                return self.claim(graph)
        return None

    def claim(self, graph: BuiltGraph) -> BuiltGraph:
        """Take a graph."""
        self._taken.add(graph)
        return graph


def _remove(shelf: defaultdict[_Name, _Graphs], name: _Name, graph: BuiltGraph) -> None:
    """Take a graph from those that have a name, and the name away with the last of them."""
    named = shelf[name]
    del named[graph]
    if not named:
        del shelf[name]


def _session_ids(images: Sequence[bpy.types.Image]) -> Images:
    return tuple(image.session_uid for image in images)


def _set(node: bpy.types.Node, settings: Settings) -> None:
    for name, value in settings:
        setattr(node, name, value.tree() if isinstance(value, NodeGroup) else value)
