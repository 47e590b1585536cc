"""What is declared of labelled things: keypoints and symmetries, found on each mesh and picture once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import Asset, Catalog, Texture
from synthvision.assets.keypoints import Names, PointSpec, SymmetrySpec, TraitSpecs, axis_through, locate
from synthvision.assets.picture_points import PictureTraits, locate_in_picture
from synthvision.errors import AssetError
from synthvision.recipe.model import ObjectGroup, Recipe
from synthvision.scene import Keypoint, Symmetry, Traits


def declared_of(group: ObjectGroup, catalog: Catalog, label: str) -> TraitSpecs:
    """Return what is declared of an asset in a group: by the catalog, where ``label`` is a name, then by the recipe.

    The recipe's keypoints come after the catalog's, or take the place of those of the same name; its pairs are added,
    and its symmetries, where it gives any list, stand alone.
    """
    model = None if group.files else catalog.models.get(label)
    known = TraitSpecs() if model is None else model
    own = {name: PointSpec(**point.model_dump()) for name, point in group.keypoints.items()}
    symmetries = known.symmetries
    if group.symmetries is not None:
        symmetries = tuple(SymmetrySpec(**symmetry.model_dump()) for symmetry in group.symmetries)
    return TraitSpecs(
        keypoints={**known.keypoints, **own},
        skeleton=tuple(dict.fromkeys((*known.skeleton, *group.skeleton))),
        flip=tuple(dict.fromkeys((*known.flip, *group.flip))),
        symmetries=symmetries,
    )


@dataclass(frozen=True)
class CategoryTraits:
    """Names of a category's keypoints, and pairs of them; over all its objects and decals, as first declared."""

    keypoints: tuple[str, ...]
    skeleton: tuple[Names, ...]
    flip: tuple[Names, ...]


def category_traits(recipe: Recipe, catalog: Catalog, category: str) -> CategoryTraits:
    """Return what is declared of a category of a recipe."""
    declared: list[TraitSpecs | PictureTraits] = []
    for group in recipe.objects:
        if group.category == category:
            assets = [group.files] if group.files else _listed(group.asset)
            declared += [declared_of(group, catalog, str(label)) for label in assets]
    for things in (*recipe.objects, *recipe.distractors):
        textures = [name for decal in things.decals if decal.category == category for name in _listed(decal.texture)]
        declared += [catalog.textures[name] for name in textures if name in catalog.textures]
    return CategoryTraits(
        keypoints=tuple(dict.fromkeys(name for specs in declared for name in specs.keypoints)),
        skeleton=tuple(dict.fromkeys(pair for specs in declared for pair in specs.skeleton)),
        flip=tuple(dict.fromkeys(pair for specs in declared for pair in specs.flip)),
    )


class TraitFinder:
    """Finds the traits of meshes and pictures; what it has found is kept, for they come back in many frames."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._found: dict[tuple[int, str, str], Traits | None] = {}
        self._pictures = {picture.generator: picture for picture in catalog.textures.values() if picture.keypoints}
        self._points: dict[Texture, tuple[Keypoint, ...]] = {}

    def traits(self, group: ObjectGroup, index: int, label: str, asset: Asset) -> Traits | None:
        """Return what is declared of an asset in a group, whose place in the recipe is ``index``; None for nothing.

        Raises:
            AssetError: if a keypoint is not to be found on the mesh.
        """
        key = index, label, asset.content_hash
        if key not in self._found:
            self._found[key] = _found(declared_of(group, self._catalog, label), asset, label)
        return self._found[key]

    def picture_points(self, texture: Texture, image: NDArray[np.uint8]) -> tuple[Keypoint, ...]:
        """Return the keypoints of a picture in the frame of a decal of it; none for a file."""
        if texture.kind != "generated" or texture.key not in self._pictures:
            return ()
        if texture not in self._points:
            points = locate_in_picture(image, self._pictures[texture.key].keypoints)
            self._points[texture] = tuple(Keypoint(name, (u - 0.5, v - 0.5, 0.0)) for name, (u, v) in points.items())
        return self._points[texture]


def _listed(names: str | Iterable[str] | None) -> list[str]:
    return [names] if isinstance(names, str) else list(names or ())


def _found(specs: TraitSpecs, asset: Asset, label: str) -> Traits | None:
    if not specs.keypoints and not specs.symmetries:
        return None
    try:
        points = locate(asset.mesh, specs.keypoints)
    except AssetError as error:
        raise AssetError(f"{label}: {error}") from error
    return Traits(
        keypoints=tuple(Keypoint(name, *point) for name, point in points.items()),
        symmetries=tuple(_symmetry(asset, symmetry) for symmetry in specs.symmetries),
    )


def _symmetry(asset: Asset, declared: SymmetrySpec) -> Symmetry:
    axis, point_m = axis_through(asset.mesh, declared)
    return Symmetry(axis, declared.fold, point_m)
