"""Small charts as SVG, in the colours of the page's style sheet; numbers are told when the pointer rests on a bar."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_WIDTH, _HEIGHT, _FOOT = 320, 120, 18
_BINS = 24
_HEAT = 16
_ROW = 22


def histogram(ours: Numbers, theirs: Numbers | None = None) -> str:
    """Return bars of one set of values, and the outline of another over the same range, each as shares of its own."""
    both = ours if theirs is None else np.concatenate([ours, theirs])
    if not len(both):
        return '<p class="none">no values</p>'
    low, high = float(both.min()), float(both.max())
    if high <= low:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, _BINS + 1)
    bars = _shares(ours, edges)
    line = None if theirs is None else _shares(theirs, edges)
    top = max(float(bars.max(initial=0)), 0 if line is None else float(line.max(initial=0)), 1e-9)
    step = _WIDTH / _BINS
    parts = [
        f'<rect x="{place * step:.1f}" y="{_HEIGHT * (1 - share / top):.1f}" width="{step - 1:.1f}"'
        f' height="{_HEIGHT * share / top:.1f}"><title>{_text(edges[place])} to {_text(edges[place + 1])}:'
        f" {share:.1%}</title></rect>"
        for place, share in enumerate(bars.tolist())
    ]
    if line is not None:
        corners = [
            f"{x:.1f},{_HEIGHT * (1 - share / top):.1f}"
            for place, share in enumerate(line.tolist())
            for x in (place * step, (place + 1) * step)
        ]
        parts.append(f'<polyline class="other" points="{" ".join(corners)}"/>')
    middle = (low + high) / 2
    parts += [
        f'<text x="{x}" y="{_HEIGHT + _FOOT - 4}" text-anchor="{anchor}">{_text(value)}</text>'
        for x, anchor, value in ((0, "start", low), (_WIDTH / 2, "middle", middle), (_WIDTH, "end", high))
    ]
    return _svg(_WIDTH, _HEIGHT + _FOOT, "".join(parts), "histogram")


def bars(counts: Mapping[str, int]) -> str:
    """Return a horizontal bar for each name, with its number."""
    top = max([*counts.values(), 1])
    rows = [
        f'<text x="0" y="{row * _ROW + 15}">{escape(_short(name))}</text>'
        f'<rect x="150" y="{row * _ROW + 3}" width="{max(130 * count / top, 0.5):.1f}" height="{_ROW - 7}"/>'
        f'<text x="{156 + 130 * count / top:.0f}" y="{row * _ROW + 15}">{count}</text>'
        for row, (name, count) in enumerate(counts.items())
    ]
    return _svg(_WIDTH + 10, len(counts) * _ROW + 4, "".join(rows), "bars")


def heat(middles: Numbers) -> str:
    """Return where in the picture boxes' middles are, (N, 2) shares of its sides, as a grid of shades."""
    if not len(middles):
        return '<p class="none">no values</p>'
    rows, columns = int(_HEAT * 0.75), _HEAT
    counts = np.histogram2d(middles[:, 1], middles[:, 0], (rows, columns), ((0, 1), (0, 1)))[0]
    side = _WIDTH / columns
    cells = [
        f'<rect x="{column * side:.1f}" y="{row * side:.1f}" width="{side - 1:.1f}" height="{side - 1:.1f}"'
        f' opacity="{0.06 + 0.94 * counts[row, column] / counts.max():.2f}">'
        f"<title>{int(counts[row, column])}</title></rect>"
        for row in range(rows)
        for column in range(columns)
    ]
    return _svg(_WIDTH, rows * side, "".join(cells), "heat map")


def _shares(values: Numbers, edges: Numbers) -> Numbers:
    shares: Numbers = np.histogram(values, edges)[0] / max(len(values), 1)
    return shares


def _text(value: float) -> str:
    return f"{value:.3g}" if math.isfinite(value) else "–"


def _short(name: str) -> str:
    return name if len(name) <= 22 else f"{name[:21]}…"  # noqa: PLR2004 - what fits left of the bars


def _svg(width: float, height: float, content: str, title: str) -> str:
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{title}">{content}</svg>'
