"""What formats of poses ask of a frame: a camera that is known, in their own convention."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.records import FrameRecord
from synthvision.errors import DatasetError
from synthvision.formats.frames import Tally
from synthvision.scene.lenses import undistort
from synthvision.scene.types import Lens

LENS_LEFT_OUT = "the lens of a camera was left out: pixels are those of the bent picture, K that of the pinhole"
HALF_PIXEL = 0.5
"""Here the middle of the first pixel is at 0.5; for KITTI, BOP and BlenderProc it is at 0."""


def perspective_matrix(record: FrameRecord, form: str) -> NDArray[np.float64]:
    """Return K (3, 3), pixels, with pixel centres at (i + 0.5, j + 0.5).

    Raises:
        DatasetError: the camera is not known, or orthographic.
    """
    if record.camera_matrix is None:
        raise DatasetError(
            f"frame {record.frame_index}: camera must be known for {form}, got a picture that was imported without one;"
            " leave it out with 'synthvision subset'"
        )
    if record.distortion.model == "orthographic":
        raise DatasetError(f"frame {record.frame_index}: camera must be a perspective one for {form}, got orthographic")
    return np.array(record.camera_matrix, np.float64)


def integer_centred(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return K for pixel centres at whole numbers."""
    moved = matrix.copy()
    moved[:2, 2] -= HALF_PIXEL
    return moved


def count_lens(record: FrameRecord, tally: Tally) -> None:
    """Count a frame whose lens a format has no place for."""
    if record.distortion.model != "pinhole":
        tally.losses[LENS_LEFT_OUT] += 1


def world_pose(record: FrameRecord, form: str) -> NDArray[np.float64]:
    """Return ``camera_to_world`` (4, 4); raises DatasetError if it is not known."""
    if record.camera_to_world is None:
        raise DatasetError(f"frame {record.frame_index}: camera_to_world must be known for {form}, got none")
    return np.array(record.camera_to_world, np.float64)


def points_seen(record: FrameRecord, depth: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return what pixels of a depth map (H, W) show, (H, W, 3) in camera axes, metres; NaN where the lens sees nothing.

    The camera must be known.
    """
    matrix = np.array(record.camera_matrix, np.float64)
    columns, rows = np.meshgrid(np.arange(record.width_px) + HALF_PIXEL, np.arange(record.height_px) + HALF_PIXEL)
    places = np.stack([(columns - matrix[0, 2]) / matrix[0, 0], (rows - matrix[1, 2]) / matrix[1, 1]], axis=2)
    metres = depth.astype(np.float64)[:, :, None]
    match record.distortion.model:
        case "orthographic":
            return np.concatenate([places, metres], axis=2)
        case "brown_conrady" | "kannala_brandt" as model:
            slopes = undistort(Lens(model, record.distortion.coefficients), places.reshape(-1, 2))
            places = slopes.reshape(places.shape)
    return np.concatenate([places * metres, metres], axis=2)
