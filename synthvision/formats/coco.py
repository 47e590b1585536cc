"""COCO instance annotations, assembled from ``frames.jsonl`` in constant memory.

One file per split, or ``annotations/instances.json`` where there are none. ``file_name`` is the basename: the image
root is ``images/`` or ``images/SPLIT/``, as torchvision, detectron2 and Datumaro expect. Image id = frame index + 1;
annotation ids count from 1 in each file. Our own data stand inside ``attributes``, which survives other tools.
Each image and each annotation has one line of the file, so that it can be read back line by line, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from synthvision.dataset.disk import lines_within, reading_errors
from synthvision.dataset.layout import FRAMES, annotation_files
from synthvision.dataset.manifest import CategoryEntry, Manifest, read_manifest
from synthvision.dataset.records import parse_line
from synthvision.dataset.rle import decode_rle
from synthvision.errors import DatasetError
from synthvision.formats.coco_file import BLOCK, CocoFile, Json, dump, open_coco
from synthvision.formats.coco_verbatim import ATTRIBUTES, INSTANCE, annotation_lines
from synthvision.formats.polygons import mask_polygons
from synthvision.recipe.model import Outputs


def write_coco(folder: Path) -> tuple[Path, ...]:
    """Write the COCO files of a dataset, each atomically, and return their paths in the order of the splits.

    Reads ``manifest.json`` and ``frames.jsonl``, whose lines must ascend by frame index (``Journal.finish``).

    Raises:
        DatasetError: the folder is no dataset, a line is damaged or out of order, the disk is full.
    """
    manifest = read_manifest(folder)
    names = annotation_files(manifest.splits)
    with ExitStack() as stack:
        heads = coco_heads(manifest, keypoints=True)
        files = {split: stack.enter_context(open_coco(folder / name, heads)) for split, name in names.items()}
        keypoints = _Keypoints.of(manifest.categories)
        last = -1
        for where, line in _lines(folder / FRAMES):
            record = parse_line(line, where)
            try:
                if record["frame_index"] <= last:
                    raise DatasetError(f"{where}: frame index must be above {last}, got {record['frame_index']}")
                if record["split"] not in files:
                    raise DatasetError(f"{where}: split must be {', '.join(files) or 'empty'}, got {record['split']!r}")
                last = record["frame_index"]
                _add(files[record["split"]], line, record, manifest.output_settings, keypoints)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                got = f"got '{error}'; run 'synthvision validate' on the dataset"
                raise DatasetError(f"{where}: line must be as synthvision writes it, {got}") from error
    return tuple(folder / name for name in names.values())


@dataclass(frozen=True)
class _Keypoints:
    """Names of the keypoints of each category, by its id: as they are, and as JSON."""

    names: Mapping[int, Sequence[str]]
    written: Mapping[int, Sequence[bytes]]

    @classmethod
    def of(cls, categories: Sequence[CategoryEntry]) -> _Keypoints:
        names = {category.id: category.keypoints for category in categories}
        return cls(names, {number: [dump(name) for name in found] for number, found in names.items()})


def _lines(path: Path) -> Iterator[tuple[str, bytes]]:
    with reading_errors(path), path.open("rb", buffering=BLOCK) as stream:
        for number, line in enumerate(lines_within(stream, path), start=1):
            yield f"{path}:{number}", line


def _add(file: CocoFile, line: bytes, record: Mapping[str, Any], outputs: Outputs, keypoints: _Keypoints) -> None:
    first, least_px = file.annotations + 1, outputs.min_mask_px
    entries = None if outputs.polygons else annotation_lines(line, record, first, least_px, keypoints.written)
    if entries is None:
        entries = annotations_anew(record, first, outputs, keypoints.names)
    file.add(coco_image(record), entries)


def annotations_anew(
    record: Mapping[str, Any], first: int, outputs: Outputs, keypoints: Mapping[int, Sequence[str]]
) -> list[bytes]:
    """Return the entries of ``annotations`` for one parsed line, of whatever form; ``first`` is the id of the first."""
    labels = [label for label in record["labels"] if label["area"] >= outputs.min_mask_px]
    return [
        dump(coco_annotation(number, record, label, outputs, keypoints.get(label["category_id"], ())))
        for number, label in enumerate(labels, start=first)
    ]


def coco_heads(manifest: Manifest, *, keypoints: bool = False) -> Json:
    """Return what stands before the images: the same in the files of all splits."""
    return {
        "info": coco_info(manifest),
        "licenses": coco_licences(manifest),
        "categories": coco_categories(manifest, keypoints=keypoints),
    }


def coco_info(manifest: Manifest) -> Json:
    """Return the ``info`` block: the recipe's own text, then what made the dataset."""
    return {
        **manifest.info,
        "synthetic": manifest.synthetic,
        "name": manifest.name,
        "seed": manifest.seed,
        "recipe_sha256": manifest.recipe_sha256,
        "renderer": manifest.renderer,
        "versions": dict(manifest.versions),
    }


def coco_licences(manifest: Manifest) -> list[Json]:
    """Return the licences of the pictures, ids from 1; all but derived datasets have one."""
    licences = manifest.licences or (manifest.licence,)
    return [
        {"id": number, "name": found["name"], "url": found["url"]} for number, found in enumerate(licences, start=1)
    ]


def coco_categories(manifest: Manifest, *, keypoints: bool) -> list[Json]:
    """Return the categories, ids from 1, with their keypoints or without.

    RF-DETR drops categories whose name is another's supercategory, or whose supercategory is ``none``: such a
    supercategory is written with ``-group`` behind it.
    """
    taken = {category.name for category in manifest.categories} | {"none"}
    return [
        {
            "id": category.id,
            "name": category.name,
            "supercategory": _supercategory(category, taken),
            **(_keypoint_names(category) if keypoints and category.keypoints else {}),
        }
        for category in manifest.categories
    ]


def _keypoint_names(category: CategoryEntry) -> Json:
    """Return names of keypoints, and the skeleton, in which their places count from 1."""
    skeleton = [[first + 1, second + 1] for first, second in category.skeleton]
    return {"keypoints": list(category.keypoints), "skeleton": skeleton}


def _supercategory(category: CategoryEntry, taken: set[str]) -> str:
    name = category.supercategory
    while name in taken:
        name += "-group"
    return name


def coco_image(record: Mapping[str, Any]) -> Json:
    """Return the entry of ``images`` for one parsed line."""
    path = next((name for name in record["files"] if name.startswith("images/")), None)
    if path is None:
        raise DatasetError(f"frame {record['frame_index']}: files must have one in images, got none")
    return {
        "id": record["frame_index"] + 1,
        "file_name": PurePosixPath(path).name,
        "width": record["width_px"],
        "height": record["height_px"],
        "license": record.get("origin", {}).get("licence", 0) + 1,
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


def coco_annotation(
    number: int,
    record: Mapping[str, Any],
    label: Mapping[str, Any],
    outputs: Outputs,
    keypoints: Sequence[str] = (),
) -> Json:
    """Return the entry of ``annotations`` for one visible instance or decal of a parsed line.

    ``keypoints`` are those of its category; without any, none are written.
    """
    size = [record["height_px"], record["width_px"]]
    attributes = {INSTANCE: label["instance_id"]} | {key: label[key] for key in ATTRIBUTES if key in label}
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
        **(_keypoints(label, keypoints) if keypoints else {}),
    }


def _keypoints(label: Mapping[str, Any], names: Sequence[str]) -> Json:
    """Return x, y and state of each of a category's keypoints, 0 for one that the label lacks, and how many are seen
    or hidden.
    """
    points = [label.get("keypoints", {}).get(name, (0, 0, 0)) for name in names]
    return {
        "keypoints": [value for point in points for value in point],
        "num_keypoints": sum(state > 0 for *_, state in points),
    }


def _segmentation(label: Mapping[str, Any], size: list[int], outputs: Outputs) -> Any:
    if "counts" not in label:
        return []
    if outputs.polygons:
        return mask_polygons(decode_rle(label["counts"], *size))
    return {"size": size, "counts": label["counts"]}
