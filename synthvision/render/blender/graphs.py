"""Graphs of nodes that outlive a frame: they serve again for whatever has a graph of the same shape.

Every number and every picture of a graph is compared with what it is to be each time that it is taken, so nothing of
what it was before is left in it.
"""

from __future__ import annotations

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.sketch import Drawing, Layout, Shape, layout_of_node
from synthvision.render.blender.shaders.wiring import NodeGroup

MAX_NODES = 8_000
"""Nodes kept between frames (about 30 MB) before the graphs least recently taken are dropped."""

_SCRATCH = "scratch"

Settings = tuple[tuple[str, Hashable], ...]

Images = tuple[int, ...]
"""Blender's numbers of images, of which no two in a session have the same."""


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


class GraphShelf:
    """Materials, or worlds, in Blender by the shape of their graph, as many of each as one frame has wanted."""

    def __init__(self, new: Callable[[], bpy.types.ID], max_nodes: int = MAX_NODES) -> None:
        self._new = new
        self._max_nodes = max_nodes
        self._kept: OrderedDict[BuiltGraph, None] = OrderedDict()
        self._nodes = 0

    def take(
        self, drawings: Iterable[Drawing], images: Mapping[Picture, bpy.types.Image]
    ) -> dict[Drawing, bpy.types.ID]:
        """Return for each drawing a data-block of its own, which has this graph and shows these images.

        Call it once in a frame, for what it gives may serve again at the next call.
        """
        wanted = dict.fromkeys(drawings)
        free = _Free(self._kept)
        # First those that show the same already: one image takes Blender as long as the numbers of ten nodes.
        shown = {drawing: tuple(images[picture] for _, picture in drawing.pictures) for drawing in wanted}
        found = {drawing: free.that_shows(drawing.shape, of_drawing) for drawing, of_drawing in shown.items()}
        taken = {}
        for drawing, alike in found.items():
            graph = alike or free.of_shape(drawing.shape) or self._built(drawing.shape)
            self._kept.move_to_end(graph)
            graph.become(drawing, shown[drawing])
            taken[drawing] = graph.owner
        return taken

    def trim(self) -> None:
        """Drop what is too much; call it between frames, when nothing uses them."""
        dropped = []
        while self._nodes > self._max_nodes:
            graph, _ = self._kept.popitem(last=False)
            self._nodes -= len(graph.shape.nodes)
            dropped.append(graph.owner)
        if dropped:
            bpy.data.batch_remove(dropped)

    def __len__(self) -> int:
        return len(self._kept)

    def _built(self, shape: Shape) -> BuiltGraph:
        graph = BuiltGraph(shape, self._new())
        self._kept[graph] = None
        self._nodes += len(shape.nodes)
        return graph


class _Free:
    """Graphs that nobody in a frame has taken yet."""

    def __init__(self, graphs: Iterable[BuiltGraph]) -> None:
        self._by_images: defaultdict[tuple[Shape, Images], list[BuiltGraph]] = defaultdict(list)
        self._by_shape: defaultdict[Shape, list[BuiltGraph]] = defaultdict(list)
        self._taken: set[BuiltGraph] = set()
        for graph in graphs:
            self._by_images[graph.shape, graph.images].append(graph)
            self._by_shape[graph.shape].append(graph)

    def that_shows(self, shape: Shape, images: Sequence[bpy.types.Image]) -> BuiltGraph | None:
        """Take a graph of this shape that shows these images, if there is one."""
        return self._first(self._by_images[shape, _session_ids(images)])

    def of_shape(self, shape: Shape) -> BuiltGraph | None:
        """Take a graph of this shape, if there is one."""
        return self._first(self._by_shape[shape])

    def _first(self, graphs: list[BuiltGraph]) -> BuiltGraph | None:
        while graphs:
            graph = graphs.pop()
            if graph not in self._taken:
                self._taken.add(graph)
                return graph
        return None


def _session_ids(images: Sequence[bpy.types.Image]) -> Images:
    return tuple(image.session_uid for image in images)


def _set(node: bpy.types.Node, settings: Settings) -> None:
    for name, value in settings:
        setattr(node, name, value.tree() if isinstance(value, NodeGroup) else value)
