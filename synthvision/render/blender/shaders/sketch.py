"""Graphs drawn on paper first: which nodes there are, what is linked to what, and the numbers of the rest.

Making a node costs Blender 80 µs and setting a number of one 40 µs, because it looks through the whole graph each time.
On paper either costs a few, and two graphs of the same shape, which differ in nothing but numbers and pictures, can be
told to be so: then the nodes of the one serve for the other.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.pictures import Picture
from synthvision.render.blender.shaders.wiring import Socket, Value, Vector, Wiring

_SHAPES = 1000
"""Shapes remembered. One that is forgotten and comes again is another object: then its nodes are made anew."""

_Nodes = tuple[tuple[str, tuple[tuple[str, Hashable], ...]], ...]
_Links = tuple[tuple[tuple[int, int], tuple[int, int]], ...]

_NUMBERS = frozenset({"VALUE", "RGBA", "VECTOR", "ROTATION"})


@dataclass(frozen=True)
class Slot:
    """One input of a kind of node, with ``width`` of the node's numbers from ``offset`` on; ``type`` is Blender's."""

    position: int
    name: str
    type: str
    offset: int
    width: int


@dataclass(frozen=True)
class Layout:
    """What a kind of node has.

    Attributes:
        slots: its inputs in order.
        outputs: names of its outputs in order.
        ends, starts: positions of inputs and outputs by what they are called.
        numbers: what all its inputs have when it is new, one after the other; None where one of them has no numbers.
    """

    slots: tuple[Slot, ...]
    outputs: tuple[str, ...]
    ends: Mapping[str, int]
    starts: Mapping[str, int]
    numbers: tuple[float, ...] | None


class Start:
    """An output of a sketched node."""

    __slots__ = ("name", "node", "position")

    def __init__(self, node: SketchedNode, position: int, name: str) -> None:
        self.node, self.position, self.name = node, position, name


class End:
    """An input of a sketched node."""

    __slots__ = ("name", "node", "slot")

    def __init__(self, node: SketchedNode, slot: Slot) -> None:
        self.node, self.slot, self.name = node, slot, slot.name


class Inputs:
    """The inputs of a node, by position or by name."""

    __slots__ = ("_node",)

    def __init__(self, node: SketchedNode) -> None:
        self._node = node

    def __getitem__(self, key: int | str) -> End:
        layout = self._node.layout
        return End(self._node, layout.slots[key if isinstance(key, int) else layout.ends[key]])

    def __iter__(self) -> Iterator[End]:
        return (End(self._node, slot) for slot in self._node.layout.slots)


class Outputs:
    """The outputs of a node, by position or by name."""

    __slots__ = ("_node",)

    def __init__(self, node: SketchedNode) -> None:
        self._node = node

    def __getitem__(self, key: int | str) -> Start:
        layout = self._node.layout
        position = key if isinstance(key, int) else layout.starts[key]
        return Start(self._node, position, layout.outputs[position])

    def __iter__(self) -> Iterator[Start]:
        return (Start(self._node, position, name) for position, name in enumerate(self._node.layout.outputs))


class SketchedNode:
    """A node as it will be.

    Attributes:
        index: its place among the nodes of the sketch.
        kind: Blender's name of its type.
        settings: attributes to be set on it once.
        image: the picture that it shows, if it is of a kind that shows one.
        given: numbers of its inputs that are not those of a new one, by offset.
    """

    __slots__ = ("given", "image", "index", "inputs", "kind", "layout", "outputs", "settings")

    def __init__(self, index: int, kind: str, settings: tuple[tuple[str, Hashable], ...], layout: Layout) -> None:
        self.index, self.kind, self.settings, self.layout = index, kind, settings, layout
        self.inputs, self.outputs = Inputs(self), Outputs(self)
        self.image: Picture | None = None
        self.given: dict[int, float] = {}

    def numbers(self) -> tuple[float, ...] | None:
        """Return the numbers of all inputs, one after the other; None where some have none."""
        if self.layout.numbers is None or not self.given:
            return self.layout.numbers
        numbers = list(self.layout.numbers)
        for offset, number in self.given.items():
            numbers[offset] = number
        return tuple(numbers)


@dataclass(frozen=True, eq=False)
class Shape:
    """What two graphs have in common if the nodes of the one serve for the other: then it is the same object.

    Attributes:
        nodes: kind and settings of each.
        links: ((node, input), (node, output)) of each, in the order in which they are to be made.
    """

    nodes: _Nodes
    links: _Links


@lru_cache(maxsize=_SHAPES)
def _shape(nodes: _Nodes, links: _Links) -> Shape:
    return Shape(nodes, links)


@dataclass(frozen=True, eq=False)
class Drawing:
    """A graph on paper, complete.

    Attributes:
        shape: its nodes and links.
        numbers: of each node, those of all its inputs one after the other; None where some inputs have none.
        pictures: (node, picture) of each node that shows one.
    """

    shape: Shape
    numbers: tuple[tuple[float, ...] | None, ...]
    pictures: tuple[tuple[int, Picture], ...]


LayoutOf = Callable[[str, tuple[tuple[str, Hashable], ...]], Layout]


class Sketch(Wiring):
    """A wiring whose nodes are not there yet."""

    def __init__(self, layout_of: LayoutOf) -> None:
        self._layout_of = layout_of
        self.nodes: list[SketchedNode] = []
        self.links: dict[tuple[int, int], tuple[int, int]] = {}
        """(node, input) → (node, output), in the order in which they are to be made."""

    def node(self, kind: str, **settings: Hashable) -> SketchedNode:
        fixed = tuple(settings.items())
        made = SketchedNode(len(self.nodes), kind, fixed, self._layout_of(kind, fixed))
        self.nodes.append(made)
        return made

    def connect(self, value: Value | Vector, end: Socket) -> None:
        node, slot = end.node, end.slot
        if isinstance(value, Start):
            self.links[node.index, slot.position] = value.node.index, value.position
            return
        numbers = value if isinstance(value, tuple) else (value,)
        if len(numbers) < slot.width and slot.type == "RGBA":
            numbers = (*numbers, 1.0)
        if len(numbers) != slot.width or node.layout.numbers is None:
            raise ValueError(f"{node.kind}: input '{slot.name}' must be {slot.width} numbers, got {value}")
        for offset, number in enumerate(numbers, slot.offset):
            node.given[offset] = number

    def done(self) -> Drawing:
        """Return the graph that it has become."""
        return Drawing(
            _shape(tuple((node.kind, node.settings) for node in self.nodes), tuple(self.links.items())),
            tuple(node.numbers() for node in self.nodes),
            tuple((node.index, node.image) for node in self.nodes if node.image is not None),
        )


def layout_of_node(node: bpy.types.Node) -> Layout:
    """Return the layout of a node that is new."""
    slots: list[Slot] = []
    numbers: list[float] = []
    for position, socket in enumerate(node.inputs):
        own: list[float] = []
        if socket.type in _NUMBERS:
            own = [socket.default_value] if socket.type == "VALUE" else list(socket.default_value)
        slots.append(Slot(position, socket.name, socket.type, len(numbers), len(own)))
        numbers += own
    return Layout(
        tuple(slots),
        tuple(socket.name for socket in node.outputs),
        _positions(node.inputs),
        _positions(node.outputs),
        tuple(numbers) if all(slot.width for slot in slots) else None,
    )


def _positions(sockets: Sequence[Socket]) -> Mapping[str, int]:
    """Return positions by name, the first of those in use, and else by identifier, as Blender finds them."""
    found: dict[str, int] = {}
    for position, socket in enumerate(sockets):
        if not socket.is_unavailable:
            found.setdefault(socket.name, position)
    for position, socket in enumerate(sockets):
        found.setdefault(socket.identifier, position)
    return found
