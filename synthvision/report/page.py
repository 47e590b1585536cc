"""``synthvision report``: one HTML page about a dataset that needs no network."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.dataset import validate
from synthvision.dataset.disk import write_whole
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord
from synthvision.errors import UsageError
from synthvision.report.charts import bars, heat, histogram
from synthvision.report.coverage import Coverage, coverage_of
from synthvision.report.gaps import Gap, PictureGap, gaps, picture_gap, strangest
from synthvision.report.showing import drawn
from synthvision.report.statistics import OF_FRAMES, OF_LABELS, Numbers, Statistics, gather
from synthvision.report.style import SCRIPT, STYLE

Picture = NDArray[np.uint8]

GALLERY = 12
STRANGEST = 6
_SHOWN_FAULTS = 50
_WIDTH_PX = 480
_QUALITY = 80
LAYERS = {
    "picture": frozenset[str](),
    "masks": frozenset({"masks", "boxes", "names"}),
    "amodal": frozenset({"amodal"}),
    "3-D boxes": frozenset({"boxes3d"}),
    "keypoints": frozenset({"keypoints"}),
    "depth": frozenset({"depth"}),
}


def write_report(folder: Path, out: Path, against: Path | None) -> None:
    """Write the page; ``against`` is a dataset, such as photographs, to compare with.

    Raises:
        DatasetError: one of the folders is no dataset, or has a damaged line.
        UsageError: the page cannot be written, or the dataset is empty.
    """
    if out.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"{out}: output must be a .html file, got '{out.suffix or out.name}'")
    dataset = Dataset(folder)
    if not len(dataset):
        raise UsageError(f"{folder}: dataset must have at least one frame, got none")
    ours = gather(dataset)
    theirs = None if against is None else gather(Dataset(against))
    other = "" if against is None else Dataset(against).manifest.name
    body = "\n".join(_sections(folder, dataset, ours, theirs, other))
    title = f"{escape(dataset.manifest.name)} – synthvision"
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>\n{body}\n<script>{SCRIPT}</script></body></html>\n"
    )
    write_whole(out, page.encode())


def _sections(folder: Path, dataset: Dataset, ours: Statistics, theirs: Statistics | None, other: str) -> Iterator[str]:
    yield _head(dataset, ours, other)
    if theirs is not None:
        yield _comparison(gaps(ours, theirs), picture_gap(ours.descriptors, theirs.descriptors), other)
    classes = [_card("labels of each class", "", bars(ours.classes))]
    yield _section("Classes", [*classes, _card("pictures with one", "", bars(ours.images_with))])
    labels = _cards(OF_LABELS, ours.of_labels, None if theirs is None else theirs.of_labels)
    yield _section("Labels", [*labels, _card("where boxes are", "middles in the picture", heat(ours.middles))])
    yield _section("Pictures", _cards(OF_FRAMES, ours.of_frames, None if theirs is None else theirs.of_frames))
    if ours.parameters:
        yield _section("What was sampled", _parameter_cards(ours, coverage_of(folder, dataset)))
    yield _gallery(dataset)
    yield _strangest(dataset, ours)
    yield _faults(folder)


def _head(dataset: Dataset, ours: Statistics, other: str) -> str:
    manifest = dataset.manifest
    labels = sum(ours.classes.values())
    share = ours.synthetic / ours.frames
    facts = {
        "frames": f"{ours.frames:,}",
        "labels": f"{labels:,}",
        "labels per picture": f"{labels / ours.frames:.1f}",
        "classes": str(len(ours.classes)),
        "rendered": f"{share:.0%}",
        "seed": str(manifest.seed),
        "renderer": manifest.renderer,
        "recipe": manifest.recipe_sha256[:12] or "–",
    }
    tiles = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    compared = f" <small>compared with <b>{escape(other)}</b> (line)</small>" if other else ""
    description = escape(str(manifest.info.get("description") or ""))
    return f"<header><h1>{escape(manifest.name)}{compared}</h1><p>{description}</p><dl>{tiles}</dl></header>"


def _comparison(found: tuple[Gap, ...], looks: PictureGap | None, other: str) -> str:
    rows = "".join(
        f"<tr><td>{escape(gap.name)}</td><td>{gap.ours:.3g}</td><td>{gap.theirs:.3g}</td>"
        f'<td><meter max="1" value="{gap.ks:.3f}"></meter> {gap.ks:.2f}</td><td>{gap.wasserstein:.2f}</td>'
        f"<td>{gap.p:.1e}</td></tr>"
        for gap in found
    )
    verdict = "<p>Too few pictures to compare their looks.</p>"
    if looks is not None:
        verdict = (
            f"<p><b>Looks.</b> A classifier on image descriptors tells the two apart in "
            f"<b>{looks.accuracy:.0%}</b> of pictures (50% would be guessing). "
            f"MMD² = <b>{looks.mmd:.3f}</b> (p = {looks.p:.3f}; 0 when the same).</p>"
        )
    return (
        f"<section><h2>Gap to {escape(other)}</h2>{verdict}<div class='wide'><table><thead><tr><th>statistic</th>"
        "<th>here</th><th>there</th><th>KS</th><th>Wasserstein / σ</th><th>p</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></section>"
    )


def _section(title: str, cards: Iterable[str]) -> str:
    return f"<section><h2>{escape(title)}</h2><div class='cards'>{''.join(cards)}</div></section>"


def _card(title: str, note: str, chart: str) -> str:
    return f"<figure><figcaption><b>{escape(title)}</b> {escape(note)}</figcaption>{chart}</figure>"


def _cards(notes: Mapping[str, str], ours: Mapping[str, Numbers], theirs: Mapping[str, Numbers] | None) -> list[str]:
    other = theirs or {}
    return [
        _card(name, note, histogram(ours[name], other.get(name))) for name, note in notes.items() if len(ours[name])
    ]


def _parameter_cards(ours: Statistics, declared: dict[str, Coverage]) -> list[str]:
    cards = []
    for name, values in ours.parameters.items():
        coverage = declared.get(name)
        note = "" if coverage is None else f"{coverage.share:.0%} of what the recipe can draw is met"
        cards.append(_card(name, note, histogram(values, None if coverage is None else coverage.draws)))
    return cards


def _gallery(dataset: Dataset) -> str:
    indices = dataset.frame_indices
    places = np.unique(np.linspace(0, len(indices) - 1, min(GALLERY, len(indices))).round().astype(int))
    records = [dataset.record(indices[place]) for place in places]
    layers = {name: overlays for name, overlays in LAYERS.items() if _has_layer(name, records)}
    buttons = "".join(f'<button data-layer="{name}">{name}</button>' for name in layers)
    tiles = "".join(_tile(dataset, record, layers, "") for record in records)
    return f"<section><h2>Gallery</h2><nav>{buttons}</nav><div class='gallery'>{tiles}</div></section>"


def _has_layer(name: str, records: list[FrameRecord]) -> bool:
    labels = [label for record in records for label in record.labels]
    match name:
        case "keypoints":
            return any(label.keypoints for label in labels)
        case "3-D boxes":
            return any(label.corners_px for label in labels)
        case "amodal":
            return any(label.amodal_counts for label in labels)
        case "depth":
            return all(record.file("depth") is not None for record in records)
    return True


def _tile(dataset: Dataset, record: FrameRecord, layers: dict[str, frozenset[str]], note: str) -> str:
    pictures = "".join(
        f'<img data-layer="{name}" alt="frame {record.frame_index}, {name}"'
        f' src="{_data_url(_layer(dataset, record, overlays))}">'
        for name, overlays in layers.items()
    )
    return f"<figure>{pictures}<figcaption>#{record.frame_index} {escape(note)}</figcaption></figure>"


def _layer(dataset: Dataset, record: FrameRecord, overlays: frozenset[str]) -> Picture:
    picture = drawn(dataset, record, overlays)
    return picture[:, record.width_px :] if "depth" in overlays else picture


def _data_url(picture: Picture) -> str:
    width = min(_WIDTH_PX, picture.shape[1])
    size = width, max(round(picture.shape[0] * width / picture.shape[1]), 1)
    small = cv2.resize(np.ascontiguousarray(picture[:, :, ::-1]), size, interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1].tobytes()
    return f"data:image/jpeg;base64,{base64.b64encode(content).decode()}"


def _strangest(dataset: Dataset, ours: Statistics) -> str:
    found = strangest(ours.descriptors, STRANGEST)
    if not found:
        return ""
    layers = {name: LAYERS[name] for name in ("picture", "masks")}
    tiles = "".join(
        _tile(dataset, dataset.record(int(ours.frame_indices[row])), layers, f"{times:.1f} × the usual distance")
        for row, times in found
    )
    note = "<p>Pictures that look least like any other: check that they are meant.</p>"
    return f"<section><h2>Strangest frames</h2>{note}<div class='gallery'>{tiles}</div></section>"


def _faults(folder: Path) -> str:
    faults = validate(folder)
    if not faults:
        return (
            "<section><h2>Faults</h2><p class='good'>None: every file, label and line is as it should be.</p></section>"
        )
    rows = "".join(f"<li>{escape(str(fault))}</li>" for fault in faults[:_SHOWN_FAULTS])
    more = f"<p>… and {len(faults) - _SHOWN_FAULTS} more</p>" if len(faults) > _SHOWN_FAULTS else ""
    return f"<section><h2>Faults</h2><p class='bad'>{len(faults)} found</p><ul>{rows}</ul>{more}</section>"
