"""The scene that is open in Blender, as a render shows it, written as one GLB of plain meshes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from synthvision.errors import AssetError
from synthvision.limits import MAX_TRIANGLES
from synthvision.render.blender.compat import Matrix, bpy
from synthvision.render.blender.opening import used_images

_SHEAR = 1e-6
"""Matrices that differ more than this from translation, rotation and scale, relative to their size, are baked."""


def write_glb(path: Path, unit_m: float, folder: Path) -> None:
    """Write everything that a render of the open scene would show as meshes, in metres.

    Modifiers, curves, texts and instances become meshes; objects keep their names. AssetError for a scene without
    meshes, too many triangles, and textures that are missing or lie outside ``folder``.
    """
    _check_images(folder)
    _show_as_rendered()
    scene = _realised(unit_m)
    bpy.context.window.scene = scene
    bpy.ops.export_scene.gltf(
        filepath=str(path.with_suffix(".glb")),
        export_format="GLB",
        use_active_scene=True,
        export_apply=False,
        export_animations=False,
        export_cameras=False,
        export_lights=False,
        export_extras=False,
        export_skins=False,
        export_morph=False,
        export_yup=True,
    )
    path.with_suffix(".glb").rename(path)


def _check_images(folder: Path) -> None:
    for image in used_images():
        if image.packed_file is None and image.source == "FILE":
            lies = Path(bpy.path.abspath(image.filepath_raw)).resolve()
            if not lies.is_relative_to(folder.resolve()) or not lies.is_file():
                raise AssetError(
                    f"texture '{image.name}' must lie in the file's own folder or be embedded,"
                    f" got none there for '{lies.name}'"
                )


def _show_as_rendered() -> None:
    """Make the viewport, whose meshes we take, show what a render shows: levels, modifiers, objects, collections."""
    for item in bpy.data.objects:
        item.hide_viewport = item.hide_render
        for modifier in item.modifiers:
            modifier.show_viewport = modifier.show_render
            if hasattr(modifier, "render_levels"):
                modifier.levels = modifier.render_levels
    for collection in bpy.data.collections:
        collection.hide_viewport = collection.hide_render
    layers = [bpy.context.view_layer.layer_collection]
    while layers:
        layer = layers.pop()
        layer.hide_viewport = False
        layers += layer.children
    for item in bpy.context.view_layer.objects:
        item.hide_set(False)


def _realised(unit_m: float) -> bpy.types.Scene:
    """Return a new scene with one object for each mesh that the open one shows; equal shapes share their mesh."""
    graph = bpy.context.evaluated_depsgraph_get()
    to_metres = Matrix.Scale(unit_m, 4)
    made = bpy.data.scenes.new("converted")
    triangles = 0
    for name, mesh, matrix in list(_shown(graph)):
        mesh.calc_loop_triangles()
        triangles += len(mesh.loop_triangles)
        if triangles > MAX_TRIANGLES:
            raise AssetError(f"mesh must have at most {MAX_TRIANGLES} triangles, got {triangles} or more")
        placed, rest = _split(to_metres @ matrix)
        if rest is not None:
            mesh = mesh.copy()  # noqa: PLW2901 - others may stand unsheared
            mesh.transform(rest)
            if rest.determinant() < 0:
                mesh.flip_normals()
        item = bpy.data.objects.new(name, mesh)
        item.matrix_world = placed
        made.collection.objects.link(item)
    if not triangles:
        raise AssetError("file must show meshes with faces when it is rendered, got none")
    return made


def _shown(graph: bpy.types.Depsgraph) -> Iterator[tuple[str, bpy.types.Mesh, Matrix]]:
    """Yield name, evaluated mesh and matrix of everything with faces, instances among it."""
    meshes: dict[tuple[object, ...], bpy.types.Mesh | None] = {}
    for instance in graph.object_instances:
        item = instance.object
        if not instance.show_self or item.type not in {"MESH", "CURVE", "SURFACE", "FONT", "META"}:
            continue
        materials = tuple(slot.material.name_full if slot.material else "" for slot in item.material_slots)
        key = (item.original.name_full, item.data.as_pointer(), materials)
        if key not in meshes:
            mesh = bpy.data.meshes.new_from_object(item, preserve_all_data_layers=True, depsgraph=graph)
            meshes[key] = mesh if mesh is not None and mesh.polygons else None
        found = meshes[key]
        if found is not None:
            yield item.name, found, instance.matrix_world.copy()


def _split(matrix: Matrix) -> tuple[Matrix, Matrix | None]:
    """Return the part that an object carries, and what its mesh has to take where that is not all."""
    plain = Matrix.LocRotScale(*matrix.decompose())
    size = max(abs(value) for row in matrix.to_3x3() for value in row)
    far = max(
        abs(value - other)
        for row, line in zip(matrix, plain, strict=True)
        for value, other in zip(row, line, strict=True)
    )
    return (plain, None) if far <= _SHEAR * size else (Matrix.Identity(4), matrix)
