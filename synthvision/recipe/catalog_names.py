"""The names that the bundled catalog offers to recipes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class CatalogNames:
    """Names of models, textures, environments and real cameras."""

    models: tuple[str, ...]
    textures: tuple[str, ...]
    environments: tuple[str, ...]
    sensors: tuple[str, ...]


@cache
def catalog_names() -> CatalogNames:
    """Return the names in the bundled catalog."""
    from synthvision.assets import load_catalog, load_sensors  # noqa: PLC0415 (the schema needs no mesh libraries)

    catalog = load_catalog()
    kinds = catalog.models, catalog.textures, catalog.environments, load_sensors()
    return CatalogNames(*(tuple(kind) for kind in kinds))


@cache
def model_suffixes() -> frozenset[str]:
    """Return the suffixes of model files that can be read, in lower case with their dot."""
    from synthvision.assets.files import FORMATS  # noqa: PLC0415 (as above)

    return frozenset(FORMATS)
