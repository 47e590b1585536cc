"""Exact poses for objects."""

from __future__ import annotations

from synthvision.render.blender import compat
from synthvision.render.blender.compat import bpy
from synthvision.scene import Matrix


def set_pose(placed: bpy.types.Object, origin: bpy.types.Object, to_world: Matrix) -> None:
    """Give an object its pose to the last bit of float32.

    Blender takes a world matrix apart into location, Euler angles and scale and puts it together again, which costs
    digits; the matrix between an object and its parent is kept as it is. So all objects hang on an empty at the origin.
    """
    placed.parent = origin
    # As Blender's own matrix: of plain nested tuples it would take the rows for columns.
    placed.matrix_parent_inverse = compat.Matrix(to_world)
