"""Data-blocks that outlive a frame, within a bound."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from synthvision.render.blender.compat import bpy


class Shelf:
    """Keeps data-blocks by key; ``trim`` removes the least recently used until the rest costs at most ``capacity``."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._kept: OrderedDict[Hashable, tuple[bpy.types.ID, int]] = OrderedDict()
        self._cost = 0

    def get(self, key: Hashable, make: Callable[[], bpy.types.ID], cost: int) -> bpy.types.ID:
        """Return the data-block of ``key``, made now if it is not there."""
        if key not in self._kept:
            self._kept[key] = make(), cost
            self._cost += cost
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def __len__(self) -> int:
        return len(self._kept)

    def datablocks(self) -> tuple[bpy.types.ID, ...]:
        """Return everything kept, least recently used first."""
        return tuple(datablock for datablock, _ in self._kept.values())

    def remove(self, datablock: bpy.types.ID) -> None:
        """Drop one data-block now; where it is in use Blender puts nothing in its place."""
        key = next(key for key, (kept, _) in self._kept.items() if kept == datablock)
        self._cost -= self._kept.pop(key)[1]
        bpy.data.batch_remove([datablock])

    def trim(self) -> None:
        """Drop what is too much. Call it between frames: it does not ask whether a data-block is in use."""
        dropped = []
        while self._cost > self._capacity and len(self._kept) > 1:
            _, (datablock, cost) = self._kept.popitem(last=False)
            self._cost -= cost
            dropped.append(datablock)
        bpy.data.batch_remove(dropped)
