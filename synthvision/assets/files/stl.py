"""STL, binary or ASCII: bare triangles, each with its own three vertices."""

from __future__ import annotations

import re

import numpy as np

from synthvision.assets.files.bundle import Bundle, Fetch, check_text
from synthvision.assets.files.parts import Floats, Model, Part, check_triangle_count
from synthvision.assets.types import Material
from synthvision.errors import AssetError

RECORD = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
HEADER_BYTES = 84


def collect_stl(data: bytes, fetch: Fetch, where: str) -> None:
    """STL files refer to nothing."""


def read_stl(bundle: Bundle) -> Model:
    """Read an STL bundle. Its normals, one per facet and often zero, are not used: a crease angle gives the shading."""
    data = bundle.data
    count = int.from_bytes(data[80:84], "little")
    if len(data) >= HEADER_BYTES and len(data) == HEADER_BYTES + count * RECORD.itemsize:
        check_triangle_count(count, bundle.name)
        corners = np.frombuffer(data, dtype=RECORD, offset=HEADER_BYTES)["corners"].astype(np.float64)
    elif data.lstrip()[:5].lower() == b"solid":
        corners = _ascii_corners(data, bundle.name)
    else:
        expected = HEADER_BYTES + count * RECORD.itemsize
        raise AssetError(
            f"{bundle.name}: STL must be ASCII, or {expected} bytes for its {count} triangles, got {len(data)} bytes"
        )
    triangles = np.arange(len(corners) * 3, dtype=np.int64).reshape(-1, 3)
    return Model((Part(corners.reshape(-1, 3), triangles, Material()),))


def _ascii_corners(data: bytes, where: str) -> Floats:
    """Every ``vertex x y z`` line in file order; each facet must have three, and the last solid must end."""
    check_text(data, where)
    text = data.lower()
    check_triangle_count(text.count(b"endfacet"), where)
    lines = re.findall(rb"\n[ \t]*vertex([^\r\n]+)", text)
    facets = text.count(b"endfacet")
    if b"endsolid" not in text or len(lines) != 3 * facets:
        raise AssetError(f"{where}: ASCII STL must have 3 vertices per facet and an end, got a damaged file")
    if not lines:
        raise AssetError(f"{where}: mesh must have faces, got none")
    try:
        values: Floats = np.loadtxt(lines, dtype=np.float64, ndmin=2, usecols=(0, 1, 2))
    except ValueError as error:
        raise AssetError(f"{where}: STL vertex must be 3 numbers, got {error}") from error
    return values.reshape(-1, 3, 3)
