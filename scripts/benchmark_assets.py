"""The part of scripts/benchmark on heavy assets: what the cache on disk (``synthvision.assets.cache``) saves."""

from __future__ import annotations

import os
import sys
import tempfile
import time  # noqa: TID251 - measuring time is what this is for
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
from PIL import Image

from synthvision.assets import AssetStore, asset_file, texture_file
from synthvision.assets.cache import DEFAULT_BYTES, VARIABLE

AROUND, ACROSS = 1000, 500
SIDE_PX = 4096
REPEATS = 3


def assets() -> dict[str, float]:
    """Seconds to decode a mesh of 10⁶ triangles (binary PLY) and 4096² pixels (PNG), over those to load them again.

    Both are what an AssetStore takes that has nothing in memory, so they include reading the file and its hash.
    """
    print("assets: a mesh of a million triangles, a texture of 4096 x 4096 pixels", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ, XDG_CACHE_HOME=name):
        folder = Path(name)
        write_torus(folder / "torus.ply")
        write_picture(folder / "noise.png")
        mesh, texture = asset_file("torus.ply", folder), texture_file("noise.png", folder)
        return {
            "cached_mesh_speedup": speedup(lambda: AssetStore(folder).asset(mesh)),
            "cached_texture_speedup": speedup(lambda: AssetStore(folder).image(texture)),
        }


def speedup(load: Callable[[], object]) -> float:
    """Return the least time without the cache over the least time with it, of a few in turn."""
    off, on = [], []
    for _ in range(REPEATS):
        with patch.dict(os.environ, {VARIABLE: "0"}):
            off.append(seconds(load))
        with patch.dict(os.environ, {VARIABLE: str(DEFAULT_BYTES)}):
            on.append(seconds(load))  # the first of them fills the cache
    print(f"  {min(off):.3f} s to decode, {min(on):.3f} s from the cache", file=sys.stderr, flush=True)
    return min(off) / min(on)


def seconds(work: Callable[[], object]) -> float:
    """Return the wall seconds that a call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def write_torus(path: Path) -> None:
    """Write a torus of a million triangles with normals as binary PLY."""
    around, across = np.meshgrid(np.arange(AROUND), np.arange(ACROSS), indexing="ij")
    u, v = around * (2 * np.pi / AROUND), across * (2 * np.pi / ACROSS)
    normals = np.stack([np.cos(v) * np.cos(u), np.cos(v) * np.sin(u), np.sin(v)], axis=-1)
    middle = np.stack([np.cos(u), np.sin(u), np.zeros_like(u)], axis=-1)
    vertices = np.concatenate([middle + 0.3 * normals, normals], axis=-1).reshape(-1, 6).astype("<f4")
    corners = [(around + i) % AROUND * ACROSS + (across + j) % ACROSS for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))]
    triangles = np.stack(corners, axis=-1)[..., [[0, 1, 2], [0, 2, 3]]].reshape(-1, 3)
    faces = np.empty(len(triangles), [("count", "u1"), ("corners", "<i4", 3)])
    faces["count"], faces["corners"] = 3, triangles
    floats = "".join(f"property float {name}\n" for name in ("x", "y", "z", "nx", "ny", "nz"))
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n{floats}"
    head += f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    path.write_bytes(head.encode() + vertices.tobytes() + faces.tobytes())


def write_picture(path: Path) -> None:
    """Write smooth colours with the noise of a camera, which a PNG packs to about half."""
    rows, columns = np.meshgrid(np.arange(SIDE_PX), np.arange(SIDE_PX), indexing="ij", sparse=True)
    smooth = np.stack([100 + 60 * np.sin(rows / 300 + k) * np.cos(columns / 200 - k) for k in range(3)], axis=-1)
    noise = np.random.default_rng(0).normal(0, 3, smooth.shape)  # noqa: TID251 - the same noise every time
    Image.fromarray((smooth + noise).astype(np.uint8)).save(path, compress_level=6)
