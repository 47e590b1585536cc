"""What follows from a frame's line and its masks: oriented boxes, and who hides whom."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.elementary import matmul
from synthvision.errors import DatasetError
from synthvision.scene.types import Matrix


@dataclass(frozen=True, eq=False)
class OrientedBox3d:
    """The box of an instance's mesh along the mesh's own axes.

    Attributes:
        centre_m: (3,) float64 middle of the box.
        size_m: (3,) float64 sides along the mesh's x, y and z.
        rotation: (3, 3) float64 whose columns are those axes, of unit length.
    """

    centre_m: NDArray[np.float64]
    size_m: NDArray[np.float64]
    rotation: NDArray[np.float64]


@dataclass(frozen=True)
class Occlusion:
    """An edge of the occlusion graph: ``hider`` is seen in ``pixels`` of the amodal mask of ``hidden``.

    Both are names; ``share`` is those pixels over all of that mask, 0…1.
    """

    hider: str
    hidden: str
    pixels: int
    share: float


def oriented_box_3d(label: InstanceRecord, camera_to_world: Matrix | None = None) -> OrientedBox3d:
    """Return the oriented box of a label in camera axes, or in the world's if the camera's pose is given.

    Raises:
        DatasetError: the label was imported without pose or size.
    """
    if label.object_to_camera is None or label.size_m is None or not label.corners_m:
        raise DatasetError(f"label {label.instance_id} ({label.name}): pose must be known, got a label without one")
    turn = np.array(label.object_to_camera)[:3, :3]
    rotation = turn / np.linalg.norm(turn, axis=0)
    centre = np.mean(label.corners_m, axis=0)
    if camera_to_world is not None:
        pose = np.array(camera_to_world)
        rotation, centre = matmul(pose[:3, :3], rotation), matmul(pose[:3, :3], centre) + pose[:3, 3]
    return OrientedBox3d(centre, np.array(label.size_m), rotation)


def oriented_box_2d(mask: NDArray[np.bool_]) -> NDArray[np.float64] | None:
    """Return the least rectangle, in any direction, around the pixels of a mask; None for an empty one.

    Pixels are squares, so of an upright rectangle of w by h pixels it has the sides w and h. One of its sides lies on a
    side of the pixels' convex hull (H. Freeman and R. Shapira, "Determining the minimum-area encasing rectangle for an
    arbitrary closed curve", CACM 18(7), 1975).

    Args:
        mask: (H, W) bool.

    Returns:
        (4, 2) float64 corners in pixels, clockwise as seen in the image, the uppermost first (of two the left one).
    """
    corners = _pixel_corners(mask)
    if not len(corners):
        return None
    hull = cv2.convexHull(corners)[:, 0].astype(np.float64)
    sides = np.roll(hull, -1, axis=0) - hull
    along = sides / np.linalg.norm(sides, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    least, most = (
        np.stack([f(matmul(hull, along.T), axis=0), f(matmul(hull, across.T), axis=0)]) for f in (np.min, np.max)
    )
    areas = np.prod(most - least, axis=0)
    # Of equal ones (up to rounding) the first.
    best = int(np.flatnonzero(areas <= areas.min() * (1 + 1e-9))[0])
    (a0, c0), (a1, c1) = least[:, best], most[:, best]
    box: NDArray[np.float64] = matmul(
        np.array([(a0, c0), (a1, c0), (a1, c1), (a0, c1)]), np.stack([along[best], across[best]])
    )
    return _from_the_top(box)


def _pixel_corners(mask: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Return corners (N, 2) of pixels, among them all of the convex hull: those at both ends of every row."""
    rows = np.flatnonzero(mask.any(axis=1))
    left = mask[rows].argmax(axis=1)
    right = mask.shape[1] - mask[rows, ::-1].argmax(axis=1)
    x, y = np.concatenate([left, right, left, right]), np.concatenate([rows, rows, rows + 1, rows + 1])
    corners: NDArray[np.int32] = np.stack([x, y], axis=1).astype(np.int32)
    return corners


def _from_the_top(box: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y = box.round(6).T
    first = int(np.lexsort((x, y))[0])
    area = np.cross(box[1] - box[0], box[2] - box[1])
    order = np.arange(4) if area > 0 else -np.arange(4)
    turned: NDArray[np.float64] = box[(first + order) % 4]
    return turned


def occlusion_graph(record: FrameRecord) -> tuple[Occlusion, ...]:
    """Return who hides pixels of whom in a frame, by ``instance_id`` of the hidden and name of the hider.

    Hiders may be without label: the ground, distractors.
    """
    return tuple(
        Occlusion(hider, label.name, pixels, pixels / label.amodal_area)
        for label in record.labels
        if label.amodal_area
        for hider, pixels in sorted(label.hidden_by.items())
    )
