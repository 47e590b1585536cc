"""One frame's scene, in this process and without a renderer."""

from __future__ import annotations

from synthvision.assets import AssetStore
from synthvision.labels import Maps
from synthvision.recipe.model import Recipe
from synthvision.run.accepting import FrameMaker
from synthvision.scene import Scene


def sample_scene(recipe: Recipe, frame_index: int, seed: int | None = None) -> Scene:
    """Return the scene of one frame: the first draw that meets every rule, as it is in the dataset.

    ``seed`` None is the recipe's own. For many frames make one ``FrameMaker``, which keeps what it has loaded.

    Raises:
        PlacementError, RejectedError: the frame cannot be made; says which rule refused how often.
        AssetError: an asset cannot be used.
    """
    store = AssetStore(recipe.folder)
    maker = FrameMaker(recipe, recipe.seed if seed is None else seed, store, maps=Maps())
    return maker.accept(frame_index).scene
