"""The 3-D boxes of a frame against their pictures, their sizes and poses, the 2-D boxes and the depths."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.faults import DatasetFault
from synthvision.dataset.layout import FRAMES
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.validate_reading import FrameFiles
from synthvision.elementary import matmul
from synthvision.scene.lenses import distort
from synthvision.scene.typed_json import read_typed, to_plain
from synthvision.scene.types import Lens

_PIXEL_STEP = 0.01
_METRE_STEP = 2e-9  # metres are rounded to 1e-9
_CLOSE = 1e-4
_CORNERS = 8
_GREATEST_PNG_M = 65.535
_WITHOUT_LENS = {"pinhole", "orthographic"}

Floats = NDArray[np.float64]


def lens_of(record: FrameRecord) -> Lens | None:
    """Return the lens of a frame's camera, if it has one; raises DatasetError for one that there is not."""
    if record.distortion.model in _WITHOUT_LENS:
        return None
    lens: Lens = read_typed(Lens, to_plain(record.distortion), "distortion")
    return lens


def pose_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Yield a fault for each label whose corners, their pixels, its size, pose and 2-D box do not go together."""
    for label in frame.record.labels:
        if len(label.corners_m) == _CORNERS and frame.record.camera_matrix is not None:
            what = _first_contradiction(frame.record, label)
            if what is not None:
                yield frame.line_fault("pose_mismatch", f"{label.name}: {what}")


def _first_contradiction(record: FrameRecord, label: InstanceRecord) -> str | None:
    corners, pixels = np.array(label.corners_m), _pixels(label)
    if len(pixels) != _CORNERS:
        return f"corners_px must be {_CORNERS} as corners_m, got {len(pixels)}"
    return (
        _projection_contradiction(record, corners, pixels)
        or (_box_contradiction(label, corners) if label.on < 0 else None)
        or (_outside_contradiction(record, label, pixels) if label.on < 0 else None)
    )


def _pixels(label: InstanceRecord) -> Floats:
    return np.array([(np.nan, np.nan) if point is None else point for point in label.corners_px]).reshape(-1, 2)


def _projection_contradiction(record: FrameRecord, corners: Floats, pixels: Floats) -> str | None:
    expected = _projected(record, corners)
    allowed = _PIXEL_STEP + _METRE_STEP * _pixels_per_metre(record, corners)
    off = np.abs(expected - pixels).max(axis=1)
    known, given = np.isfinite(expected).all(axis=1), np.isfinite(pixels).all(axis=1)
    wrong = np.flatnonzero((known != given) | (known & given & (off > allowed)))
    if not len(wrong):
        return None
    corner = int(wrong[0])
    return f"corner {corner} must be seen at {_point(expected[corner])}, got {_point(pixels[corner])}"


def _projected(record: FrameRecord, corners: Floats) -> Floats:
    """Project points as ``FrameRecord`` says; NaN for those behind the camera or out of the lens's sight."""
    matrix = np.array(record.camera_matrix)
    lens = lens_of(record)
    z = np.where(corners[:, 2:] > 0, corners[:, 2:], np.nan)
    with np.errstate(invalid="ignore"):
        flat = record.distortion.model == "orthographic"
        plane = np.where(z > 0, corners[:, :2], np.nan) if flat else corners[:, :2] / z
        plane = plane if lens is None else distort(lens, plane)
    projected: Floats = plane * matrix[[0, 1], [0, 1]] + matrix[:2, 2]
    return projected


def _pixels_per_metre(record: FrameRecord, corners: Floats) -> Floats:
    """Return (8,) by how many pixels a corner moves, at most, when it moves by one metre."""
    focal = np.array(record.camera_matrix)[[0, 1], [0, 1]].max()
    if record.distortion.model == "orthographic":
        return np.full(_CORNERS, focal)
    z = np.maximum(np.abs(corners[:, 2]), _METRE_STEP)
    moved: Floats = focal / z * (1 + np.abs(corners[:, :2]).max(axis=1) / z)
    return moved


def _box_contradiction(label: InstanceRecord, corners: Floats) -> str | None:
    """Check that the corners are a box of ``size_m`` along the axes of ``object_to_camera``."""
    edges = corners[[1, 2, 4]] - corners[0]
    lengths = np.linalg.norm(edges, axis=1)
    step = _CLOSE * lengths.max() + 10 * _METRE_STEP
    if label.size_m is not None and np.abs(lengths - label.size_m).max() > step:
        return f"size_m must be {_point(lengths)} as its corners, got {_point(np.array(label.size_m))}"
    places = np.array([[(corner >> axis) & 1 for axis in range(3)] for corner in range(_CORNERS)])
    if np.abs(corners[0] + matmul(places, edges) - corners).max() > step:
        return "corners_m must be those of a box, got others"
    if label.object_to_camera is not None:
        turn = np.array(label.object_to_camera)[:3, :3]
        axes = (turn / np.linalg.norm(turn, axis=0)).T * lengths[:, None]
        if np.abs(axes - edges).max() > step:
            return "corners_m must be along the axes of object_to_camera, got others"
    return None


def _outside_contradiction(record: FrameRecord, label: InstanceRecord, pixels: Floats) -> str | None:
    """Check that the amodal box lies in the picture of the 3-D box; not with a lens, which may bend its edges out."""
    if label.amodal_bbox is None or lens_of(record) is not None or np.isnan(pixels).any():
        return None
    x, y, width, height = label.amodal_bbox
    low, high = pixels.min(axis=0) - _PIXEL_STEP, pixels.max(axis=0) + _PIXEL_STEP
    centres = np.array([(x + 0.5, y + 0.5), (x + width - 0.5, y + height - 0.5)])
    if (centres < low).any() or (centres > high).any():
        around = [round(float(side), 1) for side in (*low, *(high - low))]
        return f"amodal box must lie in the picture of the 3-D box {around}, got {list(label.amodal_bbox)}"
    return None


def _point(values: Floats) -> str:
    return str([round(float(value), 4) for value in values]) if np.isfinite(values).all() else "none"


def depth_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Yield a fault for labels whose visible pixels have no depth, or one in front of or behind their 3-D box."""
    if "depth" not in frame.kinds:
        return
    for label in frame.opaque:
        if label.on < 0 and len(label.corners_m) == _CORNERS and label.area:
            depth = frame.depth[frame.mask(label)]
            nearest, farthest = _range(label)
            step = frame.depth_step + _CLOSE * farthest
            wrong = (depth < nearest - step) | (depth > farthest + step) | (depth <= 0)
            if frame.name("depth").endswith(".png") and farthest > _GREATEST_PNG_M:
                wrong &= depth > 0  # what is beyond has none
            if wrong.any():
                rule = f"depth of {label.name} must be {nearest:.3f} to {farthest:.3f} m as its corners in {FRAMES}"
                got = f"{int(wrong.sum())} px with another, such as {float(depth[wrong][0]):.3f} m"
                yield frame.fault("depth", f"{rule}, got {got}", "depth_mismatch")


def _range(label: InstanceRecord) -> tuple[float, float]:
    z = [corner[2] for corner in label.corners_m]
    return min(z), max(z)
