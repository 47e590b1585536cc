"""Meshes made ready for ray casting: one Embree BVH per mesh, built once per process, kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from threading import Lock

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from synthvision.assets import Asset, AssetStore, Mesh
from synthvision.assets.types import AssetSource
from synthvision.errors import AssetError

MAX_TRIANGLES = 20_000_000
"""Triangles kept in BVHs per process (about 2 GiB) before the least recently used are dropped."""


@dataclass(frozen=True, eq=False)
class Parallelogram:
    """A flat four-sided mesh: points ``origin + a * side_a + b * side_b`` with a and b in [0, 1].

    Its first triangle is (origin, origin + side_a, origin + side_a + side_b). All are (3,) float64, metres.
    """

    origin: NDArray[np.float64]
    side_a: NDArray[np.float64]
    side_b: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CastMesh:
    """A mesh with what ray casting needs: its BVH and, when it is one, its parallelogram (which is cheaper to cast)."""

    asset: Asset
    bvh: EmbreeScene
    parallelogram: Parallelogram | None

    @property
    def mesh(self) -> Mesh:
        return self.asset.mesh

    @cached_property
    def columns(self) -> NDArray[np.float64]:
        """(3, V) float64 vertices, one axis after the other, which is how they are projected quickest."""
        return np.ascontiguousarray(self.mesh.vertices.T, np.float64)

    @cached_property
    def face_normals(self) -> NDArray[np.float32]:
        """(T, 3) float32 normals of the triangles, outward for counter-clockwise ones; not of unit length."""
        a, b, c = np.moveaxis(self.mesh.vertices[self.mesh.triangles], 1, 0)
        normals: NDArray[np.float32] = np.cross(b - a, c - a)
        return normals


class CastMeshes:
    """The process's ray-castable meshes by content hash, least recently used first out. Threads may share it."""

    def __init__(self, store: AssetStore, max_triangles: int = MAX_TRIANGLES) -> None:
        self._store = store
        self._max_triangles = max_triangles
        self._triangles = 0
        self._meshes: OrderedDict[str, CastMesh] = OrderedDict()
        self._lock = Lock()

    def get(self, content_hash: str, source: AssetSource) -> CastMesh:
        """Return the mesh made from ``source``; raises AssetError if it is not the one the scene was drawn with."""
        with self._lock:
            found = self._meshes.get(content_hash)
            if found is None:
                found = self._build(content_hash, source)
            self._meshes.move_to_end(content_hash)
            return found

    def _build(self, content_hash: str, source: AssetSource) -> CastMesh:
        asset = self._store.asset(source)
        if asset.content_hash != content_hash:
            raise AssetError(
                f"{source}: mesh must have content hash {content_hash[:16]}…, got {asset.content_hash[:16]}…; "
                "the file or its generator has changed since this scene was drawn"
            )
        built = cast_mesh(asset)
        self._meshes[content_hash] = built
        self._triangles += len(asset.mesh.triangles)
        while self._triangles > self._max_triangles and len(self._meshes) > 1:
            _, dropped = self._meshes.popitem(last=False)
            self._triangles -= len(dropped.mesh.triangles)
        return built


def cast_mesh(asset: Asset) -> CastMesh:
    """Build the BVH of an asset."""
    return CastMesh(asset, _bvh(asset.mesh), _as_parallelogram(asset.mesh))


def _bvh(mesh: Mesh) -> EmbreeScene:
    # Robust traversal is watertight: no ray slips between two triangles that share an edge. Cycles uses it too.
    scene = EmbreeScene(robust=True)
    TriangleMesh(scene, mesh.vertices, mesh.triangles)
    return scene


def _as_parallelogram(mesh: Mesh) -> Parallelogram | None:
    """Recognise two triangles (p0, p1, p2), (p0, p2, p3) that make a flat parallelogram with affine UVs."""
    if len(mesh.vertices) != 4 or len(mesh.triangles) != 2:  # noqa: PLR2004 - a quadrilateral
        return None
    (i0, i1, i2), second = mesh.triangles[0].tolist(), mesh.triangles[1].tolist()
    if second[:2] != [i0, i2]:
        return None
    p0, p1, p2, p3 = mesh.vertices[[i0, i1, i2, second[2]]].astype(np.float64)
    if not np.array_equal(p0 + p2, p1 + p3) or not _smooth_in_one_piece(mesh):
        return None
    return Parallelogram(p0, p1 - p0, p2 - p1)


def _smooth_in_one_piece(mesh: Mesh) -> bool:
    """Whether UVs are affine over both triangles, so that the first triangle's coordinates serve for the second too."""
    one_slot = bool(mesh.slots[0] == mesh.slots[1])
    flat = mesh.normals is None or bool((mesh.normals == mesh.normals[0, 0]).all())
    if mesh.uvs is None:
        return one_slot and flat
    (a0, a1, a2), (b0, b2, b3) = mesh.uvs.astype(np.float64)
    shared = np.array_equal(a0, b0) and np.array_equal(a2, b2)
    return one_slot and flat and shared and np.allclose(a0 + a2, a1 + b3)
