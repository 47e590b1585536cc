"""``manifest.json``: what made a dataset.

The same run on the same software writes the same bytes: no clock, host or path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from synthvision import __version__
from synthvision.dataset.disk import read_json
from synthvision.dataset.encodings import describe_encodings
from synthvision.dataset.layout import MANIFEST, check_split, written_outputs
from synthvision.errors import DatasetError
from synthvision.recipe import recipe_hash, recipe_yaml
from synthvision.recipe.model import Info, Licence, Outputs, Recipe
from synthvision.scene.typed_json import read_typed, to_plain

FORMAT = 1

# What decides over bytes: meshes and placement, labels, camera image and encodings. Blender brings its own.
_PACKAGES = ("numpy", "scipy", "trimesh", "embreex", "opencv-python-headless", "OpenEXR", "deflate", "zlib-ng")
_ANOTHER_FOLDER = "choose another folder for the new run, or go back to the old {0}"


@dataclass(frozen=True)
class CategoryEntry:
    """One category of the dataset; ids count from 1 in the recipe's order.

    ``keypoints`` are names; ``skeleton`` (what to join by a line) and ``flip_pairs`` (what changes places when the
    picture is mirrored) are pairs of places in that list, from 0.
    """

    id: int
    name: str
    supercategory: str
    keypoints: tuple[str, ...] = ()
    skeleton: tuple[tuple[int, int], ...] = ()
    flip_pairs: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class SourceEntry:
    """A dataset that frames were taken from; its manifest, and its recipe if it has one, lie in ``sources/NNN``.

    Attributes:
        name: of that dataset.
        synthetic: whether it was rendered.
        manifest_sha256: of its file ``manifest.json``.
    """

    name: str
    synthetic: bool
    manifest_sha256: str


@dataclass(frozen=True)
class Manifest:
    """What made a dataset, and what its files mean.

    A derived dataset (merged, chosen, mixed, imported) has ``sources``. Of what they do not have in common it has an
    empty text, or seed 0: their own manifests say it.

    Attributes:
        format: version of the layout.
        recipe_sha256: ``recipe_hash`` of the recipe; of imported pictures, SHA-256 over their annotation files.
        recipe_yaml_sha256: SHA-256 of the file ``recipe.yaml``; empty for a derived dataset, which has none.
        renderer: ``blender`` or ``preview``; empty for imported pictures.
        versions: of the software that determines the bytes of the files.
        splits: names in the recipe's order; empty where there are none.
        outputs, info, licence: as in the recipe.
        encodings: what each kind of file holds.
        synthetic: whether every frame was rendered.
        sources: the datasets that frames were taken from, as ``Origin.source`` counts them.
        licences: of the pictures of a derived dataset, as ``Origin.licence`` counts them; empty where all have
            ``licence``.
    """

    name: str
    seed: int
    recipe_sha256: str
    recipe_yaml_sha256: str
    renderer: str
    versions: Mapping[str, str]
    categories: tuple[CategoryEntry, ...]
    splits: tuple[str, ...]
    outputs: Mapping[str, Any]
    info: Mapping[str, Any]
    licence: Mapping[str, str]
    encodings: Mapping[str, Any]
    format: int
    synthetic: bool
    sources: tuple[SourceEntry, ...] = ()
    licences: tuple[Mapping[str, str], ...] = ()

    @property
    def output_settings(self) -> Outputs:
        """The recipe's ``outputs`` section, typed."""
        return Outputs.model_validate(dict(self.outputs))


def make_manifest(recipe: Recipe, seed: int, renderer: str) -> Manifest:
    """Describe the dataset that this recipe, seed and renderer make with the software installed here."""
    outputs = written_outputs(recipe)
    return Manifest(
        name=recipe.name,
        seed=seed,
        recipe_sha256=recipe_hash(recipe),
        recipe_yaml_sha256=hashlib.sha256(recipe_yaml(recipe).encode()).hexdigest(),
        renderer=renderer,
        versions=_versions(recipe, renderer),
        categories=_categories(recipe),
        splits=tuple(recipe.splits),
        outputs=outputs.model_dump(mode="json"),
        info=recipe.info.model_dump(mode="json"),
        licence=recipe.licence.model_dump(mode="json"),
        encodings=describe_encodings(outputs),
        format=FORMAT,
        synthetic=True,
    )


def _categories(recipe: Recipe) -> tuple[CategoryEntry, ...]:
    from synthvision.assets import load_catalog  # noqa: PLC0415 - readers need no catalog
    from synthvision.sampling.traits import category_traits  # noqa: PLC0415 - readers need no sampling

    catalog = load_catalog()
    entries = []
    for number, category in enumerate(recipe.categories, start=1):
        declared = category_traits(recipe, catalog, category.name)
        place = {name: index for index, name in enumerate(declared.keypoints)}
        skeleton, flips = (
            tuple((place[first], place[second]) for first, second in pairs)
            for pairs in (declared.skeleton, declared.flip)
        )
        entries.append(
            CategoryEntry(number, category.name, category.supercategory, declared.keypoints, skeleton, flips)
        )
    return tuple(entries)


def _versions(recipe: Recipe, renderer: str) -> dict[str, str]:
    packages = (*_PACKAGES, "bpy") if renderer == "blender" else _PACKAGES
    own = {"synthvision": __version__}
    return _randomizers(recipe) | own | {package: version(package) for package in packages}


def _randomizers(recipe: Recipe) -> dict[str, str]:
    if not recipe.randomizers:
        return {}
    from synthvision.sampling.randomizers import randomizer_versions  # noqa: PLC0415 - readers need no sampling

    return dict(randomizer_versions(recipe.randomizers))


def manifest_bytes(manifest: Manifest) -> bytes:
    """Write a manifest as indented JSON with sorted keys."""
    return (json.dumps(to_plain(manifest), sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a dataset; raises DatasetError if there is none or not as this version writes it."""
    path = folder / MANIFEST
    if not path.is_file():
        raise DatasetError(f"{folder}: folder must be a synthvision dataset with a {MANIFEST}, got one without")
    data = read_json(path)
    if isinstance(data, dict) and data.get("format") != FORMAT:
        raise DatasetError(f"{path}: format must be {FORMAT}, got {data.get('format')!r}")
    manifest: Manifest = read_typed(Manifest, data, str(path))
    _check_sections(manifest, path)
    return manifest


def _check_sections(manifest: Manifest, path: Path) -> None:
    _check_section(Outputs, manifest.outputs, "outputs", path)
    _check_section(Info, manifest.info, "info", path)
    _check_licence(manifest.licence, "licence", path)
    for licence in manifest.licences:
        _check_licence(licence, "licences", path)
    for split in manifest.splits:
        check_split(split)  # they name folders
    ids = [category.id for category in manifest.categories]
    if ids != list(range(1, len(ids) + 1)):
        raise DatasetError(f"{path}: category ids must be 1 to {len(ids)} in order, got {ids}")


def _check_licence(licence: Mapping[str, str], section: str, path: Path) -> None:
    _check_section(Licence, licence, section, path)
    missing = [key for key in Licence.model_fields if key not in licence]
    if missing:
        raise DatasetError(f"{path}: licence must have {' and '.join(missing)}, got {dict(licence)}")


def _check_section(kind: type[BaseModel], content: Mapping[str, Any], section: str, path: Path) -> None:
    try:
        kind.model_validate(dict(content))
    except ValueError as error:
        raise DatasetError(f"{path}: {section} must be as in a recipe, got '{error}'") from error


def check_same(folder: Path | str, old: Manifest, new: Manifest, old_recipe: str, new_recipe: str) -> None:
    """Refuse to continue with another recipe, seed, renderer or software; raises DatasetError saying which."""
    if old.recipe_sha256 != new.recipe_sha256:
        raise DatasetError(
            f"{folder}: recipe must be the one that the dataset was begun with ({old.name}, {old.recipe_sha256[:12]}), "
            f"got {new.name}, {new.recipe_sha256[:12]}{_first_difference(old_recipe, new_recipe)}; "
            f"{_ANOTHER_FOLDER.format('recipe')}"
        )
    for what in ("seed", "renderer"):
        if getattr(old, what) != getattr(new, what):
            raise DatasetError(
                f"{folder}: {what} must be {getattr(old, what)}, as the dataset was begun, "
                f"got {getattr(new, what)}; {_ANOTHER_FOLDER.format(what)}"
            )
    for package in sorted({*old.versions, *new.versions}):
        before, now = old.versions.get(package, "none"), new.versions.get(package, "none")
        if before != now:
            raise DatasetError(
                f"{folder}: version of {package} must be {before}, as the dataset was begun, got {now}; "
                f"{_ANOTHER_FOLDER.format('version')}"
            )


def _first_difference(old: str, new: str) -> str:
    for before, now in zip_longest(old.splitlines(), new.splitlines(), fillvalue="(nothing)"):
        if before != now:
            return f" (first difference: '{before.strip()}' is now '{now.strip()}')"
    return " (its text is the same: a file that it names has changed)"
