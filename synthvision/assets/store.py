"""The assets of one process: loaded once, checked, kept while there is room."""

from __future__ import annotations

import hashlib
import math
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.cache import capacity_bytes as disk_capacity_bytes
from synthvision.assets.decoded import MESH_ARRAYS, load_asset, load_environment, load_image
from synthvision.assets.environments import ENVIRONMENTS
from synthvision.assets.files import read_bundle
from synthvision.assets.files.bundle import read_file
from synthvision.assets.generators import GENERATORS
from synthvision.assets.textures import PICTURES
from synthvision.assets.types import Asset, AssetFile, AssetSource, GeneratedAsset, Mesh, Texture, UpAxis
from synthvision.errors import AssetError, did_you_mean

CAPACITY_BYTES = 1024**3

Value = TypeVar("Value")
Made = TypeVar("Made")


def asset_file(path: str, root: Path, unit_m: float = 1.0, up: str = "auto") -> AssetFile:
    """Describe a model file: its hash covers the file and everything that it refers to.

    ``path`` is relative to ``root`` or absolute. Without references the hash is the file's plain SHA-256; with them
    see ``Bundle.sha256``. Raises AssetError for whatever ``read_bundle`` refuses.
    """
    if not (math.isfinite(unit_m) and unit_m > 0):
        raise AssetError(f"{path}: unit_m must be a length above 0, got {unit_m}")
    if up not in get_args(UpAxis):
        raise AssetError(f"{path}: up must be one of {', '.join(get_args(UpAxis))}, got '{up}'")
    return AssetFile(path, read_bundle(path, root).sha256, unit_m, cast("UpAxis", up))


def texture_file(path: str, root: Path) -> Texture:
    """Describe an image or environment file by its SHA-256; ``path`` is relative to ``root`` or absolute."""
    return Texture("file", path, sha256=hashlib.sha256(read_file(root / path, path)).hexdigest())


class AssetStore:
    """Loads assets, images and environments, and keeps the most recently used ones.

    Safe for several threads: different things load at the same time, one thing loads once. Arrays are read-only
    and shared, and in C order. What a call returns is never dropped by that call, however large. Heavy files are
    decoded once per machine (``synthvision.assets.decoded``).

    Args:
        root: where relative paths start.
        capacity_bytes: what is kept at most, counting arrays; the latest thing is always kept.
    """

    def __init__(self, root: Path, capacity_bytes: int = CAPACITY_BYTES) -> None:
        disk_capacity_bytes()  # where it is set wrongly, say so now and not with every frame
        self.root = root
        self._capacity_bytes = capacity_bytes
        self._kept: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._loading: dict[Hashable, Lock] = {}

    @property
    def kept_bytes(self) -> int:
        """Bytes of all arrays that are kept now."""
        return self._bytes

    def asset(self, source: AssetSource) -> Asset:
        """Return the asset; AssetError if it cannot be made, or if its file is not the one that was hashed."""
        return self._get(("asset", source), lambda: self._load_asset(source), _asset_bytes)

    def image(self, texture: Texture, asset: Asset | None = None) -> NDArray[np.uint8]:
        """Return (H, W, 3 or 4) uint8, first row on top, as stored; embedded textures are looked up in ``asset``."""
        if texture.kind == "embedded":
            if asset is None or texture.key not in asset.images:
                raise AssetError(f"texture {texture.key}: image must be in its asset, got none")
            return asset.images[texture.key]
        return self._get(("image", texture), lambda: self._load_image(texture), _array_bytes)

    def environment(self, texture: Texture) -> NDArray[np.float32]:
        """Return (H, W, 3) float32 linear Rec.709, equirectangular, first row towards +Z."""
        return self._get(("environment", texture), lambda: self._load_environment(texture), _array_bytes)

    def _get(self, key: Hashable, load: Callable[[], Value], size_of: Callable[[Value], int]) -> Value:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return cast("Value", self._kept[key][0])
            loading = self._loading.setdefault(key, Lock())
        with loading:
            with self._lock:
                if key in self._kept:
                    return cast("Value", self._kept[key][0])
            try:
                value = load()
                self._keep(key, value, size_of(value))
            finally:
                with self._lock:
                    self._loading.pop(key, None)
        return value

    def _keep(self, key: Hashable, value: object, size: int) -> None:
        with self._lock:
            self._kept[key] = (value, size)
            self._bytes += size
            while self._bytes > self._capacity_bytes and len(self._kept) > 1:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._bytes -= dropped

    def _load_asset(self, source: AssetSource) -> Asset:
        if isinstance(source, AssetFile):
            bundle = read_bundle(source.path, self.root)
            _check_hash(source.path, source.sha256, bundle.sha256)
            asset = load_asset(bundle, source)
        else:
            asset = _generated(source)
        return _frozen(asset)

    def _load_image(self, texture: Texture) -> NDArray[np.uint8]:
        if texture.kind == "generated":
            made: NDArray[np.uint8] = _named(PICTURES, texture.key, "texture")(dict(texture.parameters))
            return _locked(made)
        return _locked(load_image(self._checked_bytes(texture), texture))

    def _load_environment(self, texture: Texture) -> NDArray[np.float32]:
        if texture.kind == "embedded":
            raise AssetError(f"environment {texture.key}: must be generated or a file, got an embedded image")
        if texture.kind == "generated":
            made: NDArray[np.float32] = _named(ENVIRONMENTS, texture.key, "environment")(dict(texture.parameters))
            return _locked(made)
        return _locked(load_environment(self._checked_bytes(texture), texture))

    def _checked_bytes(self, texture: Texture) -> bytes:
        data = read_file(self.root / texture.key, texture.key)
        _check_hash(texture.key, texture.sha256, hashlib.sha256(data).hexdigest())
        return data


def _check_hash(path: str, expected: str, got: str) -> None:
    if expected != got:
        raise AssetError(f"{path}: sha256 must be {expected or 'given'} (the file as first read), got {got}")


def _named(registry: Mapping[str, Made], name: str, what: str) -> Made:
    if name not in registry:
        raise AssetError(
            f"{what} must be one of {', '.join(sorted(registry))}, got '{name}'{did_you_mean(name, registry)}"
        )
    return registry[name]


def _asset_bytes(asset: Asset) -> int:
    mesh = asset.mesh
    arrays = (mesh.vertices, mesh.triangles, mesh.slots, mesh.uvs, mesh.normals, *asset.images.values())
    return sum(array.nbytes for array in arrays if array is not None)


def _array_bytes(array: NDArray[Any]) -> int:
    return array.nbytes


Scalar = TypeVar("Scalar", bound=np.generic)


def _locked(array: NDArray[Scalar]) -> NDArray[Scalar]:
    """Make an array read-only, and C-ordered as in the cache: sums in another order can round otherwise."""
    ordered = np.ascontiguousarray(array)
    ordered.setflags(write=False)
    return ordered


def _generated(source: GeneratedAsset) -> Asset:
    """Make a member of a procedural family, whose parameters may be any that a recipe gives."""
    make = _named(GENERATORS, source.generator, "generator")
    try:
        return make(dict(source.parameters))
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        given = ", ".join(f"{name}: {value:.4g}" for name, value in source.parameters)
        raise AssetError(
            f"asset {source.generator}: parameters must be of a thing that can be made, got {{{given}}}"
            f" ({type(error).__name__}: {error}); keep them nearer to the catalog's"
        ) from error


def _frozen(asset: Asset) -> Asset:
    """Make the arrays read-only, so that no thread can change what another one sees, and hash them once."""
    given = {name: array for name in MESH_ARRAYS if (array := getattr(asset.mesh, name)) is not None}
    ordered = {name: _locked(array) for name, array in given.items()}
    mesh = asset.mesh if all(ordered[name] is given[name] for name in given) else Mesh(**ordered)
    images = {key: _locked(image) for key, image in asset.images.items()}
    frozen = Asset(mesh, asset.materials, MappingProxyType(images))
    # Filling the cache here keeps two threads from hashing the same mesh later.
    _ = frozen.content_hash
    return frozen
