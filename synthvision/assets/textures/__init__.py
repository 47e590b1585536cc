"""Procedural surfaces: ``TEXTURES[name](parameters)`` is an sRGB picture, (H, W, 3) uint8, that repeats seamlessly.

``TEXTURE_PARAMETERS[name]`` names its parameters. The same parameters give the same bytes; a wrong one is an
``AssetError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.generators.parameters import parameter_names
from synthvision.assets.textures import grass, made, stone, wood

TextureGenerator = Callable[[Mapping[str, float]], NDArray[np.uint8]]

TEXTURES: Mapping[str, TextureGenerator] = {
    "asphalt": stone.asphalt,
    "brushed_metal": made.brushed_metal,
    "cardboard": made.cardboard,
    "checker": made.checker,
    "concrete": stone.concrete,
    "fabric": made.fabric,
    "grass": grass.grass,
    "marble": stone.marble,
    "painted": made.painted,
    "soil": stone.soil,
    "terrazzo": stone.terrazzo,
    "tiles": stone.tiles,
    "wood": wood.wood,
    "wood_planks": wood.planks,
}

TEXTURE_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "asphalt": parameter_names(stone.Asphalt),
    "brushed_metal": parameter_names(made.Brushed),
    "cardboard": parameter_names(made.Cardboard),
    "checker": parameter_names(made.Checker),
    "concrete": parameter_names(stone.Concrete),
    "fabric": parameter_names(made.Fabric),
    "grass": parameter_names(grass.Grass),
    "marble": parameter_names(stone.Marble),
    "painted": parameter_names(made.Painted),
    "soil": parameter_names(stone.Soil),
    "terrazzo": parameter_names(stone.Terrazzo),
    "tiles": parameter_names(stone.Tiles),
    "wood": parameter_names(wood.Wood),
    "wood_planks": parameter_names(wood.Planks),
}

__all__ = ["TEXTURES", "TEXTURE_PARAMETERS", "TextureGenerator"]
