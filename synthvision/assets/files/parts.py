"""What every format's reader hands over: triangles with corner attributes, one part per material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.types import Material
from synthvision.errors import AssetError
from synthvision.limits import MAX_TRIANGLES, MAX_VERTICES

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Part:
    """Triangles that share one material, in the file's unit and axes.

    Attributes:
        positions: (V, 3) float64; may hold vertices that no triangle uses.
        triangles: (T, 3) int64, counter-clockwise seen from outside.
        material: its textures are embedded ones, keys of ``Model.images``.
        uvs: (T, 3, 2) float64 per corner, v up.
        normals: (T, 3, 3) float64 per corner, any length; a zero row means that the file has none there.
        colours: (T, 3, 4) float64 per corner, linear RGB and alpha in 0…1.
        flat: where normals are missing, shade flat (as glTF 2.0 asks) rather than smooth below the crease angle.
    """

    positions: Floats
    triangles: Indices
    material: Material
    uvs: Floats | None = None
    normals: Floats | None = None
    colours: Floats | None = None
    flat: bool = False


@dataclass(frozen=True, eq=False)
class Model:
    """All parts of a file, and the images its materials use, by the SHA-256 of their pixels."""

    parts: tuple[Part, ...]
    images: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)


def checked_indices(indices: Indices, count: int, where: str, what: str) -> Indices:
    """Return ``indices`` if each is in 0…count-1; AssetError with the first that is not."""
    wrong = (indices < 0) | (indices >= count)
    if wrong.any():
        got = int(indices[wrong][0])
        raise AssetError(f"{where}: {what} must be in 0…{count - 1} (counted from 0), got {got}")
    return indices


def check_triangle_count(count: int, where: str) -> None:
    """Refuse meshes that are too large to be labelled and rendered in bounded memory."""
    if count > MAX_TRIANGLES:
        raise AssetError(f"{where}: mesh must have at most {MAX_TRIANGLES} triangles, got {count}")


def check_vertex_count(count: int, where: str, what: str = "vertices") -> None:
    """Refuse meshes whose vertices alone, used or not, would fill the memory."""
    if count > MAX_VERTICES:
        raise AssetError(f"{where}: mesh must have at most {MAX_VERTICES} {what}, got {count}")
