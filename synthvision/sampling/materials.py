"""Overrides of an asset's materials, resolved for one instance."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from synthvision.assets.types import Material, Shader, Texture
from synthvision.errors import FrameError, did_you_mean
from synthvision.recipe.model import Material as Override
from synthvision.sampling.draws import Draws
from synthvision.sampling.sources import Sources
from synthvision.scene import Vector
from synthvision.scene.colour import with_luminance_one


@dataclass(frozen=True)
class Kind:
    """The shader and principled values of a kind of material; its colour stays the asset's own."""

    shader: Shader
    metallic: float
    roughness: float
    specular: float
    coat: float = 0.0
    transmission: float = 0.0
    sheen: float = 0.0
    subsurface: float = 0.0
    anisotropy: float = 0.0


_SPRAYED = Kind("painted_metal", metallic=0.0, roughness=0.45, specular=0.5, coat=0.8)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "matte": Kind("plain", metallic=0.0, roughness=1.0, specular=0.1),
        "plastic": Kind("plastic", metallic=0.0, roughness=0.35, specular=0.5),
        "rubber": Kind("rubber", metallic=0.0, roughness=0.8, specular=0.25),
        "ceramic": Kind("ceramic", metallic=0.0, roughness=0.2, specular=0.55, coat=0.6),
        "glass": Kind("glass", metallic=0.0, roughness=0.0, specular=0.5, transmission=1.0),
        "metal": Kind("plain", metallic=1.0, roughness=0.28, specular=0.5),
        "brushed_metal": Kind("brushed_metal", metallic=1.0, roughness=0.34, specular=0.5, anisotropy=0.6),
        "paint": _SPRAYED,
        "painted_metal": _SPRAYED,
        "wood": Kind("wood", metallic=0.0, roughness=0.55, specular=0.4),
        "paper": Kind("paper", metallic=0.0, roughness=0.9, specular=0.2),
        "cardboard": Kind("cardboard", metallic=0.0, roughness=0.92, specular=0.15),
        "fabric": Kind("fabric", metallic=0.0, roughness=0.95, specular=0.1, sheen=0.3),
        "fruit_skin": Kind("fruit_skin", metallic=0.0, roughness=0.38, specular=0.45, coat=0.15, subsurface=0.1),
        "concrete": Kind("concrete", metallic=0.0, roughness=0.9, specular=0.3),
        "asphalt": Kind("asphalt", metallic=0.0, roughness=0.85, specular=0.35),
        "soil": Kind("soil", metallic=0.0, roughness=1.0, specular=0.1),
    }
)
"""Values for the principled model as Blender and glTF have it: ``specular`` 0.5 is an index of refraction of 1.5."""

_NAME = re.compile(r"[A-Za-z_]\w*")

_WHITE = (1.0, 1.0, 1.0)
_GLASS_IOR = 1.5
_SHARES = (
    "metallic", "roughness", "specular", "coat", "transmission", "wear", "dust", "fingerprints", "scratches",
)  # fmt: skip


@dataclass(frozen=True)
class _Changes:
    """One override after drawing; None leaves what the asset has."""

    kind: Kind | None
    colour: Vector | None
    texture: Texture | None
    uv_factor: float
    metallic: float | None
    roughness: float | None
    specular: float | None
    coat: float | None
    emission_w_m2: float | None
    transmission: float | None
    pattern_factor: float
    wear: float | None
    dust: float | None
    fingerprints: float | None
    scratches: float | None


def of_kind(material: Material, kind: Kind) -> Material:
    """Return the material made of another substance, in its own colour; its gloss comes from no texture any more."""
    return replace(material, **_of_kind(kind))


def _of_kind(kind: Kind) -> dict[str, Any]:
    return {
        "shader": kind.shader,
        "shader_scale": 1.0,
        "metallic": kind.metallic,
        "roughness": kind.roughness,
        "specular": kind.specular,
        "coat": kind.coat,
        "transmission": kind.transmission,
        "ior": _GLASS_IOR,
        "sheen": kind.sheen,
        "subsurface": kind.subsurface,
        "anisotropy": kind.anisotropy,
        "metallic_roughness_texture": None,
    }


def resolve_materials(
    materials: Sequence[Material],
    overrides: Override | list[Override] | None,
    name: str,
    draws: Draws,
    sources: Sources,
    *,
    all_slots: bool = True,
) -> tuple[Material, ...]:
    """Return the asset's materials with the overrides applied in order; values are drawn once for all slots.

    But where an override names a variable of scope part, each slot has its own.
    ``name`` addresses the draws: ``<name>/roughness``; further overrides of a list are ``<name>-2``, ``<name>-3`` ….
    Where a pattern lies on this instance is ``<name>/pattern``, for all of its slots.
    With ``all_slots``, naming a slot that the asset does not have is a ``FrameError``.
    """
    listed = [] if overrides is None else overrides if isinstance(overrides, list) else [overrides]
    resolved = tuple(materials)
    for number, override in enumerate(listed, start=1):
        if all_slots:
            _check_slots(override, materials, name)
        address = name if number == 1 else f"{name}-{number}"
        if not draws.holds(override.when, f"{address}/when"):
            continue
        drawn = _Slots(override, address, draws, sources)
        resolved = tuple(
            _changed(material, drawn.changes(material.name))
            if override.slots is None or material.name in override.slots
            else material
            for material in resolved
        )
    if not any(material.patterned for material in resolved):
        return resolved
    seed = draws.uniform(f"{name}/pattern")
    return tuple(replace(material, shader_seed=seed) if material.patterned else material for material in resolved)


def _check_slots(override: Override, materials: Sequence[Material], name: str) -> None:
    known = [material.name for material in materials]
    for slot in override.slots or ():
        if slot not in known:
            near = did_you_mean(slot, known)
            raise FrameError(f"{name}: slots must be of {', '.join(known)}, got '{slot}'{near}")


class _Slots:
    """What an override changes in each slot: the same in all, unless it names variables that each part has of its own.

    What is the same in all is drawn even where there is no slot, so that it can be tabulated without the asset.
    """

    def __init__(self, override: Override, name: str, draws: Draws, sources: Sources) -> None:
        self._override = override
        self._name = name
        self._draws = draws
        self._sources = sources
        self._of_all = None if _names_parts(override, draws) else _draw(override, name, draws, sources)

    def changes(self, slot: str) -> _Changes:
        if self._of_all is not None:
            return self._of_all
        return _draw(self._override, self._name, self._draws.part(slot), self._sources)


def _names_parts(override: Override, draws: Draws) -> bool:
    """Say whether any value of an override may name a variable of scope part."""
    parts = {name for name, variable in draws.scoped.items() if variable.scope == "part"}
    return bool(parts) and not parts.isdisjoint(_NAME.findall(override.model_dump_json(exclude_defaults=True)))


def _draw(override: Override, name: str, draws: Draws, sources: Sources) -> _Changes:
    def optional(part: str) -> float | None:
        declared = getattr(override, part)
        return None if declared is None else draws.not_negative(declared, f"{name}/{part}")

    return _Changes(
        kind=KINDS.get(override.kind),
        colour=None if override.colour is None else draws.colour(override.colour, f"{name}/colour"),
        texture=None if override.texture is None else sources.texture(override.texture, f"{name}/texture", draws),
        uv_factor=draws.positive(override.texture_scale, f"{name}/texture_scale"),
        metallic=optional("metallic"),
        roughness=optional("roughness"),
        specular=optional("specular"),
        coat=optional("coat"),
        emission_w_m2=optional("emission_w_m2"),
        transmission=optional("transmission"),
        pattern_factor=draws.positive(override.pattern_scale, f"{name}/pattern_scale"),
        wear=optional("wear"),
        dust=optional("dust"),
        fingerprints=optional("fingerprints"),
        scratches=optional("scratches"),
    )


def _changed(material: Material, changes: _Changes) -> Material:
    """Apply kind, numbers, colour and texture. A number asked for is the number there: a texture would multiply it."""
    changed = {} if changes.kind is None else _of_kind(changes.kind)
    asked = {name: value for name in _SHARES if (value := getattr(changes, name)) is not None}
    if "metallic" in asked or "roughness" in asked:
        changed["metallic_roughness_texture"] = None
    changed |= {name: min(value, 1.0) for name, value in asked.items()}
    changed["shader_scale"] = changed.get("shader_scale", material.shader_scale) * changes.pattern_factor
    changed["uv_scale"] = material.uv_scale * changes.uv_factor
    return replace(material, **changed, **_coloured(material, changes), **_shining(changes))


def _coloured(material: Material, changes: _Changes) -> dict[str, Any]:
    """Return colour and texture; both together multiply.

    A colour alone replaces the asset's own texture, except where that texture's opacity is the shape of the thing.
    """
    if changes.texture is not None:
        return {"base_colour": changes.colour or _WHITE, "base_colour_texture": changes.texture}
    if changes.colour is None:
        return {}
    kept = material.base_colour_texture if material.alpha_cutoff > 0 else None
    return {"base_colour": changes.colour, "base_colour_texture": kept}


def _shining(changes: _Changes) -> dict[str, Any]:
    if changes.emission_w_m2 is None:
        return {}
    colour = with_luminance_one(changes.colour) if changes.colour is not None and any(changes.colour) else _WHITE
    red, green, blue = (changes.emission_w_m2 * part for part in colour)
    return {"emission_w_m2": (red, green, blue), "emission_texture": None}
