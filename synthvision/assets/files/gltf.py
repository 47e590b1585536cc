"""glTF 2.0 and GLB: the container, its buffers and accessors.

Specification: Khronos, "glTF 2.0", https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.files.bundle import Bundle, Fetch, check_text
from synthvision.errors import AssetError
from synthvision.limits import MAX_JSON_BYTES

COMPONENTS = {5120: "i1", 5121: "u1", 5122: "i2", 5123: "u2", 5125: "u4", 5126: "f4"}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
# What a file may *require*; of other extensions, which are optional by the specification, the fall-back is read.
EXTENSIONS = frozenset(
    {
        "EXT_texture_webp",
        "KHR_lights_punctual",
        "KHR_materials_clearcoat",
        "KHR_materials_emissive_strength",
        "KHR_materials_ior",
        "KHR_mesh_quantization",
        "KHR_texture_transform",
    }
)

GLB_VERSION = 2
GLB_HEADER_BYTES = 20
JSON_CHUNK, BINARY_CHUNK = 0x4E4F534A, 0x004E4942


@dataclass(frozen=True, eq=False)
class Document:
    """A glTF file taken apart: its JSON, the GLB's binary chunk, and the files it refers to."""

    name: str
    json: dict[str, Any]
    binary: bytes | None
    bundle_parts: Fetch
    buffers: dict[int, bytes] = field(default_factory=dict)

    def entry(self, kind: str, index: Any) -> dict[str, Any]:
        """``json[kind][index]``; AssetError if there is none."""
        entries = self.json.get(kind, [])
        if not isinstance(index, int) or not 0 <= index < len(entries):
            raise AssetError(f"{self.name}: index into {kind} must be in 0…{len(entries) - 1}, got {index}")
        found: dict[str, Any] = entries[index]
        return found

    def view(self, index: int) -> tuple[bytes, int]:
        """Bytes of a buffer view and its stride (0 = tightly packed)."""
        view = self.entry("bufferViews", index)
        start, length = int(view.get("byteOffset", 0)), int(view["byteLength"])
        data = self._buffer(view["buffer"])
        if start < 0 or length < 0 or start + length > len(data):
            raise AssetError(f"{self.name}: bufferView {index} must lie in its {len(data)} bytes, got {start}+{length}")
        return data[start : start + length], int(view.get("byteStride", 0))

    def _buffer(self, index: Any) -> bytes:
        if index not in self.buffers:
            uri = self.entry("buffers", index).get("uri")
            if uri is None and (index != 0 or self.binary is None):
                raise AssetError(f"{self.name}: buffer {index} must have a uri or be the GLB's own, got neither")
            self.buffers[index] = (self.binary or b"") if uri is None else self.resource(uri)
        return self.buffers[index]

    def resource(self, uri: str) -> bytes:
        """Bytes of a data URI or of a file in the asset's folder."""
        return data_of(uri, self.name) if uri.startswith("data:") else self.bundle_parts(unquote(uri))


def data_of(uri: str, where: str) -> bytes:
    """Decode a base64 data URI."""
    head, comma, body = uri.partition(",")
    if not comma or not head.endswith(";base64"):
        raise AssetError(f"{where}: data URI must be base64, got '{head[:60]}'")
    try:
        return base64.b64decode(unquote(body), validate=True)
    except binascii.Error as error:
        raise AssetError(f"{where}: data URI must be base64, got damaged data ({error})") from error


def open_document(data: bytes, fetch: Fetch, where: str) -> Document:
    """Parse a .gltf or .glb; AssetError for other versions and for extensions that it requires and we do not know."""
    text, binary = _chunks(data, where) if data[:4] == b"glTF" else (data, None)
    check_text(text, f"{where}: JSON", MAX_JSON_BYTES, "keep buffers and images outside it, as in a .glb")
    document = json.loads(text)
    version = document.get("asset", {}).get("version", "none") if isinstance(document, dict) else "none"
    if not str(version).startswith("2."):
        raise AssetError(f"{where}: glTF version must be 2.x, got {version}")
    unknown = sorted(set(document.get("extensionsRequired", [])) - EXTENSIONS)
    if unknown:
        raise AssetError(f"{where}: required glTF extensions must be ones we read, got {', '.join(unknown)}")
    return Document(where, document, binary, fetch)


def _chunks(data: bytes, where: str) -> tuple[bytes, bytes | None]:
    """The JSON and the binary chunk of a GLB."""
    if len(data) < GLB_HEADER_BYTES:
        raise AssetError(f"{where}: GLB must have a header and a JSON chunk, got {len(data)} bytes")
    _, version, length = struct.unpack_from("<III", data)
    if version != GLB_VERSION or length > len(data):
        raise AssetError(f"{where}: GLB must be version 2 and {length} bytes long, got {version} and {len(data)} bytes")
    chunks: dict[int, bytes] = {}
    at = 12
    while at + 8 <= length:
        size, kind = struct.unpack_from("<II", data, at)
        if at + 8 + size > length:
            raise AssetError(f"{where}: GLB chunk must lie in the file, got {size} bytes at {at} of {length}")
        chunks.setdefault(kind, data[at + 8 : at + 8 + size])
        at += 8 + size
    if JSON_CHUNK not in chunks:
        raise AssetError(f"{where}: GLB must have a JSON chunk, got none")
    return chunks[JSON_CHUNK], chunks.get(BINARY_CHUNK)


def collect_gltf(data: bytes, fetch: Fetch, where: str) -> None:
    """Fetch all external buffers and images."""
    document = open_document(data, fetch, where)
    for kind in ("buffers", "images"):
        for entry in document.json.get(kind, []):
            uri = entry.get("uri", "data:")
            if not uri.startswith("data:"):
                fetch(unquote(uri))


def document_of(bundle: Bundle) -> Document:
    """The document of a bundle, whose references are all read already."""
    return open_document(bundle.data, bundle.parts.__getitem__, bundle.name)


def accessor(document: Document, index: int, kind: str) -> NDArray[Any]:
    """Read an accessor of ``kind`` (``VEC3``, …, or alternatives ``VEC3|VEC4``) as an (N, width) array.

    Normalised integers become floats (glTF 2.0, section 3.11). Sparse accessors are refused.
    """
    entry = document.entry("accessors", index)
    where = f"{document.name}: accessor {index}"
    if entry["type"] not in kind.split("|") or "sparse" in entry or "bufferView" not in entry:
        got = "a sparse or empty one" if entry["type"] in kind.split("|") else entry["type"]
        raise AssetError(f"{where} must be a plain {kind}, got {got}")
    component = np.dtype("<" + COMPONENTS[entry["componentType"]])
    data, stride = document.view(entry["bufferView"])
    width, count, offset = WIDTHS[entry["type"]], int(entry["count"]), int(entry.get("byteOffset", 0))
    step = stride or width * component.itemsize
    needed = offset + (count - 1) * step + width * component.itemsize
    if count < 1 or offset < 0 or step < width * component.itemsize or needed > len(data):
        raise AssetError(f"{where} must lie in its bufferView of {len(data)} bytes, got {count} items up to {needed}")
    strides = (step, component.itemsize)
    values: NDArray[Any] = np.ndarray((count, width), dtype=component, buffer=data, offset=offset, strides=strides)
    return _normalised(values) if entry.get("normalized") and component.kind != "f" else values


def _normalised(values: NDArray[Any]) -> NDArray[np.float64]:
    return np.maximum(values / np.float64(np.iinfo(values.dtype).max), -1.0)
