"""KITTI object detection: ``training/image_2``, ``label_2``, ``calib``, and ``ImageSets``.

The devkit's ``readme.txt`` (A. Geiger et al., "Are we ready for autonomous driving?", CVPR 2012): a label is
``type truncated occluded alpha left top right bottom height width length x y z rotation_y`` in the axes of the camera
(x right, y down, z forward), metres; the place is the middle of the box's bottom, and the box stands upright along y.
Pixels count from 0 at the middle of the first one, and a box includes its last.
"""

from __future__ import annotations

import math
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import InstanceRecord
from synthvision.formats.cameras import count_lens, integer_centred, perspective_matrix
from synthvision.formats.frames import (
    Tally,
    category_of,
    chosen_frames,
    count_crowds,
    image_path,
    put_image,
)
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

TILTED = "a thing is not upright along the camera's y axis: its 3-D box is the smallest upright one around it"
NO_POSE = "a label without pose has no 3-D box: its sides are -1 and its place is -1000"
RENAMED = "a category's name has spaces, which are written as underscores"

_UPRIGHT = math.cos(math.radians(0.5))
_PARTLY, _LARGELY = 0.95, 0.5
"""Visible shares below which a thing is partly, and largely, occluded."""


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write all frames under ``training``, numbered from 0; ``frames.txt`` says which frame of the dataset each is."""
    tally = Tally()
    with new_folder(out) as folder:
        for name in ("training/image_2", "training/label_2", "training/calib", "ImageSets"):
            (folder / name).mkdir(parents=True)
        sets: dict[str, list[str]] = {}
        frames: list[str] = []
        for record, labels in chosen_frames(dataset, options):
            number = f"{tally.frames:06d}"
            tally.count(len(labels))
            count_crowds(labels, tally)
            count_lens(record, tally)
            suffix = PurePosixPath(image_path(record)).suffix
            put_image(dataset, record, folder / "training/image_2" / f"{number}{suffix}", options)
            matrix = integer_centred(perspective_matrix(record, "KITTI"))
            (folder / f"training/calib/{number}.txt").write_text(_calibration(matrix))
            lines = "".join(_line(dataset, label, tally) for label in labels)
            (folder / f"training/label_2/{number}.txt").write_text(lines, encoding="utf-8")
            sets.setdefault(record.split or "train", []).append(number)
            frames.append(f"{number} {record.frame_index}\n")
        for split, numbers in sets.items():
            (folder / f"ImageSets/{split}.txt").write_text("".join(f"{number}\n" for number in numbers))
        (folder / "frames.txt").write_text("".join(frames))
    return tally.report()


def _calibration(matrix: NDArray[np.float64]) -> str:
    projection = np.hstack([matrix, np.zeros((3, 1))])
    # A lidar at the camera's place: its x is forward, y left, z up.
    velodyne = np.array([[0.0, -1, 0, 0], [0, 0, -1, 0], [1, 0, 0, 0]])
    rows = {f"P{camera}": projection for camera in range(4)}
    rows |= {"R0_rect": np.eye(3), "Tr_velo_to_cam": velodyne, "Tr_imu_to_velo": np.eye(4)[:3]}
    return "".join(f"{name}: {' '.join(f'{value:.12e}' for value in row.ravel())}\n" for name, row in rows.items())


def _line(dataset: Dataset, label: InstanceRecord, tally: Tally) -> str:
    name = category_of(dataset, label).name
    if len(name.split()) > 1:
        tally.losses[RENAMED] += 1
    x, y, width, height = label.bbox or (0, 0, 0, 0)
    sides, place, turn = _upright_box(label, tally)
    # -10 is KITTI's "no angle".
    alpha = turn if turn == _NO_ANGLE else _wrapped(turn - math.atan2(place[0], place[2]))
    truncated = -1.0 if label.truncation is None else label.truncation
    numbers = (alpha, x, y, x + width - 1, y + height - 1, *sides, *place, turn)
    values = " ".join(f"{value:.6g}" for value in numbers)
    return f"{'_'.join(name.split())} {truncated:.4f} {_occluded(label)} {values}\n"


_NO_ANGLE = -10.0


def _occluded(label: InstanceRecord) -> int:
    """Return 0 for fully visible, 1 for partly and 2 for largely occluded, 3 for unknown."""
    if label.visibility is None:
        return 3
    return int(label.visibility < _PARTLY) + int(label.visibility < _LARGELY)


def _upright_box(
    label: InstanceRecord, tally: Tally
) -> tuple[tuple[float, float, float], tuple[float, float, float], float]:
    """Return (height, width, length), the middle of the bottom, and the turn about y of an upright box."""
    if label.object_to_camera is None or not label.corners_m:
        tally.losses[NO_POSE] += 1
        return (-1.0, -1.0, -1.0), (-1000.0, -1000.0, -1000.0), _NO_ANGLE
    axes = np.array(label.object_to_camera)[:3, :3]
    axes /= np.linalg.norm(axes, axis=0)
    up = int(np.abs(axes[1]).argmax())
    if abs(axes[1, up]) < _UPRIGHT:
        tally.losses[TILTED] += 1
    forward = axes[:, (up + 1) % 3]
    # KITTI's turn is that of the box's length: from the camera's x axis towards -z.
    turn = _wrapped(math.atan2(-forward[2], forward[0]))
    along = np.array([math.cos(turn), 0.0, -math.sin(turn)])
    across = np.array([math.sin(turn), 0.0, math.cos(turn)])
    corners = np.array(label.corners_m)
    frame = np.stack([along, np.array([0.0, 1.0, 0.0]), across])
    low, high = (corners @ frame.T).min(axis=0), (corners @ frame.T).max(axis=0)
    length, height, width = (high - low).tolist()
    middle = (low + high) / 2
    middle[1] = high[1]  # y points down
    x, y, z = (middle @ frame).tolist()
    return (height, width, length), (x, y, z), turn


def _wrapped(angle: float) -> float:
    """Return an angle in [-π, π)."""
    return (angle + math.pi) % (2 * math.pi) - math.pi


FORMAT = Format(
    name="kitti",
    title="KITTI object detection",
    cannot_carry=("masks, depth, keypoints, crowds", "poses that are not upright in the camera", "lenses"),
    write=write,
)
