"""What one frame holds, side by side: rgb | masks | depth | boxes."""

from __future__ import annotations

import cv2
import numpy as np

from synthvision.errors import UsageError
from synthvision.labels import Labels
from synthvision.render.overlay import Picture, depth_picture, draw_boxes, draw_names, instance_picture
from synthvision.render.palette import BACKGROUND

_GAP_PX = 6
_ENLARGED = 1.7
"""Boxes and names are drawn larger, since four panels side by side are looked at small."""
_JPEG_QUALITIES = (95, 92, 88, 84, 80, 75, 70, 60, 50)


def strip(image: Picture, labels: Labels) -> Picture:
    """Return (H, 4·W + 18, 3) uint8: the image, its instances, its depth, and its boxes with names."""
    masks = np.where(labels.instance_map[:, :, None] > 0, instance_picture(labels.instance_map), _dimmed(image))
    boxes = draw_names(draw_boxes(image, labels, scale=_ENLARGED), labels, scale=_ENLARGED)
    panels = [image, masks, depth_picture(labels.depth), boxes]
    gap = np.empty((image.shape[0], _GAP_PX, 3), np.uint8)
    gap[:] = BACKGROUND
    return np.concatenate([part for panel in panels for part in (panel, gap)][:-1], axis=1)


def encoded_jpeg(picture: Picture, most_bytes: int) -> bytes:
    """Encode at the best quality that needs no more than ``most_bytes``; raises UsageError if none does."""
    for quality in _JPEG_QUALITIES:
        flags = [cv2.IMWRITE_JPEG_QUALITY, quality]
        _, encoded = cv2.imencode(".jpg", np.ascontiguousarray(picture[:, :, ::-1]), flags)
        if encoded.nbytes <= most_bytes:
            return encoded.tobytes()
    raise UsageError(f"strip: the JPEG must be at most {most_bytes} bytes, got {encoded.nbytes} at the least quality")


def _dimmed(image: Picture) -> Picture:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return np.repeat((grey // 4 + 16).astype(np.uint8)[:, :, None], 3, axis=2)
