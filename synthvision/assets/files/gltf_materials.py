"""glTF 2.0 materials to ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.files.embedding import Images
from synthvision.assets.files.gltf import Document
from synthvision.assets.files.parts import Floats
from synthvision.assets.types import Material, Texture
from synthvision.errors import AssetError

REPEAT = 10497
NOTHING: dict[str, Any] = {}


@dataclass(frozen=True)
class Mapping:
    """How coordinates reach the texels: which set, KHR_texture_transform, and whether they may repeat."""

    texcoord: int = 0
    offset: tuple[float, float] = (0.0, 0.0)
    rotation: float = 0.0
    scale: tuple[float, float] = (1.0, 1.0)
    repeats: bool = True

    def apply(self, uvs: Floats) -> Floats:
        """Transform (…, 2) coordinates with v down, as glTF has them: scale, then rotate, then move."""
        cos, sin = elementary.cos(self.rotation), elementary.sin(self.rotation)
        turn = np.array([[cos, sin], [-sin, cos]])
        moved: Floats = elementary.matmul(uvs * np.array(self.scale), turn.T) + np.array(self.offset)
        return moved


@dataclass(frozen=True)
class Surface:
    """A material, and the one mapping that all its textures share (None if it has no textures)."""

    material: Material
    mapping: Mapping | None


def read_materials(document: Document, images: Images) -> list[Surface]:
    """All materials of a document in order, the default material of the specification last."""
    decoded: dict[int, NDArray[np.uint8]] = {}
    entries = [*document.json.get("materials", []), {"name": "default"}]
    return [_Reader(document, images, decoded, entry, number).surface() for number, entry in enumerate(entries)]


class _Reader:
    """Reads one material; remembers the mappings of the textures that it meets."""

    def __init__(
        self,
        document: Document,
        images: Images,
        decoded: dict[int, NDArray[np.uint8]],
        entry: dict[str, Any],
        number: int,
    ) -> None:
        self._document = document
        self._images = images
        self._decoded = decoded
        self._entry = entry
        self._name = str(entry.get("name", f"material {number}"))
        self._where = f"{document.name}: material '{self._name}'"
        self._mappings: set[Mapping] = set()

    def surface(self) -> Surface:
        """Translate the material.

        ``alphaMode`` MASK keeps its cutoff; BLEND is taken as MASK at 0.5, since translucency has no exact label.
        Emission is ``emissiveFactor`` times KHR_materials_emissive_strength in W/m²; ``specular`` follows
        KHR_materials_ior. Occlusion textures are not used: the renderer computes occlusion.
        """
        pbr = self._pbr()
        extensions = self._entry.get("extensions", {})
        red, green, blue, alpha = _floats(pbr.get("baseColorFactor", (1, 1, 1, 1)), 4, self._where)
        emission = _floats(self._entry.get("emissiveFactor", (0, 0, 0)), 3, self._where)
        watts = float(extensions.get("KHR_materials_emissive_strength", {}).get("emissiveStrength", 1))
        normal = self._entry.get("normalTexture")
        mode = self._entry.get("alphaMode", "OPAQUE")
        cutoff = {"OPAQUE": 0.0, "MASK": float(self._entry.get("alphaCutoff", 0.5)), "BLEND": 0.5}[mode]
        material = Material(
            name=self._name,
            base_colour=(red, green, blue),
            metallic=float(pbr.get("metallicFactor", 1)),
            roughness=float(pbr.get("roughnessFactor", 1)),
            specular=_specular(float(extensions.get("KHR_materials_ior", {}).get("ior", 1.5))),
            coat=float(extensions.get("KHR_materials_clearcoat", {}).get("clearcoatFactor", 0)),
            emission_w_m2=(emission[0] * watts, emission[1] * watts, emission[2] * watts),
            alpha=alpha,
            alpha_cutoff=cutoff,
            double_sided=bool(self._entry.get("doubleSided", False)),
            base_colour_texture=self._texture(pbr.get("baseColorTexture"), with_alpha=cutoff > 0),
            metallic_roughness_texture=self._texture(pbr.get("metallicRoughnessTexture")),
            normal_texture=self._texture(normal),
            normal_strength=float((normal or {}).get("scale", 1)),
            emission_texture=self._texture(self._entry.get("emissiveTexture")),
        )
        return Surface(material, self._mapping())

    def _pbr(self) -> dict[str, Any]:
        old = "KHR_materials_pbrSpecularGlossiness"
        if "pbrMetallicRoughness" not in self._entry and old in self._entry.get("extensions", {}):
            raise AssetError(f"{self._where} must have pbrMetallicRoughness, got only {old}")
        found: dict[str, Any] = self._entry.get("pbrMetallicRoughness", {})
        return found

    def _mapping(self) -> Mapping | None:
        if len(self._mappings) > 1:
            raise AssetError(f"{self._where}: all textures must share one texCoord and transform, got different ones")
        return next(iter(self._mappings), None)

    def _texture(self, info: dict[str, Any] | None, *, with_alpha: bool = False) -> Texture | None:
        if info is None:
            return None
        texture = self._document.entry("textures", info["index"])
        source = texture.get("extensions", {}).get("EXT_texture_webp", {}).get("source", texture.get("source"))
        if source is None:
            got = ", ".join(texture.get("extensions", {})) or "no image"
            raise AssetError(f"{self._where}: textures must be PNG, JPEG or WebP images, got {got}")
        self._mappings.add(self._mapping_of(info, texture))
        image = self._image(source)
        return self._images.embed(image if with_alpha else np.ascontiguousarray(image[..., :3]))

    def _mapping_of(self, info: dict[str, Any], texture: dict[str, Any]) -> Mapping:
        moved = info.get("extensions", {}).get("KHR_texture_transform", NOTHING)
        sampler = self._document.entry("samplers", texture["sampler"]) if "sampler" in texture else NOTHING
        offset = _floats(moved.get("offset", (0, 0)), 2, self._where)
        scale = _floats(moved.get("scale", (1, 1)), 2, self._where)
        return Mapping(
            int(moved.get("texCoord", info.get("texCoord", 0))),
            (offset[0], offset[1]),
            float(moved.get("rotation", 0)),
            (scale[0], scale[1]),
            sampler.get("wrapS", REPEAT) == REPEAT and sampler.get("wrapT", REPEAT) == REPEAT,
        )

    def _image(self, index: int) -> NDArray[np.uint8]:
        if index not in self._decoded:
            entry = self._document.entry("images", index)
            uri = entry.get("uri")
            data = self._document.view(entry["bufferView"])[0] if uri is None else self._document.resource(uri)
            label = entry.get("name") or (uri if uri and not uri.startswith("data:") else index)
            self._decoded[index] = self._images.decode(data, f"{self._document.name}: image '{label}'")
        return self._decoded[index]


def _floats(values: Sequence[Any], count: int, where: str) -> tuple[float, ...]:
    numbers = tuple(float(value) for value in values)
    if len(numbers) != count or not np.isfinite(numbers).all():
        raise AssetError(f"{where}: factor must be {count} finite numbers, got {list(values)}")
    return numbers


def _specular(ior: float) -> float:
    """Blender's specular level: in proportion to the reflectance at normal incidence, 0.5 at a refraction of 1.5."""
    return 0.5 * (5 * (ior - 1) / (ior + 1)) ** 2
