"""What the data card tells of a dataset's frames, gathered in one pass over its lines; no picture is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord
from synthvision.report.labelled import category_name

_NO_ASSETS = frozenset({"plane", ""})
"""Names of what scenes have besides assets: the ground."""


@dataclass(frozen=True, order=True)
class UsedFile:
    """A file that scenes were made with: its name without folders, and the SHA-256 of its content."""

    name: str
    sha256: str


@dataclass
class FolderContent:
    """How many files of a kind there are, their bytes, and their suffixes."""

    files: int = 0
    bytes: int = 0
    suffixes: set[str] = field(default_factory=set)


@dataclass
class Contents:
    """What is in a dataset.

    Attributes:
        frames, synthetic, labels: how many frames, of them rendered, and visible labels.
        boxes_alone, crowds: labels of which only a box is known, and of several things at once.
        classes, images_with: name → labels, and pictures with one.
        splits, sizes, folders: of the frames; sizes as (width, height), folders by kind.
        scenes, refused: worlds that were rendered, and draws that ``require:`` or a lack of place refused before them.
        sources, licences: number as in ``Origin`` → frames.
        models, generated: catalog name → instances, and generator of a texture or surrounding → frames.
        model_files, image_files: files → instances, and files → frames.
    """

    frames: int = 0
    synthetic: int = 0
    labels: int = 0
    boxes_alone: int = 0
    crowds: int = 0
    scenes: int = 0
    refused: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    images_with: Counter[str] = field(default_factory=Counter)
    splits: Counter[str] = field(default_factory=Counter)
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    sources: Counter[int] = field(default_factory=Counter)
    licences: Counter[int] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    generated: Counter[str] = field(default_factory=Counter)
    model_files: Counter[UsedFile] = field(default_factory=Counter)
    image_files: Counter[UsedFile] = field(default_factory=Counter)
    folders: dict[str, FolderContent] = field(default_factory=dict)


def contents_of(dataset: Dataset) -> Contents:
    """Read every line of a dataset. Raises DatasetError at one that is damaged."""
    contents = Contents()
    scenes: set[tuple[int, int]] = set()
    for record in dataset:
        _add_frame(contents, record)
        _add_labels(contents, dataset, record)
        if record.scene:
            scene = (record.origin.source if record.origin else 0, record.scene.get("scene_index", 0))
            if scene not in scenes:
                contents.scenes += 1
                contents.refused += record.scene.get("attempt", 0)
            scenes.add(scene)
            _add_assets(contents, record.scene)
    return contents


def _add_frame(contents: Contents, record: FrameRecord) -> None:
    contents.frames += 1
    contents.synthetic += record.synthetic
    contents.splits[record.split] += 1
    contents.sizes[record.width_px, record.height_px] += 1
    if record.origin is not None:
        contents.sources[record.origin.source] += 1
        contents.licences[record.origin.licence] += 1
    for name, file in record.files.items():
        folder = contents.folders.setdefault(name.split("/")[0], FolderContent())
        folder.files += 1
        folder.bytes += file.bytes
        folder.suffixes.add(PurePath(name).suffix)


def _add_labels(contents: Contents, dataset: Dataset, record: FrameRecord) -> None:
    visible = [label for label in record.labels if label.bbox is not None]
    names = [category_name(dataset.manifest, label.category_id) for label in visible]
    contents.labels += len(visible)
    contents.boxes_alone += sum(label.counts is None for label in visible)
    contents.crowds += sum(label.crowd for label in visible)
    contents.classes.update(names)
    contents.images_with.update(set(names))


def _add_assets(contents: Contents, scene: Mapping[str, Any]) -> None:
    meshes = scene["meshes"]
    for instance in scene["instances"]:
        source = meshes[instance["mesh"]]["source"]
        if "generator" not in source:
            contents.model_files[_file(source["path"], source["sha256"])] += 1
        elif instance.get("asset", "") not in _NO_ASSETS:
            contents.models[instance["asset"]] += 1
    textures = {(texture["kind"], texture["key"], texture.get("sha256", "")) for texture in _textures(scene)}
    contents.generated.update({key for kind, key, _ in textures if kind == "generated"})
    contents.image_files.update({_file(key, sha256) for kind, key, sha256 in textures if kind == "file"})


def _textures(scene: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the textures of materials and decals, the surroundings and the backdrop; some more than once."""
    for material in scene["materials"]:
        yield from (value for name, value in material.items() if name.endswith("_texture"))
    yield from (decal["texture"] for decal in scene.get("decals", ()))
    yield from (value for name, value in scene["world"].items() if name in {"environment", "backdrop"})


def _file(path: str, sha256: str) -> UsedFile:
    return UsedFile(PurePath(path).name, sha256)
