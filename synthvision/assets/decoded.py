"""Heavy meshes and pictures, decoded once per machine: what readers made of a file is kept by the hash of its content.

Measured on two cores: a mesh of a million triangles takes 0.9 s (binary PLY), 1.7 s (GLB) or 6 to 7 s (OBJ, STL) to
decode, and 0.04 s to take from the cache; 4096² pixels of PNG 0.38 s against 0.03 s; an environment of 4096 x 2048
pixels 0.3 to 0.8 s against 0.08 s. ``scripts/benchmark --only assets`` measures two of these.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.cache import Entry, Kind, kept
from synthvision.assets.files import format_of, read_asset
from synthvision.assets.files.bundle import Bundle
from synthvision.assets.images import decode_environment, decode_image
from synthvision.assets.types import Asset, AssetFile, Material, Mesh, Texture

HEAVY_BYTES = 512 * 1024
"""What is smaller is decoded by everyone: it takes at most 0.1 s (OBJ, STL: some 10,000 triangles) or 0.03 s."""

JPEG_MAGIC = b"\xff\xd8\xff"
"""A JPEG is decoded by everyone, too: 4096² pixels take 0.11 s, as long as a disk takes to read them, and 14 times the
room of the file, from which they would push out what takes longer."""

MESH_ARRAYS = ("vertices", "triangles", "slots", "uvs", "normals")


def load_asset(bundle: Bundle, source: AssetFile) -> Asset:
    """Return ``read_asset`` of a bundle whose hash is that of ``source``."""

    def read() -> Asset:
        return read_asset(bundle, source.unit_m, source.up)

    kind = format_of(bundle.name)
    if kind.converter is None and len(bundle.data) + sum(map(len, bundle.parts.values())) < HEAVY_BYTES:
        return read()
    converters = () if kind.converter is None else kind.converter(bundle.name)
    decides = ("asset", kind.name, source.sha256, repr(float(source.unit_m)), source.up, *converters)
    return kept(ASSETS, _key(*decides), read)


def load_image(data: bytes, texture: Texture) -> NDArray[np.uint8]:
    """Return ``decode_image`` of data whose hash is that of ``texture``."""
    if len(data) < HEAVY_BYTES or data.startswith(JPEG_MAGIC):
        return decode_image(data, texture.key)
    return kept(PICTURES, _key("image", texture.sha256), lambda: decode_image(data, texture.key))


def load_environment(data: bytes, texture: Texture) -> NDArray[np.float32]:
    """Return ``decode_environment`` of data whose hash is that of ``texture``."""
    if len(data) < HEAVY_BYTES:
        return decode_environment(data, texture.key)
    return kept(PICTURES, _key("environment", texture.sha256), lambda: decode_environment(data, texture.key))


def _key(*decides: str) -> str:
    """Return the name of an entry: all that decides what a reader makes of a file."""
    return hashlib.sha256("\n".join((*_readers(), *decides)).encode()).hexdigest()


@cache
def _readers() -> tuple[str, ...]:
    """Name the readers: the text of their modules, and versions of libraries whose decoders may round otherwise.

    The text, not a number: nobody can forget to count it up, and an entry of other readers would be a wrong label.
    """
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted((*here.glob("*.py"), *here.glob("files/*.py"))):
        digest.update(path.read_bytes())
    return (digest.hexdigest(), *(f"{name} {version(name)}" for name in ("pillow", "OpenEXR")))


def _pack_asset(asset: Asset) -> Entry:
    arrays = {name: getattr(asset.mesh, name) for name in MESH_ARRAYS if getattr(asset.mesh, name) is not None}
    arrays |= {f"image-{key}": image for key, image in asset.images.items()}
    materials = [asdict(material) for material in asset.materials]
    facts = {"materials": materials, "images": list(asset.images), "content_hash": asset.mesh.content_hash}
    return Entry(arrays, facts)


def _unpack_asset(entry: Entry) -> Asset:
    optional = {name: entry.arrays.get(name) for name in ("uvs", "normals")}
    mesh = Mesh(entry.arrays["vertices"], entry.arrays["triangles"], entry.arrays["slots"], **optional)
    # The entry's checksums have vouched for the arrays, so the hash, which takes as long again, is not made anew.
    vars(mesh)["content_hash"] = entry.facts["content_hash"]
    images = {key: entry.arrays[f"image-{key}"] for key in entry.facts["images"]}
    return Asset(mesh, tuple(_material(plain) for plain in entry.facts["materials"]), MappingProxyType(images))


def _material(plain: Mapping[str, Any]) -> Material:
    """Undo ``asdict`` and JSON: numbers are those that were written, whole ones whole."""
    return Material(**{name: _value(value) for name, value in plain.items()})


def _value(plain: Any) -> Any:
    if isinstance(plain, dict):
        return Texture(**{name: _value(value) for name, value in plain.items()})
    return tuple(map(_value, plain)) if isinstance(plain, list) else plain


def _pack_picture(pixels: NDArray[Any]) -> Entry:
    return Entry({"pixels": pixels})


def _unpack_picture(entry: Entry) -> NDArray[Any]:
    return entry.arrays["pixels"]


ASSETS = Kind("decoded", _pack_asset, _unpack_asset)
PICTURES = Kind("decoded", _pack_picture, _unpack_picture)
