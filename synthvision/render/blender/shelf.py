"""Data-blocks that outlive a frame, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable

from synthvision.render.blender.compat import bpy

_LEFT = 0.75
"""Share of the capacity that is left when there was too much: many go at once, because Blender looks through all that
it has for users of what is to go, which takes milliseconds however much that is."""


def remove_unused(kind: bpy.types.bpy_prop_collection, unused: Iterable[bpy.types.ID]) -> None:
    """Remove data-blocks from Blender's list of their kind, none of which anything shows.

    So nobody has to be found who does: that would take Blender 0.3 ms for each.
    """
    for one in unused:
        kind.remove(one, do_unlink=False, do_ui_user=False)


class Shelf:
    """Keeps data-blocks by key; where they cost more than ``capacity``, ``trim`` removes the least recently used."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, tuple[bpy.types.ID, int]] = OrderedDict()
        self._cost = 0

    def get(self, key: Hashable, make: Callable[[], tuple[bpy.types.ID, int]]) -> bpy.types.ID:
        """Return the data-block of ``key``; if it is not there it is made now, with what it costs."""
        kept = self._kept.get(key)
        if kept is None:
            kept = self._kept[key] = make()
            self._cost += kept[1]
        self._kept.move_to_end(key)
        return kept[0]

    def __contains__(self, key: Hashable) -> bool:
        """Any thread may ask."""
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    def datablocks(self) -> tuple[bpy.types.ID, ...]:
        """Return everything kept, least recently used first."""
        return tuple(datablock for datablock, _ in self._kept.values())

    def trim(self, unwanted: Iterable[Hashable] = ()) -> tuple[Hashable, ...]:
        """Drop what is unwanted, then what is too much, and return the keys of both.

        Call it between frames: it does not ask whether a data-block is in use.
        """
        dropped = {}

        def drop(key: Hashable) -> None:
            dropped[key], cost = self._kept.pop(key)
            self._cost -= cost

        for key in unwanted:
            drop(key)
        if self._cost > self._capacity:
            while self._cost > _LEFT * self._capacity and len(self._kept) > 1:
                drop(next(iter(self._kept)))
        if dropped:
            bpy.data.batch_remove(list(dropped.values()))
        return tuple(dropped)
