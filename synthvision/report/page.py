"""``synthvision report``: one HTML page about a dataset that needs no network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from synthvision.dataset import validate
from synthvision.dataset.disk import write_whole
from synthvision.dataset.faults import DatasetFault
from synthvision.dataset.reader import Dataset
from synthvision.errors import UsageError
from synthvision.report.charts import SMALL, Counts, class_bars, heat, histogram
from synthvision.report.comparison import comparison
from synthvision.report.coverage import Sampled, Sampling, sampling_of
from synthvision.report.evenly import evenly
from synthvision.report.gallery import buttons, tiles
from synthvision.report.gaps import strangest
from synthvision.report.statistics import OF_FRAMES, OF_LABELS, Numbers, Statistics, gather
from synthvision.report.style import SCRIPT, STYLE

GALLERY = 12
STRANGEST = 6
_OTHERS = 6
_SHOWN_FAULTS = 50
_SHOWN_VALUES = 60
_POORLY = 0.75
"""Values of which a smaller share is covered are pointed out."""

_NO_NETWORK = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'"


@dataclass(frozen=True, eq=False)
class _Subject:
    dataset: Dataset
    statistics: Statistics

    @property
    def name(self) -> str:
        return self.dataset.manifest.name


def write_report(folder: Path, out: Path, against: Path | None) -> None:
    """Write the page; ``against`` is a dataset, such as photographs, to compare with.

    Raises:
        DatasetError: one of the folders is no dataset, or has a line that cannot be read; the page cannot be written.
        UsageError: ``out`` is no HTML file; one of the datasets is empty.
    """
    if out.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f"{out}: output must be a .html file, got '{out.suffix or out.name}'")
    ours = _measured(folder)
    theirs = None if against is None else _measured(against)
    faults = validate(folder)
    sections = list(_sections(ours, theirs, faults))
    links = "".join(f'<a href="#{_anchor(title)}">{escape(title)}</a>' for title, _ in sections)
    body = "\n".join(
        f'<section id="{_anchor(title)}"><h2>{escape(title)}</h2>{content}</section>' for title, content in sections
    )
    page = (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">'
        f'<meta http-equiv="Content-Security-Policy" content="{_NO_NETWORK}">'
        f"<title>{escape(ours.name)} – synthvision</title><style>{STYLE}</style></head>\n"
        f'<body>{_head(ours, theirs, faults)}<nav class="sections">{links}</nav>\n{body}\n'
        f'<dialog id="large"></dialog><script>{SCRIPT}</script></body></html>\n'
    )
    write_whole(out, page.encode())


def _measured(folder: Path) -> _Subject:
    dataset = Dataset(folder)
    if not len(dataset):
        raise UsageError(f"{folder}: dataset must have at least one frame, got none")
    return _Subject(dataset, gather(dataset))


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


def _sections(ours: _Subject, theirs: _Subject | None, faults: Sequence[DatasetFault]) -> Iterator[tuple[str, str]]:
    """Yield (title, content)."""
    own, other = ours.statistics, None if theirs is None else theirs.statistics
    yield "Gallery", _gallery(ours, theirs)
    if other is not None:
        yield "Gap", comparison(own, other)
    yield "Classes", _classes(own, other)
    yield "Labels", _labels(own, other)
    yield "Pictures", _deck(_cards(OF_FRAMES, own.of_frames, None if other is None else other.of_frames))
    yield from _sampled(ours, other)
    odd = strangest(own.descriptors, STRANGEST)
    if odd:
        yield "Strangest frames", _strangest(ours, odd)
    yield "Faults", _faults(faults)


def _head(ours: _Subject, theirs: _Subject | None, faults: Sequence[DatasetFault]) -> str:
    manifest, own = ours.dataset.manifest, ours.statistics
    facts = {
        "frames": f"{own.frames:,}",
        "labels": f"{sum(own.classes.values()):,}",
        "classes": f"{len(own.classes):,}",
        "rendered": f"{own.synthetic / own.frames:.0%}",
        "renderer": manifest.renderer or "–",
        "seed": str(manifest.seed) if manifest.renderer else "–",
        "recipe": manifest.recipe_sha256[:7] or "–",
    }
    shown = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in facts.items())
    verdict = f'<a class="bad" href="#faults">{len(faults):,}</a>' if faults else '<span class="good">none</span>'
    shown += f"<div><dt>faults</dt><dd>{verdict}</dd></div>"
    other = "" if theirs is None else f'<b class="other-name">{escape(theirs.name)}</b>'
    compared = other and f"<p>compared with {other}, the line</p>"
    description = escape(str(manifest.info.get("description") or ""))
    return f"<header><h1>{escape(ours.name)}</h1><p>{description}</p>{compared}<dl>{shown}</dl></header>"


def _gallery(ours: _Subject, theirs: _Subject | None) -> str:
    shown = [(ours, GALLERY)] if theirs is None else [(ours, GALLERY), (theirs, _OTHERS)]
    chosen = [
        (subject, [subject.dataset.record(index) for index in evenly(subject.dataset.frame_indices, count)])
        for subject, count in shown
    ]
    every = [record for _, records in chosen for record in records]
    parts = [f'<nav class="layers" aria-label="overlay">{buttons(every)}</nav>']
    for subject, records in chosen:
        name = "" if theirs is None else f"<h3>{escape(subject.name)}</h3>"
        parts.append(name + tiles(subject.dataset, records))
    return "".join(parts)


def _classes(ours: Statistics, theirs: Statistics | None) -> str:
    both = [found for found in (ours, theirs) if found is not None]
    of_labels = class_bars(*(Counts(found.classes, sum(found.classes.values())) for found in both))
    of_pictures = class_bars(*(Counts(found.images_with, found.frames) for found in both))
    return _deck([_card("labels of each class", "", of_labels), _card("pictures with one", "", of_pictures)], "pair")


def _labels(ours: Statistics, theirs: Statistics | None) -> str:
    cards = _cards(OF_LABELS, ours.of_labels, None if theirs is None else theirs.of_labels)
    cards.append(_card("where boxes are", "their middles in the picture", heat(ours.middles)))
    if theirs is not None:
        cards.append(_card("where boxes are there", "in the other dataset", heat(theirs.middles), "theirs"))
    return _deck(cards)


def _deck(cards: Iterable[str], kind: str = "cards") -> str:
    return f'<div class="{kind}">{"".join(cards)}</div>'


def _card(title: str, note: str, chart: str, kind: str = "") -> str:
    caption = f"<figcaption><b>{escape(title)}</b> {escape(note)}</figcaption>"
    return f"<figure{f' class={kind}' if kind else ''}>{caption}{chart}</figure>"


def _cards(notes: Mapping[str, str], ours: Mapping[str, Numbers], theirs: Mapping[str, Numbers] | None) -> list[str]:
    other = theirs or {}
    return [
        _card(name, note, histogram(ours[name], other.get(name))) for name, note in notes.items() if len(ours[name])
    ]


def _sampled(ours: _Subject, theirs: Statistics | None) -> Iterator[tuple[str, str]]:
    own = ours.statistics
    if not own.drawn:
        return
    sampling = sampling_of(ours.dataset.folder, ours.dataset.manifest, own.drawn)
    cards = [
        _card(name, "", histogram(values, None if theirs is None else theirs.parameters.get(name)))
        for name, values in own.parameters.items()
        if len(values) and not (sampling.values and name.startswith("variable "))
    ]
    yield "What was sampled", _deck(cards) + _coverage(sampling)


def _coverage(sampling: Sampling) -> str:
    if not sampling.values:
        why = sampling.reason or "nothing in it varies"
        return f'<p class="note">How well the frames cover the recipe’s ranges is not known: {escape(why)}.</p>'
    poorest = sorted(sampling.values, key=lambda value: value.share)
    shown = sampling.values
    if len(shown) > _SHOWN_VALUES:
        kept = {value.name for value in poorest[:_SHOWN_VALUES]}
        shown = tuple(value for value in shown if value.name in kept)
    mean = sum(value.share for value in sampling.values) / len(sampling.values)
    left_out = len(sampling.values) - len(shown)
    rest = f" The {left_out} best covered are not shown." if left_out else ""
    return (
        f'<h3>Coverage of the recipe: {mean:.0%}</h3><p class="note">Bars: what the frames have. '
        '<b class="declared-name">Line</b>: what the recipe can draw. The share is of its equally likely parts that '
        f"frames meet, of as many as so many frames can meet.{_poorly(poorest)}{rest}</p>"
        + _deck(map(_value_card, shown), "small")
    )


def _poorly(poorest: Sequence[Sampled]) -> str:
    named = [f"{escape(value.name)} ({value.share:.0%})" for value in poorest[:3] if value.share < _POORLY]
    return f" Least covered: {', '.join(named)}." if named else ""


def _value_card(value: Sampled) -> str:
    chart = histogram(value.values, value.possible, line="declared", size=SMALL)
    share = f'<span class="{"good" if value.share >= _POORLY else "bad"}">{value.share:.0%}</span>'
    name = escape(value.name).replace("/", "/<wbr>").replace("_", "_<wbr>")
    return f"<figure><figcaption><b>{name}</b>{share}</figcaption>{chart}</figure>"


def _strangest(ours: _Subject, odd: Sequence[tuple[int, float]]) -> str:
    records = [ours.dataset.record(int(ours.statistics.frame_indices[row])) for row, _ in odd]
    notes = [f"{times:.1f} × the usual distance" for _, times in odd]
    note = '<p class="note">Pictures that look least like any other: are they meant so?</p>'
    return note + tiles(ours.dataset, records, notes)


def _faults(faults: Sequence[DatasetFault]) -> str:
    if not faults:
        return '<p class="good">None: every file, label and line is as it should be.</p>'
    rows = "".join(map(_fault, faults[:_SHOWN_FAULTS]))
    more = f"<p>… and {len(faults) - _SHOWN_FAULTS:,} more</p>" if len(faults) > _SHOWN_FAULTS else ""
    return f'<p class="bad">{len(faults):,} found</p><ul class="faults">{rows}</ul>{more}'


def _fault(fault: DatasetFault) -> str:
    return f"<li><code>{fault.kind}</code> {escape(f'{fault.file}: {fault.what}; {fault.remedy}')}</li>"
