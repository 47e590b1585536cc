"""``synthvision show``: labels drawn over the pictures of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord
from synthvision.errors import UsageError, did_you_mean
from synthvision.labels import Labels
from synthvision.render.contact_sheet import sheet
from synthvision.render.overlay import (
    depth_picture,
    draw_boxes,
    draw_boxes_3d,
    draw_keypoints,
    draw_masks,
    draw_names,
)
from synthvision.report.labelled import labels_of

Picture = NDArray[np.uint8]
Skeletons = dict[str, list[tuple[str, str]]]

OVERLAYS = ("masks", "boxes", "names", "amodal", "keypoints", "boxes3d", "depth")
"""In the order in which they are drawn; ``depth`` stands beside the picture."""

TILE_PX = 360
"""Width of a frame on a contact sheet."""

_DASHED = 0.35
"""How much an amodal mask tints."""


def read_overlays(text: str) -> frozenset[str]:
    """Read a list of overlays; ``none`` is the picture alone. Raises UsageError."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in (*OVERLAYS, "none"):
            known = ", ".join((*OVERLAYS, "none"))
            raise UsageError(f"--with: overlay must be one of {known}, got '{name}'{did_you_mean(name, OVERLAYS)}")
    return frozenset(names) - {"none"}


def show_dataset(folder: Path, frame: int | None, out: Path, overlays: frozenset[str], frames: int) -> None:
    """Write a PNG of one frame at its own size, or of ``frames`` of them, evenly chosen, on one page.

    Raises:
        DatasetError: the folder is no dataset, or has no such frame.
        UsageError: the file cannot be written, or is no PNG.
    """
    if out.suffix.lower() != ".png":
        raise UsageError(f"{out}: output must be a .png file, got '{out.suffix or out.name}'")
    dataset = Dataset(folder)
    if frame is not None:
        _write(out, drawn(dataset, dataset.record(frame), overlays))
        return
    indices = _evenly(dataset.frame_indices, frames)
    if not indices:
        raise UsageError(f"{folder}: dataset must have at least one frame to show, got none")
    tiles = list(_tiles(dataset, indices, overlays))
    height = max(picture.shape[0] for _, picture in tiles)
    page = [(number, _padded(picture, height)) for number, picture in tiles]
    _write(out, sheet(page, dataset.manifest.name, f"{len(indices)} of {len(dataset)} frames"))


def drawn(dataset: Dataset, record: FrameRecord, overlays: frozenset[str]) -> Picture:
    """Return a frame's picture (H, W, 3) uint8 sRGB with overlays on it; with ``depth``, twice as wide."""
    labels = labels_of(dataset, record)
    picture: Picture = np.ascontiguousarray(dataset.image(record))
    for name, draw in _drawers(dataset).items():
        if name in overlays:
            picture = draw(picture, labels)
    if "depth" in overlays:
        picture = np.concatenate([picture, depth_picture(labels.depth)], axis=1)
    return picture


def _drawers(dataset: Dataset) -> dict[str, Callable[[Picture, Labels], Picture]]:
    skeletons = _skeletons(dataset)
    return {
        "amodal": _draw_amodal,
        "masks": draw_masks,
        "boxes": lambda picture, labels: draw_boxes(picture, labels, amodal=False),
        "boxes3d": draw_boxes_3d,
        "keypoints": lambda picture, labels: draw_keypoints(picture, labels, skeletons),
        "names": draw_names,
    }


def _draw_amodal(picture: Picture, labels: Labels) -> Picture:
    """Draw what things would cover if they were alone: their whole masks, and dashed boxes where those differ."""
    whole = [
        replace(label, bbox=label.amodal_bbox, mask=label.amodal_mask, see_through=True) for label in labels.instances
    ]
    nothing = np.zeros_like(labels.instance_map)
    alone = replace(labels, instances=tuple(whole), instance_map=nothing, category_map=nothing)
    return draw_boxes(draw_masks(picture, alone, _DASHED), labels)


def _skeletons(dataset: Dataset) -> Skeletons:
    return {
        category.name: [(category.keypoints[a], category.keypoints[b]) for a, b in category.skeleton]
        for category in dataset.manifest.categories
    }


def _tiles(dataset: Dataset, indices: list[int], overlays: frozenset[str]) -> Iterator[tuple[int, Picture]]:
    for index in indices:
        picture = drawn(dataset, dataset.record(index), overlays)
        width = TILE_PX * (2 if "depth" in overlays else 1)
        height = max(round(picture.shape[0] * width / picture.shape[1]), 1)
        shrinks = width < picture.shape[1]
        small = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        yield index, small.astype(np.uint8)


def _padded(picture: Picture, height: int) -> Picture:
    """Give a picture rows of black below, so that all on a page are of one size."""
    below = np.zeros((height - picture.shape[0], *picture.shape[1:]), np.uint8)
    return np.concatenate([picture, below])


def _evenly(indices: tuple[int, ...], count: int) -> list[int]:
    places = np.unique(np.linspace(0, len(indices) - 1, min(count, len(indices))).round().astype(int))
    return [indices[place] for place in places] if indices else []


def _write(path: Path, picture: Picture) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path, format="PNG", compress_level=3)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{path}: output must be a file that can be written, got '{reason}'") from error
