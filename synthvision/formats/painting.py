"""Maps in which a pixel has one label, from masks that may lie over each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord

SEE_THROUGH = "a see-through instance is not in the map: what is seen through it is"
COVERED = "pixels of a label are a decal's, or another's that lies over it"
NO_MASK = "a label without mask is not in the map"


def paint_labels(
    dataset: Dataset, record: FrameRecord, labels: Sequence[InstanceRecord], losses: Counter[str]
) -> NDArray[np.int32]:
    """Paint masks over each other as the dataset's own map of instances shows them.

    Decals lie over what bears them, a later one over an earlier one; see-through instances are left out. Of imported
    masks that overlap, smaller ones lie over larger ones.

    Returns:
        (H, W) int32 places in ``labels`` from 1; 0 where no label is.
    """
    painted = np.zeros((record.height_px, record.width_px), np.int32)
    for place in _from_the_bottom(record, labels, losses):
        painted[dataset.mask(record, labels[place])] = place + 1
    seen = np.bincount(painted.ravel(), minlength=len(labels) + 1)[1:]
    for label, pixels in zip(labels, seen.tolist(), strict=True):
        losses[COVERED] += label.counts is not None and not label.see_through and pixels < label.area
    losses += Counter()  # what did not occur is not listed
    return painted


def painted_ids(
    dataset: Dataset, record: FrameRecord, labels: Sequence[InstanceRecord], losses: Counter[str]
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """Paint masks as ``paint_labels`` does; return their instance ids and category ids (H, W), 0 where no label is."""
    painted = paint_labels(dataset, record, labels, losses)
    instances = np.array([0, *(label.instance_id for label in labels)], np.uint16)
    categories = np.array([0, *(label.category_id for label in labels)], np.uint16)
    return instances[painted], categories[painted]


def _from_the_bottom(record: FrameRecord, labels: Sequence[InstanceRecord], losses: Counter[str]) -> Iterator[int]:
    put_on = {decal["name"]: place for place, decal in enumerate(record.scene.get("decals", ()))}

    def height(place: int) -> tuple[bool, int, float, int]:
        label = labels[place]
        return label.on >= 0, put_on.get(label.name, 0), -label.area, label.instance_id

    for place in sorted(range(len(labels)), key=height):
        if labels[place].counts is None:
            losses[NO_MASK] += 1
        elif labels[place].see_through:
            losses[SEE_THROUGH] += 1
        else:
            yield place


def colour_of(number: int) -> tuple[int, int, int]:
    """Return the colour that Pascal VOC gives the number of a class or object: 0 is black, all differ below 2^24.

    The bits of the number in groups of three are the highest, next highest, … bits of red, green and blue (VOC
    development kit, ``VOClabelcolormap.m``).
    """
    red = green = blue = 0
    for bit in range(7, -1, -1):
        red |= (number & 1) << bit
        green |= (number >> 1 & 1) << bit
        blue |= (number >> 2 & 1) << bit
        number >>= 3
    return red, green, blue
