"""What is fuzzed: each target takes the bytes of one file, and ends well or with a SynthvisionError that can be shown.

``tests/unit/fuzz`` feeds it files that hypothesis damages; ``scripts/fuzz`` those that atheris finds by coverage.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from PIL import Image

from synthvision.assets.files import read_asset
from synthvision.assets.files.bundle import Bundle
from synthvision.assets.images import decode_environment, decode_image
from synthvision.bundled import bundled_folder
from synthvision.curation import fix_dataset
from synthvision.curation.importing import READERS
from synthvision.dataset import Dataset, validate
from synthvision.dataset.coverage_file import decode_coverage, encode_coverage
from synthvision.dataset.encodings import decode_depth, decode_picture
from synthvision.dataset.layout import FRAMES, MANIFEST
from synthvision.dataset.manifest import read_manifest
from synthvision.dataset.rle import encode_crops
from synthvision.dataset.validate_coco import coco_faults
from synthvision.errors import AssetError, SynthvisionError
from synthvision.formats import ExportOptions, find_format
from synthvision.labels.types import Coverage
from synthvision.recipe import load_recipe, recipe_from_dict, recipe_from_text
from synthvision.recipe.reading import decode
from tests.unit.assets_files.small_files import cube_gltf, cube_obj, cube_ply, cube_stl, png, quadrants
from tests.unit.dataset.hand_made import content as files_of
from tests.unit.dataset.hand_made import make_dataset
from tests.unit.fuzz.references import fbx_files, references_of, usd_files
from tests.unit.fuzz.small_recipes import small_recipes

Feed = Callable[[bytes, Path], None]
"""Takes the bytes, and a folder that is the target's own and stays between calls."""


@dataclass(frozen=True)
class Target:
    """``seeds`` are good files: those of formats that are JSON inside are also damaged as trees (``is_json``).

    ``slow_s`` is how long one file may take, and ``modules`` are some that its feed imports when it is called.
    """

    feed: Feed
    seeds: Callable[[], Sequence[bytes]]
    is_json: bool = False
    slow_s: int = 20
    modules: tuple[str, ...] = ()


def attempt(target: Target, content: bytes, folder: Path) -> str:
    """Feed a target; return ``fine`` or the text of its error. Whatever else it raises goes on."""
    try:
        target.feed(content, folder)
    except SynthvisionError as error:
        text = str(error)
        text.encode("utf-8")
        assert text
        return text
    return "fine"


def _recipe(content: bytes, folder: Path) -> None:
    recipe_from_text(decode(content, "recipe.yaml"), folder, "recipe.yaml")


def _included(content: bytes, folder: Path) -> None:
    (folder / "part.yaml").write_bytes(content)
    (folder / "whole.yaml").write_text("version: 1\nextends: part.yaml\nname: whole\n")
    load_recipe(folder / "whole.yaml")


def _with_variables(variables: dict[str, Any], folder: Path) -> None:
    camera, things = {"position": {"at_m": [0, 0, 1]}}, {"objects": [{"category": "mug", "asset": "mug"}]}
    head = {"version": 1, "name": "a", "categories": [{"name": "mug"}], "camera": camera}
    recipe_from_dict({**head, **things, "variables": variables}, folder)


def _measured(content: bytes, folder: Path) -> None:
    is_json = content[:1] in {b"[", b"{"}
    name = "data.json" if is_json else "data.csv"
    (folder / name).write_bytes(content)
    section = {"file": name} if is_json else {"file": name, "column": "mass"}
    _with_variables({"a": {"empirical": section}}, folder)


def _expression(content: bytes, folder: Path) -> None:
    text = content.decode("utf-8", "replace")
    _with_variables({"a": {"uniform": [1, 2]}, "b": -2.5, "c": text}, folder)


def _model(suffix: str, parts: Callable[[], dict[str, bytes]] = dict) -> Feed:
    def feed(content: bytes, _folder: Path) -> None:
        read_asset(Bundle(f"model{suffix}", content, _Parts(parts())))

    return feed


class _Parts(dict[str, bytes]):
    """The files that a model refers to; those that are not there are missing as on a disk."""

    def __missing__(self, name: str) -> bytes:
        raise AssetError(f"model: '{name}' that it refers to: file must exist, got no such file")


def _material_library(content: bytes, _folder: Path) -> None:
    obj = b"mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nusemtl paint\nf 1/1 2/1 3/1\n"
    read_asset(Bundle("model.obj", obj, _Parts({"a.mtl": content, "a.png": _png()})))


def _imported(form: str, name: str, others: Callable[[], dict[str, bytes]]) -> Feed:
    """Import ``content`` as the file ``name`` of a folder whose other files are good."""

    def feed(content: bytes, folder: Path) -> None:
        for path, data in others().items():
            if not (folder / path).is_file():
                (folder / path).parent.mkdir(parents=True, exist_ok=True)
                (folder / path).write_bytes(data)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        source = folder / name if form == "coco" else folder
        for picture in READERS[form](source, None).pictures():
            assert picture.path.resolve().is_relative_to(folder.resolve())

    return feed


def _dataset_file(name: str, *steps: Callable[[Path], None]) -> Feed:
    """Do ``steps`` to a dataset of two frames of which one file is ``content``; the others are good every time."""
    stamps: dict[Path, tuple[int, int]] = {}

    def feed(content: bytes, folder: Path) -> None:
        data = folder / "data"
        _put_back(data, stamps)
        (data / name).write_bytes(content)
        faults: list[SynthvisionError] = []
        for step in steps:
            try:
                step(data)
            except SynthvisionError as error:
                faults.append(error)
        if name != MANIFEST:
            assert {path.name for path in folder.iterdir()} == {"data"}
        if faults:
            raise faults[0]

    return feed


@cache
def _small_dataset() -> dict[str, bytes]:
    """Return the files of a dataset: a frame of three instances, one without any."""
    with TemporaryDirectory() as folder:
        return files_of(make_dataset(Path(folder, "set"), order=(0, 1)))


def _put_back(data: Path, stamps: dict[Path, tuple[int, int]]) -> None:
    """Write the files that are not as they were written; ``stamps`` tells, which is cheaper than to write them all."""
    there = {path for path in data.rglob("*") if path.is_file()}
    good = {data / name: content for name, content in _small_dataset().items()}
    for path in there - good.keys():
        path.unlink()
    for path, content in good.items():
        if path not in there or _stamp(path) != stamps.get(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            stamps[path] = _stamp(path)


def _stamp(path: Path) -> tuple[int, int]:
    now = path.stat()
    return now.st_mtime_ns, now.st_size


def _validated(data: Path) -> None:
    for fault in validate(data, workers=1):
        str(fault).encode()


def _annotations_checked(data: Path) -> None:
    """What ``validate`` and ``fix`` do with COCO files; nothing else reads those of a dataset."""
    for fault in coco_faults(data, read_manifest(data), set()):
        str(fault).encode()


def _repaired(data: Path) -> None:
    list(fix_dataset(data))


def _exported(data: Path) -> None:
    out = data.parent / "out"
    try:
        for form in ("yolo-segment", "voc", "kitti"):
            find_format(form).write(Dataset(data), out / form, ExportOptions())
    finally:
        rmtree(out, ignore_errors=True)


def _read(data: Path) -> None:
    dataset = Dataset(data)
    for record in dataset:
        dataset.image(record)
        dataset.scene(record, data)
        for label in record.labels:
            dataset.mask(record, label)


def _seeds_of(*contents: Callable[[], bytes]) -> Callable[[], list[bytes]]:
    return lambda: [make() for make in contents]


@cache
def _written(make: Callable[[Path], Path], name: str) -> bytes:
    with TemporaryDirectory() as folder:
        return make(Path(folder, name)).read_bytes()


def _png() -> bytes:
    return png(quadrants())


def _encoded(form: str) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)).save(stream, form)
    return stream.getvalue()


def _glb() -> bytes:
    document = cube_gltf()
    document.attribute("TEXCOORD_0", np.zeros((8, 2), dtype="<f4"))
    document.material(pbrMetallicRoughness={"baseColorTexture": {"index": document.texture(png(quadrants()))}})
    return _written(document.glb, "a.glb")


def _gltf() -> bytes:
    return _written(lambda path: cube_gltf().gltf(path, "cube.bin"), "a.gltf")


def _ascii_ply() -> bytes:
    head = "ply\nformat ascii 1.0\nelement vertex 4\nproperty float x\nproperty float y\nproperty float z\n"
    head += "property uchar red\nproperty uchar green\nproperty uchar blue\n"
    head += "element face 2\nproperty list uchar int vertex_indices\nend_header\n"
    return (head + "0 0 0 1 2 3\n1 0 0 9 9 9\n1 1 0 0 0 0\n0 1 0 5 5 5\n3 0 1 2\n4 0 1 2 3\n").encode()


def _obj() -> bytes:
    return b"o a\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv .5 .4 0\nvt 0 0\nvn 0 0 1\nf 1/1/1 2/1/1 3//1\nf -1 -2 -3 1 2\n"


def _stl() -> bytes:
    facet = b"facet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\n"
    return b"solid a\n" + facet + b"endsolid a\n"


def _mtl() -> bytes:
    return b"newmtl paint\nKd 0.1 0.2 0.3\nNs 20\nd 0.5\nmap_Kd -s 1 1 1 a.png\nmap_Bump -bm 0.5 a.png\nPr 0.2\n"


def _hdr() -> bytes:
    return b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 4 +X 8\n" + (b"\2\2\0\x08" + b"\x88\x80" * 4) * 4


def _hdr_flat() -> bytes:
    return b"#?RADIANCE\n\n-Y 2 +X 2\n" + bytes(range(16))


def _exr() -> bytes:
    import OpenEXR  # noqa: PLC0415 - a large library

    pixels = np.linspace(0, 1, 32, dtype=np.float32).reshape(4, 8)
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}

    def write(path: Path) -> Path:
        OpenEXR.File(header, dict.fromkeys("RGBY", pixels)).write(str(path))
        return path

    return _written(write, "a.exr")


def _soft_masks() -> bytes:
    return encode_coverage([Coverage(1, (2, 3, 5, 7), np.full((4, 3), 0.5, np.float32))], 4, {"a": "b"})


def _mask() -> str:
    return encode_crops([(np.eye(3, dtype=np.bool_), 2, 1)], 6, 8)[0]


_COCO = "annotations/instances.json"
_CLASS_KEYPOINTS = {"keypoints": ["left", "right"], "skeleton": [[1, 2]]}


def _coco() -> bytes:
    labels = [
        {"bbox": [1, 1, 5, 5], "segmentation": [[1, 1, 6, 1, 6, 6, 1, 6]], "keypoints": [1, 2, 2, 3, 4, 1]},
        {"bbox": [0, 0, 4, 4], "segmentation": {"size": [6, 8], "counts": [0, 4, 2, 4, 38]}, "iscrowd": 1},
        {"bbox": [0, 0, 8, 6], "segmentation": {"size": [6, 8], "counts": _mask()}},
        {"bbox": [2, 2, 3, 3]},
    ]
    rows = [{"id": at, "image_id": 1, "category_id": 1, **label} for at, label in enumerate(labels)]
    head = {"images": [{"id": 1, "file_name": "a.png", "width": 8, "height": 6, "license": 1}], "annotations": rows}
    about = {"licenses": [{"id": 1, "name": "CC0"}], "info": {"year": 2020, "description": "x"}}
    return json.dumps(head | about | {"categories": [{"id": 1, "name": "a", **_CLASS_KEYPOINTS}]}).encode()


_YOLO = b"path: .\ntrain: images\nkpt_shape: [2, 3]\nflip_idx: [1, 0]\nnames:\n  0: mug\n  1: cup\n"
_LINES = b"0 0.5 0.5 0.2 0.2\n1 0.1 0.1 0.9 0.1 0.5 0.9\n0 0.5 0.5 0.2 0.2 0.5 0.5 2 0.1 0.1 1\n"
_VOC = (
    b"<annotation><filename>a.png</filename><size><width>8</width><height>6</height></size><object><name>mug</name>"
    b"<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>5</ymax></bndbox></object></annotation>"
)


def _object_map() -> bytes:
    stream = io.BytesIO()
    Image.fromarray(np.eye(6, 8, dtype=np.uint8)).save(stream, "PNG")
    return stream.getvalue()


def _dataset_seed(name: str) -> bytes:
    return _small_dataset()[name]


def _bundled_recipes() -> list[bytes]:
    return [(bundled_folder("scenes") / f"{name}.yaml").read_bytes() for name in ("quickstart", "bin_of_parts", "dice")]


def _pictures() -> list[bytes]:
    return [_png(), *(_encoded(form) for form in ("PNG", "JPEG", "WEBP", "TIFF", "BMP"))]


def _in_images() -> dict[str, bytes]:
    return {"images/a.png": _encoded("PNG")}


TARGETS: dict[str, Target] = {
    "recipe": Target(_recipe, small_recipes),
    "bundled_recipe": Target(_recipe, _bundled_recipes),
    "extended_recipe": Target(_included, small_recipes),
    "measured_data": Target(
        _measured, _seeds_of(lambda: b"mass,n\n1.5,2\n2e3,4\n", lambda: b'{"edges": [1, 2, 3], "counts": [4, 5]}')
    ),
    "expression": Target(_expression, _seeds_of(lambda: b"(a // 2) ** 2 + (1 if a < 3 and not b > 1 else -b) % 7")),
    "obj": Target(_model(".obj"), _seeds_of(lambda: _written(cube_obj, "a.obj"), _obj)),
    "mtl": Target(_material_library, _seeds_of(_mtl)),
    "ply": Target(_model(".ply"), _seeds_of(lambda: _written(cube_ply, "a.ply"), _ascii_ply)),
    "stl": Target(_model(".stl"), _seeds_of(lambda: _written(cube_stl, "a.stl"), _stl)),
    "glb": Target(_model(".glb"), _seeds_of(_glb)),
    "gltf": Target(_model(".gltf", lambda: {"cube.bin": cube_gltf().binary}), _seeds_of(_gltf), is_json=True),
    "usd": Target(references_of(".usd"), usd_files),
    "fbx": Target(references_of(".fbx"), fbx_files),
    "image": Target(lambda content, _: decode_image(content, "a.png"), lambda: [*_pictures(), _encoded("TGA")]),
    "environment": Target(
        lambda content, _: decode_environment(content, "a.hdr"), _seeds_of(_hdr, _hdr_flat, _exr, _png)
    ),
    "dataset_picture": Target(lambda content, _: decode_picture(content, "a.png"), _pictures),
    "dataset_depth": Target(lambda content, _: decode_depth(content, "a.exr"), _seeds_of(_exr)),
    "soft_masks": Target(lambda content, _: decode_coverage(content, "a.npz"), _seeds_of(_soft_masks)),
    "coco": Target(_imported("coco", "a.json", _in_images), _seeds_of(_coco), is_json=True),
    "yolo_classes": Target(
        _imported("yolo", "data.yaml", lambda: _in_images() | {"labels/a.txt": _LINES}), lambda: [_YOLO]
    ),
    "yolo_lines": Target(
        _imported("yolo", "labels/a.txt", lambda: _in_images() | {"data.yaml": _YOLO}), lambda: [_LINES]
    ),
    "voc": Target(_imported("voc", "Annotations/a.xml", lambda: {"JPEGImages/a.png": _encoded("PNG")}), lambda: [_VOC]),
    "voc_map": Target(
        _imported(
            "voc",
            "SegmentationObject/a.png",
            lambda: {"JPEGImages/a.png": _encoded("PNG"), "Annotations/a.xml": _VOC},
        ),
        _seeds_of(_object_map),
    ),
    "frames": Target(_dataset_file(FRAMES, _validated, _read), lambda: [_dataset_seed(FRAMES)]),
    "repaired_frames": Target(_dataset_file(FRAMES, _repaired, _exported), lambda: [_dataset_seed(FRAMES)]),
    "annotations": Target(_dataset_file(_COCO, _annotations_checked), lambda: [_dataset_seed(_COCO)]),
    "manifest": Target(
        _dataset_file(MANIFEST, _validated, _repaired, _exported, _read),
        lambda: [_dataset_seed(MANIFEST)],
        is_json=True,
    ),
}
