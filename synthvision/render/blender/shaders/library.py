"""The shaders by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from synthvision.assets.types import Shader
from synthvision.render.blender.shaders.fibrous import cardboard, fabric, paper
from synthvision.render.blender.shaders.glazed import ceramic, glass
from synthvision.render.blender.shaders.grown import fruit_skin, wood_along
from synthvision.render.blender.shaders.metals import brushed_metal, painted_metal
from synthvision.render.blender.shaders.mineral import asphalt, concrete, soil
from synthvision.render.blender.shaders.moulded import plastic, rubber
from synthvision.render.blender.shaders.surface import Group, Shade, shader_group

_ALIKE: Mapping[Shader, Shade] = MappingProxyType(
    {
        "plastic": plastic,
        "painted_metal": painted_metal,
        "brushed_metal": brushed_metal,
        "ceramic": ceramic,
        "glass": glass,
        "rubber": rubber,
        "fabric": fabric,
        "concrete": concrete,
        "asphalt": asphalt,
        "soil": soil,
        "fruit_skin": fruit_skin,
        "paper": paper,
        "cardboard": cardboard,
    }
)
"""Shaders that are the same whatever the shape of the mesh."""

ORIENTED: frozenset[Shader] = frozenset({"wood"})
"""Shaders that follow the mesh's longest side."""


def group_of(shader: Shader, longest_axis: int) -> Group:
    """Return the node group of any shader but ``plain``."""
    if shader in ORIENTED:
        return shader_group(f"{shader} along {'xyz'[longest_axis]}", wood_along(longest_axis))
    return shader_group(shader, _ALIKE[shader])
