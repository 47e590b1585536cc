"""Mesh arrays into Blender, once per content, exactly as the labels see them: no modifier, no split, no rounding."""

from __future__ import annotations

from collections import Counter

from synthvision.assets import Mesh
from synthvision.render.blender.ahead import Ahead
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.mesh_arrays import UV_MAP, MeshArrays, mesh_arrays
from synthvision.render.blender.shelf import Shelf, remove_unused

MAX_TRIANGLES = 10_000_000
"""Triangles kept in Blender between frames (about 2 GiB) before the least recently used meshes are dropped."""

MAX_COPIES = 5000
"""Copies kept between frames (about 20 MB) before those go that the latest frame had no use for."""


class MeshShelf:
    """Meshes in Blender by content hash; a frame takes copies, which share the arrays and are kept for other frames."""

    def __init__(self, max_triangles: int = MAX_TRIANGLES, max_copies: int = MAX_COPIES) -> None:
        self._shelf = Shelf(max_triangles)
        self._max_copies = max_copies
        self._ahead: Ahead[MeshArrays] = Ahead(lambda arrays: arrays.nbytes)
        # By content and number of slots.
        self._copies: dict[tuple[str, int], list[_Copy]] = {}
        self._taken: Counter[tuple[str, int]] = Counter()
        self._leaving: list[bpy.types.Mesh] = []

    def make_ahead(self, content_hash: str, mesh: Mesh) -> None:
        """Have ready what ``copy_of`` will need; any thread may call it."""
        if content_hash not in self._shelf:
            self._ahead.put(content_hash, lambda: mesh_arrays(mesh))

    def copy_of(self, content_hash: str, mesh: Mesh, materials: tuple[bpy.types.Material, ...]) -> bpy.types.Mesh:
        """Return a mesh data-block of this content for the current frame; materials are one per slot.

        Copies cost microseconds: Blender shares their arrays with those on the shelf until somebody writes to them.
        Materials are linked to the mesh and not to the objects, because Cycles builds one BVH per object where an
        object has materials of its own, and one per mesh where it has not.
        """

        def make() -> tuple[bpy.types.Mesh, int]:
            return upload(content_hash, self._ahead.take(content_hash) or mesh_arrays(mesh)), len(mesh.triangles)

        original = self._shelf.get(content_hash, make)
        key = content_hash, len(materials)
        copies = self._copies.setdefault(key, [])
        number = self._taken[key]
        self._taken[key] += 1
        if number == len(copies):
            copies.append(_Copy(original.copy()))
        copies[number].wear(materials)
        return copies[number].mesh

    def trim(self) -> None:
        """Begin a frame: keep no more of what earlier ones needed than may be; what is shown goes by ``sweep``."""
        dropped = self._shelf.trim()
        too_many = sum(map(len, self._copies.values())) > self._max_copies
        if dropped or too_many:
            for key, copies in tuple(self._copies.items()):
                needed = 0 if key[0] in dropped else self._taken[key] if too_many else len(copies)
                self._leaving += [copy.mesh for copy in copies[needed:]]
                self._copies[key] = copies[:needed]
            self._copies = {key: copies for key, copies in self._copies.items() if copies}
        self._taken.clear()

    def sweep(self) -> None:
        """Remove what was dropped; call it when no object shows anything but the current frame."""
        remove_unused(bpy.data.meshes, self._leaving)
        self._leaving.clear()

    def datablocks(self) -> tuple[bpy.types.Mesh, ...]:
        return self._shelf.datablocks()


class _Copy:
    """A copy of a mesh, and the materials that were put on it last."""

    def __init__(self, mesh: bpy.types.Mesh) -> None:
        self.mesh = mesh
        self._materials: tuple[bpy.types.Material, ...] | None = None

    def wear(self, materials: tuple[bpy.types.Material, ...]) -> None:
        """Put materials on, one per slot; one that was removed has left its slot empty and is none of these."""
        slots = self.mesh.materials
        if self._materials is None:  # never clear them: Blender would put all faces into the first slot
            for material in materials:
                slots.append(material)
        else:
            for slot, (new, old) in enumerate(zip(materials, self._materials, strict=True)):
                if new is not old:
                    slots[slot] = new
        self._materials = materials


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
