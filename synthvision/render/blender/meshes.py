"""Mesh arrays into Blender, once per content, exactly as the labels see them: no modifier, no split, no rounding."""

from __future__ import annotations

from synthvision.assets import Mesh
from synthvision.render.blender.ahead import Ahead
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.mesh_arrays import UV_MAP, MeshArrays, mesh_arrays
from synthvision.render.blender.shelf import Shelf

MAX_TRIANGLES = 10_000_000
"""Triangles kept in Blender between frames (about 2 GiB) before the least recently used meshes are dropped."""


class MeshShelf:
    """Meshes in Blender by content hash; a frame takes copies, which share the arrays."""

    def __init__(self, max_triangles: int = MAX_TRIANGLES) -> None:
        self._shelf = Shelf(max_triangles)
        self._ahead: Ahead[MeshArrays] = Ahead(lambda arrays: arrays.nbytes)

    def make_ahead(self, content_hash: str, mesh: Mesh) -> None:
        """Have ready what ``copy_of`` will need; any thread may call it."""
        if content_hash not in self._shelf:
            self._ahead.put(content_hash, lambda: mesh_arrays(mesh))

    def copy_of(self, content_hash: str, mesh: Mesh, materials: tuple[bpy.types.Material, ...]) -> bpy.types.Mesh:
        """Return a mesh data-block of this content for one frame, to be removed after it; materials are one per slot.

        The copy costs microseconds: Blender shares its arrays with the one on the shelf until somebody writes to them.
        Materials are linked to the mesh and not to the objects, because Cycles builds one BVH per object where an
        object has materials of its own, and one per mesh where it has not.
        """

        def make() -> tuple[bpy.types.Mesh, int]:
            return upload(content_hash, self._ahead.take(content_hash) or mesh_arrays(mesh)), len(mesh.triangles)

        made = self._shelf.get(content_hash, make).copy()
        for material in materials:
            made.materials.append(material)
        return made

    def trim(self) -> None:
        self._shelf.trim()

    def datablocks(self) -> tuple[bpy.types.Mesh, ...]:
        return self._shelf.datablocks()


def upload(name: str, arrays: MeshArrays) -> bpy.types.Mesh:
    """Make a mesh data-block; its materials are left open."""
    made = bpy.data.meshes.new(name)
    made.vertices.add(len(arrays.positions) // 3)
    made.edges.add(len(arrays.edges) // 2)
    made.loops.add(len(arrays.corner_vertices))
    made.polygons.add(len(arrays.first_corners))
    # As attributes: what goes by way of vertices and loops is taken one by one, and a hundred times slower.
    made.attributes["position"].data.foreach_set("vector", arrays.positions)
    made.attributes[".edge_verts"].data.foreach_set("value", arrays.edges)
    made.attributes[".corner_vert"].data.foreach_set("value", arrays.corner_vertices)
    made.attributes[".corner_edge"].data.foreach_set("value", arrays.corner_edges)
    made.polygons.foreach_set("loop_start", arrays.first_corners)
    made.attributes.new("material_index", "INT", "FACE").data.foreach_set("value", arrays.slots)
    if arrays.uvs is not None:
        made.uv_layers.new(name=UV_MAP, do_init=False).uv.foreach_set("vector", arrays.uvs)
    _set_normals(made, arrays)
    made.update()
    return made


def _set_normals(made: bpy.types.Mesh, arrays: MeshArrays) -> None:
    """Set shading normals per corner (a float attribute of this name is taken as it is, unencoded), or flat shading.

    Edges across which the normals jump are marked: Cycles keeps one normal per vertex, and gives a vertex several only
    where edges are marked sharp. Without them, flat faces that meet at a hard edge would be shaded as if they were
    round.
    """
    if arrays.normals is None or arrays.creases is None:
        made.shade_flat()
        return
    made.attributes.new("custom_normal", "FLOAT_VECTOR", "CORNER").data.foreach_set("vector", arrays.normals)
    made.attributes.new("sharp_edge", "BOOLEAN", "EDGE").data.foreach_set("value", arrays.creases)
