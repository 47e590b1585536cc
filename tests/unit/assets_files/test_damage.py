"""Damaged files of every kind end in an AssetError with the file's name, never in another exception."""

from __future__ import annotations

import numpy as np
import pytest

from synthvision.assets.files import FORMATS, read_asset, read_bundle
from synthvision.assets.files.bundle import Bundle
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import cube_gltf, cube_obj, cube_ply, cube_stl, load, png, quadrants


def textured_glb(path):
    document = cube_gltf()
    document.attribute("TEXCOORD_0", np.zeros((8, 2), dtype="<f4"))
    document.material(pbrMetallicRoughness={"baseColorTexture": {"index": document.texture(png(quadrants()))}})
    return document.glb(path)


WRITERS = {
    "cube.obj": cube_obj,
    "cube.ply": cube_ply,
    "cube.stl": cube_stl,
    "cube.glb": textured_glb,
    "cube.gltf": lambda path: cube_gltf().gltf(path, "cube.bin"),
}


def outcome(bundle: Bundle) -> str:
    """``fine``, or the message of the AssetError; any other exception is the test's failure."""
    try:
        read_asset(bundle)
    except AssetError as error:
        return str(error)
    return "fine"


@pytest.mark.parametrize("name", sorted(WRITERS))
def test_cut_off_and_overwritten_files(tmp_path, name):
    (tmp_path / "cube.bin").write_bytes(cube_gltf().binary)
    whole = read_bundle(WRITERS[name](tmp_path / name).name, tmp_path)
    assert outcome(whole) == "fine"
    found = []
    size = len(whole.data)
    for step in range(0, size, max(1, size // 60)):
        found.append(outcome(Bundle(name, whole.data[:step], whole.parts)))
        found.append(outcome(Bundle(name, whole.data[:step] + b"\xff" + whole.data[step + 1 :], whole.parts)))
    refused = [message for message in found if message != "fine"]
    assert len(refused) > 20
    assert all(name in message and "must" in message for message in refused)


def test_every_format_has_a_writer_here():
    read_here = {suffix for suffix, kind in FORMATS.items() if kind.converter is None}
    assert {name.partition("cube")[2] for name in WRITERS} == read_here  # tests/blender has those of Blender


def test_missing_empty_and_unknown_files(tmp_path):
    cube_obj(tmp_path / "cube.obj")
    (tmp_path / "empty.stl").touch()
    (tmp_path / "folder.glb").mkdir()
    known = ".obj, .ply, .stl, .glb, .gltf, .blend, .fbx, .usd, .usda, .usdc, .usdz"
    cases = {
        "cubes.obj": "cubes.obj: file must exist, got no such file; did you mean 'cube.obj'?",
        "empty.stl": "empty.stl: file must have content, got 0 bytes",
        "folder.glb": "folder.glb: file must exist, got something that is not a file; did you mean 'folder.glb'?",
        "cube.dae": f"cube.dae: model file must end in {known}, got '.dae'; export it there as .glb",
        "cube.gltff": f"cube.gltff: model file must end in {known}, got '.gltff'; did you mean '.gltf'?",
    }
    for name, message in cases.items():
        with pytest.raises(AssetError) as caught:
            read_bundle(name, tmp_path)
        assert str(caught.value) == message


def test_damaged_texture_is_named(tmp_path):
    document = cube_gltf()
    document.attribute("TEXCOORD_0", np.zeros((8, 2), dtype="<f4"))
    picture = png(quadrants())
    document.material(pbrMetallicRoughness={"baseColorTexture": {"index": document.texture(picture[:50])}})
    with pytest.raises(AssetError, match=r"a.glb: image '0': file must be a complete image, got damaged data"):
        load(document.glb(tmp_path / "a.glb"))
