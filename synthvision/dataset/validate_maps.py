"""The maps of a frame against its line, and against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.coverage_file import decode_coverage
from synthvision.dataset.encodings import (
    decode_disparity,
    decode_image,
    decode_normals,
    decode_object_coordinates,
)
from synthvision.dataset.faults import DatasetFault
from synthvision.dataset.layout import FRAMES
from synthvision.dataset.painting import paint_masks
from synthvision.dataset.records import InstanceRecord
from synthvision.dataset.validate_reading import FrameFiles, Mask
from synthvision.elementary import matmul
from synthvision.labels.points import back_projected
from synthvision.labels.types import Coverage
from synthvision.scene.types import Camera

_CLOSE = 1e-4
"""Share of its depth, of its size, or of its disparity by which a point may be off."""

_NORMAL_STEP = 1e-4
_MANY_PX = 100
_SOFT_SHARE = 0.05


def map_faults(frame: FrameFiles) -> list[DatasetFault]:
    """Return what disagrees in the maps of a frame whose line is in order and whose files can all be read."""
    checks = [check for needed, check in _CHECKS if needed <= frame.kinds.keys()]
    return [fault for check in checks for fault in check(frame)]


def _painted_faults(kind: str, what: str) -> Callable[[FrameFiles], Iterator[DatasetFault]]:
    """Make the check that a map shows exactly the visible masks: decals over the rest, see-through nowhere."""

    def check(frame: FrameFiles) -> Iterator[DatasetFault]:
        painted = frame.read(kind, decode_image)
        expected = paint_masks(frame.record, kind, lambda counts, _height, _width: frame.rle(counts))
        differing = np.flatnonzero(expected != painted)
        if len(differing):
            row, column = divmod(int(differing[0]), frame.record.width_px)
            where = f"first at column {column}, row {row}: {painted[row, column]} for {expected[row, column]}"
            text = f"{what} must be the masks in {FRAMES}, got {len(differing)} px that differ ({where})"
            yield frame.fault(kind, text, "rle_mismatch")

    return check


def _normal_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Check that normals in world axes are those in camera axes, turned."""
    turn = np.array(frame.camera.camera_to_world)[:3, :3]
    off = np.abs(matmul(frame.read("normals", decode_normals), turn.T) - frame.read("world_normals", decode_normals))
    yield from _too_far(frame, "world_normals", off.max(axis=2) > _NORMAL_STEP, "normals must be those of normals/")


def _disparity_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Check that disparities are those of the depths; what is beyond the greatest depth has any."""
    camera, depth = frame.camera, frame.depth
    disparity = frame.read("disparity", decode_disparity)
    known = depth > 0
    strength = camera.fx * abs(camera.baseline_m) if _is_pair(camera) else 0.0
    expected = strength / np.where(known, depth, 1.0)
    step = strength * frame.depth_step / np.where(known, depth, 1.0) ** 2
    wrong = known & (np.abs(disparity - expected) > 2 * step + _CLOSE * expected)
    yield from _too_far(frame, "disparity", wrong, "disparity must be fx * baseline / depth")


def _stereo_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    mask = frame.read("stereo_mask", decode_image)
    wrong = (mask > 0) != (frame.read("disparity", decode_disparity) > 0)
    wrong |= mask > 3  # noqa: PLR2004 - the greatest of its values
    yield from _too_far(frame, "stereo_mask", wrong, "values must be 1 to 3 where there is a disparity, 0 elsewhere")


def _is_pair(camera: Camera) -> bool:
    return camera.lens is None and not camera.orthographic


def _seen_faults(
    kind: str, decode: Callable[[bytes, str], NDArray[Any]]
) -> Callable[[FrameFiles], Iterator[DatasetFault]]:
    """Make the check that a map has values exactly where a label is seen that is no decal."""

    def check(frame: FrameFiles) -> Iterator[DatasetFault]:
        values = frame.read(kind, decode)
        there = values.any(axis=2) if values.ndim > 2 else values > 0  # noqa: PLR2004 - rows and columns
        expected = np.zeros(there.shape, bool)
        for label in frame.opaque:
            if label.on < 0:
                expected |= frame.mask(label)
        yield from _too_far(frame, kind, there != expected, f"values must be where the masks in {FRAMES} are")

    return check


def _coordinate_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Check that object coordinates, put where their instance is, are the points that the depths say."""
    coordinates = frame.read("object_coordinates", decode_object_coordinates)
    points = back_projected(frame.camera, frame.depth)
    wrong = np.zeros(frame.depth.shape, bool)
    for label in frame.opaque:
        if label.on < 0 and label.object_to_camera is not None and label.size_m is not None:
            seen = frame.mask(label) & (frame.depth > 0)
            diagonal = float(np.linalg.norm(label.size_m, axis=-1))
            off = np.linalg.norm(_put(label, coordinates[seen], diagonal) - points[seen], axis=1)
            length = np.linalg.norm(points[seen], axis=1)
            step = frame.depth_step * length / points[seen][:, 2]
            wrong[seen] = off > step + _CLOSE * (diagonal + length)
    yield from _too_far(frame, "object_coordinates", wrong, "points must be where pose and depth say")


def _put(label: InstanceRecord, coordinates: NDArray[np.float32], diagonal: float) -> NDArray[np.float64]:
    """Return object coordinates (N, 3) as points in camera axes, metres."""
    turn = np.array(label.object_to_camera)[:3, :3]
    turn /= np.linalg.norm(turn[:, 0], axis=-1)
    points: NDArray[np.float64] = matmul(diagonal * (coordinates - 0.5), turn.T) + np.mean(label.corners_m, axis=0)
    return points


def _coverage_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Check soft masks against the masks: those of labels, in the image, at most 1 in sum, and of the same size."""
    labels = {label.instance_id: label for label in frame.record.labels}
    total = np.zeros((frame.record.height_px, frame.record.width_px))
    for soft in frame.read("coverage", decode_coverage):
        label = labels.get(soft.instance_id)
        x0, y0, x1, y1 = soft.bbox
        if label is None or x1 > frame.record.width_px or y1 > frame.record.height_px:
            what = "a label of the frame" if label is None else "in the image"
            yield frame.fault("coverage", f"soft mask {soft.instance_id} must be {what}, got box {list(soft.bbox)}")
            continue
        if label.on < 0 and not label.see_through:
            total[y0:y1, x0:x1] += soft.share
        if not _as_large(soft, label.area):
            what = f"soft mask of {label.name} must be as large as the mask, {label.area:g} px"
            yield frame.fault("coverage", f"{what}, got {soft.share.sum():.1f} px")
    yield from _too_far(frame, "coverage", total > 1 + _CLOSE, "shares of a pixel must add up to at most 1")


def _as_large(soft: Coverage, area: float) -> bool:
    """Say whether the two can be of one thing: pixels at its edge may be in the mask or not."""
    edge_px = int(((soft.share > 0) & (soft.share < 1)).sum())
    return abs(float(soft.share.sum()) - area) <= edge_px + _SOFT_SHARE * area or area < _MANY_PX


def _too_far(frame: FrameFiles, kind: str, wrong: Mask, rule: str) -> Iterator[DatasetFault]:
    differing = np.flatnonzero(wrong)
    if len(differing):
        row, column = divmod(int(differing[0]), frame.record.width_px)
        yield frame.fault(kind, f"{rule}, got {len(differing)} px that differ (first at column {column}, row {row})")


_CHECKS: tuple[tuple[set[str], Callable[[FrameFiles], Iterator[DatasetFault]]], ...] = (
    ({"instances"}, _painted_faults("instances", "ids")),
    ({"semantic"}, _painted_faults("semantic", "category ids")),
    ({"normals", "world_normals"}, _normal_faults),
    ({"disparity", "depth"}, _disparity_faults),
    ({"disparity", "stereo_mask"}, _stereo_faults),
    ({"object_coordinates"}, _seen_faults("object_coordinates", decode_object_coordinates)),
    ({"object_coordinates", "depth"}, _coordinate_faults),
    ({"parts"}, _seen_faults("parts", decode_image)),
    ({"coverage"}, _coverage_faults),
)


__all__ = ["map_faults"]
