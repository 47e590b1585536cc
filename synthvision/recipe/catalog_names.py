"""The names that the bundled catalog offers to recipes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from synthvision.recipe.legal import Legal

if TYPE_CHECKING:  # the schema needs no mesh libraries
    from synthvision.assets.catalog import ParameterRange
    from synthvision.assets.keypoints import TraitSpecs


@dataclass(frozen=True)
class CatalogNames:
    """Names of models, textures, environments and real cameras; ``parameters`` and ``traits`` are those of each model.

    ``lenses`` are the real cameras whose lens bends rays.

    A recipe may give a parameter other values than the catalog draws, but none of which nothing can be made: a kind or
    a number of something that there is not, a fraction of it, or a length, share or angle below 0 where 0 is the end.
    """

    models: tuple[str, ...]
    textures: tuple[str, ...]
    environments: tuple[str, ...]
    sensors: tuple[str, ...]
    parameters: Mapping[str, Mapping[str, Legal]]
    traits: Mapping[str, TraitSpecs]
    lenses: frozenset[str] = frozenset()


@cache
def catalog_names() -> CatalogNames:
    """Return the names in the bundled catalog."""
    from synthvision.assets import load_catalog, load_sensors  # noqa: PLC0415 (the schema needs no mesh libraries)

    catalog = load_catalog()
    parameters = {
        name: {key: _legal(drawn) for key, drawn in model.parameters.items()} for name, model in catalog.models.items()
    }
    return CatalogNames(
        tuple(catalog.models),
        tuple(catalog.textures),
        tuple(catalog.environments),
        tuple(load_sensors()),
        parameters,
        catalog.models,
        frozenset(name for name, sensor in load_sensors().items() if sensor.lens is not None),
    )


def _legal(drawn: ParameterRange) -> Legal:
    if drawn.integer:
        return Legal(drawn.low, drawn.high, whole=True)
    return Legal(0, open=drawn.low > 0) if drawn.low >= 0 else Legal()


@cache
def model_suffixes() -> frozenset[str]:
    """Return the suffixes of model files that can be read, in lower case with their dot."""
    from synthvision.assets.files import FORMATS  # noqa: PLC0415 (as above)

    return frozenset(FORMATS)
