"""What a dataset's frames and labels are like, in numbers: gathered in one pass over its lines and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord, Origin
from synthvision.errors import DatasetError
from synthvision.report.evenly import evenly
from synthvision.report.labelled import category_name

Numbers = NDArray[np.float64]
Picture = NDArray[np.uint8]

MOST_PICTURES = 2000
"""Pictures that are opened, evenly over the dataset: that is enough for their statistics."""

_THUMB_PX = 128
_CELLS = 4
_TURNS = 8
_LUMA = np.array([0.2126, 0.7152, 0.0722])

OF_LABELS = MappingProxyType(
    {
        "box size": "square root of a box's area over that of the picture",
        "box aspect": "width over height of a box, as a power of 2",
        "box middle across": "where its middle is, 0 left to 1 right",
        "box middle down": "where its middle is, 0 top to 1 bottom",
        "visibility": "visible share of what would be seen of a thing alone",
        "truncation": "share of a thing outside the picture",
        "distance": "metres from the camera",
    }
)
OF_FRAMES = MappingProxyType(
    {
        "instances": "labels of a picture",
        "brightness": "mean luma of a picture, 0 to 1",
        "contrast": "standard deviation of luma",
        "saturation": "mean saturation (HSV)",
        "warmth": "mean red minus mean blue",
        "sharpness": "standard deviation of the Laplacian of luma, at 128 pixels across",
    }
)


@dataclass(frozen=True)
class Drawn:
    """Which draw a frame is: of the dataset ``source``, its frame there, and how many draws were refused before."""

    source: int
    frame_index: int
    attempt: int


@dataclass(frozen=True, eq=False)
class Statistics:
    """Everything that is measured of a dataset.

    Attributes:
        frames, synthetic: how many, and how many of them were rendered.
        classes: name → number of visible labels, in the order of the categories.
        images_with: name → number of pictures with one.
        of_labels, of_frames: name as in ``OF_LABELS`` and ``OF_FRAMES`` → values; NaN left out.
        parameters: what was sampled (variables of the scene), and the camera's place → one value per frame.
        middles: (N, 2) where boxes' middles are, shares of the picture's sides.
        drawn: of each rendered frame, which draw of which recipe it is.
        unreadable: pictures that could not be opened; they are in no statistic.
        frame_indices: (P,) of the pictures that were opened.
        descriptors: (P, D) a row for each of them: what it looks like, whatever its size.
    """

    frames: int
    synthetic: int
    classes: Mapping[str, int]
    images_with: Mapping[str, int]
    of_labels: Mapping[str, Numbers]
    of_frames: Mapping[str, Numbers]
    parameters: Mapping[str, Numbers]
    middles: Numbers
    drawn: tuple[Drawn, ...]
    unreadable: int
    frame_indices: NDArray[np.int64]
    descriptors: Numbers


def gather(dataset: Dataset) -> Statistics:
    """Measure a dataset; reads every line, and at most ``MOST_PICTURES`` pictures.

    Raises DatasetError at a line that cannot be read; pictures that cannot are counted.
    """
    gathering = _Gathering(dataset)
    for record in dataset:
        gathering.add(record)
    return gathering.result()


class _Gathering:
    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._manifest = dataset.manifest
        self._opened = set(evenly(dataset.frame_indices, MOST_PICTURES))
        self._frames = self._synthetic = self._unreadable = 0
        self._classes: Counter[str] = Counter()
        self._images_with: Counter[str] = Counter()
        self._of_labels: dict[str, list[float]] = {name: [] for name in OF_LABELS}
        self._of_frames: dict[str, list[float]] = {name: [] for name in OF_FRAMES}
        self._parameters: dict[str, list[float]] = {}
        self._drawn: list[Drawn] = []
        self._descriptors: list[Numbers] = []
        self._indices: list[int] = []

    def add(self, record: FrameRecord) -> None:
        self._frames += 1
        self._synthetic += record.synthetic
        labels = [label for label in record.labels if label.bbox is not None]
        names = [category_name(self._manifest, label.category_id) for label in labels]
        self._classes.update(names)
        self._images_with.update(set(names))
        self._of_frames["instances"].append(len(labels))
        for label in labels:
            for name, value in _of_label(record, label).items():
                self._of_labels[name].append(value)
        for name, value in _parameters(record).items():
            self._parameters.setdefault(name, []).append(value)
        if record.scene:
            origin = record.origin or Origin(0, record.frame_index)
            self._drawn.append(Drawn(origin.source, origin.frame_index, record.scene.get("attempt", 0)))
        if record.frame_index in self._opened:
            self._look(record)

    def _look(self, record: FrameRecord) -> None:
        try:
            picture = self._dataset.image(record)
        except DatasetError:  # it is one of the dataset's faults, which are listed elsewhere
            self._unreadable += 1
            return
        for name, value in _of_picture(picture).items():
            self._of_frames[name].append(value)
        self._descriptors.append(descriptor(picture))
        self._indices.append(record.frame_index)

    def result(self) -> Statistics:
        across, down = (np.array(self._of_labels[f"box middle {way}"]) for way in ("across", "down"))
        width = len(self._descriptors[0]) if self._descriptors else 0
        names = dict.fromkeys([*(category.name for category in self._manifest.categories), *self._classes])
        return Statistics(
            self._frames,
            self._synthetic,
            {name: self._classes[name] for name in names},
            {name: self._images_with[name] for name in names},
            {name: _known(values) for name, values in self._of_labels.items()},
            {name: _known(values) for name, values in self._of_frames.items()},
            {name: _known(values) for name, values in self._parameters.items()},
            np.stack([across, down], axis=1),
            tuple(self._drawn),
            self._unreadable,
            np.array(self._indices, np.int64),
            np.array(self._descriptors).reshape(-1, width),
        )


def _known(values: list[float]) -> Numbers:
    numbers = np.array(values, np.float64)
    known: Numbers = numbers[np.isfinite(numbers)]
    return known


def _of_label(record: FrameRecord, label: InstanceRecord) -> dict[str, float]:
    x, y, width, height = label.bbox or (0, 0, 0, 0)
    whole = record.width_px * record.height_px
    return {
        "box size": float(np.sqrt(width * height / whole)),
        "box aspect": float(np.log2(width / height)) if width > 0 and height > 0 else np.nan,
        "box middle across": (x + width / 2) / record.width_px,
        "box middle down": (y + height / 2) / record.height_px,
        "visibility": np.nan if label.visibility is None else label.visibility,
        "truncation": np.nan if label.truncation is None else label.truncation,
        "distance": np.nan if label.distance_m is None else label.distance_m,
    }


def _parameters(record: FrameRecord) -> dict[str, float]:
    """Return the numbers that a scene was drawn with: its variables, the camera's place and view, number of lights."""
    if not record.scene:
        return {}
    found = {
        f"variable {name}": float(value)
        for name, value in record.scene.get("variables", {}).items()
        if isinstance(value, int | float)
    }
    if record.camera_to_world is not None and record.camera_matrix is not None:
        x, y, z = (row[3] for row in record.camera_to_world[:3])
        forward = record.camera_to_world[2][2]
        found |= {
            "camera height, m": z,
            "camera azimuth, degrees": float(np.degrees(np.arctan2(y, x))),
            "camera looks down, degrees": float(np.degrees(np.arcsin(np.clip(-forward, -1, 1)))),
            "camera field of view, degrees": float(
                np.degrees(2 * np.arctan(record.width_px / 2 / record.camera_matrix[0][0]))
            ),
        }
    found["lights"] = float(len(record.scene.get("lights", ())))
    return found


def _of_picture(picture: Picture) -> dict[str, float]:
    small = _small(picture)
    rgb = small.astype(np.float64) / 255
    luma = rgb @ _LUMA
    return {
        "brightness": float(luma.mean()),
        "contrast": float(luma.std()),
        "saturation": float(cv2.cvtColor(small, cv2.COLOR_RGB2HSV)[:, :, 1].mean() / 255),
        "warmth": float(rgb[:, :, 0].mean() - rgb[:, :, 2].mean()),
        "sharpness": float(cv2.Laplacian(luma, cv2.CV_64F).std()),
    }


def descriptor(picture: Picture) -> Numbers:
    """Describe what a picture (H, W, 3) uint8 sRGB looks like.

    That is: mean and spread of its colour (CIE Lab) and how its edges are turned, in each of 4 by 4 cells; its colours
    as a whole; how its detail is spread over scales.

    Edges as in N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", CVPR 2005.
    """
    small = _small(picture)
    lab = cv2.cvtColor(small.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB) / np.float32(100)
    luma = np.ascontiguousarray(lab[:, :, 0])
    along, down = cv2.Sobel(luma, cv2.CV_32F, 1, 0), cv2.Sobel(luma, cv2.CV_32F, 0, 1)
    length = np.hypot(along, down)
    turn = np.floor(np.arctan2(down, along) / np.pi % 1 * _TURNS).astype(int).clip(0, _TURNS - 1)
    cells = []
    for rows in np.array_split(np.arange(small.shape[0]), _CELLS):
        for columns in np.array_split(np.arange(small.shape[1]), _CELLS):
            cell = np.ix_(rows, columns)
            edges = np.bincount(turn[cell].ravel(), length[cell].ravel(), _TURNS) / len(rows) / len(columns)
            cells += [lab[cell].mean(axis=(0, 1)), lab[cell].std(axis=(0, 1)), np.sqrt(edges)]
    hues = [np.histogram(lab[:, :, channel], 8, (-1, 1))[0] / luma.size for channel in (1, 2)]
    scales = [np.log1p(100 * np.abs(luma - cv2.GaussianBlur(luma, (0, 0), sigma)).mean()) for sigma in (0.8, 2.0, 6.0)]
    described: Numbers = np.concatenate([*cells, *np.sqrt(hues), scales]).astype(np.float64)
    return described


def _small(picture: Picture) -> Picture:
    height, width = picture.shape[:2]
    scale = _THUMB_PX / max(height, width)
    size = max(round(width * scale), 8), max(round(height * scale), 8)
    return cv2.resize(np.ascontiguousarray(picture), size, interpolation=cv2.INTER_AREA).astype(np.uint8)
