"""Labels drawn on pictures: functions from an (H, W, 3) uint8 RGB image of the labels' size to a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.errors import UsageError
from synthvision.labels import InstanceLabel, Labels
from synthvision.labels.types import Xyxy
from synthvision.render.lettering import text_size, write_text
from synthvision.render.palette import Rgb, category_colour, colour_table, ink_on

Picture = NDArray[np.uint8]

_SUBPIXEL_BITS = 4
_NAMED_FROM_PX = 60
"""Things with fewer visible pixels are drawn without their name."""
_FAINT = 0.55


def annotated(image: Picture, labels: Labels) -> Picture:
    """Return the image with everything that reads well together: masks, boxes and names."""
    return draw_names(draw_boxes(draw_masks(image, labels), labels), labels)


def draw_masks(image: Picture, labels: Labels, opacity: float = 0.3, *, scale: float = 1.0) -> Picture:
    """Tint each visible mask with its category's colour and trace its outline, ``scale`` times as wide as usual."""
    picture = _copy(image, labels)
    colours = colour_table(labels.category_map, by_instance=False)
    seen = labels.instance_map > 0
    _tint(picture, seen, colours[labels.category_map[seen]], opacity)
    for label in _far_to_near(labels):
        if label.see_through and label.bbox is not None:
            x0, y0, x1, y1 = label.bbox
            _tint(picture[y0:y1, x0:x1], label.mask, np.array(category_colour(label.category_id), np.uint8), opacity)
    for label in labels.instances:
        if label.bbox is not None:
            _draw_outline(picture, label, label.bbox, _line_px(picture, scale))
    return picture


def _tint(picture: Picture, mask: NDArray[np.bool_], colours: NDArray[np.uint8], opacity: float) -> None:
    """Mix colours, one or one per pixel of the mask, into the pixels of a mask."""
    tint = colours.astype(np.float32) * np.float32(opacity)
    picture[mask] = np.rint(picture[mask] * np.float32(1 - opacity) + tint).astype(np.uint8)


def draw_boxes(image: Picture, labels: Labels, *, amodal: bool = True, scale: float = 1.0) -> Picture:
    """Draw tight boxes, lines ``scale`` times as wide as usual; an amodal box that differs is dashed and thin."""
    picture = _copy(image, labels)
    for label in _far_to_near(labels):
        if label.bbox is None:
            continue
        colour = category_colour(label.category_id)
        if amodal and label.amodal_bbox is not None and label.amodal_bbox != label.bbox:
            _draw_dashed(picture, label.amodal_bbox, colour)
        x0, y0, x1, y1 = label.bbox
        cv2.rectangle(picture, (x0, y0), (x1 - 1, y1 - 1), colour, _line_px(picture, scale))
    return picture


def draw_names(image: Picture, labels: Labels, *, scale: float = 1.0) -> Picture:
    """Write ``category id`` at each box on a plate of its category's colour; left out where it would cover another."""
    picture = _copy(image, labels)
    size_px = _text_px(picture, scale)
    taken: list[Xyxy] = []
    for label in reversed(_far_to_near(labels)):
        if label.bbox is None or label.mask_px < _NAMED_FROM_PX:
            continue
        text = f"{label.category} {label.instance_id}"
        width, height = text_size(text, size_px)
        place = _free_place(label.bbox, width + 6, height, picture.shape, taken)
        if place is None:
            continue
        taken.append(place)
        colour = category_colour(label.category_id)
        picture[place[1] : place[3], place[0] : place[2]] = colour
        write_text(picture, text, (place[0] + 3, place[1]), size_px, ink_on(colour))
    return picture


def draw_boxes_3d(image: Picture, labels: Labels, *, scale: float = 1.0) -> Picture:
    """Draw the twelve edges of each visible thing's own box; the three edges of its farthest corner are faint."""
    picture = _copy(image, labels)
    for label in _far_to_near(labels):
        if label.bbox is None or not np.isfinite(label.corners_px).all():
            continue
        farthest = int(np.argmax(label.corners_m[:, 2]))
        edges = [(corner, corner | bit) for corner in range(8) for bit in (1, 2, 4) if not corner & bit]
        hidden = [edge for edge in edges if farthest in edge]
        for edge in hidden + [edge for edge in edges if edge not in hidden]:
            colour = category_colour(label.category_id)
            line = label.corners_px[list(edge)]
            _draw_line(picture, line, colour, _line_px(picture, scale), _FAINT if edge in hidden else 1.0)
    return picture


def draw_keypoints(
    image: Picture, labels: Labels, skeletons: Mapping[str, Sequence[tuple[str, str]]], *, scale: float = 1.0
) -> Picture:
    """Draw keypoints, filled where they are seen and hollow where they are hidden, joined as ``skeletons`` say.

    Those have pairs of names of keypoints for categories; a line to a hidden point is faint.
    """
    picture = _copy(image, labels)
    for label in _far_to_near(labels):
        colour, line_px = category_colour(label.category_id), _line_px(picture, scale)
        points = {point.name: point for point in label.keypoints if point.state > 0}
        for pair in skeletons.get(label.category, ()):
            if points.keys() >= set(pair):
                ends = [points[name] for name in pair]
                opacity = _FAINT if any(end.state == 1 for end in ends) else 1.0
                _draw_line(picture, np.array([(end.x, end.y) for end in ends]), colour, line_px, opacity)
        for point in points.values():
            _draw_dot(picture, (point.x, point.y), colour, 1 + 2 * line_px, hollow=point.state == 1)
    return picture


def depth_picture(depth: NDArray[np.float32], span_m: tuple[float, float] | None = None) -> Picture:
    """Return depth (H, W) float32 metres in the Turbo colour map, near warm and far cool; 0 (nothing) is dark.

    Colours follow 1 / depth between the 1st and 99th percentile of the depths, or between ``span_m`` (near, far).
    """
    there = depth > 0
    picture = np.full((*depth.shape, 3), 18, np.uint8)
    if not there.any():
        return picture
    near, far = span_m or np.percentile(depth[there], [1, 99])
    inverse = 1 / np.maximum(depth[there], np.float32(1e-6))
    share = (inverse - 1 / far) / max(1 / near - 1 / far, 1e-9)
    # The ends of the map are nearly black.
    levels = np.rint(np.clip(share, 0, 1) * 225 + 15).astype(np.uint8)
    picture[there] = cv2.applyColorMap(levels[:, None], cv2.COLORMAP_TURBO)[:, 0, ::-1]
    return picture


def instance_picture(instance_map: NDArray[np.uint16]) -> Picture:
    """Return a map of instance ids (H, W) in distinct colours; dark where there is none."""
    picture: Picture = colour_table(instance_map, by_instance=True)[instance_map]
    return picture


def normals_picture(normals: NDArray[np.float32]) -> Picture:
    """Return unit normals (H, W, 3) in camera axes as colours: right red, up green, towards us blue; 0 is dark."""
    shown: Picture = np.rint((normals * np.array([1, -1, -1], np.float32) + 1) * 127.5).astype(np.uint8)
    shown[~normals.any(axis=2)] = 18
    return shown


def _copy(image: Picture, labels: Labels) -> Picture:
    if image.shape != (*labels.instance_map.shape, 3) or image.dtype != np.uint8:
        raise UsageError(
            f"overlay: the image must be of shape {(*labels.instance_map.shape, 3)} and uint8, "
            f"got {image.shape} and {image.dtype}"
        )
    picture: Picture = np.array(image, order="C")
    return picture


def _far_to_near(labels: Labels) -> list[InstanceLabel]:
    return sorted(labels.instances, key=lambda label: -label.distance_m)


def _line_px(picture: Picture, scale: float = 1.0) -> int:
    return max(1, round(min(picture.shape[:2]) / 360 * scale))


def _text_px(picture: Picture, scale: float) -> int:
    return int(np.clip(picture.shape[0] / 32, 10, 24) * scale)


def _draw_outline(picture: Picture, label: InstanceLabel, bbox: Xyxy, line_px: int) -> None:
    mask = label.mask.astype(np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE, offset=bbox[:2])
    colour = category_colour(label.category_id)
    cv2.polylines(picture, contours, isClosed=True, color=colour, thickness=line_px, lineType=cv2.LINE_AA)


def _draw_dashed(picture: Picture, box: Xyxy, colour: Rgb) -> None:
    x0, y0, x1, y1 = box[0], box[1], box[2] - 1, box[3] - 1
    corners = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], np.float64)
    dash = 3.0 + 2 * _line_px(picture)
    for start, end in pairwise(corners):
        length = float(np.abs(end - start).sum())
        along = (end - start) / max(length, 1e-9)
        for offset in np.arange(0.0, length, 2 * dash):
            dashed = np.array([start + along * offset, start + along * min(offset + dash, length)])
            _draw_line(picture, dashed + 0.5, colour, 1, 1.0)


def _draw_line(picture: Picture, line: NDArray[np.float64], colour: Rgb, thickness: int, opacity: float) -> None:
    """Draw between two image points (2, 2), pixel centres at half numbers."""
    # OpenCV has pixel centres at whole numbers, and wraps around far outside the image.
    limit = 4.0 * max(picture.shape)
    start, end = np.rint(np.clip(line - 0.5, -limit, limit) * 2**_SUBPIXEL_BITS).astype(int).tolist()
    if opacity == 1.0:
        cv2.line(picture, start, end, colour, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    drawn = picture.copy()
    cv2.line(drawn, start, end, colour, thickness, cv2.LINE_AA, _SUBPIXEL_BITS)
    cv2.addWeighted(drawn, opacity, picture, 1 - opacity, 0.0, dst=picture)


def _draw_dot(picture: Picture, at: tuple[float, float], colour: Rgb, radius_px: int, *, hollow: bool) -> None:
    """Draw a disc with a rim that stands out against it, or a ring, at an image point."""
    x, y = (round((value - 0.5) * 2**_SUBPIXEL_BITS) for value in at)
    radius = radius_px << _SUBPIXEL_BITS
    rim_px = max(1, radius_px // 3)
    if hollow:
        cv2.circle(picture, (x, y), radius, colour, rim_px, cv2.LINE_AA, _SUBPIXEL_BITS)
        return
    cv2.circle(picture, (x, y), radius + (rim_px << _SUBPIXEL_BITS), ink_on(colour), -1, cv2.LINE_AA, _SUBPIXEL_BITS)
    cv2.circle(picture, (x, y), radius, colour, -1, cv2.LINE_AA, _SUBPIXEL_BITS)


def _free_place(bbox: Xyxy, width: int, height: int, shape: tuple[int, ...], taken: list[Xyxy]) -> Xyxy | None:
    """Return where a plate fits best at a box: on top, below, inside; None if it would cover other names everywhere."""
    x0, y0, x1, y1 = bbox
    corners = [(x0, y0 - height), (x1 - width, y0 - height), (x0, y1), (x1 - width, y1), (x0, y0), (x0, y1 - height)]
    for x, y in corners:
        left = int(np.clip(x, 0, max(shape[1] - width, 0)))
        if 0 <= y <= shape[0] - height:
            place = left, y, left + width, y + height
            if not any(_overlap(place, other) for other in taken):
                return place
    return None


def _overlap(a: Xyxy, b: Xyxy) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
