"""Mesh arrays into Blender, once per content, exactly as the labels see them: no modifier, no split, no rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Material, Mesh
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.shelf import Shelf

UV_MAP = "uv"
MAX_TRIANGLES = 10_000_000
"""Triangles kept in Blender between frames (about 2 GiB) before the least recently used meshes are dropped."""


class MeshShelf:
    """Meshes in Blender by content hash; a frame takes copies, which share the arrays."""

    def __init__(self, max_triangles: int = MAX_TRIANGLES) -> None:
        self._shelf = Shelf(max_triangles)

    def copy_of(self, content_hash: str, mesh: Mesh) -> bpy.types.Mesh:
        """Return a mesh data-block of this content for one frame, to be given materials and removed after it.

        The copy costs microseconds: Blender shares its arrays with the one on the shelf until somebody writes to them.
        """
        kept = self._shelf.get(content_hash, lambda: upload(content_hash, mesh), len(mesh.triangles))
        return kept.copy()

    def trim(self) -> None:
        self._shelf.trim()

    def datablocks(self) -> tuple[bpy.types.Mesh, ...]:
        return self._shelf.datablocks()


def upload(name: str, mesh: Mesh) -> bpy.types.Mesh:
    """Make a mesh data-block of a Mesh; its materials are left open.

    Triangles with a vertex twice have no area, so no ray meets them. Blender cannot make edges of them, and they are
    left out.
    """
    first, second, third = mesh.triangles.T
    whole = (first != second) & (second != third) & (third != first)
    triangles = mesh.triangles[whole]
    made = bpy.data.meshes.new(name)
    made.vertices.add(len(mesh.vertices))
    made.loops.add(3 * len(triangles))
    made.polygons.add(len(triangles))
    made.vertices.foreach_set("co", _flat(mesh.vertices, np.float32))
    made.loops.foreach_set("vertex_index", _flat(triangles, np.int32))
    made.polygons.foreach_set("loop_start", np.arange(0, 3 * len(triangles), 3, dtype=np.int32))
    made.polygons.foreach_set("material_index", _flat(mesh.slots[whole], np.int32))
    if mesh.uvs is not None:
        made.uv_layers.new(name=UV_MAP, do_init=False).uv.foreach_set("vector", _flat(mesh.uvs[whole], np.float32))
    _set_normals(made, None if mesh.normals is None else mesh.normals[whole])
    made.update(calc_edges=True)
    return made


def assign(mesh: bpy.types.Mesh, materials: tuple[bpy.types.Material, ...]) -> None:
    """Give a frame's copy its materials, one per slot.

    They are linked to the mesh and not to the objects, because Cycles builds one BVH per object where an object has
    materials of its own, and one per mesh where it has not.
    """
    for material in materials:
        mesh.materials.append(material)


def textured(material: Material) -> tuple[str, ...]:
    """Return the names of the textures that a material has."""
    names = ("base_colour_texture", "metallic_roughness_texture", "normal_texture", "emission_texture")
    return tuple(name for name in names if getattr(material, name) is not None)


def _set_normals(made: bpy.types.Mesh, normals: NDArray[np.float32] | None) -> None:
    """Set shading normals per corner (a float attribute of this name is taken as it is, unencoded), or flat shading."""
    if normals is None:
        made.shade_flat()
        return
    attribute = made.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER")
    attribute.data.foreach_set("vector", _flat(normals, np.float32))


def _flat(array: NDArray[np.generic], dtype: type[np.generic]) -> NDArray[np.generic]:
    return np.ascontiguousarray(array, dtype=dtype).reshape(-1)
