"""COCO instance annotations, assembled from ``frames.jsonl`` in constant memory.

One file per split, or ``annotations/instances.json`` where there are none. ``file_name`` is the basename: the image
root is ``images/`` or ``images/SPLIT/``, as torchvision, detectron2 and Datumaro expect. Image id = frame index + 1;
annotation ids count from 1 in each file. Our own data stand inside ``attributes``, which survives other tools.
Each image and each annotation has one line of the file, so that it can be read back line by line, too.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from synthvision.dataset.disk import open_whole
from synthvision.dataset.layout import FRAMES, annotation_files, frame_files
from synthvision.dataset.manifest import CategoryEntry, Manifest, read_manifest
from synthvision.dataset.records import iterate_lines
from synthvision.dataset.rle import decode_rle
from synthvision.errors import DatasetError
from synthvision.formats.polygons import mask_polygons
from synthvision.recipe.model import Outputs

Json = dict[str, Any]

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_LICENCE_ID = 1
_ATTRIBUTES = (
    "instance_id",
    "name",
    "visibility",
    "truncation",
    "amodal_bbox",
    "amodal_area",
    "object_to_camera",
    "corners_m",
    "corners_px",
    "distance_m",
    "hidden_by",
    "size_m",
    "on",
    "see_through",
)
"""Where a label has them: ``on`` is the ``instance_id`` of a decal's bearer, 0 if that has no annotation."""


def write_coco(folder: Path) -> tuple[Path, ...]:
    """Write the COCO files of a dataset, each atomically, and return their paths in the order of the splits.

    Reads ``manifest.json`` and ``frames.jsonl``, whose lines must ascend by frame index (``Journal.finish``).

    Raises:
        DatasetError: the folder is no dataset, a line is damaged or out of order, the disk is full.
    """
    manifest = read_manifest(folder)
    names = annotation_files(manifest.splits)
    with ExitStack() as stack:
        files = {
            split: stack.enter_context(_coco_file(folder / name, manifest, split)) for split, name in names.items()
        }
        last = -1
        for where, record in iterate_lines(folder / FRAMES):
            if record["frame_index"] <= last:
                raise DatasetError(f"{where}: frame index must be above {last}, got {record['frame_index']}")
            if record["split"] not in files:
                raise DatasetError(f"{where}: split must be {', '.join(files) or 'empty'}, got {record['split']!r}")
            last = record["frame_index"]
            files[record["split"]].add(record)
    return tuple(folder / name for name in names.values())


@contextmanager
def _coco_file(path: Path, manifest: Manifest, split: str) -> Iterator[_CocoFile]:
    with open_whole(path) as stream, TemporaryFile(dir=path.parent) as spill:
        file = _CocoFile(stream, spill, manifest, split)
        yield file
        file.end()


class _CocoFile:
    """A COCO file in the making: images go straight to it, annotations to a nameless file copied behind them."""

    def __init__(self, stream: BinaryIO, spill: IO[bytes], manifest: Manifest, split: str) -> None:
        self._stream, self._spill = stream, spill
        self._split = split
        self._outputs = manifest.output_settings
        self._images = self._annotations = 0
        heads = {
            "info": coco_info(manifest),
            "licenses": coco_licences(manifest),
            "categories": coco_categories(manifest),
        }
        lines = b",\n".join(_dump(key) + b":" + _dump(value) for key, value in heads.items())
        stream.write(b"{" + lines + b',\n"images":[\n')

    def add(self, record: Mapping[str, Any]) -> None:
        image = coco_image(record, self._outputs)
        self._stream.write((b",\n" if self._images else b"") + _dump(image))
        self._images += 1
        for label in record["labels"]:
            if label["area"] >= self._outputs.min_mask_px:
                self._spill.write(b",\n" if self._annotations else b"")
                self._annotations += 1
                self._spill.write(_dump(coco_annotation(self._annotations, record, label, self._outputs)))

    def end(self) -> None:
        self._stream.write((b"\n" if self._images else b"") + b'],\n"annotations":[\n')
        self._spill.seek(0)
        shutil.copyfileobj(self._spill, self._stream, 1 << 18)
        self._stream.write((b"\n" if self._annotations else b"") + b"]}\n")


def _dump(value: Any) -> bytes:
    return _ENCODER.encode(value).encode()


def coco_info(manifest: Manifest) -> Json:
    """Return the ``info`` block: the recipe's own text, then what made the dataset."""
    return {
        **manifest.info,
        "synthetic": True,
        "name": manifest.name,
        "seed": manifest.seed,
        "recipe_sha256": manifest.recipe_sha256,
        "renderer": manifest.renderer,
        "versions": dict(manifest.versions),
    }


def coco_licences(manifest: Manifest) -> list[Json]:
    """Return the one licence of the dataset."""
    return [{"id": _LICENCE_ID, "name": manifest.licence["name"], "url": manifest.licence["url"]}]


def coco_categories(manifest: Manifest) -> list[Json]:
    """Return the categories, ids from 1.

    RF-DETR drops categories whose name is another's supercategory, or whose supercategory is ``none``: such a
    supercategory is written with ``-group`` behind it.
    """
    taken = {category.name for category in manifest.categories} | {"none"}
    return [{"id": c.id, "name": c.name, "supercategory": _supercategory(c, taken)} for c in manifest.categories]


def _supercategory(category: CategoryEntry, taken: set[str]) -> str:
    name = category.supercategory
    while name in taken:
        name += "-group"
    return name


def coco_image(record: Mapping[str, Any], outputs: Outputs) -> Json:
    """Return the entry of ``images`` for one parsed line."""
    path = frame_files(outputs, record["frame_index"], record["split"])["images"]
    return {
        "id": record["frame_index"] + 1,
        "file_name": PurePosixPath(path).name,
        "width": record["width_px"],
        "height": record["height_px"],
        "license": _LICENCE_ID,
        **_camera(record),
        **_view(record["scene"]),
        **({"origin": record["origin"]} if "origin" in record else {}),
    }


def _camera(record: Mapping[str, Any]) -> Json:
    """Return what is known of the camera: of a picture that was imported it may be nothing."""
    if "camera_matrix" not in record:
        return {}
    pose = {"camera_to_world": record["camera_to_world"]} if "camera_to_world" in record else {}
    return {"K": record["camera_matrix"], "distortion": record["distortion"], **pose}


def _view(scene: Mapping[str, Any]) -> Json:
    """Return which camera an image is of, and which scene it shares with images of others, where cameras have names."""
    name = scene.get("camera", {}).get("name", "")
    return {"camera": name, "scene": scene.get("scene_index", 0)} if name else {}


def coco_annotation(number: int, record: Mapping[str, Any], label: Mapping[str, Any], outputs: Outputs) -> Json:
    """Return the entry of ``annotations`` for one visible instance or decal of a parsed line."""
    size = [record["height_px"], record["width_px"]]
    attributes = {key: label[key] for key in _ATTRIBUTES if key in label}
    if "amodal_counts" in label:
        attributes["amodal_segmentation"] = {"size": size, "counts": label["amodal_counts"]}
    return {
        "id": number,
        "image_id": record["frame_index"] + 1,
        "category_id": label["category_id"],
        "bbox": [float(side) for side in label["bbox"]],
        "area": label["area"],
        "iscrowd": int(label.get("crowd", False)),
        "segmentation": _segmentation(label, size, outputs),
        "attributes": attributes,
    }


def _segmentation(label: Mapping[str, Any], size: list[int], outputs: Outputs) -> Any:
    if "counts" not in label:
        return []
    if outputs.polygons:
        return mask_polygons(decode_rle(label["counts"], *size))
    return {"size": size, "counts": label["counts"]}
