"""How well the frames of a dataset cover what its recipe can draw."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.layout import RECIPE
from synthvision.dataset.reader import Dataset
from synthvision.errors import SynthvisionError
from synthvision.recipe import load_recipe
from synthvision.sampling.tabulating import Tabulator

Numbers = NDArray[np.float64]

DRAWS = 2000
"""Draws that stand for all that a recipe can draw."""

_PARTS = 20
"""Equally likely parts of a range, of which the frames meet some."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """Of one variable: what the recipe draws (N,), and the share of its equally likely parts that frames meet."""

    draws: Numbers
    share: float


def coverage_of(folder: Path, dataset: Dataset) -> dict[str, Coverage]:
    """Compare the variables of a dataset's scenes with draws of its recipe; empty where that cannot be read here.

    A recipe that names model files can be read only beside them; a dataset that was merged or imported has none.
    """
    path = folder / RECIPE
    if not path.is_file():
        return {}
    try:
        table = Tabulator(load_recipe(path), dataset.manifest.seed + 1).table(range(DRAWS))
    except SynthvisionError:
        return {}
    values: dict[str, list[float]] = {}
    for record in dataset:
        for name, value in record.scene.get("variables", {}).items():
            if isinstance(value, int | float):
                values.setdefault(name, []).append(float(value))
    return {
        f"variable {name}": _coverage(table.columns[f"variables/{name}"], np.array(found))
        for name, found in values.items()
        if f"variables/{name}" in table.columns
    }


def _coverage(draws: Numbers, found: Numbers) -> Coverage:
    known = draws[np.isfinite(draws)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _PARTS + 1)[1:-1])) if len(known) else known
    # Of a variable with few values, some parts are empty.
    parts = np.unique(np.searchsorted(edges, known, side="right"))
    met = np.intersect1d(parts, np.searchsorted(edges, found, side="right"))
    # Fewer frames than parts cannot meet them all.
    return Coverage(known, len(met) / max(min(len(parts), len(found)), 1))
