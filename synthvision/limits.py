"""Limits on what files and datasets that others made may hold: what is beyond one is refused before memory is used.

Those of recipes stand where a recipe is read: ``recipe.reading`` (bytes, values, depth), ``recipe.cameras`` (pixels)
and the fields' own bounds. ``docs/security.md`` lists all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any

MAX_SIDE_PX = 8192
MAX_IMAGE_PX = MAX_SIDE_PX**2
"""Pixels of one texture, environment or picture."""

MAX_ASSET_PX = 8 * MAX_IMAGE_PX
"""Pixels of all textures of one asset."""

MAX_EXR_BYTES = 32 * MAX_IMAGE_PX
"""Bytes of all channels of one EXR file: float32 in eight of them."""

MAX_FILE_BYTES = 2 * 1024**3
"""Of a file of an asset, with all that it refers to; of a file of a dataset; of an annotation file."""

MAX_TEXT_BYTES = 512 * 1024**2
"""Of a mesh that is text, which unpacks to several times its size."""

MAX_JSON_BYTES = 64 * 1024**2
"""Of the JSON of a glTF file."""

MAX_TRIANGLES = 5_000_000
MAX_VERTICES = 3 * MAX_TRIANGLES
"""Of one asset; of one file of them, the same."""

MAX_OUTLINE_CORNERS = 1024
"""Corners of one polygon that is not convex: cutting it into triangles takes the square of their number."""

MAX_OUTLINE_STEPS = 100_000_000
"""Squares of those numbers, all polygons of a mesh together."""

MAX_LINE_BYTES = 256 * 1024**2
"""Of one line of ``frames.jsonl``."""

MAX_MASK_OUTLINE_PX = 2_000_000
"""Length of the outline of one imported polygon mask, pixels: it is walked in fifths of a pixel."""

MAX_ANNOTATION_BYTES = 16 * 1024**2
"""Of a text, XML or YAML file that labels one picture, or names classes or pictures."""

MAX_KEYPOINTS = 1024
"""Of one imported class."""


def exr_extent(parts: Iterable[Any]) -> tuple[int, int, int]:
    """Return what the headers of an EXR file's parts announce: width and height of the largest, bytes of all channels.

    Halves and whole numbers are counted as if they were float32, to which they are turned; a window without pixels
    is 0 x 0.
    """
    sides, total = (0, 0), 0
    for part in parts:
        least, greatest = part.header["dataWindow"]
        width, height = (max(0, int(high) - int(low) + 1) for low, high in zip(least, greatest, strict=True))
        sides = max(sides, (width, height), key=prod)
        total += width * height * len(part.header["channels"]) * 4
    return *sides, total
