"""How well the frames of a dataset cover what its recipe can draw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.layout import RECIPE, source_folder
from synthvision.dataset.manifest import Manifest, read_manifest
from synthvision.errors import SynthvisionError
from synthvision.recipe import load_recipe
from synthvision.report.evenly import evenly
from synthvision.report.statistics import Drawn
from synthvision.sampling.tabulating import Tabulator

Numbers = NDArray[np.float64]

DRAWS = 1000
"""Draws that stand for all that a recipe can draw."""

MOST_FRAMES = 2000
"""Frames that are looked at, evenly over the dataset."""

PARTS = 20
"""Equally likely parts of a range, of which the frames meet some."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """A value that the recipe draws, by its name in ``synthvision sample``.

    Attributes:
        values: (N,) what frames have.
        possible: (M,) what the recipe can draw.
        share: of the equally likely parts of that, those that frames meet, over as many as so many frames can meet.
    """

    name: str
    values: Numbers
    possible: Numbers
    share: float


@dataclass(frozen=True, eq=False)
class Sampling:
    """Every value that varies, in the order of the recipe; where the recipe is not known, ``reason`` says why."""

    values: tuple[Sampled, ...] = ()
    reason: str = ""


def sampling_of(folder: Path, manifest: Manifest, drawn: Sequence[Drawn]) -> Sampling:
    """Draw again what the frames of a dataset were drawn as, and compare it with all that their recipe can draw.

    A dataset that was chosen or mixed has the recipe of its one rendered source; one that was merged of several has no
    recipe to compare with. Values that ``synthvision sample`` does not know (places of objects) are left out.
    """
    numbers = sorted({frame.source for frame in drawn})
    if len(numbers) != 1:
        return Sampling(reason="no frame was rendered" if not numbers else "frames are of several recipes")
    origin = folder / source_folder(numbers[0]) if manifest.sources else folder
    try:
        recipe = load_recipe(origin / RECIPE)
        seed = read_manifest(origin).seed
        tabulator = Tabulator(recipe, seed)
        rows = [tabulator.row(frame.frame_index, frame.attempt) for frame in evenly(drawn, MOST_FRAMES)]
        possible = Tabulator(recipe, seed + 1).table(range(DRAWS)).columns
    except SynthvisionError as error:
        return Sampling(reason=str(error).splitlines()[0].replace(f"{origin}/", ""))
    columns = {name: np.array([row[name] for row in rows if name in row]) for name in possible}
    found = (_sampled(name, columns[name], values[np.isfinite(values)]) for name, values in possible.items())
    return Sampling(tuple(value for value in found if np.ptp(value.possible) > 0))


def _sampled(name: str, values: Numbers, possible: Numbers) -> Sampled:
    return Sampled(name, values, possible, covered(values, possible))


def covered(values: Numbers, possible: Numbers) -> float:
    """Return which share of the equally likely parts of ``possible`` (M,), at least 1, ``values`` (N,) meet."""
    edges = np.unique(np.quantile(possible, np.linspace(0, 1, PARTS + 1)[1:-1], method="higher"))
    edges = edges[edges > possible.min()]  # a choice of a few has as many parts
    met = len(np.unique(np.searchsorted(edges, values, side="right")))
    # Fewer frames than parts cannot meet them all.
    return met / min(len(edges) + 1, max(len(values), 1))
