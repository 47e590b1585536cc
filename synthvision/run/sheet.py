"""The contact sheet of ``synthvision preview``: some frames of a recipe, small, annotated, without Blender."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from synthvision.assets import AssetStore
from synthvision.errors import UsageError
from synthvision.labels import Maps
from synthvision.recipe.model import Recipe
from synthvision.render.contact_sheet import Tile, contact_sheet, shrunk
from synthvision.render.preview import PreviewRenderer
from synthvision.run.accepting import FrameMaker
from synthvision.sensor import develop

TILE_WIDTH_PX = 320
_COMPRESSION = 3
"""Of zlib: twice as fast as the default 6, and 5 % larger."""


def preview_sheet(recipe: Recipe, count: int, seed: int | None = None, start: int = 0) -> NDArray[np.uint8]:
    """Return one (H, W, 3) uint8 sRGB page with frames ``start`` … ``start + count - 1`` as the dataset has them.

    Rules are judged at full size; what is drawn is 320 pixels wide.

    Raises:
        PlacementError, RejectedError: a frame cannot be made.
        AssetError: an asset cannot be used.
        UsageError: ``count`` is below 1.
    """
    number = recipe.seed if seed is None else seed
    tiles = _tiles(recipe, range(start, start + count), number)
    return contact_sheet(tiles, recipe.name, f"seed {number}, preview without Blender")


def _tiles(recipe: Recipe, frames: range, seed: int) -> Iterator[Tile]:
    store = AssetStore(recipe.folder)
    maker = FrameMaker(recipe, seed, store, maps=Maps())
    renderer = PreviewRenderer(store, maker.labeller)
    for frame_index in frames:
        scene = shrunk(maker.accept(frame_index).scene, TILE_WIDTH_PX)
        image = develop(renderer.render(scene), scene.sensor)
        yield Tile(frame_index, image, maker.labeller.label(scene, maps=Maps()))


def write_sheet(path: Path, page: NDArray[np.uint8]) -> None:
    """Write a page as PNG; raises UsageError if it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(page).save(path, format="PNG", compress_level=_COMPRESSION)
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{path}: output must be a file that can be written, got '{reason}'") from error
