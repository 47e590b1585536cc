"""Rooms and what furnishes them."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family
from synthvision.assets.generators.interior import floor_mat, room, shelf_unit, table, wall_panel
from synthvision.assets.generators.interior.shelf_unit import board_heights

FAMILIES: Mapping[str, Family] = {
    "floor_mat": Family(floor_mat.make, floor_mat.FloorMat),
    "room": Family(room.make, room.Room),
    "shelf_unit": Family(shelf_unit.make, shelf_unit.ShelfUnit),
    "table": Family(table.make, table.Table),
    "wall_panel": Family(wall_panel.make, wall_panel.WallPanel),
}

__all__ = ["FAMILIES", "board_heights"]
