"""The maps that follow from the masks alone, and so can be made anew from a frame's line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from synthvision import __version__
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import decode_rle

NUMBERS: Mapping[str, Callable[[InstanceRecord], int]] = MappingProxyType(
    {"instances": lambda label: label.instance_id, "semantic": lambda label: label.category_id}
)
"""Kind of map → the number that it shows for a label."""


def paint_masks(
    record: FrameRecord, kind: str, decode: Callable[[str, int, int], NDArray[np.bool_]] = decode_rle
) -> NDArray[np.uint16]:
    """Paint the visible masks of a frame: decals over the rest, see-through things nowhere.

    Args:
        record: of the frame.
        kind: ``instances`` or ``semantic``.
        decode: turns run lengths, height and width into a mask.

    Returns:
        (H, W) uint16, 0 where nothing is.

    Raises:
        DatasetError: run lengths that are no mask of the frame's size.
    """
    painted = np.zeros((record.height_px, record.width_px), np.uint16)
    put_on = {decal["name"]: place for place, decal in enumerate(record.scene.get("decals", ()), start=1)}
    for label in sorted(record.labels, key=lambda label: put_on.get(label.name, 0)):
        if label.counts is not None and not label.see_through:
            painted[decode(label.counts, record.height_px, record.width_px)] = NUMBERS[kind](label)
    return painted


def provenance_text(recipe: str, seed: int, frame_index: int, version: str = __version__) -> dict[str, str]:
    """Return the text that stands in every file of a rendered frame."""
    return {
        "synthetic": "true",
        "software": f"synthvision {version}",
        "recipe": recipe,
        "seed": str(seed),
        "frame": str(frame_index),
    }
