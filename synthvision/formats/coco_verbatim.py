"""Lines of ``frames.jsonl`` → lines of a COCO file by copying their text, several times as quick as writing it anew.

Both are compact JSON by the same library, so numbers and strings stand there as they will stand here. A line of another
form than ``dataset.records`` writes is left to the functions of ``formats.coco``, which need its values alone:
whichever of the two makes an entry, its bytes are the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import repeat
from typing import Any

INSTANCE = "instance_number"
"""Under which a label's ``instance_id`` stands; FiftyOne loads no file that has it by its own name."""

ATTRIBUTES = (
    "name",
    "visibility",
    "truncation",
    "amodal_bbox",
    "amodal_area",
    "object_to_camera",
    "corners_m",
    "corners_px",
    "distance_m",
    "hidden_by",
    "size_m",
    "on",
    "see_through",
)
"""Where a label has them: ``on`` is the ``instance_id`` of a decal's bearer, 0 if that has no annotation."""

# What Python's own encoder writes, nothing else: another way to write the same value is not matched.
_STRING = rb'"[^"\\]*(?:\\["\\nrtfb][^"\\]*)*"'
_COUNT = rb"\d+"
_NUMBER = rb"-?\d[\d.e+-]*"
_NUMBERS = rb'\[[^"{}]*\]'
_BOX = rb"\[\d+,\d+,\d+,\d+\]"
_TRUTH = rb"true|false"
_FLAT = rb'\{[^"{}]*(?:' + _STRING + rb'[^"{}]*)*\}'
_POINT = rb"[\d.e+-]+,[\d.e+-]+,\d"

_KINDS: Mapping[str, bytes] = {
    "amodal_area": _COUNT,
    "amodal_bbox": _BOX,
    "amodal_counts": _STRING,
    "area": _COUNT,
    "bbox": rb"\[(?P<x>\d+),(?P<y>\d+),(?P<w>\d+),(?P<h>\d+)\]",
    "category_id": _COUNT,
    "corners_m": _NUMBERS,
    "corners_px": _NUMBERS,
    "counts": _STRING,
    "crowd": _TRUTH,
    "distance_m": _NUMBER,
    "hidden_by": _FLAT,
    "instance_id": _COUNT,
    "keypoints": rb"\{(?:\}|(?:" + _STRING + rb":\[" + _POINT + rb"\][,}])+)",
    "name": _STRING,
    "object_to_camera": _NUMBERS,
    "on": _NUMBER,
    "see_through": _TRUTH,
    "size_m": _NUMBERS,
    "truncation": _NUMBER,
    "visibility": _NUMBER,
}
"""Members of a label in the order of their keys, in which they are written."""


def _member(key: str, value: bytes) -> bytes:
    """Return the pattern of an optional member of an object, whose value is a group by its name."""
    return rf'(?:"{key}":(?P<{key}>'.encode() + value + rb")[,}])?"


_LABEL = re.compile(rb"\{" + b"".join(_member(key, value) for key, value in _KINDS.items()) + rb"(?<=\})([,\]])")
_START = b',"labels":['
_KEYPOINT = re.compile(b"(" + _STRING + rb"):\[(" + _POINT + rb")\]")

_TEXTS = ("category_id", "x", "y", "w", "h", "area", "counts", "amodal_counts", "instance_id", "keypoints", "crowd")
_PREFIXES = tuple(f',"{key}":'.encode() for key in ATTRIBUTES)


def annotation_lines(
    line: bytes, record: Mapping[str, Any], first: int, least_px: int, keypoints: Mapping[int, Sequence[bytes]]
) -> list[bytes] | None:
    """Return the entries of ``annotations`` for one line, or None if its labels have another form than usual.

    Args:
        line, record: the line and what it was parsed to.
        first: id of the first of them.
        least_px: a label with fewer pixels gets none.
        keypoints: names of the keypoints of a category, as JSON, by its id.
    """
    matches = _labels(line, len(record["labels"]))
    if matches is None:
        return None
    image = b'"image_id":%d,"category_id":' % (record["frame_index"] + 1)
    size = b'{"size":[%d,%d],"counts":' % (record["height_px"], record["width_px"])
    entries: list[bytes] = []
    for label, match in zip(record["labels"], matches, strict=True):
        if label["area"] >= least_px:
            names = keypoints.get(label["category_id"], ())
            entry = _entry(b'{"id":%d,' % (first + len(entries)) + image, size, match, names)
            if entry is None:
                return None
            entries.append(entry)
    return entries


def _labels(line: bytes, count: int) -> list[re.Match[bytes]] | None:
    """Return a match for each label of a line, None if not all of them and nothing else are there."""
    place = line.find(_START) + len(_START)
    matches = []
    for number in range(count):
        match = _LABEL.match(line, place)
        if match is None or (match[match.lastindex or 0] == b"]") != (number == count - 1):
            return None
        place = match.end()
        matches.append(match)
    return matches


def _entry(head: bytes, size: bytes, match: re.Match[bytes], names: Sequence[bytes]) -> bytes | None:
    category, x, y, w, h, area, counts, amodal, instance, points, crowd = match.group(*_TEXTS)
    if x is None or area is None or category is None or instance is None:
        return None
    attributes = b"".join(
        [key + value for key, value in zip(_PREFIXES, match.group(*ATTRIBUTES), strict=True) if value is not None]
    )
    if amodal is not None:
        attributes += b',"amodal_segmentation":' + size + amodal + b"}"
    return b'%b%b,"bbox":[%b.0,%b.0,%b.0,%b.0],"area":%b,"iscrowd":%b,"segmentation":%b,"attributes":{"%b":%b%b}%b}' % (
        head,
        category,
        x,
        y,
        w,
        h,
        area,
        b"1" if crowd == b"true" else b"0",
        b"[]" if counts is None else size + counts + b"}",
        INSTANCE.encode(),
        instance,
        attributes,
        _keypoints(points or b"", names) if names else b"",
    )


def _keypoints(text: bytes, names: Sequence[bytes]) -> bytes:
    """Return x, y and state of each of a category's keypoints, and how many are seen or hidden."""
    points: dict[bytes, bytes] = dict(_KEYPOINT.findall(text))
    found = b"],[".join(map(points.get, names, repeat(b"0,0,0"))) + b"]"
    known = len(names) - found.count(b",0]")
    return b',"keypoints":[%b,"num_keypoints":%d' % (found.replace(b"],[", b","), known)
