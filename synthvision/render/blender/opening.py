"""Opens models that only Blender reads, with everything switched off that could run or lead elsewhere."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from synthvision.errors import AssetError
from synthvision.render.blender.compat import blend_block_codes, bpy

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"

_MOST_UNPACKED_BYTES = 16 * 1024**3
"""Of a compressed .blend, whose head says nothing about its size."""

_KINDS_OF_TREES = frozenset({"ShaderNodeTree", "GeometryNodeTree", "TextureNodeTree"})


def blend_references(path: Path) -> list[str]:
    """Return the files that a .blend refers to, relative to its folder, without evaluating anything in it.

    Those are textures of what can be seen, and fonts. AssetError for references that leave the folder, and for what is
    not a shape of this file alone: linked libraries, caches of simulations, nodes that read files.
    """
    check_libraries(path)
    _reset()
    with bpy.data.libraries.load(str(path), link=True) as (there, linked):
        linked.scenes = there.scenes
    _check_kinds()
    found = [_reference(what, name, written) for what, name, written in _written_paths()]
    return sorted(set(found))


def check_libraries(path: Path) -> None:
    """Refuse a .blend with links to others before Blender follows them."""
    if _has_libraries(path):
        raise AssetError(
            "file must have no linked libraries, got some;"
            " make them local in Blender (Object > Relations > Make Local > All)"
        )


def _has_libraries(path: Path) -> bool:
    try:
        with path.open("rb") as file, closing(_unpacked(file)) as content:
            return any(code == b"LI" for code in blend_block_codes(content, _MOST_UNPACKED_BYTES))
    except (AssetError, MemoryError):
        raise
    except Exception as error:  # what unpacks it raises anything on damaged data
        raise AssetError(f"file must be a complete .blend file, got damaged data ({error})") from error


def open_model(path: Path) -> float:
    """Make a file's scene the current one, in Blender's axes, and return the length of its unit in metres."""
    suffix = path.suffix.lower()
    if suffix == ".blend":
        blend_references(path)  # refuses what must not be opened
        bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
        settings = bpy.context.scene.unit_settings
        return 1.0 if settings.system == "NONE" else float(settings.scale_length)
    _reset()
    if suffix == ".fbx":
        bpy.ops.wm.fbx_import(filepath=str(path), use_anim=False, import_colors="SRGB", ignore_leaf_bones=True)
    else:
        bpy.ops.wm.usd_import(
            filepath=str(path),
            import_cameras=False,
            import_lights=False,
            import_volumes=False,
            import_points=False,
            import_blendshapes=False,
            create_world_material=False,
            set_frame_range=False,
            import_textures_mode="IMPORT_PACK",
        )
    return 1.0


def used_images() -> Iterator[bpy.types.Image]:
    """Yield the images of all materials, textures and node groups, each once."""
    met: set[str] = set()
    for image in _images():
        if image is not None and image.name_full not in met:
            met.add(image.name_full)
            yield image


def _reset() -> None:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False


def _unpacked(file: BinaryIO) -> BinaryIO:
    head = file.read(4)
    file.seek(0)
    if head.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=file))
    if head == _ZSTD:
        import zstandard  # noqa: PLC0415 - it comes with bpy, like what it unpacks

        reader: Any = zstandard.ZstdDecompressor().stream_reader(file, read_across_frames=True)
        return cast("BinaryIO", reader)
    return file


def _check_kinds() -> None:
    """Refuse shapes that other files or finished simulations make."""
    for cache in bpy.data.cache_files:
        raise AssetError(f"file must have no cache of other files, got '{cache.filepath}'; apply its modifier")
    for tree in (tree for tree in bpy.data.node_groups if tree.bl_idname == "GeometryNodeTree"):
        for node in tree.nodes:
            if node.bl_idname.startswith("GeometryNodeImport"):
                raise AssetError(
                    f"nodes must read no files, got '{node.bl_label}' in '{tree.name}'; apply its modifier"
                )


def _written_paths() -> Iterator[tuple[str, str, str]]:
    """Yield kind, name and path of each file that is referred to and not packed, as the file has it."""
    for image in used_images():
        if image.packed_file is not None or image.source in {"GENERATED", "VIEWER"}:
            continue
        if image.source != "FILE":
            rule = "must be a single still picture"
            raise AssetError(f"image '{image.name}' {rule}, got {image.source.lower()}; bake it to one")
        yield "image", image.name, image.filepath_raw
    for font in bpy.data.fonts:
        if font.packed_file is None and font.filepath != "<builtin>":
            yield "font", font.name, font.filepath


def _reference(what: str, name: str, written: str) -> str:
    text = written.replace("\\", "/")
    parts = PurePosixPath(text.removeprefix("//")).parts
    if not text.startswith("//") or ".." in parts or not parts:
        raise AssetError(
            f"{what} '{name}' must be packed or lie in the file's own folder, got '{written}';"
            " pack it in Blender (File > External Data > Pack Resources)"
        )
    return PurePosixPath(*parts).as_posix()


def _images() -> Iterator[bpy.types.Image | None]:
    trees = [material.node_tree for material in bpy.data.materials if material.node_tree is not None]
    trees += [tree for tree in bpy.data.node_groups if tree.bl_idname in _KINDS_OF_TREES]
    for tree in trees:
        for node in tree.nodes:
            yield getattr(node, "image", None)
            yield from (socket.default_value for socket in node.inputs if socket.type == "IMAGE")
    for texture in bpy.data.textures:
        yield getattr(texture, "image", None)
