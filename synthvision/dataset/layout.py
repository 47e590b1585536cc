"""Where everything lies in a dataset folder.

::

    manifest.json                        what made the dataset
    recipe.yaml                          the recipe as resolved; not in a derived dataset
    sources/000/manifest.json            in a derived dataset: where frames come from, and
    sources/000/recipe.yaml              the recipe there, if they were rendered
    frames.jsonl                         one line per finished frame, by frame index
    annotations/instances[_SPLIT].json   COCO
    images/[SPLIT/]000012.png|jpg        sRGB, 8 bits
    depth/[SPLIT/]000012.png|exr         optional
    measured_depth/[SPLIT/]000012.png    where the recipe has a depth sensor
    instances/[SPLIT/]000012.png         optional, 16-bit ids
    normals/[SPLIT/]000012.png           optional, and so on: see ``KINDS``
    quarantine/000012/                   of frames that no worker could make: see ``run.quarantine``

The stem is the frame index, so a basename is unique over all splits. Paths inside the dataset use forward slashes.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from synthvision.errors import DatasetError
from synthvision.recipe.model import Outputs, Recipe

MANIFEST = "manifest.json"
RECIPE = "recipe.yaml"
FRAMES = "frames.jsonl"
RUN_LOG = "run_log.jsonl"
ANNOTATIONS = "annotations"
SOURCES = "sources"
QUARANTINE = "quarantine"
KINDS = (
    "images",
    "depth",
    "measured_depth",
    "instances",
    "semantic",
    "normals",
    "world_normals",
    "object_coordinates",
    "uv",
    "parts",
    "disparity",
    "stereo_mask",
    "coverage",
)
"""Folders of frames' files, one file of each kind per frame."""

_SPLIT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_DEPTH_SUFFIX = {"png16": ".png", "exr": ".exr"}


def written_outputs(recipe: Recipe) -> Outputs:
    """Return the recipe's outputs as far as they are written: measured depth only where a sensor measures it."""
    measured = recipe.outputs.measured_depth and recipe.depth_sensor is not None
    return recipe.outputs.model_copy(update={"measured_depth": measured})


def frame_files(outputs: Outputs, frame_index: int, split: str) -> dict[str, str]:
    """Map each kind of file that a frame has (``images``, ``depth``, …) to its path relative to the dataset."""
    suffixes = {"images": ".png" if outputs.image == "png" else ".jpg"}
    if outputs.depth != "none":
        suffixes["depth"] = _DEPTH_SUFFIX[outputs.depth]
    if outputs.measured_depth:
        suffixes["measured_depth"] = ".png"
    for kind in ("instances", "semantic", "normals", "world_normals", "object_coordinates", "uv", "parts"):
        if getattr(outputs, kind):
            suffixes[kind] = ".png"
    if outputs.disparity:
        suffixes |= {"disparity": ".exr", "stereo_mask": ".png"}
    if outputs.coverage:
        suffixes["coverage"] = ".npz"
    folder = f"{check_split(split)}/" if split else ""
    return {kind: f"{kind}/{folder}{frame_index:06d}{suffix}" for kind, suffix in suffixes.items()}


def derived_file(kind: str, frame_index: int, split: str, suffix: str) -> str:
    """Return the path of a file that a frame of a derived dataset has, which keeps the suffix it had."""
    folder = f"{check_split(split)}/" if split else ""
    return f"{kind}/{folder}{frame_index:06d}{suffix}"


def source_folder(number: int) -> str:
    """Return where what is known of a source of a derived dataset lies."""
    return f"{SOURCES}/{number:03d}"


def annotation_files(splits: tuple[str, ...]) -> dict[str, str]:
    """Map each split (the empty name where there are none) to its COCO file, relative to the dataset."""
    if not splits:
        return {"": f"{ANNOTATIONS}/instances.json"}
    return {split: f"{ANNOTATIONS}/instances_{check_split(split)}.json" for split in splits}


def check_split(split: str) -> str:
    """Return the name of a split if it can name a folder; raises DatasetError."""
    if not _SPLIT_NAME.fullmatch(split):
        raise DatasetError(f"split: name must be letters, digits, '_', '.' or '-', got {split!r}")
    return split


def check_file_name(name: str, where: str) -> str:
    """Return the name of a frame's file if it lies in a folder of the dataset; raises DatasetError."""
    kind, *rest = name.split("/")
    if kind not in KINDS or not rest or not all(_SPLIT_NAME.fullmatch(part) for part in rest):
        raise DatasetError(f"{where}: file must lie in a folder of the dataset ({KINDS[0]}, …), got {name!r}")
    return name


def inside(folder: Path, path: Path) -> Path:
    """Return a path in a dataset if no link leads it out; raises DatasetError."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        what = "file must lie in its dataset, got a link out of it"
        raise DatasetError(f"{path}: {what}; put there what it leads to, or make the whole dataset's folder a link")
    return path


def folders_written(folder: Path) -> Iterator[Path]:
    """Yield every existing folder of the dataset that files are written to; raises DatasetError for a link out."""
    yield folder
    for kind in (ANNOTATIONS, *KINDS):
        if (folder / kind).is_dir():
            yield inside(folder, folder / kind)
            yield from (inside(folder, path) for path in (folder / kind).iterdir() if path.is_dir())
