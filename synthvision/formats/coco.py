"""COCO instance annotations, assembled from ``frames.jsonl`` in constant memory.

One file per split, or ``annotations/instances.json`` where there are none. ``file_name`` is the basename: the image
root is ``images/`` or ``images/SPLIT/``, as torchvision, detectron2 and Datumaro expect. Image id = frame index + 1;
annotation ids count from 1 in each file. Our own data stand inside ``attributes``, which survives other tools.
Each image and each annotation has one line of the file, so that it can be read back line by line, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from synthvision.dataset.layout import FRAMES, annotation_files
from synthvision.dataset.manifest import CategoryEntry, Manifest, read_manifest
from synthvision.dataset.records import iterate_lines
from synthvision.dataset.rle import decode_rle
from synthvision.errors import DatasetError
from synthvision.formats.coco_file import CocoFile, Json, open_coco
from synthvision.formats.polygons import mask_polygons
from synthvision.recipe.model import Outputs

_ATTRIBUTES = (
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

INSTANCE = "instance_number"
"""Under which a label's ``instance_id`` stands; FiftyOne loads no file that has it by its own name."""


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
        keypoints = {category.id: category.keypoints for category in manifest.categories}
        last = -1
        for where, record in iterate_lines(folder / FRAMES):
            try:
                if record["frame_index"] <= last:
                    raise DatasetError(f"{where}: frame index must be above {last}, got {record['frame_index']}")
                if record["split"] not in files:
                    raise DatasetError(f"{where}: split must be {', '.join(files) or 'empty'}, got {record['split']!r}")
                last = record["frame_index"]
                _add(files[record["split"]], record, manifest.output_settings, keypoints)
            except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
                got = f"got '{error}'; run 'synthvision validate' on the dataset"
                raise DatasetError(f"{where}: line must be as synthvision writes it, {got}") from error
    return tuple(folder / name for name in names.values())


def _add(file: CocoFile, record: Mapping[str, Any], outputs: Outputs, keypoints: Mapping[int, Sequence[str]]) -> None:
    file.add_image(coco_image(record))
    for label in record["labels"]:
        if label["area"] >= outputs.min_mask_px:
            number = file.annotations + 1
            names = keypoints.get(label["category_id"], ())
            file.add_annotation(coco_annotation(number, record, label, outputs, names))


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
    attributes = {INSTANCE: label["instance_id"]} | {key: label[key] for key in _ATTRIBUTES if key in label}
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
