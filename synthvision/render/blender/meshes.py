"""Mesh arrays into Blender, once per content, exactly as the labels see them: no modifier, no split, no rounding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Material, Mesh
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.shelf import Shelf

UV_MAP = "uv"
_CREASE = 1e-3
"""Normals of two triangles at a common corner that differ by more than this, in any part, make a crease."""

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
    # As attributes: what goes by way of vertices and loops is taken one by one, and a hundred times slower.
    made.attributes["position"].data.foreach_set("vector", _flat(mesh.vertices, np.float32))
    made.attributes[".corner_vert"].data.foreach_set("value", _flat(triangles, np.int32))
    made.polygons.foreach_set("loop_start", np.arange(0, 3 * len(triangles), 3, dtype=np.int32))
    slots = made.attributes.new("material_index", "INT", "FACE")
    slots.data.foreach_set("value", _flat(mesh.slots[whole], np.int32))
    if mesh.uvs is not None:
        made.uv_layers.new(name=UV_MAP, do_init=False).uv.foreach_set("vector", _flat(mesh.uvs[whole], np.float32))
    normals = None if mesh.normals is None else mesh.normals[whole].astype(np.float32, copy=False)
    _set_normals(made, normals)
    made.update(calc_edges=True)
    if normals is not None:
        _mark_creases(made, triangles, normals)
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


def _mark_creases(made: bpy.types.Mesh, triangles: NDArray[np.int32], normals: NDArray[np.float32]) -> None:
    """Mark edges across which the normals jump.

    Cycles keeps one normal per vertex, and gives a vertex several only where edges are marked sharp: without them, flat
    faces that meet at a hard edge would be shaded as if they were round.
    """
    edge_of = np.empty(triangles.size, np.int32)
    made.attributes[".corner_edge"].data.foreach_get("value", edge_of)
    sharp = creased(edge_of, triangles.reshape(-1), normals.reshape(-1, 3), len(made.edges))
    made.attributes.new("sharp_edge", "BOOLEAN", "EDGE").data.foreach_set("value", sharp)


def creased(
    edge_of: NDArray[np.int32], vertex_of: NDArray[np.int32], normals: NDArray[np.float32], edges: int
) -> NDArray[np.bool_]:
    """Return across which edges (E,) the normals jump: all that meet at one end, in any part, by more than 1e-3.

    Args:
        edge_of, vertex_of: of each corner (3 T,), triangle by triangle: the edge to the next corner, and the vertex.
        normals: (3 T, 3) at the corners.
        edges: E; each has a triangle or more.
    """
    corner = np.arange(len(edge_of))
    following = corner.reshape(-1, 3)[:, [1, 2, 0]].reshape(-1)
    swap = vertex_of > vertex_of[following]
    # Where a triangle has the ends of its edges: that with the least vertex, and the other.
    ends = np.where(swap, following, corner), np.where(swap, corner, following)
    one, other = np.empty(edges, np.intp), np.empty(edges, np.intp)
    one[edge_of] = corner
    other[edge_of[::-1]] = corner[::-1]
    jumps = [np.abs(normals[end[one]] - normals[end[other]]) > _CREASE for end in ends]
    sharp: NDArray[np.bool_] = (jumps[0] | jumps[1]).any(axis=1)
    crowded = np.bincount(edge_of, minlength=edges) > 2  # noqa: PLR2004 - the triangles of an edge of a closed surface
    if crowded.any():
        _judge_crowded(sharp, crowded, edge_of, [normals[end] for end in ends])
    return sharp


def _judge_crowded(
    sharp: NDArray[np.bool_],
    crowded: NDArray[np.bool_],
    edge_of: NDArray[np.int32],
    ends: list[NDArray[np.float32]],
) -> None:
    """Compare all triangles of the edges that have more than two; changes ``sharp``."""
    some = np.flatnonzero(crowded[edge_of])
    order = some[np.argsort(edge_of[some], kind="stable")]
    starts = np.flatnonzero(np.diff(edge_of[order], prepend=-1))
    there = np.concatenate([end[order] for end in ends], axis=1)
    spread = np.maximum.reduceat(there, starts) - np.minimum.reduceat(there, starts)
    sharp[edge_of[order[starts]]] = (spread > _CREASE).any(axis=1)


def _flat(array: NDArray[np.generic], dtype: type[np.generic]) -> NDArray[np.generic]:
    return np.ascontiguousarray(array, dtype=dtype).reshape(-1)
