"""A mesh as convex parts, which is what physics can make collide: once per mesh ever, kept on disk.

A concave mesh is cut by CoACD (X. Wei et al., "Approximate Convex Decomposition for 3D Meshes with Collision-Aware
Concavity and Tree Search", ACM Trans. Graphics 41(4), 2022); each part is the hull of a piece, so that together they
enclose the mesh and nothing sticks out that could pass through another body.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull, QhullError

Points = NDArray[np.float64]

CONVEX_SHARE = 0.99
"""A mesh that fills this share of its hull is convex as far as physics goes."""

MOST_PARTS = 32
THRESHOLD = 0.04
"""CoACD's concavity: how far a part may stand out over the mesh, relative to half its longest side."""

_LEAST_THICKNESS = 2e-3
"""A flat mesh is thickened to this share of its longest side: what has no volume cannot collide."""

_FORM = 3
"""Of the files in the cache; counts up when they, or the settings above, change."""


def convex_parts(points: Points, triangles: NDArray[np.int64]) -> tuple[Points, ...]:
    """Return the corners (N, 3) float64 of each convex part of a mesh with points (P, 3) and triangles (T, 3)."""
    hull = _hull(points)
    if hull is None:
        return (_thickened(points),)
    if _volume(points, triangles) >= CONVEX_SHARE * hull.volume:
        return (points[hull.vertices],)
    file = cache_folder() / f"{_key(points, triangles)}.npz"
    found = _read(file)
    if found is None:
        found = _decompose(points, triangles)
        _write(file, found)
    return found


def cache_folder() -> Path:
    """Return the folder of the cache: below ``$XDG_CACHE_HOME``, or ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    return Path(base) / "synthvision" / "convex"


def _key(points: Points, triangles: NDArray[np.int64]) -> str:
    digest = hashlib.sha256(f"{_FORM}/{version('coacd')}/{points.shape}".encode())
    digest.update(np.ascontiguousarray(points).tobytes())
    digest.update(np.ascontiguousarray(triangles).tobytes())
    return digest.hexdigest()


def _hull(points: Points) -> ConvexHull | None:
    try:
        return ConvexHull(points)
    except QhullError:
        return None


def _volume(points: Points, triangles: NDArray[np.int64]) -> float:
    """Return the volume that closed triangles enclose, m³ (sum of signed tetrahedra)."""
    a, b, c = np.moveaxis(points[triangles] - points.mean(axis=0), 1, 0)
    return float((a * np.cross(b, c)).sum() / 6)


def _thickened(points: Points) -> Points:
    """Give a flat mesh a little thickness along the direction in which it has none."""
    middle = points.mean(axis=0)
    spread = np.linalg.svd(points - middle, full_matrices=False)[2]
    off = spread[-1] * (_LEAST_THICKNESS / 2 * float(np.ptp(points, axis=0).max()))
    return np.concatenate([points - off, points + off])


def _is_closed(triangles: NDArray[np.int64]) -> bool:
    """Say whether every edge belongs to two triangles. Anything else CoACD has to remesh, which costs accuracy."""
    edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    counts = np.unique(edges, axis=0, return_counts=True)[1]
    return bool((counts == 2).all())  # noqa: PLR2004 (one triangle on each side)


def _decompose(points: Points, triangles: NDArray[np.int64]) -> tuple[Points, ...]:
    import coacd  # noqa: PLC0415 (loads slowly, and is needed only where a concave mesh is new)

    coacd.set_log_level("error")
    pieces = coacd.run_coacd(
        coacd.Mesh(np.ascontiguousarray(points), np.ascontiguousarray(triangles, np.int32)),
        threshold=THRESHOLD,
        max_convex_hull=MOST_PARTS,
        preprocess_mode="off" if _is_closed(triangles) else "on",
        preprocess_resolution=80,
        resolution=1000,
        mcts_nodes=10,
        mcts_iterations=60,
        mcts_max_depth=2,
        max_ch_vertex=64,
        seed=0,
    )
    hulls = ((np.asarray(corners, np.float64), _hull(np.asarray(corners, np.float64))) for corners, _ in pieces)
    return tuple(corners[hull.vertices] for corners, hull in hulls if hull is not None)


def _read(file: Path) -> tuple[Points, ...] | None:
    """Read parts from the cache; None when they are not there, or were cut short by a full disk."""
    try:
        with np.load(file) as held:
            return tuple(held[f"part{number}"] for number in range(int(held["parts"])))
    except (OSError, ValueError, KeyError, EOFError):
        return None


def _write(file: Path, parts: tuple[Points, ...]) -> None:
    """Put parts into the cache, whole or not at all; a folder that cannot be written to costs time, not the run."""
    arrays = {f"part{number}": part for number, part in enumerate(parts)}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".tmp", delete=False) as stream:
            np.savez(stream, parts=np.array(len(parts)), **arrays)
        Path(stream.name).replace(file)
    except OSError:
        return
