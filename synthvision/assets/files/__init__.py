"""Model files: one reader per format, all giving the same Asset."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from synthvision.assets.decoding import reading
from synthvision.assets.files.assembling import assemble
from synthvision.assets.files.bundle import Bundle, Fetch, Fetcher, read_file
from synthvision.assets.files.converted import collect_blend, converter, read_converted
from synthvision.assets.files.fbx import collect_fbx
from synthvision.assets.files.gltf import collect_gltf
from synthvision.assets.files.gltf_scene import read_gltf
from synthvision.assets.files.obj import collect_obj, read_obj
from synthvision.assets.files.parts import Model
from synthvision.assets.files.ply import collect_ply, read_ply
from synthvision.assets.files.stl import collect_stl, read_stl
from synthvision.assets.files.usd import collect_usd
from synthvision.assets.types import Asset, UpAxis
from synthvision.errors import AssetError, did_you_mean


@dataclass(frozen=True)
class Format:
    """One file format: which files it refers to, how it is read, and the axis that points up unless the recipe says.

    ``converter`` names what makes it into another format, for the file of a given name; there is none for most.
    """

    name: str
    collect: Callable[[bytes, Fetch, str], None]
    read: Callable[[Bundle], Model]
    up: str = "z"
    converter: Callable[[str], tuple[str, ...]] | None = None


_USD = Format("USD", collect_usd, read_converted, converter=converter)

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        ".obj": Format("OBJ", collect_obj, read_obj),
        ".ply": Format("PLY", collect_ply, read_ply),
        ".stl": Format("STL", collect_stl, read_stl),
        ".glb": Format("GLB", collect_gltf, read_gltf, up="y"),
        ".gltf": Format("glTF", collect_gltf, read_gltf, up="y"),
        ".blend": Format("Blender", collect_blend, read_converted, converter=converter),
        ".fbx": Format("FBX", collect_fbx, read_converted, converter=converter),
        ".usd": _USD,
        ".usda": _USD,
        ".usdc": _USD,
        ".usdz": _USD,
    }
)


_OF_PROGRAMS = frozenset({".dae", ".max", ".3ds", ".ma", ".mb", ".c4d", ".skp"})
"""Suffixes of files that only the programs read which made them."""


def format_of(path: str) -> Format:
    """The format by a path's suffix; AssetError if it is none of ours."""
    suffix = Path(path).suffix.lower()
    if suffix not in FORMATS:
        known = ", ".join(FORMATS)
        near = did_you_mean(suffix, FORMATS) if suffix not in _OF_PROGRAMS else "; export it there as .glb"
        raise AssetError(f"{path}: model file must end in {known}, got '{suffix}'{near}")
    return FORMATS[suffix]


def read_bundle(path: str, root: Path) -> Bundle:
    """Read a model file and everything that it refers to.

    ``path`` is relative to ``root`` or absolute. Raises AssetError for a missing file or reference, or one that
    leaves the asset's folder.
    """
    kind = format_of(path)
    data = read_file(root / path, path)
    fetch = Fetcher((root / path).parent, path)
    with reading(path, f"a readable {kind.name} file"):
        kind.collect(data, fetch, path)
    return Bundle(path, data, MappingProxyType(fetch.parts))


def read_asset(bundle: Bundle, unit_m: float = 1.0, up: UpAxis = "auto") -> Asset:
    """Parse a bundle into an Asset in metres with Z up: the same bytes give the same arrays, bit for bit.

    ``unit_m`` is the length of one unit of the file; ``up`` its axis that points up (``auto``: Y for glTF, else Z).
    Files that Blender converts come with metres and Z up from it, whatever their own unit and axes are.
    """
    kind = format_of(bundle.name)
    with reading(bundle.name, f"a readable {kind.name} file"):
        return assemble(kind.read(bundle), unit_m, kind.up if up == "auto" else up, bundle.name)
