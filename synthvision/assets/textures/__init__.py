"""Procedural surfaces: ``TEXTURES[name](parameters)`` is an sRGB picture, (H, W, 3) uint8, that repeats seamlessly.

``DECALS[name](parameters)`` is a picture with alpha, (H, W, 4) uint8, that does not repeat: damage, dirt, stickers.
``PICTURES`` has both. ``TEXTURE_PARAMETERS[name]`` names the parameters of either. The same parameters give the same
bytes; a wrong one is an ``AssetError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.generators.parameters import parameter_names
from synthvision.assets.textures import defects, grass, made, stickers, stone, wood, yards

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
    "meadow": grass.meadow,
    "painted": made.painted,
    "soil": stone.soil,
    "terrazzo": stone.terrazzo,
    "tiles": stone.tiles,
    "wood": wood.wood,
    "wood_planks": wood.planks,
    "yard_asphalt": yards.yard_asphalt,
    "yard_concrete": yards.yard_concrete,
    "yard_gravel": yards.yard_gravel,
}

DECALS: Mapping[str, TextureGenerator] = {
    "crack": defects.crack,
    "dent": defects.dent,
    "paint_chip": defects.paint_chip,
    "rust_spot": defects.rust_spot,
    "scratch": defects.scratch,
    "stain": defects.stain,
    "sticker": stickers.sticker,
    "tape": stickers.tape,
}

PICTURES: Mapping[str, TextureGenerator] = {**TEXTURES, **DECALS}

TEXTURE_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "asphalt": parameter_names(stone.Asphalt),
    "brushed_metal": parameter_names(made.Brushed),
    "cardboard": parameter_names(made.Cardboard),
    "checker": parameter_names(made.Checker),
    "concrete": parameter_names(stone.Concrete),
    "crack": parameter_names(defects.Crack),
    "dent": parameter_names(defects.Dent),
    "fabric": parameter_names(made.Fabric),
    "grass": parameter_names(grass.Grass),
    "marble": parameter_names(stone.Marble),
    "meadow": parameter_names(grass.Meadow),
    "paint_chip": parameter_names(defects.PaintChip),
    "painted": parameter_names(made.Painted),
    "rust_spot": parameter_names(defects.RustSpot),
    "scratch": parameter_names(defects.Scratch),
    "soil": parameter_names(stone.Soil),
    "stain": parameter_names(defects.Stain),
    "sticker": parameter_names(stickers.Sticker),
    "tape": parameter_names(stickers.Tape),
    "terrazzo": parameter_names(stone.Terrazzo),
    "tiles": parameter_names(stone.Tiles),
    "wood": parameter_names(wood.Wood),
    "wood_planks": parameter_names(wood.Planks),
    "yard_asphalt": parameter_names(yards.YardAsphalt),
    "yard_concrete": parameter_names(yards.YardConcrete),
    "yard_gravel": parameter_names(yards.YardGravel),
}

__all__ = ["DECALS", "PICTURES", "TEXTURES", "TEXTURE_PARAMETERS", "TextureGenerator"]
