"""glTF 2.0 scenes to parts: the node tree is flattened, each primitive with its node's transform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.files.bundle import Bundle
from synthvision.assets.files.embedding import Images
from synthvision.assets.files.gltf import Document, accessor, document_of
from synthvision.assets.files.gltf_materials import Mapping, Surface, read_materials
from synthvision.assets.files.parts import (
    Floats,
    Indices,
    Model,
    Part,
    check_triangle_count,
    check_vertex_count,
    checked_indices,
)
from synthvision.elementary import matmul
from synthvision.errors import AssetError

TRIANGLES, STRIP, FAN = 4, 5, 6
MAX_DEPTH = 256
# How far beyond 0…1 coordinates may stand when the file asks for clamping; our textures repeat.
CLAMP_TOLERANCE = 0.01


def read_gltf(bundle: Bundle) -> Model:
    """Read a glTF bundle: the default scene (or the first, or all root nodes), without cameras, lights and animation.

    Skinned meshes, morph targets with a weight, and points or lines alone are refused. A primitive without normals
    is flat, as the specification asks.
    """
    document = document_of(bundle)
    images = Images()
    surfaces = read_materials(document, images)
    parts: list[Part] = []
    triangles = vertices = 0
    for node, matrix in _nodes(document):
        for part in _mesh_parts(document, node, matrix, surfaces):
            triangles, vertices = triangles + len(part.triangles), vertices + len(part.positions)
            check_triangle_count(triangles, bundle.name)
            check_vertex_count(vertices, bundle.name, "vertices, each counted as often as its mesh is used")
            parts.append(part)
    return Model(tuple(parts), _used(images, parts))


def _used(images: Images, parts: list[Part]) -> dict[str, NDArray[np.uint8]]:
    """Only the images that the parts' materials need."""
    keys: set[str] = set()
    for material in {part.material for part in parts}:
        maps = (material.base_colour_texture, material.metallic_roughness_texture)
        keys |= {one.key for one in (*maps, material.normal_texture, material.emission_texture) if one is not None}
    return {key: image for key, image in images.by_hash.items() if key in keys}


def _nodes(document: Document) -> Iterator[tuple[dict[str, Any], Floats]]:
    """Every node of the scene with its matrix to the scene, depth first; no node has two parents (section 3.5.2)."""
    met: set[int] = set()
    for root in _roots(document):
        stack: list[tuple[int, Floats, int]] = [(root, np.eye(4), 0)]
        while stack:
            index, above, depth = stack.pop()
            if depth > MAX_DEPTH:
                raise AssetError(f"{document.name}: nodes must be a tree at most {MAX_DEPTH} deep, got a deeper one")
            node = document.entry("nodes", index)
            if index in met:
                raise AssetError(f"{document.name}: nodes must be a tree, got node {index} in two places")
            met.add(index)
            matrix = matmul(above, _local(node, f"{document.name}: node {index}"))
            yield node, matrix
            stack += [(child, matrix, depth + 1) for child in reversed(node.get("children", []))]


def _roots(document: Document) -> list[int]:
    if document.json.get("scenes"):
        roots: list[int] = document.entry("scenes", document.json.get("scene", 0)).get("nodes", [])
        return roots
    nodes = document.json.get("nodes", [])
    children = {child for node in nodes for child in node.get("children", [])}
    return [index for index in range(len(nodes)) if index not in children]


def _local(node: dict[str, Any], where: str) -> Floats:
    """A node's own matrix: ``matrix`` (by columns), or translation times rotation times scale."""
    matrix: Floats = np.eye(4)
    if "matrix" in node:
        matrix = np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
    else:
        rotation = _rotation(np.array(node.get("rotation", (0, 0, 0, 1)), dtype=np.float64))
        matrix[:3, :3] = rotation * np.array(node.get("scale", (1, 1, 1)), dtype=np.float64)
        matrix[:3, 3] = node.get("translation", (0, 0, 0))
    if not np.isfinite(matrix).all():
        raise AssetError(f"{where}: transform must be finite, got {node}")
    return matrix


def _rotation(quaternion: Floats) -> Floats:
    """Matrix of a quaternion (x, y, z, w), which need not be of unit length."""
    length = float(np.linalg.norm(quaternion, axis=-1))
    x, y, z, w = quaternion / (length or 1.0)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _mesh_parts(document: Document, node: dict[str, Any], matrix: Floats, surfaces: list[Surface]) -> Iterator[Part]:
    if "mesh" not in node:
        return
    mesh = document.entry("meshes", node["mesh"])
    where = f"{document.name}: mesh '{mesh.get('name', node['mesh'])}'"
    weights = node.get("weights", mesh.get("weights", []))
    if "skin" in node or any(weights) or "EXT_mesh_gpu_instancing" in node.get("extensions", {}):
        got = "a skin" if "skin" in node else "morph weights" if any(weights) else "EXT_mesh_gpu_instancing"
        raise AssetError(f"{where} must be rigid (no skin, no morph weights, no instancing), got {got}")
    for primitive in mesh["primitives"]:
        if primitive.get("mode", TRIANGLES) in {TRIANGLES, STRIP, FAN}:
            yield _placed(_part(document, primitive, surfaces, where), matrix)


def _part(document: Document, primitive: dict[str, Any], surfaces: list[Surface], where: str) -> Part:
    attributes = primitive["attributes"]
    if "POSITION" not in attributes:
        raise AssetError(f"{where} must have POSITION, got {', '.join(sorted(attributes)) or 'no attributes'}")
    positions = accessor(document, attributes["POSITION"], "VEC3").astype(np.float64)
    triangles = _triangles(document, primitive, len(positions), where)
    surface = surfaces[-1]
    if "material" in primitive:
        document.entry("materials", primitive["material"])
        surface = surfaces[primitive["material"]]
    read = _Primitive(document, attributes, triangles, len(positions))
    normals = read.corners("NORMAL", "VEC3")
    uvs = read.uvs(surface, where)
    return Part(positions, triangles, surface.material, uvs, normals, read.colours(), flat=normals is None)


def _triangles(document: Document, primitive: dict[str, Any], count: int, where: str) -> Indices:
    if "indices" in primitive:
        flat = accessor(document, primitive["indices"], "SCALAR")[:, 0].astype(np.int64)
    else:
        flat = np.arange(count, dtype=np.int64)
    checked_indices(flat, count, where, "vertex index")
    mode = primitive.get("mode", TRIANGLES)
    if mode == TRIANGLES:
        listed: Indices = flat[: len(flat) // 3 * 3].reshape(-1, 3)
        return listed
    if mode == FAN:
        return np.stack([flat[1:-1], flat[2:], np.full(len(flat) - 2, flat[0])], axis=1)
    strip: Indices = np.stack([flat[:-2], flat[1:-1], flat[2:]], axis=1)
    # Every second triangle of a strip is wound the other way.
    strip[1::2] = strip[1::2][:, [1, 0, 2]]
    return strip


@dataclass(frozen=True, eq=False)
class _Primitive:
    """A primitive's attributes, read at the corners of its (T, 3) triangles over ``count`` vertices."""

    document: Document
    attributes: dict[str, int]
    triangles: Indices
    count: int

    def corners(self, name: str, kind: str) -> Floats | None:
        """A vertex attribute as (T, 3, width) float64, or None."""
        if name not in self.attributes:
            return None
        values = accessor(self.document, self.attributes[name], kind).astype(np.float64)
        if len(values) != self.count:
            where = self.document.name
            raise AssetError(f"{where}: {name} must have {self.count} items like POSITION, got {len(values)}")
        corners: Floats = values[self.triangles]
        return corners

    def colours(self) -> Floats | None:
        """COLOR_0 as linear RGBA."""
        found = self.corners("COLOR_0", "VEC3|VEC4")
        if found is None or found.shape[2] == len("RGBA"):
            return found
        return np.concatenate([found, np.ones((*found.shape[:2], 1))], axis=2)

    def uvs(self, surface: Surface, where: str) -> Floats | None:
        """Texture coordinates with the material's mapping applied and v turned up."""
        mapping = surface.mapping or Mapping()
        name = f"TEXCOORD_{mapping.texcoord}"
        found = self.corners(name, "VEC2")
        if found is None and surface.mapping is not None:
            raise AssetError(f"{where} must have {name} for material '{surface.material.name}', got none")
        if found is None:
            return None
        mapped = mapping.apply(found)
        flipped: Floats = (mapped if mapping.repeats else _clamped(mapped, where)) * (1, -1) + (0, 1)
        return flipped


def _clamped(uvs: Floats, where: str) -> Floats:
    beyond = max(float(-uvs.min()), float(uvs.max()) - 1)
    if beyond > CLAMP_TOLERANCE:
        raise AssetError(
            f"{where}: texture coordinates must stay in 0…1 where the texture does not repeat, got {beyond:g} beyond"
        )
    return np.clip(uvs, 0, 1)


def _placed(part: Part, matrix: Floats) -> Part:
    """Apply a node's matrix; normals by its cofactors, and mirrored parts get their winding turned back."""
    linear = matrix[:3, :3]
    cofactors = np.stack(
        [np.cross(linear[1], linear[2]), np.cross(linear[2], linear[0]), np.cross(linear[0], linear[1])]
    )
    mirrored = (linear[0] * cofactors[0]).sum() < 0
    order = [0, 2, 1] if mirrored else [0, 1, 2]
    normals = (
        None if part.normals is None else matmul(part.normals[:, order], cofactors.T) * (-1.0 if mirrored else 1.0)
    )
    return Part(
        matmul(part.positions, linear.T) + matrix[:3, 3],
        part.triangles[:, order],
        part.material,
        None if part.uvs is None else part.uvs[:, order],
        normals,
        None if part.colours is None else part.colours[:, order],
        part.flat,
    )
