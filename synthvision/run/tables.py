"""``synthvision sample``: what a recipe draws, as CSV or as a table of statistics."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from synthvision.errors import UsageError
from synthvision.recipe.model import Recipe
from synthvision.sampling.tabulating import Column, Table, Tabulator

_HEADINGS = ("value", "frames", "min", "25%", "50%", "75%", "max", "distinct")


def tabulate(recipe: Recipe, count: int, seed: int | None = None, start: int = 0, *, objects: bool = False) -> Table:
    """Draw frames ``start`` … ``start + count - 1`` without making their scenes.

    Raises:
        UsageError: ``count`` is below 1 or ``start`` below 0.
        FrameError: a value makes no sense, such as a size of 0.
        AssetError: an asset or texture cannot be used.
    """
    for what, value, least in (("frames", count, 1), ("start", start, 0)):
        if value < least:
            raise UsageError(f"{what}: number must be at least {least}, got {value}")
    number = recipe.seed if seed is None else seed
    return Tabulator(recipe, number).table(range(start, start + count), objects=objects)


def write_csv(table: Table, target: str) -> None:
    """Write one row per frame to a file, or to standard output for ``-``; raises UsageError if that cannot be written.

    Numbers are written so that they are read back exactly; what a frame does not have is left empty.
    """
    if target == "-":
        csv.writer(sys.stdout, lineterminator="\n").writerows(_rows(table))
        return
    try:
        Path(target).parent.mkdir(parents=True, exist_ok=True)
        with Path(target).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(_rows(table))
    except OSError as error:
        reason = error.strerror or error
        raise UsageError(f"{target}: output must be a file that can be written, got '{reason}'") from error


def _rows(table: Table) -> Iterator[Sequence[str]]:
    yield ["frame", *table.columns]
    columns = [column.tolist() for column in table.columns.values()]
    for row, frame in enumerate(table.frames):
        yield [str(frame), *(_exact(column[row]) for column in columns)]


def _exact(value: float) -> str:
    if np.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() else repr(value)


def statistics_text(table: Table) -> str:
    """Return a line for each value: in how many frames it is, its quartiles, and how many different ones there are."""
    lines = [_HEADINGS, *(_statistics(name, column) for name, column in table.columns.items())]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(_aligned(line, widths) for line in lines)


def _statistics(name: str, column: Column) -> tuple[str, ...]:
    there = column[~np.isnan(column)]
    quartiles = np.quantile(there, [0, 0.25, 0.5, 0.75, 1], method="inverted_cdf").tolist()
    return name, str(len(there)), *(f"{value:.4g}" for value in quartiles), str(len(np.unique(there)))


def _aligned(line: Sequence[str], widths: Iterable[int]) -> str:
    name, *numbers = (
        text.rjust(width) if place else text.ljust(width)
        for place, (text, width) in enumerate(zip(line, widths, strict=True))
    )
    return "  ".join([name, *numbers])
