"""From the names in a recipe to assets and textures: catalog families with their members, and files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Generic, Protocol, TypeVar

from synthvision.assets import Catalog, asset_file, texture_file
from synthvision.assets.types import AssetSource, Texture
from synthvision.errors import AssetError, did_you_mean
from synthvision.recipe.distributions import Mixture, Number
from synthvision.recipe.expressions import parse
from synthvision.recipe.model import Recipe, Things
from synthvision.recipe.names import matching_files, matching_paths
from synthvision.sampling.draws import Draws
from synthvision.sampling.quantiles import quantile
from synthvision.sampling.streams import Streams
from synthvision.sampling.tables import Weights

TEXTURE_VARIANTS = 8
"""Members of a generated texture or environment that take part in a dataset."""

_NOTHING: Mapping[str, Number] = MappingProxyType({})

Source = TypeVar("Source")
Source_co = TypeVar("Source_co", covariant=True)


class Family(Protocol[Source_co]):
    """A catalog entry: something whose parameters can be drawn."""

    @property
    def parameters(self) -> Mapping[str, object]: ...

    def source(self, u_of: Callable[[str], float], given: Mapping[str, float] = ...) -> Source_co: ...


@dataclass(frozen=True)
class Choice(Generic[Source]):
    """What one name stands for: members that differ in their parameters, and the weight of the name."""

    name: str
    members: tuple[Source, ...]
    weight: float = 1.0


class Sources:
    """Finds what a recipe names. Files are hashed, and members drawn, once.

    The members of a family belong to the dataset and not to a frame, so the same meshes come back in many frames:
    their parameters are addressed by (name, member), stratified over the members.
    """

    def __init__(self, recipe: Recipe, catalog: Catalog, streams: Streams) -> None:
        self._recipe = recipe
        self._catalog = catalog
        self._streams = streams
        self._assets: dict[int, tuple[Choice[AssetSource], ...]] = {}
        self._textures: dict[tuple[str, ...], tuple[Choice[Texture], ...]] = {}
        self._environments: dict[tuple[str, ...], tuple[Choice[Texture], ...]] = {}
        self._backdrops: dict[tuple[str, ...], tuple[Choice[Texture], ...]] = {}

    def asset(self, group: Things, index: int, name: str, draws: Draws) -> tuple[str, AssetSource]:
        """Draw which asset an instance is; returns the catalog name or file, and the source.

        ``index`` is the group's place in the recipe, ``name`` the instance.
        """
        if index not in self._assets:
            self._assets[index] = self._asset_files(group) if group.files else self._asset_families(group)
        choice, source = _draw(self._assets[index], f"{name}/asset", draws)
        return choice, source

    def texture(self, names: str | list[str], name: str, draws: Draws) -> Texture:
        """Draw one of several textures: catalog names, files, or patterns of files."""
        key = _listed(names)
        if key not in self._textures:
            self._textures[key] = self._images(key, self._catalog.textures, "texture")
        return _draw(self._textures[key], name, draws)[1]

    def environment(self, names: str | list[str], name: str, draws: Draws) -> Texture:
        """Draw one of several environments: catalog names, files, or patterns of files."""
        key = _listed(names)
        if key not in self._environments:
            self._environments[key] = self._images(key, self._catalog.environments, "environment")
        return _draw(self._environments[key], name, draws)[1]

    def backdrop(self, names: str | list[str], name: str, draws: Draws) -> Texture:
        """Draw one of several pictures: files, or patterns of files."""
        key = _listed(names)
        if key not in self._backdrops:
            self._backdrops[key] = self._images(key, {}, "backdrop")
        return _draw(self._backdrops[key], name, draws)[1]

    def _asset_files(self, group: Things) -> tuple[Choice[AssetSource], ...]:
        folder = self._recipe.folder
        paths = matching_files(self._recipe, group)
        if not paths:
            raise AssetError(f"objects: files must match a file, got '{group.files}', which matches none")
        return tuple(Choice(path, (asset_file(path, folder, group.unit_m, group.up),)) for path in paths)

    def _asset_families(self, group: Things) -> tuple[Choice[AssetSource], ...]:
        named = group.asset if group.asset is not None else []
        weights = named if isinstance(named, dict) else dict.fromkeys(_listed(named), 1.0)
        models = self._catalog.models
        for name in weights:
            if name not in models:
                near = did_you_mean(name, models)
                raise AssetError(f"objects: asset must be the name of a model of the catalog, got '{name}'{near}")
        return tuple(
            Choice(name, self._members(models[name], f"assets/{name}", group.variants, group.parameters), weight)
            for name, weight in weights.items()
        )

    def _images(
        self, names: tuple[str, ...], catalog: Mapping[str, Family[Texture]], kind: str
    ) -> tuple[Choice[Texture], ...]:
        folder = self._recipe.folder
        choices: list[Choice[Texture]] = []
        for name in names:
            if name in catalog:
                choices.append(Choice(name, self._members(catalog[name], f"{kind}s/{name}", TEXTURE_VARIANTS)))
            else:
                choices += [Choice(path, (texture_file(path, folder),)) for path in _image_files(folder, name, catalog)]
        return tuple(choices)

    def _members(
        self, family: Family[Source], address: str, variants: int, declared: Mapping[str, Number] = _NOTHING
    ) -> tuple[Source, ...]:
        for name in declared:
            if name not in family.parameters:
                near = did_you_mean(name, family.parameters)
                known = ", ".join(family.parameters)
                raise AssetError(f"{address}: parameters must be of {known}, got '{name}'{near}")

        def drawn(member: int) -> Source:
            def uniform(parameter: str) -> float:
                return self._streams.uniform(f"{address}/{parameter}", member)

            given = {name: _value(number, uniform(name)) for name, number in declared.items()}
            return family.source(uniform, given)

        return tuple(drawn(member) for member in range(variants if family.parameters else 1))


def _value(declared: Number, u: float) -> float:
    """Return the value of a number that needs nothing but one uniform number, which is all that a member has."""
    match declared:
        case int() | float():
            return declared
        case str():
            return parse(declared).evaluate({})
        case Mixture(mixture=parts):
            index, rest = Weights([part.weight for part in parts]).split(u)
            return _value(parts[index].of, rest)
        case _:
            return quantile(declared, u)


def _image_files(folder: Path, name: str, catalog: Mapping[str, object]) -> tuple[str, ...]:
    paths = matching_paths(folder, name)
    if not paths:
        near = did_you_mean(name, catalog)
        raise AssetError(f"{name}: an image must be a name of the catalog or match a file, got neither{near}")
    return paths


def _listed(names: str | list[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


def _draw(choices: tuple[Choice[Source], ...], name: str, draws: Draws) -> tuple[str, Source]:
    choice = choices[draws.pick([choice.weight for choice in choices], name)]
    return choice.name, choice.members[draws.pick([1.0] * len(choice.members), f"{name}/variant")]
