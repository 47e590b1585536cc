"""PLY: polygons with optional normals, vertex or face colours, texture coordinates and one texture.

Read by our own parser: trimesh's takes neither mixed polygons in binary files nor says when a texture is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from synthvision.assets.files.bundle import Bundle, Fetch
from synthvision.assets.files.embedding import Images
from synthvision.assets.files.parts import Floats, Indices, Model, Part, check_triangle_count, checked_indices
from synthvision.assets.files.ply_elements import Columns, Header, read_elements, read_header
from synthvision.assets.files.polygons import triangulate
from synthvision.assets.srgb import srgb_decode
from synthvision.assets.types import Material
from synthvision.errors import AssetError

INDEX_NAMES = ("vertex_indices", "vertex_index")
UV_NAMES = (("s", "t"), ("u", "v"), ("texture_u", "texture_v"))
COLOUR_NAMES = (("red", "green", "blue"), ("diffuse_red", "diffuse_green", "diffuse_blue"), ("r", "g", "b"))
FULL_SCALE = {"u1": 255.0, "u2": 65535.0}


def collect_ply(data: bytes, fetch: Fetch, where: str) -> None:
    """Fetch the texture that a ``comment TextureFile`` line names."""
    for texture in read_header(data, where).textures:
        fetch(texture)


def read_ply(bundle: Bundle) -> Model:
    """Read a PLY bundle. Colours are taken as sRGB; a file with several textures is refused."""
    where = bundle.name
    header = read_header(bundle.data, where)
    elements = read_elements(bundle.data, header, where)
    vertex, face = elements.get("vertex", Columns()), elements.get("face", Columns())
    if not {"x", "y", "z"} <= vertex.plain.keys():
        raise AssetError(f"{where}: PLY vertices must have x, y and z, got {', '.join(vertex.plain) or 'none'}")
    positions = _stacked(vertex, ("x", "y", "z"))
    sizes, corners = _faces(face, where)
    check_triangle_count(int(np.maximum(sizes - 2, 0).sum()), where)
    checked_indices(corners, len(positions), where, "vertex index")
    triangles, polygon = triangulate(sizes, positions[corners], where)
    part = Part(
        positions,
        corners[triangles],
        Material(),
        uvs=_uvs(vertex, face, corners, triangles),
        normals=_normals(vertex, corners[triangles]),
        colours=_colours(header, elements, corners[triangles], polygon),
    )
    return _textured(part, header, bundle)


def _stacked(columns: Columns, names: tuple[str, ...]) -> Floats:
    return np.stack([columns.plain[name] for name in names], axis=1)


def _faces(face: Columns, where: str) -> tuple[Indices, Indices]:
    """Corners per polygon, and all corners' vertex indices."""
    for name in INDEX_NAMES:
        if name in face.lists:
            sizes, corners = face.lists[name]
            return sizes, corners.astype(np.int64)
    raise AssetError(f"{where}: mesh must have faces, got a PLY without a list of {INDEX_NAMES[0]}")


def _uvs(vertex: Columns, face: Columns, corners: Indices, triangles: Indices) -> Floats | None:
    """Per-corner lists (``texcoord``) first, else per-vertex columns."""
    if "texcoord" in face.lists and len(face.lists["texcoord"][1]) == 2 * len(corners):
        per_corner: Floats = face.lists["texcoord"][1].reshape(-1, 2)[triangles]
        return per_corner
    for names in UV_NAMES:
        if set(names) <= vertex.plain.keys():
            per_vertex: Floats = _stacked(vertex, names)[corners[triangles]]
            return per_vertex
    return None


def _normals(vertex: Columns, vertices_of: Indices) -> Floats | None:
    names = ("nx", "ny", "nz")
    if not set(names) <= vertex.plain.keys():
        return None
    normals: Floats = _stacked(vertex, names)[vertices_of]
    return normals


def _colours(header: Header, elements: Mapping[str, Columns], vertices_of: Indices, polygon: Indices) -> Floats | None:
    """Linear RGBA per corner, from vertex colours or else face colours."""
    for element in header.elements:
        for names in COLOUR_NAMES:
            types = {one.name: one.type for one in element.properties}
            if element.name in {"vertex", "face"} and set(names) <= types.keys():
                encoded = _stacked(elements[element.name], names) / FULL_SCALE.get(types[names[0]], 1.0)
                rgba = np.hstack([srgb_decode(encoded), np.ones((len(encoded), 1))])
                at = vertices_of if element.name == "vertex" else np.repeat(polygon[:, None], 3, axis=1)
                colours: Floats = rgba[at]
                return colours
    return None


def _textured(part: Part, header: Header, bundle: Bundle) -> Model:
    """With a texture, it alone gives the colour; without, vertex colours do, times white."""
    if not header.textures:
        white = replace(part.material, base_colour=(1.0, 1.0, 1.0))
        return Model((part if part.colours is None else replace(part, material=white),))
    if len(header.textures) > 1:
        raise AssetError(f"{bundle.name}: PLY must have at most one texture, got {', '.join(header.textures)}")
    if part.uvs is None:
        raise AssetError(f"{bundle.name}: faces must have texture coordinates, got a texture and none")
    images = Images()
    name = header.textures[0]
    texture = images.embed(images.decode(bundle.parts[name], f"{bundle.name}: '{name}'"))
    material = replace(part.material, base_colour=(1.0, 1.0, 1.0), base_colour_texture=texture)
    return Model((replace(part, material=material, colours=None),), images.by_hash)
