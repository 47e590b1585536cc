"""``croissant.json``: the dataset for machines, as Croissant 1.0 with its extension for responsible AI.

https://docs.mlcommons.org/croissant/docs/croissant-spec.html and croissant-rai-spec.html. Paths are relative to the
file, so it stays true where the folder is moved; ``mlcroissant.Dataset(jsonld=".../croissant.json")`` reads the frames.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from synthvision.dataset.disk import read_whole
from synthvision.dataset.layout import FRAMES, MANIFEST, RECIPE, annotation_files
from synthvision.dataset.manifest import Manifest
from synthvision.report.contents import Contents

Json = dict[str, Any]

_CONTEXT: Json = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    **{
        name: f"cr:{name}"
        for name in (
            "citeAs",
            "column",
            "equivalentProperty",
            "extract",
            "field",
            "fileProperty",
            "fileObject",
            "fileSet",
            "format",
            "includes",
            "isLiveDataset",
            "jsonPath",
            "key",
            "md5",
            "parentField",
            "path",
            "recordSet",
            "references",
            "regex",
            "repeated",
            "replace",
            "samplingRate",
            "separator",
            "source",
            "subField",
            "transform",
        )
    },
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
}

_MEDIA = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".exr": "image/x-exr",
    ".npz": "application/zip",
}
_JSON, _YAML, _LINES = "application/json", "application/yaml", "application/jsonlines"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*")

_COLUMNS = {"frame_index": "sc:Integer", "split": "sc:Text", "width_px": "sc:Integer", "height_px": "sc:Integer"}
"""Plain values of each line of ``frames.jsonl``."""


def croissant_bytes(folder: Path, manifest: Manifest, contents: Contents, told: Mapping[str, str]) -> bytes:
    """Write the description as indented JSON with sorted keys.

    ``told`` are texts that the data sheet has as well: ``description``, ``collection``, ``annotation``, ``limits``,
    ``personal``. Raises DatasetError where a file that must be there cannot be read.
    """
    info = manifest.info
    data: Json = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": ["http://mlcommons.org/croissant/1.0", "http://mlcommons.org/croissant/RAI/1.0"],
        "name": manifest.name,
        "description": told["description"],
        "version": str(info.get("version") or "1.0"),
        "license": [licence.get("url") or licence["name"] for licence in manifest.licences or (manifest.licence,)],
        "url": str(info.get("url") or ""),
        "citeAs": _citation(manifest),
        "keywords": _keywords(contents),
        "distribution": [*_files(folder, manifest), *_folders(contents)],
        "recordSet": [*_record_sets(manifest, contents)],
        "rai:dataCollection": told["collection"],
        "rai:dataAnnotationProtocol": told["annotation"],
        "rai:dataLimitations": told["limits"],
        "rai:personalSensitiveInformation": told["personal"],
    }
    if info.get("contributor"):
        data["creator"] = {"@type": "sc:Organization", "name": str(info["contributor"])}
    if _DATE.fullmatch(str(info.get("date_created") or "")):
        data["datePublished"] = info["date_created"]
    known = {key: value for key, value in data.items() if value not in ("", [])}
    return (json.dumps(known, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def _citation(manifest: Manifest) -> str:
    """Return BibTeX. A key has no blanks, and braces in a title would end it."""
    key = re.sub(r"[^A-Za-z0-9]+", "-", manifest.name).strip("-") or "dataset"
    title = re.sub(r"[{}\\]", "", manifest.name)
    made = f"rendered with synthvision, recipe {manifest.recipe_sha256[:12]}, seed {manifest.seed}"
    note = made if manifest.renderer else "assembled with synthvision"
    year = f", year = {{{manifest.info['year']}}}" if manifest.info.get("year") else ""
    return f"@misc{{{key}, title = {{{title}}}, note = {{{note}}}{year}}}"


def _keywords(contents: Contents) -> list[str]:
    kinds = ["synthetic"] if contents.synthetic else []
    if contents.synthetic < contents.frames:
        kinds.append("photographs")
    return [*kinds, "object detection", "instance segmentation"]


def _files(folder: Path, manifest: Manifest) -> Iterator[Json]:
    names = {FRAMES: _LINES, MANIFEST: _JSON, RECIPE: _YAML}
    names |= dict.fromkeys(annotation_files(manifest.splits).values(), _JSON)
    for name, media in names.items():
        if (folder / name).is_file():
            content = read_whole(folder / name)
            yield {
                "@type": "cr:FileObject",
                "@id": name,
                "name": name,
                "contentUrl": name,
                "contentSize": f"{len(content)} B",
                "encodingFormat": media,
                "sha256": hashlib.sha256(content).hexdigest(),
            }


def _folders(contents: Contents) -> Iterator[Json]:
    for kind, content in contents.folders.items():
        yield {
            "@type": "cr:FileSet",
            "@id": f"files/{kind}",
            "name": kind,
            "description": f"{content.files} files, {content.bytes} bytes; each is named with its SHA-256 in {FRAMES}",
            "encodingFormat": sorted({_MEDIA.get(suffix, "application/octet-stream") for suffix in content.suffixes}),
            "includes": [f"{kind}/*{suffix}" for suffix in sorted(content.suffixes)],
        }


def _record_sets(manifest: Manifest, contents: Contents) -> Iterator[Json]:
    if manifest.categories:
        rows = [{"categories/id": entry.id, "categories/name": entry.name} for entry in manifest.categories]
        fields = [_field("categories", "id", "sc:Integer"), _field("categories", "name", "sc:Text")]
        key = {"key": {"@id": "categories/id"}, "dataType": "sc:Enumeration", "data": rows}
        yield _record_set("categories", "Categories, by the ids that labels have.", fields) | key
    if contents.frames:
        columns = [
            _field("frames", column, kind, {"fileObject": {"@id": FRAMES}, "extract": {"column": column}})
            for column, kind in _COLUMNS.items()
        ]
        yield _record_set("frames", "A line per frame; the labels of each stand in it, too.", columns) | {
            "key": {"@id": "frames/frame_index"}
        }
    if "images" in contents.folders:
        pictures = [
            _field("images", name, kind, {"fileSet": {"@id": "files/images"}, "extract": {"fileProperty": what}})
            for name, kind, what in (("path", "sc:Text", "fullpath"), ("image", "sc:ImageObject", "content"))
        ]
        yield _record_set("images", "The pictures.", pictures) | {"key": {"@id": "images/path"}}


def _record_set(name: str, description: str, fields: Iterable[Json]) -> Json:
    return {"@type": "cr:RecordSet", "@id": name, "name": name, "description": description, "field": list(fields)}


def _field(of: str, name: str, kind: str, source: Json | None = None) -> Json:
    found = {"@type": "cr:Field", "@id": f"{of}/{name}", "name": name, "dataType": kind}
    return found if source is None else {**found, "source": source}
