"""What is fuzzed with Blender: the judge of .blend files, and whole conversions, each a process of two seconds.

``scripts/fuzz`` makes one list of these and ``tests.unit.fuzz.targets``. Blender is imported when it is used.
"""

from __future__ import annotations

import gzip
import os
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from PIL import Image

from synthvision.assets.files import read_asset, read_bundle
from tests.unit.fuzz.targets import Target

_SECRET = (173, 29, 211)
"""A colour that only pictures outside the model's folder have."""

_SUFFIXES = {b"PXR-USDC": ".usdc", b"PK\3\4": ".usdz", b"#usda": ".usda", b"Kaydara": ".fbx", b"; FBX": ".fbx"}
_MAKE = """
import sys, bpy
from pathlib import Path
folder = Path(sys.argv[1])
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.mesh.primitive_plane_add()
material = bpy.data.materials.new("paint")
material.use_nodes = True
node = material.node_tree.nodes.new("ShaderNodeTexImage")
node.image = bpy.data.images.load(str(folder / "p.png"))
node.image.filepath_raw = "//p.png"
material.node_tree.links.new(node.outputs["Color"], material.node_tree.nodes["Principled BSDF"].inputs["Base Color"])
bpy.context.object.data.materials.append(material)
bpy.context.preferences.filepaths.file_preview_type = "NONE"
bpy.ops.wm.save_as_mainfile(filepath=str(folder / "a.blend"), relative_remap=False)
bpy.ops.wm.usd_export(filepath=str(folder / "a.usdc"), export_textures_mode="KEEP", relative_paths=True)
bpy.ops.wm.usd_export(filepath=str(folder / "a.usda"), export_textures_mode="KEEP", relative_paths=True)
bpy.ops.export_scene.fbx(filepath=str(folder / "a.fbx"), path_mode="RELATIVE")
"""


def _judged(content: bytes, folder: Path) -> None:
    from synthvision.render.blender.opening import check_libraries  # noqa: PLC0415 - imports Blender

    (folder / "a.blend").write_bytes(content)
    check_libraries(folder / "a.blend")


def _small_blends() -> list[bytes]:
    """Blocks of the old and of the new form, plain and packed."""
    old = b"BLENDER-v405" + b"".join(
        struct.pack("<4siQii", code, len(data), 1, 2, 1) + data
        for code, data in ((b"TEST", bytes(16)), (b"SC\0\0", b"scene"), (b"OB\0\0", b""), (b"ENDB", b""))
    )
    new = b"BLENDER17-01v0500" + b"".join(
        struct.pack("<4siQqq", code, 2, 1, len(data), 1) + data
        for code, data in ((b"GLOB", bytes(8)), (b"ME\0\0", b"mesh"), (b"ENDB", b""))
    )
    return [old, new, gzip.compress(old, mtime=0), _zstd(new)]


def _zstd(content: bytes) -> bytes:
    import zstandard  # noqa: PLC0415 - there with bpy

    return zstandard.ZstdCompressor().compress(content)


def _converted(content: bytes, folder: Path) -> None:
    own = folder / "own"
    _put_picture(folder / "p.png", _SECRET)
    _put_picture(own / "p.png", (1, 2, 3))
    suffix = next((suffix for head, suffix in _SUFFIXES.items() if content.startswith(head)), ".blend")
    (own / f"a{suffix}").write_bytes(content)
    with patch.dict(os.environ, {"SYNTHVISION_CACHE_BYTES": "0"}):
        asset = read_asset(read_bundle(f"a{suffix}", own))
    assert not any((image[..., :3] == _SECRET).all(axis=-1).any() for image in asset.images.values())


def _put_picture(path: Path, colour: tuple[int, int, int]) -> None:
    path.parent.mkdir(exist_ok=True)
    if not path.is_file():
        Image.new("RGB", (4, 4), colour).save(path)


@cache
def _models() -> tuple[bytes, ...]:
    """Files that refer to the picture beside them, as Blender writes them."""
    with TemporaryDirectory() as folder:
        _put_picture(Path(folder, "p.png"), (1, 2, 3))
        subprocess.run([sys.executable, "-c", _MAKE, folder], check=True, stdout=subprocess.DEVNULL)
        return tuple(Path(folder, f"a{suffix}").read_bytes() for suffix in (".blend", ".usda", ".usdc", ".fbx"))


TARGETS: dict[str, Target] = {
    "blend": Target(_judged, _small_blends, modules=("synthvision.render.blender.opening",)),
    "conversion": Target(_converted, _models, slow_s=300),
}
