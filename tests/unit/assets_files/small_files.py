"""Writes small model and image files by hand, so that tests know every number in them."""

from __future__ import annotations

import json
import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from synthvision.assets.files import read_asset, read_bundle
from synthvision.assets.types import Asset

# A unit cube: 8 corners, 12 triangles wound counter-clockwise seen from outside.
CUBE = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], dtype=np.float64)
QUADS = [(0, 2, 3, 1), (4, 5, 7, 6), (0, 1, 5, 4), (1, 3, 7, 5), (3, 2, 6, 7), (2, 0, 4, 6)]
CUBE_TRIANGLES = np.array([[q[0], q[k], q[k + 1]] for q in QUADS for k in (1, 2)], dtype=np.int64)

# A unit square in x, y with z up, as two triangles.
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], dtype=np.float64)
SQUARE_TRIANGLES = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int64)


def load(path: Path, unit_m: float = 1.0, up: Any = "z") -> Asset:
    return read_asset(read_bundle(path.name, path.parent), unit_m, up)


def volume(asset: Asset) -> float:
    """Signed volume by the divergence theorem: positive when triangles are wound outwards."""
    corners = asset.mesh.vertices.astype(np.float64)[asset.mesh.triangles]
    return float(np.einsum("ij,ij->", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6)


def corners_of(asset: Asset) -> NDArray[np.float32]:
    """(T, 3, 3) float32 positions of all corners."""
    return asset.mesh.vertices[asset.mesh.triangles]


def png(pixels: NDArray[np.uint8]) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


def quadrants(alpha: bool = False) -> NDArray[np.uint8]:
    """2 x 2 px: red, green on top, blue, white below; with ``alpha``, only the red one is solid."""
    rgb = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 255]]], dtype=np.uint8)
    mask = np.array([[[255], [0]], [[0], [0]]], dtype=np.uint8)
    return np.concatenate([rgb, mask], axis=2) if alpha else rgb


class Gltf:
    """A glTF document under construction, with everything in one buffer."""

    def __init__(self) -> None:
        self.binary = b""
        self.json: dict[str, Any] = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}]}
        for kind in ("bufferViews", "accessors", "materials", "textures", "images", "samplers"):
            self.json[kind] = []
        self.json["nodes"] = [{"mesh": 0}]
        self.json["meshes"] = [{"name": "thing", "primitives": [{"attributes": {}}]}]

    @property
    def primitive(self) -> dict[str, Any]:
        found: dict[str, Any] = self.json["meshes"][0]["primitives"][0]
        return found

    def view(self, data: bytes) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.json["bufferViews"].append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data)})
        self.binary += data
        return len(self.json["bufferViews"]) - 1

    def accessor(self, array: NDArray[Any], *, normalised: bool = False) -> int:
        component = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}[array.dtype.str[1:]]
        kind = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}[1 if array.ndim == 1 else array.shape[1]]
        entry = {"bufferView": self.view(array.tobytes()), "componentType": component, "count": len(array)}
        self.json["accessors"].append({**entry, "type": kind, "normalized": normalised})
        return len(self.json["accessors"]) - 1

    def mesh(self, positions: NDArray[np.float64], triangles: NDArray[np.int64]) -> None:
        self.primitive["attributes"]["POSITION"] = self.accessor(positions.astype("<f4"))
        self.primitive["indices"] = self.accessor(triangles.ravel().astype("<u4"))

    def attribute(self, name: str, array: NDArray[Any], *, normalised: bool = False) -> None:
        self.primitive["attributes"][name] = self.accessor(array, normalised=normalised)

    def texture(self, data: bytes) -> int:
        self.json["images"].append({"bufferView": self.view(data), "mimeType": "image/png"})
        self.json["textures"].append({"source": len(self.json["images"]) - 1})
        return len(self.json["textures"]) - 1

    def material(self, **entry: Any) -> None:
        self.json["materials"].append(entry)
        self.primitive["material"] = len(self.json["materials"]) - 1

    def glb(self, path: Path) -> Path:
        document = {**self.json, "buffers": [{"byteLength": len(self.binary)}]}
        text = json.dumps(document).encode()
        text += b" " * (-len(text) % 4)
        binary = self.binary + b"\0" * (-len(self.binary) % 4)
        chunks = struct.pack("<II", len(text), 0x4E4F534A) + text + struct.pack("<II", len(binary), 0x004E4942) + binary
        path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
        return path

    def gltf(self, path: Path, uri: str) -> Path:
        path.write_text(json.dumps({**self.json, "buffers": [{"byteLength": len(self.binary), "uri": uri}]}))
        return path


def cube_gltf() -> Gltf:
    document = Gltf()
    document.mesh(CUBE, CUBE_TRIANGLES)
    return document


def cube_obj(path: Path, head: str = "", tail: str = "") -> Path:
    """The cube as quads, with ``head`` before and ``tail`` after the faces."""
    lines = [f"v {x:g} {y:g} {z:g}" for x, y, z in CUBE]
    faces = ["f " + " ".join(str(index + 1) for index in quad) for quad in QUADS]
    path.write_text("\n".join([head, *lines, *faces, tail]) + "\n")
    return path


def cube_stl(path: Path) -> Path:
    records = b"".join(
        struct.pack("<12fH", 0, 0, 0, *CUBE[triangle].ravel().tolist(), 0) for triangle in CUBE_TRIANGLES
    )
    path.write_bytes(b"\0" * 80 + struct.pack("<I", len(CUBE_TRIANGLES)) + records)
    return path


def cube_ply(path: Path) -> Path:
    head = "ply\nformat ascii 1.0\nelement vertex 8\nproperty float x\nproperty float y\nproperty float z\n"
    head += "element face 6\nproperty list uchar int vertex_indices\nend_header\n"
    rows = [f"{x:g} {y:g} {z:g}" for x, y, z in CUBE] + ["4 " + " ".join(map(str, quad)) for quad in QUADS]
    path.write_text(head + "\n".join(rows) + "\n")
    return path


def usd_crate(*tokens: str) -> bytes:
    """A crate with these tokens and nothing else, packed as one LZ4 block of literals and a match."""
    text = "".join(f"{token}\0" for token in tokens).encode()
    length = bytes([255]) * ((len(text) - 15) // 255) + bytes([(len(text) - 15) % 255])
    packed = b"\0\xf0" + length + text
    section = struct.pack("<QQQ", len(tokens), len(text), len(packed)) + packed
    toc = struct.pack("<Q16sqq", 1, b"TOKENS", 88, len(section))
    return struct.pack("<8s8sqq", b"PXR-USDC", b"\0\x08\0", 88 + len(section), 0).ljust(88, b"\0") + section + toc
