"""Under which licences the assets stand that the scenes of a dataset were made with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from synthvision.assets import Catalog, load_catalog
from synthvision.assets.catalog import CatalogEntry
from synthvision.report.contents import Contents, UsedFile

UNKNOWN = "not known to synthvision: ask whoever made the file"
_GONE = "not in the catalog of this version"


@dataclass(frozen=True)
class UsedAsset:
    """An asset, what it is, how often it occurs (``12 instances``), its licence, and the SHA-256 of a file."""

    name: str
    kind: str
    used: str
    licence: str
    sha256: str = ""


def used_assets(contents: Contents, catalog: Catalog | None = None) -> tuple[UsedAsset, ...]:
    """Return every asset that really occurs, by kind and name."""
    known = load_catalog() if catalog is None else catalog
    images = [*known.textures.values(), *known.environments.values()]
    return (
        *(
            UsedAsset(name, "model of the catalog", f"{count} instances", _licence(known.models, name))
            for name, count in sorted(contents.models.items())
        ),
        *(
            UsedAsset(name, "texture or surrounding of the catalog", f"{count} frames", _generated(images, name))
            for name, count in sorted(contents.generated.items())
        ),
        *_files(contents.model_files, "model file", "instances"),
        *_files(contents.image_files, "picture file", "frames"),
    )


def _licence(entries: Mapping[str, CatalogEntry], name: str) -> str:
    return entries[name].licence if name in entries else _GONE


def _generated(entries: Iterable[CatalogEntry], generator: str) -> str:
    """Return the licences of the entries that a generator makes: a scene has its name, not theirs."""
    return ", ".join(sorted({entry.licence for entry in entries if entry.generator == generator})) or _GONE


def _files(files: Mapping[UsedFile, int], kind: str, what: str) -> tuple[UsedAsset, ...]:
    return tuple(
        UsedAsset(file.name, kind, f"{count} {what}", UNKNOWN, file.sha256) for file, count in sorted(files.items())
    )
