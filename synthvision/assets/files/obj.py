"""Wavefront OBJ, read by our own parser: general polygons, negative indices, vertex colours, and no guessing.

(trimesh's reader logs a missing MTL or texture and goes on; here each is an error.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from synthvision.assets.files.bundle import Bundle, Fetch, check_text, text_of
from synthvision.assets.files.embedding import Images
from synthvision.assets.files.mtl import MtlMaterial, material_of, parse_mtl
from synthvision.assets.files.parts import (
    Floats,
    Indices,
    Model,
    Part,
    check_triangle_count,
    check_vertex_count,
    checked_indices,
)
from synthvision.assets.files.polygons import triangulate
from synthvision.assets.srgb import srgb_decode
from synthvision.assets.types import Material
from synthvision.errors import AssetError, did_you_mean

# What exporters write for faces without a material.
UNNAMED = frozenset({"", "None", "(null)"})
WHITE = (1.0, 1.0, 1.0)
# Words on a vertex line that has a colour: x y z r g b, and alpha or not.
COLOURED = frozenset({6, 7})


@dataclass
class _Statements:
    """The lines of an OBJ file by kind; faces as one flat list of corners ``v/vt/vn``."""

    lines: dict[bytes, list[bytes]] = field(default_factory=lambda: {b"v": [], b"vt": [], b"vn": []})
    corners: list[bytes] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    materials: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class _Vertices:
    """What corners refer to: positions (V, 3), uvs (N, 2), normals (M, 3), and linear RGBA (V, 4) or None."""

    positions: Floats
    uvs: Floats
    normals: Floats
    colours: Floats | None = None


def collect_obj(data: bytes, fetch: Fetch, where: str) -> None:
    """Fetch the MTL files that an OBJ names, and the textures of the materials that it uses."""
    library = _library(data, fetch, where)
    for name in _named_by(b"usemtl", data):
        if name in library:
            for statement in library[name].maps.values():
                fetch(statement.file)


def _library(data: bytes, fetch: Fetch, where: str) -> dict[str, MtlMaterial]:
    materials: dict[str, MtlMaterial] = {}
    for file in _named_by(b"mtllib", data):
        materials.update(parse_mtl(fetch(file), f"{where}: '{file}'"))
    return materials


def _named_by(keyword: bytes, data: bytes) -> list[str]:
    """What the lines with a keyword name, each once."""
    if keyword not in data:
        return []
    return list(dict.fromkeys(map(text_of, re.findall(rb"^[ \t]*%b[ \t]+([^\r\n]+)" % keyword, data, re.MULTILINE))))


def read_obj(bundle: Bundle) -> Model:
    """Read an OBJ bundle. Faces before any ``usemtl`` get a plain grey material."""
    where = bundle.name
    check_text(bundle.data, where, remedy="use .glb or a binary .ply")
    statements = _statements(bundle.data, where)
    check_triangle_count(sum(statements.sizes) - 2 * len(statements.sizes), where)
    vertices = _vertices(statements.lines, where)
    corners = _corner_indices(statements, where)
    triangles, polygon = _triangles(statements, corners, vertices.positions, where)
    images = Images()
    library = _library(bundle.data, bundle.parts.__getitem__, where)
    slots = np.array(statements.slots, dtype=np.int64)[polygon]
    parts = []
    for name, slot in statements.materials.items():
        chosen = corners[triangles[slots == slot]]
        if len(chosen):
            part = Part(vertices.positions, chosen[..., 0], _material(name, library, bundle, images))
            parts.append(_with_attributes(part, chosen, vertices, where))
    return Model(tuple(parts), images.by_hash)


def _statements(data: bytes, where: str) -> _Statements:
    found = _Statements()
    slot = -1
    for line in re.sub(rb"\\\r?\n", b" ", data).splitlines():
        keyword, *rests = line.split(None, 1) or [b""]
        if not rests:
            continue
        rest = rests[0]
        if keyword in found.lines:
            found.lines[keyword].append(rest)
            check_vertex_count(len(found.lines[keyword]), where, f"lines '{keyword.decode()}'")
        elif keyword == b"f":
            corners = rest.split(b"#")[0].split() if b"#" in rest else rest.split()
            if b"-" in rest:
                corners = list(_absolute(corners, found, where))
            slot = found.materials.setdefault("", 0) if slot < 0 else slot
            found.corners += corners
            found.sizes.append(len(corners))
            found.slots.append(slot)
            check_vertex_count(len(found.corners), where, "corners of faces")
        elif keyword == b"usemtl":
            slot = found.materials.setdefault(text_of(rest), len(found.materials))
    return found


def _absolute(corners: list[bytes], found: _Statements, where: str) -> Iterator[bytes]:
    """Resolve negative indices, which count back from the line where they stand."""
    counts = [len(lines) for lines in found.lines.values()]
    for corner in corners:
        values = [int(word) if word else 0 for word in corner.split(b"/")]
        if len(values) > len(counts) or any(-value > count for value, count in zip(values, counts, strict=False)):
            raise AssetError(
                f"{where}: face index must be at most as far back as the list is long, got {text_of(corner)}"
            )
        absolute = (value + count + 1 if value < 0 else value for value, count in zip(values, counts, strict=False))
        yield b"/".join(b"%d" % value for value in absolute)


def _rows(lines: list[bytes], columns: int, where: str, what: str) -> Floats:
    if not lines:
        return np.empty((0, columns))
    try:
        rows: Floats = np.loadtxt(lines, dtype=np.float64, ndmin=2, usecols=range(columns))
    except ValueError as error:
        raise AssetError(f"{where}: {what} must be {columns} numbers per line, got {error}") from error
    return rows


def _vertices(lines: dict[bytes, list[bytes]], where: str) -> _Vertices:
    """Colours stand where lines read ``x y z r g b``: sRGB, in 0…1 or 0…255, as scanners write them."""
    # The first line tells whether there are colours; if it has one, all lines must.
    columns = len(lines[b"v"][0].split(b"#")[0].split()) if lines[b"v"] else 0
    rows = _rows(lines[b"v"], 6 if columns in COLOURED else 3, where, "vertices")
    uvs = _rows(lines[b"vt"], 2, where, "texture coordinates")
    normals = _rows(lines[b"vn"], 3, where, "normals")
    if columns not in COLOURED:
        return _Vertices(rows, uvs, normals)
    encoded = rows[:, 3:] / (255 if rows[:, 3:].max() > 1 else 1)
    return _Vertices(rows[:, :3], uvs, normals, np.hstack([srgb_decode(encoded), np.ones((len(rows), 1))]))


def _corner_indices(statements: _Statements, where: str) -> Indices:
    """(N, 3) vertex, texture and normal index of each corner, counted from 0; -1 where there is none."""
    fill = (b"/0/0", b"/0", b"")
    try:
        text = b"/".join(corner + fill[corner.count(b"/")] for corner in statements.corners)
    except IndexError:
        raise AssetError(f"{where}: face corner must be v, v/vt, v//vn or v/vt/vn, got more slashes") from None
    if text.translate(None, b"0123456789/"):
        odd = next(corner for corner in statements.corners if corner.translate(None, b"0123456789/"))
        raise AssetError(f"{where}: face corner must be whole numbers and slashes, got '{text_of(odd)}'")
    if text.startswith(b"/"):
        raise AssetError(f"{where}: face corner must start with a vertex index, got one that does not")
    text = text.replace(b"//", b"/0/").replace(b"//", b"/0/") + (b"0" if text.endswith(b"/") else b"")
    numbers = np.fromstring(text.decode("ascii"), dtype=np.int64, sep="/") if text else np.empty(0, dtype=np.int64)
    return numbers.reshape(-1, 3) - 1


def _triangles(statements: _Statements, corners: Indices, positions: Floats, where: str) -> tuple[Indices, Indices]:
    checked_indices(corners[:, 0], len(positions), where, "face's vertex index")
    return triangulate(np.array(statements.sizes, dtype=np.int64), positions[corners[:, 0]], where)


def _material(name: str, library: dict[str, MtlMaterial], bundle: Bundle, images: Images) -> Material:
    if name in library:
        return material_of(library[name], bundle.parts.__getitem__, images, bundle.name)
    if library and name not in UNNAMED:
        near = did_you_mean(name, library)
        raise AssetError(f"{bundle.name}: usemtl must name a material of the MTL, got '{name}'{near}")
    # Without any mtllib the names are only labels; the recipe gives the look.
    return Material(name=name or "body")


def _with_attributes(part: Part, corners: Indices, vertices: _Vertices, where: str) -> Part:
    """Add what the corners refer to: (0, 0) where there is no texture coordinate, a zero row where no normal."""
    has_uvs = bool((corners[..., 1] >= 0).any())
    has_normals = bool((corners[..., 2] >= 0).any())
    textured = part.material.base_colour_texture is not None
    if textured and not has_uvs:
        name = part.material.name
        raise AssetError(f"{where}: faces of material '{name}' must have texture coordinates, got a texture and none")
    coloured = vertices.colours is not None and not textured
    return replace(
        part,
        material=replace(part.material, base_colour=WHITE) if coloured else part.material,
        uvs=_looked_up(vertices.uvs, corners[..., 1], where, "texture index") if has_uvs else None,
        normals=_looked_up(vertices.normals, corners[..., 2], where, "normal index") if has_normals else None,
        colours=vertices.colours[corners[..., 0]] if vertices.colours is not None and coloured else None,
    )


def _looked_up(rows: Floats, indices: Indices, where: str, what: str) -> Floats:
    """Rows at indices from 0; index -1 gives zeros."""
    checked_indices(indices[indices >= 0], len(rows), where, f"face's {what}")
    found: Floats = np.vstack([rows, np.zeros((1, rows.shape[1]))])[indices]
    return found
