"""Wavefront MTL: the materials of OBJ files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.files.bundle import Fetch, check_text, text_of
from synthvision.assets.files.embedding import Images, resized
from synthvision.assets.types import Material, Texture
from synthvision.errors import AssetError
from synthvision.limits import MAX_JSON_BYTES

# Our name of each map that we use; MTL keywords are compared in lower case.
MAPS = {
    "map_kd": "colour",
    "map_d": "alpha",
    "map_ke": "emission",
    "map_pr": "roughness",
    "map_pm": "metallic",
    "norm": "normal",
    "map_bump": "bump",
    "bump": "bump",
}
NUMBERS = {"kd": 3, "ke": 3, "ns": 1, "d": 1, "tr": 1, "pr": 1, "pm": 1}
OPTION_VALUES = {"-mm": 2, "-o": 3, "-s": 3, "-t": 3}
# A bump map whose pixels are that near to unit length, in that share of the pixels, is a normal map.
UNIT_TOLERANCE, UNIT_SHARE = 0.1, 0.9
# Options of a map that would move or change its texels, and the values that do nothing.
NEUTRAL = {"-s": {1.0}, "-o": {0.0}, "-t": {0.0}}


@dataclass(frozen=True)
class MapStatement:
    """One ``map_…`` statement: the file it names, and how strongly a bump or normal map acts (``-bm``)."""

    file: str
    strength: float = 1.0


@dataclass(frozen=True)
class MtlMaterial:
    """One ``newmtl``: numbers by keyword in lower case, maps by our name of their purpose."""

    name: str
    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: dict[str, MapStatement] = field(default_factory=dict)

    def number(self, keyword: str, default: float) -> float:
        """First value of a statement, or ``default``."""
        return self.numbers.get(keyword, (default,))[0]


def parse_mtl(data: bytes, where: str) -> dict[str, MtlMaterial]:
    """Read all materials of an MTL file; unknown statements are skipped, as the format asks."""
    check_text(data, where, MAX_JSON_BYTES, "leave out what is not used")
    materials: dict[str, MtlMaterial] = {}
    current = MtlMaterial("")
    for line in text_of(data).splitlines():
        words = line.split(None, 1)
        keyword, rest = (words[0].lower(), words[1].strip()) if len(words) > 1 else ("", "")
        if keyword == "newmtl":
            current = materials.setdefault(rest, MtlMaterial(rest))
        elif keyword in MAPS:
            current.maps[MAPS[keyword]] = _map_statement(rest, f"{where}: {keyword} of material '{current.name}'")
        elif keyword in NUMBERS:
            current.numbers[keyword] = _numbers(rest, keyword, f"{where}: {keyword} of material '{current.name}'")
    return materials


def _numbers(text: str, keyword: str, where: str) -> tuple[float, ...]:
    try:
        values = tuple(float(word) for word in text.split()[: NUMBERS[keyword]])
    except ValueError:
        values = ()
    if not values or not np.isfinite(values).all():
        raise AssetError(f"{where} must be {NUMBERS[keyword]} numbers, got '{text}'")
    return values * 3 if len(values) == 1 and NUMBERS[keyword] > 1 else values


def _map_statement(text: str, where: str) -> MapStatement:
    """Split options from the file name, which is the rest of the line and may have spaces."""
    strength = 1.0
    while text.startswith("-"):
        option, _, text = text.partition(" ")
        values, text = _option_values(option, text.lstrip())
        if option == "-bm":
            strength = float(values[0])
        moves = option in NEUTRAL and not set(map(float, values)) <= NEUTRAL[option]
        if moves or (option == "-clamp" and values == ["on"]) or (option == "-mm" and values != ["0", "1"]):
            raise AssetError(f"{where} must have no option that changes its texels, got {option} {' '.join(values)}")
    if not text:
        raise AssetError(f"{where} must name a file, got nothing")
    return MapStatement(text, strength)


def _option_values(option: str, text: str) -> tuple[list[str], str]:
    """The values after an option; ``-s``, ``-o`` and ``-t`` have one to three numbers."""
    values: list[str] = []
    while len(values) < OPTION_VALUES.get(option, 1):
        word, _, rest = text.partition(" ")
        if values and option in NEUTRAL and not _is_number(word):
            break
        values.append(word)
        text = rest.lstrip()
    return values, text


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def material_of(mtl: MtlMaterial, fetch: Fetch, images: Images, where: str) -> Material:
    """Translate one MTL material.

    ``map_Kd`` replaces ``Kd`` (as Blender's importer has it). Roughness is ``Pr``, else 1 - sqrt(Ns / 1000) (also
    Blender's), else 0.5. ``Ke`` is emission in W/m². ``d`` or ``map_d`` makes the material alpha-masked at 0.5, since
    translucency has no exact label. ``norm`` is a normal map; ``map_Bump`` only if its pixels are unit vectors,
    otherwise it is a height map, which is not used.
    """
    pixels = {
        purpose: images.decode(fetch(statement.file), f"{where}: '{statement.file}'")
        for purpose, statement in mtl.maps.items()
    }
    alpha = mtl.number("d", 1.0 - mtl.number("tr", 0.0))
    shine = min(max(mtl.number("ns", 250.0), 0.0), 1000.0)
    emission = _triple(mtl.numbers.get("ke", (0.0, 0.0, 0.0)))
    normal = _normal_purpose(pixels)
    rough_metal = _roughness_metallic(pixels)
    return Material(
        name=mtl.name,
        base_colour=(1.0, 1.0, 1.0) if "colour" in pixels else _triple(mtl.numbers.get("kd", (0.8, 0.8, 0.8))),
        metallic=1.0 if "metallic" in pixels else mtl.number("pm", 0.0),
        roughness=1.0 if "roughness" in pixels else mtl.number("pr", 1 - (shine / 1000) ** 0.5),
        emission_w_m2=(1.0, 1.0, 1.0) if "emission" in pixels and not any(emission) else emission,
        alpha=1.0 if "alpha" in pixels else alpha,
        alpha_cutoff=0.5 if "alpha" in pixels or alpha < 1 else 0.0,
        base_colour_texture=_colour_texture(pixels, images),
        metallic_roughness_texture=None if rough_metal is None else images.embed(rough_metal),
        normal_texture=images.embed(pixels[normal][..., :3]) if normal else None,
        normal_strength=mtl.maps[normal].strength if normal else 1.0,
        emission_texture=images.embed(pixels["emission"][..., :3]) if "emission" in pixels else None,
    )


def _triple(values: Sequence[float]) -> tuple[float, float, float]:
    red, green, blue = values
    return red, green, blue


def _colour_texture(pixels: Mapping[str, NDArray[np.uint8]], images: Images) -> Texture | None:
    """Base colour, with ``map_d`` as its alpha: the alpha of that file if it has one, else its red."""
    colour = pixels.get("colour")
    if "alpha" not in pixels:
        return None if colour is None else images.embed(np.ascontiguousarray(colour[..., :3]))
    mask = pixels["alpha"][..., 3 if pixels["alpha"].shape[2] > len("RGB") else 0]
    if colour is None:
        colour = np.full((*mask.shape, 3), 255, dtype=np.uint8)
    joined = np.dstack([colour[..., :3], resized(mask, *colour.shape[:2])])
    return images.embed(joined)


def _normal_purpose(pixels: Mapping[str, NDArray[np.uint8]]) -> str:
    if "normal" in pixels:
        return "normal"
    return "bump" if "bump" in pixels and is_normal_map(pixels["bump"]) else ""


def is_normal_map(image: NDArray[np.uint8]) -> bool:
    """Whether nearly all pixels decode to unit vectors that point outwards (+Z); grey height maps do not."""
    vectors = image[..., :3].astype(np.float64) / 127.5 - 1
    unit = np.abs(np.linalg.norm(vectors, axis=2) - 1) < UNIT_TOLERANCE
    return bool((unit & (vectors[..., 2] > 0)).mean() > UNIT_SHARE)


def _roughness_metallic(pixels: Mapping[str, NDArray[np.uint8]]) -> NDArray[np.uint8] | None:
    """Join ``map_Pr`` (to G) and ``map_Pm`` (to B); a map that is absent leaves its channel at 1."""
    present = [pixels[purpose] for purpose in ("roughness", "metallic") if purpose in pixels]
    if not present:
        return None
    height, width = present[0].shape[:2]
    joined = np.full((height, width, 3), 255, dtype=np.uint8)
    for purpose, channel in (("roughness", 1), ("metallic", 2)):
        if purpose in pixels:
            joined[..., channel] = resized(pixels[purpose][..., 0], height, width)
    return joined
