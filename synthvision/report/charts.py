"""Small charts as SVG and HTML, in the colours of the page's style sheet; bars tell their numbers to a pointer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
from numpy.typing import NDArray

from synthvision.render.palette import category_colour

Numbers = NDArray[np.float64]

_FOOT_PX = 18
_FEWEST, _MOST = 8, 24
_WHOLE = 40
_HEAT = 16, 12
_CELL_PX = 20, 13

NOTHING = '<p class="none">no values</p>'


@dataclass(frozen=True)
class Size:
    """How large a chart is drawn, in the pixels that its letters are counted in."""

    width: int = 300
    height: int = 104


CARD = Size()
SMALL = Size(190, 52)


def histogram(ours: Numbers, theirs: Numbers | None = None, *, line: str = "other", size: Size = CARD) -> str:
    """Return bars of one set of values, and the outline of another over the same range, each as shares of its own.

    ``line`` is the outline's class in the style sheet: ``other`` for another dataset, ``declared`` for a recipe.
    """
    both = ours if theirs is None else np.concatenate([ours, theirs])
    if not len(both):
        return NOTHING
    if both.min() == both.max():
        return f'<p class="constant">{_text(float(both[0]))} <small>everywhere</small></p>'
    edges = _edges(both, len(ours))
    bars = _shares(ours, edges)
    outline = None if theirs is None else _shares(theirs, edges)
    top = max(float(bars.max()), 0.0 if outline is None else float(outline.max()))
    parts = _bars(bars / top, bars, edges, size)
    if outline is not None and len(theirs if theirs is not None else ()):
        parts.append(_outline(outline / top, line, size))
    parts += _axis(edges, size)
    return _svg(size.width, size.height + _FOOT_PX, "".join(parts), "histogram")


def _edges(values: Numbers, count: int) -> Numbers:
    """Return the edges of bins: one for each whole number where there are few; else by the Rice rule."""
    low, high = float(values.min()), float(values.max())
    if high - low <= _WHOLE and bool((values == np.rint(values)).all()):
        whole: Numbers = np.arange(low - 0.5, high + 1)
        return whole
    bins = int(np.clip(2 * np.cbrt(count), _FEWEST, _MOST))
    return np.linspace(low, high, bins + 1)


def _shares(values: Numbers, edges: Numbers) -> Numbers:
    shares: Numbers = np.histogram(values, edges)[0] / max(len(values), 1)
    return shares


def _bars(heights: Numbers, shares: Numbers, edges: Numbers, size: Size) -> list[str]:
    step = size.width / len(heights)
    gap = min(1.5, step / 6)
    return [
        f'<rect x="{place * step + gap / 2:.1f}" y="{size.height * (1 - height):.1f}" width="{step - gap:.1f}"'
        f' height="{size.height * height:.1f}" rx="1"><title>{_span(edges, place)}: {share:.1%}</title></rect>'
        for place, (height, share) in enumerate(zip(heights.tolist(), shares.tolist(), strict=True))
        if share > 0
    ]


def _outline(heights: Numbers, line: str, size: Size) -> str:
    step = size.width / len(heights)
    corners = [
        f"{x:.1f},{1 + (size.height - 1) * (1 - height):.1f}"
        for place, height in enumerate(heights.tolist())
        for x in (place * step, (place + 1) * step)
    ]
    return f'<polyline class="{line}" points="{" ".join(corners)}"/>'


def _axis(edges: Numbers, size: Size) -> list[str]:
    low, high = float(edges[0]), float(edges[-1])
    if _is_whole(edges):
        low, high = low + 0.5, high - 0.5
    marks = [(0.0, "start", low), (float(size.width), "end", high)]
    if size.width >= CARD.width and not _is_whole(edges):
        marks.append((size.width / 2, "middle", (low + high) / 2))
    return [
        f'<line x1="0" y1="{size.height}" x2="{size.width}" y2="{size.height}"/>',
        *(
            f'<text x="{x:.0f}" y="{size.height + _FOOT_PX - 4}" text-anchor="{anchor}">{_text(value)}</text>'
            for x, anchor, value in marks
        ),
    ]


def _is_whole(edges: Numbers) -> bool:
    return bool(np.isclose(edges % 1, 0.5).all())


def _span(edges: Numbers, place: int) -> str:
    if _is_whole(edges):
        return _text(float(edges[place]) + 0.5)
    return f"{_text(float(edges[place]))} to {_text(float(edges[place + 1]))}"


@dataclass(frozen=True)
class Counts:
    """How many there are of each class, and of how many in all that is a share."""

    of: Mapping[str, int]
    total: int

    def shares(self, names: Sequence[str]) -> list[float]:
        """Return the share of each class."""
        return [self.of.get(name, 0) / max(self.total, 1) for name in names]


def class_bars(ours: Counts, theirs: Counts | None = None) -> str:
    """Return a bar with its number for each class, in the class's colour; a mark is where the other's would end.

    Both are shares, so that they can be compared.
    """
    names = list(dict.fromkeys([*ours.of, *(theirs.of if theirs else ())]))
    shares = ours.shares(names)
    marks = None if theirs is None else theirs.shares(names)
    top = max([*shares, *(marks or ())], default=0.0) or 1.0
    rows = []
    for place, name in enumerate(names):
        colour = "#{:02x}{:02x}{:02x}".format(*category_colour(place + 1 if name in ours.of else 0))
        mark = "" if marks is None else f'<i class="mark" style="left:{100 * marks[place] / top:.1f}%"></i>'
        told = f"{name}: {shares[place]:.1%}" + ("" if marks is None else f", there {marks[place]:.1%}")
        rows.append(
            f'<li title="{escape(told)}"><span>{escape(name)}</span><div class="track">'
            f'<i style="width:{100 * shares[place] / top:.1f}%;background:{colour}"></i>{mark}</div>'
            f"<b>{ours.of.get(name, 0):,}</b></li>"
        )
    return f'<ul class="bars">{"".join(rows)}</ul>'


def heat(middles: Numbers) -> str:
    """Return where in the picture boxes' middles are, (N, 2) shares of its sides, as a grid of shades."""
    if not len(middles):
        return NOTHING
    (columns, rows), (width, height) = _HEAT, _CELL_PX
    counts = np.histogram2d(middles[:, 1], middles[:, 0], (rows, columns), ((0, 1), (0, 1)))[0]
    top = max(float(counts.max()), 1.0)
    cells = [
        f'<rect x="{column * width}" y="{row * height}" width="{width - 1}" height="{height - 1}"'
        f' opacity="{0.06 + 0.94 * counts[row, column] / top:.2f}"><title>{int(counts[row, column])}</title></rect>'
        for row in range(rows)
        for column in range(columns)
    ]
    return _svg(columns * width, rows * height, "".join(cells), "heat map")


def _text(value: float) -> str:
    if not math.isfinite(value):
        return "–"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"  # noqa: PLR2004 - three digits


def _svg(width: float, height: float, content: str, title: str) -> str:
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{title}">{content}</svg>'
