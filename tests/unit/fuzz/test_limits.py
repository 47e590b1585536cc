"""What would take too much memory or time is refused before it does, in words that name the limit."""

from __future__ import annotations

import io
import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from synthvision.assets import images
from synthvision.assets.files import bundle, embedding, read_asset, read_bundle
from synthvision.assets.files.bundle import Bundle
from synthvision.assets.images import decode_environment
from synthvision.curation import import_dataset
from synthvision.dataset import Dataset, disk
from synthvision.dataset.coverage_file import decode_coverage
from synthvision.dataset.encodings import decode_depth, decode_image, decode_picture
from synthvision.errors import AssetError, DatasetError, SynthvisionError
from tests.unit.assets_files.small_files import cube_gltf, png, quadrants
from tests.unit.curation.pictures import put_picture
from tests.unit.dataset.hand_made import make_dataset

PLY = "ply\nformat {}\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n"
FACES = "element face {}\nproperty list uchar int vertex_indices\nend_header\n"


def refusal(attack: Callable[[], object]) -> str:
    with pytest.raises(SynthvisionError) as caught:
        attack()
    return str(caught.value)


def model(name: str, content: bytes | str) -> str:
    data = content if isinstance(content, bytes) else content.encode()
    return refusal(lambda: read_asset(Bundle(name, data, {})))


def test_meshes_that_promise_too_much() -> None:
    binary = "binary_little_endian 1.0"
    assert model("a.ply", PLY.format(binary, 10**9) + FACES.format(1)) == (
        "a.ply: PLY must have 0 to 15000000 rows of 'vertex', got 1000000000"
    )
    assert model("a.ply", PLY.format(binary, 3) + FACES.format(-1)) == (
        "a.ply: PLY must have 0 to 5000000 rows of 'face', got -1"
    )
    long = PLY.format("ascii 1.0", 1) + FACES.format(0) + "1" * 100 + " 0" * 1000
    assert model("a.ply", long) == "a.ply: PLY numbers must have at most 64 digits, got one of 100"
    assert model("a.stl", bytes(80) + (10**9).to_bytes(4, "little") + bytes(50)).startswith(
        "a.stl: STL must be ASCII, or 50000000084 bytes for its 1000000000 triangles, got 134"
    )


def test_a_polygon_that_would_take_minutes_to_cut() -> None:
    turns, radii = np.linspace(0, 2 * np.pi, 1100, endpoint=False), np.where(np.arange(1100) % 2, 1, 0.3)
    rows = [f"v {r * np.cos(a):.6f} {r * np.sin(a):.6f} 0" for a, r in zip(turns, radii, strict=True)]
    assert model("a.obj", "\n".join([*rows, "f " + " ".join(map(str, range(1, 1101)))]) + "\n") == (
        "a.obj: polygons that are not convex must have at most 1024 corners each, got one of 1100; "
        "save the mesh as triangles"
    )


def test_text_is_shorter_than_what_is_binary(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle.check_text, "__defaults__", (10, "use a binary form"))
    assert model("a.obj", "v 0 0 0\n" * 5) == "a.obj: text must be at most 10 bytes, got 40; use .glb or a binary .ply"


def test_nodes_that_unfold(tmp_path: Path) -> None:
    document = cube_gltf()
    document.json["nodes"] = [*({"children": [at + 1, at + 1]} for at in range(60)), {"mesh": 0}]
    document.json["scenes"] = [{"nodes": [0]}]
    path = document.glb(tmp_path / "a.glb")
    assert refusal(lambda: read_asset(read_bundle(path.name, tmp_path))) == (
        "a.glb: nodes must be a tree, got node 60 in two places"
    )


def test_textures_are_counted_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    document = cube_gltf()
    document.attribute("TEXCOORD_0", np.zeros((8, 2), dtype="<f4"))
    places = [document.texture(png(quadrants())), document.texture(png(quadrants()[::-1]))]
    first, second = ({"index": place} for place in places)
    document.material(pbrMetallicRoughness={"baseColorTexture": first, "metallicRoughnessTexture": second})
    path = document.glb(tmp_path / "a.glb")
    read_asset(read_bundle(path.name, tmp_path))
    monkeypatch.setattr(embedding, "MAX_ASSET_PX", 7)
    monkeypatch.setattr(images, "MAX_ASSET_PX", 7)
    assert refusal(lambda: read_asset(read_bundle(path.name, tmp_path))).endswith(
        "asset must have textures of at most 7 px together, got more; make them smaller"
    )


def bomb() -> bytes:
    """A PNG of 60,000 x 20,000 pixels, as its head says; what follows is never read."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 20_000, 8, 2, 0, 0, 0)
    data = png(np.zeros((1, 1, 3), np.uint8))
    return data[:12] + head + struct.pack(">I", crc32(head)) + data[33:]


def exr(folder: Path, channels: int) -> bytes:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    names = ["R", "G", "B", "Y", *(f"c{at}" for at in range(channels - 4))]
    OpenEXR.File(header, dict.fromkeys(names, np.zeros((64, 64), np.float32))).write(str(folder / "a.exr"))
    return (folder / "a.exr").read_bytes()


def test_pictures_that_unpack_to_gigabytes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for decode in (decode_picture, decode_image):
        assert refusal(lambda decode=decode: decode(bomb(), "a.png")) == (
            "a.png: picture must have at most 67108864 px, got more"
        )
    assert refusal(lambda: decode_environment(b"#?RADIANCE\n\n-Y 1000000 +X 1000000\n\2\2", "a.hdr")) == (
        "a.hdr: image must be at most 8192 x 8192 px, got 1000000 x 1000000"
    )
    many = exr(tmp_path, 40)
    decode_environment(many, "a.exr")
    monkeypatch.setattr(images, "MAX_EXR_BYTES", 2**19)
    assert refusal(lambda: decode_environment(many, "a.exr")) == (
        "a.exr: EXR must have channels of at most 524288 bytes together, got 655360; "
        "keep only those that are needed, or fewer pixels"
    )
    monkeypatch.setattr("synthvision.dataset.encodings.MAX_IMAGE_PX", 4000)
    assert refusal(lambda: decode_depth(many, "a.exr")) == "a.exr: EXR must have at most 4000 px, got 64 x 64"


def test_a_zip_bomb_for_soft_masks(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ids.npy", bytes(2**20))
    monkeypatch.setattr("synthvision.dataset.coverage_file.MAX_FILE_BYTES", 2**19)
    assert refusal(lambda: decode_coverage(stream.getvalue(), "a.npz")) == (
        "a.npz: archive must unpack to at most 524288 bytes, got 1048576"
    )


def coco(folder: Path, **annotation: object) -> str:
    put_picture(folder / "images/a.png")
    row = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 5, 5], **annotation}
    entry = {"id": 1, "file_name": "a.png", "width": 64, "height": 48}
    (folder / "a.json").write_text(
        json.dumps({"images": [entry], "annotations": [row], "categories": [{"id": 1, "name": "a"}]})
    )
    return refusal(lambda: import_dataset("coco", folder / "a.json", folder / "out", images=None, link=False))


def test_masks_that_would_crash_the_code_of_coco(tmp_path: Path) -> None:
    head = f"{tmp_path}/a.json: annotation 1: annotation must be as COCO has it, got "
    wide = [0, 0, 1e9, 0, 1e9, 1e9]
    assert coco(tmp_path, segmentation=[wide]).startswith(f"{head}'an outline of 4e+09 px, of at most 2000000'")
    assert coco(tmp_path, segmentation=[[0, 0, float("nan"), 0, 5, 5]]) == f"{head}'nan, which is not finite'"
    for counts, text in (
        ("ooooo", "'RLE: text must end with a whole run, got one that is cut off'"),
        ("1111", "'RLE: runs must sum to 3072 pixels, got 5'"),
        ([10**9, 1], "'runs that are not of the 3072 px of the picture'"),
        ({}, "'counts that are neither text nor a list'"),
    ):
        assert coco(tmp_path, segmentation={"size": [48, 64], "counts": counts}) == head + text


def test_yaml_and_xml_that_unfold(tmp_path: Path) -> None:
    put_picture(tmp_path / "images/a.png")
    (tmp_path / "data.yaml").write_text("a: &a [x, x]\nnames: [*a, *a]\ntrain: images\n")
    yolo = refusal(lambda: import_dataset("yolo", tmp_path, tmp_path / "out", images=None, link=False))
    assert yolo == f"{tmp_path}/data.yaml: file must be YAML, got 'an alias'"
    (tmp_path / "data.yaml").write_text("names: [a]\ntrain: images\nkpt_shape: [1000000000, 3]\n")
    many = refusal(lambda: import_dataset("yolo", tmp_path, tmp_path / "out", images=None, link=False))
    assert many == f"{tmp_path}/data.yaml: kpt_shape must be of 0 to 1024 keypoints, got 1000000000"
    (tmp_path / "Annotations").mkdir()
    bombs = '<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c SYSTEM "file:///etc/passwd">]><annotation>&c;</annotation>'
    (tmp_path / "Annotations/a.xml").write_text(bombs)
    voc = refusal(lambda: import_dataset("voc", tmp_path, tmp_path / "out", images=None, link=False))
    rule = "file must be XML, got 'a document type 'a', which annotations do not have; leave it out'"
    assert voc == f"{tmp_path}/Annotations/a.xml: {rule}"


def test_a_picture_for_import_that_is_a_bomb(tmp_path: Path) -> None:
    put_picture(tmp_path / "JPEGImages/a.png").write_bytes(bomb())
    (tmp_path / "Annotations").mkdir()
    (tmp_path / "Annotations/a.xml").write_text("<annotation><filename>a.png</filename></annotation>")
    text = refusal(lambda: import_dataset("voc", tmp_path, tmp_path / "out", images=None, link=False))
    assert text == f"{tmp_path}/JPEGImages/a.png: picture must have at most 67108864 px, got more; make it smaller"


def test_a_line_without_end_and_a_pipe_for_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = make_dataset(tmp_path / "data")
    monkeypatch.setattr(disk, "MAX_LINE_BYTES", 100)
    with pytest.raises(DatasetError) as caught:
        list(Dataset(folder))
    assert str(caught.value) == f"{folder}/frames.jsonl: line must be at most 100 bytes, got more"
    (folder / "manifest.json").unlink()
    (folder / "manifest.json").symlink_to("/dev/zero")
    with pytest.raises(DatasetError, match=r"folder must be a synthvision dataset with a manifest\.json"):
        Dataset(folder)
    assert refusal(lambda: disk.read_whole(Path("/dev/zero"))) == (
        "/dev/zero: file must be a plain file, got a pipe or device"
    )


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "a.glb").open("wb") as stream:
        stream.truncate(3 * 1024**3)  # takes no room
    with pytest.raises(AssetError) as caught:
        read_bundle("a.glb", tmp_path)
    assert str(caught.value) == "a.glb: file must be at most 2147483648 bytes, got 3221225472"
    assert refusal(lambda: disk.read_whole(tmp_path / "a.glb")) == (
        f"{tmp_path}/a.glb: file must be at most 2147483648 bytes, got 3221225472"
    )


def test_a_head_that_lies_is_no_picture() -> None:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8)).save(stream, "PNG")
    assert refusal(lambda: decode_picture(stream.getvalue()[:40], "a.png")) == (
        "a.png: file must be a readable picture, got 40 bytes that are none"
    )
