"""The page's section on how far a dataset is from another one."""

from __future__ import annotations

from html import escape

from synthvision.report.gaps import ClassGap, Gap, PictureGap, class_gap, gaps, picture_gap
from synthvision.report.statistics import Statistics

_LEAST_P = 0.001
_MOST_NAMES = 8


def comparison(ours: Statistics, theirs: Statistics) -> str:
    """Return verdicts on looks and classes, and a table of all statistics, the widest gap first."""
    rows = "".join(map(_row, gaps(ours, theirs)))
    table = (
        '<div class="wide"><table><thead><tr><th>statistic</th><th>KS</th><th>here</th><th>there</th>'
        '<th><abbr title="Wasserstein distance over the standard deviation">W / σ</abbr></th><th>p</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
        '<p class="note">KS: greatest distance between the two cumulative distributions, 0 the same, 1 nothing in '
        "common; here and there: means; W / σ: how far values must be moved, in standard deviations; p: chance of such "
        "a KS between samples of one distribution.</p>"
    )
    verdicts = _looks(picture_gap(ours.descriptors, theirs.descriptors)) + _classes(class_gap(ours, theirs))
    return f'<dl class="verdicts">{verdicts}</dl>{table if rows else ""}'


def _row(gap: Gap) -> str:
    return (
        f'<tr><td>{escape(gap.name)}</td><td class="ks" style="--share:{100 * gap.ks:.0f}%">{gap.ks:.2f}</td>'
        f"<td>{gap.ours:.3g}</td><td>{gap.theirs:.3g}</td><td>{gap.wasserstein:.2f}</td><td>{_chance(gap.p)}</td></tr>"
    )


def _chance(p: float) -> str:
    return f"{p:.2g}" if p >= _LEAST_P else f"&lt; {_LEAST_P}"


def _looks(gap: PictureGap | None) -> str:
    if gap is None:
        return "<div><dt>looks</dt><dd class=none>too few pictures to compare</dd></div>"
    return (
        f"<div><dt>a classifier tells them apart</dt><dd>{gap.accuracy:.0%}</dd>"
        "<p>of pictures, by descriptors of colours, edges and detail; 50% is guessing</p></div>"
        f"<div><dt>MMD² of these descriptors</dt><dd>{gap.mmd:.3f}</dd>"
        f"<p>0 when the same; p = {_chance(gap.p)}</p></div>"
    )


def _classes(gap: ClassGap | None) -> str:
    if gap is None:
        return "<div><dt>classes</dt><dd class=none>no labels to compare</dd></div>"
    only = [
        f"only {where}: {escape(_some(names))}"
        for where, names in (("here", gap.only_ours), ("there", gap.only_theirs))
        if names
    ]
    return (
        f"<div><dt>shares of classes differ by</dt><dd>{gap.distance:.2f}</dd>"
        f"<p>total variation, 0 to 1{'; ' if only else ''}{'; '.join(only)}</p></div>"
    )


def _some(names: tuple[str, ...]) -> str:
    rest = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + rest
