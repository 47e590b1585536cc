"""``synthvision show``: labels drawn over the pictures of a dataset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
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
from synthvision.render.palette import BACKGROUND
from synthvision.report.evenly import evenly
from synthvision.report.labelled import labels_of

Picture = NDArray[np.uint8]
Skeletons = Mapping[str, Sequence[tuple[str, str]]]

OVERLAYS = ("amodal", "masks", "boxes", "boxes3d", "keypoints", "names", "depth")
"""In the order in which they are drawn; ``depth`` stands beside the picture."""

TILE_PX = 360
"""Longest side of a frame on a contact sheet."""

_WHOLE = 0.35
"""How much an amodal mask tints."""


@dataclass(frozen=True, eq=False)
class Canvas:
    """What is drawn on: a frame's picture (H, W, 3) uint8 sRGB, its labels, and what joins their keypoints."""

    picture: Picture
    labels: Labels
    skeletons: Skeletons

    @classmethod
    def of(cls, dataset: Dataset, record: FrameRecord) -> Canvas:
        """Read a frame. Raises DatasetError where its picture, depth or a mask cannot be read."""
        skeletons = {
            category.name: [(category.keypoints[a], category.keypoints[b]) for a, b in category.skeleton]
            for category in dataset.manifest.categories
        }
        return cls(np.ascontiguousarray(dataset.image(record)), labels_of(dataset, record), skeletons)

    def drawn(self, overlays: frozenset[str], scale: float = 1.0) -> Picture:
        """Return the picture with overlays on it; with ``depth``, which stands on its right, twice as wide.

        ``scale``: how much wider lines and larger letters are than usual, for a picture that will be shrunk.

        Raises UsageError where the picture is of another size than the frame.
        """
        picture = self.picture
        for name in OVERLAYS:
            if name in overlays and name != "depth":
                picture = self._with(name, picture, scale)
        return np.concatenate([picture, self.depth], axis=1) if "depth" in overlays else picture

    @property
    def depth(self) -> Picture:
        """Depth as a picture."""
        return depth_picture(self.labels.depth)

    def _with(self, name: str, picture: Picture, scale: float) -> Picture:
        match name:
            case "amodal":
                return _draw_amodal(picture, self.labels, scale)
            case "masks":
                return draw_masks(picture, self.labels, scale=scale)
            case "boxes":
                return draw_boxes(picture, self.labels, amodal=False, scale=scale)
            case "boxes3d":
                return draw_boxes_3d(picture, self.labels, scale=scale)
            case "keypoints":
                return draw_keypoints(picture, self.labels, self.skeletons, scale=scale)
        return draw_names(picture, self.labels, scale=scale)


def _draw_amodal(picture: Picture, labels: Labels, scale: float) -> Picture:
    """Draw what things would cover if they were alone: their whole masks, and dashed boxes where those differ."""
    whole = [
        replace(label, bbox=label.amodal_bbox, mask=label.amodal_mask, see_through=True) for label in labels.instances
    ]
    nothing = np.zeros_like(labels.instance_map)
    alone = replace(labels, instances=tuple(whole), instance_map=nothing, category_map=nothing)
    return draw_boxes(draw_masks(picture, alone, _WHOLE, scale=scale), labels, scale=scale)


def read_overlays(text: str) -> frozenset[str]:
    """Read a list of overlays; ``none`` is the picture alone. Raises UsageError."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in (*OVERLAYS, "none"):
            known = ", ".join((*OVERLAYS, "none"))
            raise UsageError(f"--with: overlay must be one of {known}, got '{name}'{did_you_mean(name, OVERLAYS)}")
    if "none" in names and len(names) > 1:
        raise UsageError(f"--with: none must stand alone, got '{text}'")
    return frozenset(names) - {"none"}


def show_dataset(folder: Path, frame: int | None, out: Path, overlays: frozenset[str], frames: int) -> None:
    """Write a PNG of one frame at its own size, or of ``frames`` of them, evenly chosen, on one page.

    Raises:
        DatasetError: the folder is no dataset, or has no such frame.
        UsageError: the file cannot be written, or is no PNG; the dataset is empty; no frame has what is to be drawn.
    """
    if out.suffix.lower() != ".png":
        raise UsageError(f"{out}: output must be a .png file, got '{out.suffix or out.name}'")
    dataset = Dataset(folder)
    indices = evenly(dataset.frame_indices, frames) if frame is None else [frame]
    if not indices:
        raise UsageError(f"{folder}: dataset must have at least one frame to show, got none")
    records = [dataset.record(index) for index in indices]
    _check_there(dataset, records, overlays)
    if frame is not None:
        _write(out, Canvas.of(dataset, records[0]).drawn(overlays))
        return
    tiles = _of_one_size(list(_tiles(dataset, records, overlays)))
    columns = 2 if "depth" in overlays else 4
    _write(out, sheet(tiles, dataset.manifest.name, f"{len(indices)} of {len(dataset)} frames", columns))


def _check_there(dataset: Dataset, records: Sequence[FrameRecord], overlays: frozenset[str]) -> None:
    """Refuse to draw what no frame can have: an overlay that shows nothing looks like labels that are missing."""
    if "depth" in overlays and all(record.file("depth") is None for record in records):
        raise UsageError(f"--with: depth must be in the dataset, got {dataset.folder} without it in these frames")
    if "keypoints" in overlays and not any(category.keypoints for category in dataset.manifest.categories):
        raise UsageError(f"--with: keypoints must be in the dataset, got {dataset.folder} without a category with any")


def _tiles(dataset: Dataset, records: Sequence[FrameRecord], overlays: frozenset[str]) -> Iterator[tuple[int, Picture]]:
    for record in records:
        shrinking = max(record.width_px, record.height_px) / TILE_PX
        picture = Canvas.of(dataset, record).drawn(overlays, max(shrinking, 1.0))
        yield record.frame_index, resized(picture, 1 / shrinking)


def resized(picture: Picture, factor: float) -> Picture:
    """Return a picture (H, W, 3) ``factor`` times as wide and high."""
    height, width = picture.shape[:2]
    size = max(round(width * factor), 1), max(round(height * factor), 1)
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.resize(np.ascontiguousarray(picture), size, interpolation=method).astype(np.uint8)


def _of_one_size(tiles: Sequence[tuple[int, Picture]]) -> list[tuple[int, Picture]]:
    """Give pictures of several sizes margins in the colour of the page."""
    height, width = (max(picture.shape[side] for _, picture in tiles) for side in (0, 1))
    whole: list[tuple[int, Picture]] = []
    for number, picture in tiles:
        page = np.full((height, width, 3), BACKGROUND, np.uint8)
        y, x = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
        page[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        whole.append((number, page))
    return whole


def _write(path: Path, picture: Picture) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture).save(path, format="PNG", compress_level=3)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{path}: output must be a file that can be written, got '{reason}'") from error
