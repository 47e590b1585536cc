"""Objects that stay from frame to frame: a new object and its end take 40 µs, new numbers of an old one 1 µs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from synthvision.render.blender.compat import bpy
from synthvision.render.blender.shelf import remove_unused

MAX_SPARES = 1000
"""Objects kept that a frame has no use for (about 2 MB)."""


class Things:
    """Objects of one kind, as many as the frame asks for, in its order; others are in no scene.

    Attributes:
        objects: those of the frame. All hang on the origin.
    """

    def __init__(
        self,
        target: bpy.types.Scene,
        origin: bpy.types.Object,
        kind: bpy.types.bpy_prop_collection | None,
        nothing: bpy.types.ID,
        max_spares: int = MAX_SPARES,
    ) -> None:
        """Put them into a collection of the target, behind those that it has: Cycles is given things in that order.

        Args:
            target: the scene in which they are.
            origin: the empty that they hang on.
            kind: Blender's list of what they show, which leaves it with the frame; None where others keep that.
            nothing: what they show between frames.
            max_spares: see ``MAX_SPARES``.
        """
        self.objects: list[bpy.types.Object] = []
        self._data: list[bpy.types.ID] = []
        self._origin = origin
        self._kind, self._nothing = kind, nothing
        self._shown: Sequence[bpy.types.ID] = ()
        self._max_spares = max_spares
        self._spares: list[bpy.types.Object] = []
        self._collection = bpy.data.collections.new(nothing.name)
        target.collection.children.link(self._collection)

    def show(self, shown: Sequence[bpy.types.ID], by: Sequence[int]) -> None:
        """Have as many objects as ``by`` has numbers, each of which shows what has that number."""
        members = self._collection.objects
        while len(self.objects) > len(by):
            self._spares.append(self.objects.pop())
            self._data.pop()
            self._spares[-1].data = self._nothing
            members.unlink(self._spares[-1])
        while len(self.objects) < len(by):
            self.objects.append(self._spares.pop() if self._spares else self._new())
            self._data.append(self._nothing)
            members.link(self.objects[-1])
        for place, (made, number) in enumerate(zip(self.objects, by, strict=True)):
            if self._data[place] is not shown[number]:
                made.data = self._data[place] = shown[number]
        if self._kind is not None:
            remove_unused(self._kind, self._shown)
        self._shown = shown
        if len(self._spares) > self._max_spares:
            bpy.data.batch_remove(self._spares[self._max_spares :])
            del self._spares[self._max_spares :]

    def place(self, poses: NDArray[Any], colours: NDArray[Any]) -> None:
        """Give all N of them pose and colour, to the last bit.

        Args:
            poses: (16 N,) float32, of each its matrix to the world, column by column.
            colours: (4 N,) float32.
        """
        if self.objects:
            # As in poses.set_pose: the matrix between an object and its parent is kept as it is.
            self._collection.objects.foreach_set("matrix_parent_inverse", poses)
            self._collection.objects.foreach_set("color", colours)

    def hang_up(self) -> None:
        """Hang all on the origin, where some were hung elsewhere."""
        for made in self.objects:
            made.parent = self._origin

    def _new(self) -> bpy.types.Object:
        made = bpy.data.objects.new(self._nothing.name, self._nothing)
        made.parent = self._origin
        return made
