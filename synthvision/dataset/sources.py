"""Where the frames of derived datasets come from: the datasets that were rendered or imported in the first place.

A dataset derived from a derived one keeps pointing at those. Each stands once, however many ways lead to it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from synthvision.dataset.disk import read_whole
from synthvision.dataset.layout import MANIFEST, RECIPE, source_folder
from synthvision.dataset.manifest import FORMAT, CategoryEntry, Manifest, SourceEntry, read_manifest
from synthvision.dataset.records import FrameRecord, Origin
from synthvision.errors import DatasetError
from synthvision.recipe.model import Info, Outputs

Licence = Mapping[str, str]


@dataclass(frozen=True)
class Source:
    """A dataset that frames were taken from: the bytes of its ``manifest.json`` and, if rendered, ``recipe.yaml``."""

    manifest: bytes
    recipe: bytes | None

    @property
    def entry(self) -> SourceEntry:
        """Its line in the manifest of a derived dataset."""
        data = json.loads(self.manifest)
        return SourceEntry(data["name"], data["synthetic"], hashlib.sha256(self.manifest).hexdigest())


class Sources:
    """The original datasets behind some datasets, and the licences of their pictures.

    Attributes:
        manifests: of the datasets as given.
        originals: each original dataset once, in the order met.
        licences: each licence once, in the order met.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        """Read the manifests; raises DatasetError where a folder is no dataset, or lacks one of its sources."""
        self.manifests = tuple(map(read_manifest, folders))
        self.originals: tuple[Source, ...] = ()
        self.licences: tuple[Licence, ...] = ()
        self._numbers = [
            [self._number(source) for source in _originals(folder, manifest)]
            for folder, manifest in zip(folders, self.manifests, strict=True)
        ]
        self._licence_numbers = [
            [self._licence_number(licence) for licence in manifest.licences or (manifest.licence,)]
            for manifest in self.manifests
        ]

    def _number(self, source: Source) -> int:
        if source not in self.originals:
            self.originals += (source,)
        return self.originals.index(source)

    def _licence_number(self, licence: Licence) -> int:
        if licence not in self.licences:
            self.licences += (licence,)
        return self.licences.index(licence)

    def origin(self, dataset: int, record: FrameRecord) -> Origin:
        """Say where a frame of the dataset with this place comes from in the first place."""
        numbers, licences = self._numbers[dataset], self._licence_numbers[dataset]
        old = record.origin or Origin(0, record.frame_index)
        if old.source >= len(numbers) or old.licence >= len(licences):
            where = f"{self.manifests[dataset].name}: frame {record.frame_index}"
            raise DatasetError(f"{where}: source and licence must be in the manifest, got {old.source}, {old.licence}")
        return replace(old, source=numbers[old.source], licence=licences[old.licence])

    def manifest(self, categories: Sequence[CategoryEntry], splits: Sequence[str]) -> Manifest:
        """Describe a dataset of frames of these datasets; where they differ it says nothing (see ``Manifest``)."""
        return Manifest(
            name=" + ".join(dict.fromkeys(manifest.name for manifest in self.manifests)),
            seed=self._common("seed", 0),
            recipe_sha256=self._common("recipe_sha256", ""),
            recipe_yaml_sha256="",
            renderer=self._common("renderer", ""),
            versions=_agreed([manifest.versions for manifest in self.manifests]),
            categories=tuple(categories),
            splits=tuple(splits),
            outputs=_outputs([manifest.output_settings for manifest in self.manifests]),
            info=self._common("info", Info().model_dump(mode="json")),
            licence=_one_licence(self.licences),
            encodings=_encodings([manifest.encodings for manifest in self.manifests]),
            format=FORMAT,
            synthetic=all(manifest.synthetic for manifest in self.manifests),
            licences=self.licences if len(self.licences) > 1 else (),
        )

    def _common(self, field: str, otherwise: Any) -> Any:
        values = [getattr(manifest, field) for manifest in self.manifests]
        return values[0] if all(value == values[0] for value in values) else otherwise


def _originals(folder: Path, manifest: Manifest) -> list[Source]:
    if not manifest.sources:
        return [_read_source(folder)]
    return [_read_source(folder / source_folder(number)) for number in range(len(manifest.sources))]


def _read_source(folder: Path) -> Source:
    recipe = folder / RECIPE
    return Source(read_whole(folder / MANIFEST), read_whole(recipe) if recipe.is_file() else None)


def _one_licence(licences: Sequence[Licence]) -> Licence:
    if len(licences) == 1:
        return licences[0]
    return {"name": ", ".join(licence["name"] for licence in licences), "url": ""}


def _agreed(versions: Sequence[Mapping[str, str]]) -> dict[str, str]:
    first, *others = versions
    return {name: version for name, version in first.items() if all(other.get(name) == version for other in others)}


def _outputs(outputs: Sequence[Outputs]) -> dict[str, Any]:
    """Return settings that cover all: a kind of file that any has, and the least size of an annotated mask."""
    combined = outputs[0].model_dump(mode="json")
    for other in outputs[1:]:
        for name, value in other.model_dump(mode="json").items():
            if isinstance(value, bool) or name == "coverage":
                combined[name] = max(combined[name], value)
    combined["min_mask_px"] = min(setting.min_mask_px for setting in outputs)
    combined["depth"] = next((setting.depth for setting in outputs if setting.depth != "none"), "none")
    return combined


def _encodings(encodings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the files of each kind hold: one description, or the list of those that occur."""
    found: dict[str, list[Any]] = {}
    for encoding in encodings:
        for kind, description in encoding.items():
            known = found.setdefault(kind, [])
            known += [one for one in _listed(description) if one not in known]
    return {kind: known[0] if len(known) == 1 else known for kind, known in found.items()}


def _listed(description: Any) -> list[Any]:
    return description if isinstance(description, list) else [description]
