"""The catalog of bundled assets: names, real sizes, licences, and the ranges of each procedural family's parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from synthvision.assets.environments import ENVIRONMENT_PARAMETERS
from synthvision.assets.generators import PARAMETERS
from synthvision.assets.keypoints import TraitSpecs
from synthvision.assets.picture_points import PictureTraits
from synthvision.assets.textures import TEXTURE_PARAMETERS
from synthvision.assets.types import GeneratedAsset, Texture
from synthvision.bundled import bundled_folder
from synthvision.errors import AssetError, did_you_mean

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
Length = Annotated[float, Field(gt=0)]
Size = tuple[Length, Length, Length]


@dataclass(frozen=True, config=_STRICT)
class ParameterRange:
    """The values that one parameter may take, both ends included."""

    low: float
    high: float
    integer: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low must be at most high ({self.high:g})")
        if self.integer and not (self.low.is_integer() and self.high.is_integer()):
            raise ValueError("low and high of an integer must be whole numbers")
        return self

    def value(self, u: float) -> float:
        """Map ``u`` in [0, 1) to a value; every whole number of an integer range is equally likely."""
        if self.integer:
            return min(self.high, self.low + int(u * (self.high - self.low + 1)))
        return self.low + u * (self.high - self.low)


_NOTHING: Mapping[str, float] = MappingProxyType({})


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class CatalogEntry:
    """What every entry has. ``licence`` is an SPDX identifier; ``generator`` the name under which our code makes it."""

    name: str
    generator: str
    licence: Annotated[str, Field(min_length=1)]
    description: Annotated[str, Field(min_length=1)]
    parameters: Mapping[str, ParameterRange] = Field(default_factory=dict)

    def drawn(
        self, u_of: Callable[[str], float], given: Mapping[str, float] = _NOTHING
    ) -> tuple[tuple[str, float], ...]:
        """Return every parameter with its value, in the catalog's order.

        A value is the one ``given``, or drawn from the parameter's range by ``u_of(name)`` in [0, 1).
        """
        return tuple(
            (name, given[name] if name in given else bounds.value(u_of(name)))
            for name, bounds in self.parameters.items()
        )


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class CatalogModel(CatalogEntry, TraitSpecs):
    """A family of objects, with what is declared of all its members.

    Attributes:
        category: what such a thing is called.
        size_m: extent along x, y and z with every parameter in the middle of its range.
        smallest_m: least extents that the parameters allow.
        largest_m: greatest extents that the parameters allow.
    """

    category: str
    size_m: Size
    smallest_m: Size
    largest_m: Size

    def source(self, u_of: Callable[[str], float], given: Mapping[str, float] = _NOTHING) -> GeneratedAsset:
        """Draw a member of the family."""
        return GeneratedAsset(self.generator, self.drawn(u_of, given))


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class CatalogTexture(CatalogEntry, PictureTraits):
    """A surface; ``tile_m`` is the side of one repeat in reality. Keypoints are those of a decal."""

    tile_m: Length

    def source(self, u_of: Callable[[str], float], given: Mapping[str, float] = _NOTHING) -> Texture:
        """Draw a surface of this kind."""
        return Texture("generated", self.generator, self.drawn(u_of, given))


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class CatalogEnvironment(CatalogEntry):
    """A surrounding, mean luminance 1."""

    def source(self, u_of: Callable[[str], float], given: Mapping[str, float] = _NOTHING) -> Texture:
        """Draw a surrounding of this kind."""
        return Texture("generated", self.generator, self.drawn(u_of, given))


@dataclass(frozen=True, config=_STRICT)
class Catalog:
    """Everything that recipes may name, in the order of the file."""

    version: Literal[1]
    models: Mapping[str, CatalogModel]
    textures: Mapping[str, CatalogTexture]
    environments: Mapping[str, CatalogEnvironment]


def load_catalog(path: Path | None = None) -> Catalog:
    """Read a catalog, by default the bundled one: a YAML file, or a folder of them that are one catalog together.

    Raises:
        AssetError: a file cannot be read, or an entry is wrong; one line per fault, ``<file>: <key>: …``.
    """
    return _loaded(bundled_folder("assets") / "catalog" if path is None else path)


@cache
def _loaded(path: Path) -> Catalog:
    tree = _with_names(_joined(path) if path.is_dir() else _read(path))
    try:
        catalog = TypeAdapter(Catalog).validate_python(tree)
    except ValidationError as error:
        raise AssetError("\n".join(_faults(path, error))) from error
    strangers = [
        *_strangers("models", catalog.models, PARAMETERS),
        *_strangers("textures", catalog.textures, TEXTURE_PARAMETERS),
        *_strangers("environments", catalog.environments, ENVIRONMENT_PARAMETERS),
    ]
    if strangers:
        raise AssetError("\n".join(f"{path}: {fault}" for fault in strangers))
    return catalog


def _joined(folder: Path) -> dict[str, Any]:
    """Read the files of a folder, by name, as one catalog; a name may stand in one of them only."""
    joined: dict[str, Any] = {"version": 1, "models": {}, "textures": {}, "environments": {}}
    for file in sorted(folder.glob("*.yaml")):
        for kind, entries in _read(file).items():
            if kind == "version":
                continue
            if twice := joined.get(kind, {}).keys() & entries.keys():
                raise AssetError(f"{file}: {kind}: names must be unique in the catalog, got a second '{min(twice)}'")
            joined.setdefault(kind, {}).update(entries)
    return joined


def _read(file: Path) -> Any:
    try:
        return YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise AssetError(f"{file}: catalog must be a readable YAML file, got: {reason}") from error


def _with_names(tree: Any) -> Any:
    """Give each entry its own name, which in the file is its key. What is not a mapping is left for validation."""
    if not isinstance(tree, dict):
        return tree
    return {
        kind: {name: {"name": name, **entry} if isinstance(entry, dict) else entry for name, entry in section.items()}
        if isinstance(section, dict)
        else section
        for kind, section in tree.items()
    }


def _faults(file: Path, error: ValidationError) -> Iterator[str]:
    for fault in error.errors():
        key = ".".join(str(part) for part in fault["loc"]) or "catalog"
        rule = fault["msg"].removeprefix("Value error, ")
        if ", got " in rule:
            yield f"{file}: {key}: {rule}"
            continue
        got = fault["input"]
        shown = "nothing" if fault["type"] == "missing" else f"'{got}'" if isinstance(got, str) else f"{got}"
        yield f"{file}: {key}: {rule[:1].lower()}{rule[1:]}, got {shown}"


def _strangers(kind: str, entries: Mapping[str, CatalogEntry], known: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    """Yield a fault for each generator, and each parameter of a generator, that our code does not have."""
    for name, entry in entries.items():
        names = known.get(entry.generator)
        if names is None:
            near = did_you_mean(entry.generator, known)
            yield f"{kind}.{name}.generator: must be one of our generators, got '{entry.generator}'{near}"
            continue
        for parameter in entry.parameters:
            if parameter not in names:
                rule = f"must be a parameter of '{entry.generator}' ({', '.join(names)})"
                yield f"{kind}.{name}.parameters: {rule}, got '{parameter}'{did_you_mean(parameter, names)}"
