"""Measure how evenly N frames meet the values of a recipe, for each way of sampling; print a table and draw a plot."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from scipy.stats import qmc

from synthvision.recipe import recipe_from_dict
from synthvision.sampling.tabulating import Tabulator

Points = NDArray[np.float64]

SEEDS = 20
FRAMES = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)
TICKS = (16, 32, 64, 128, 256, 512)
TABLE_FRAMES = 64
NAMES = ("size", "shade")
PLANS: dict[str, Callable[[int], Any]] = {
    "independent": lambda _: "independent",
    "latin_hypercube": lambda frames: {"method": "latin_hypercube", "frames": frames},
    "stratified (default)": lambda _: "stratified",
    "sobol": lambda _: {"sobol": list(NAMES)},
}
COLOURS = {
    "independent": "#c44e52",
    "latin_hypercube": "#8172b2",
    "stratified (default)": "#4c72b0",
    "sobol": "#55a868",
}
STYLES = {"latin_hypercube": "--"}  # it lies on the default wherever frames are a power of two
PANELS = {
    "parts": "N equal parts of one range met by N frames",
    "cells": "8 × 8 cells of two ranges met",
    "discrepancy": "centred L2 discrepancy of two",
}


def drawn(plan: str, frames: int, seed: int) -> Points:
    """Return (N, 2) values in (0, 1) of two variables of a recipe."""
    recipe = recipe_from_dict(
        {
            "version": 1,
            "name": "coverage",
            "categories": ["thing"],
            "variables": {name: {"uniform": [0, 1]} for name in NAMES},
            "sampling": PLANS[plan](frames),
            "objects": [{"asset": "die", "category": "thing", "scale": "1 + size", "material": {"roughness": "shade"}}],
            "camera": {"position": {"at_m": [1, 1, 1]}},
        },
        Path(),
    )
    columns = Tabulator(recipe, seed).table(range(frames)).columns
    return np.stack([columns[f"variables/{name}"] for name in NAMES], axis=1)


def share_of_parts(points: Points) -> float:
    """Return which share of N equal parts of a range N frames meet."""
    count = len(points)
    return len(set((points[:, 0] * count).astype(int).tolist())) / count


def share_of_cells(points: Points) -> float:
    """Return which share of 8 × 8 equal cells of two ranges is met."""
    cells = (points * 8).astype(int)
    return len(set((cells[:, 0] * 8 + cells[:, 1]).tolist())) / 64


def centred_discrepancy(points: Points) -> float:
    """Return the centred L2 discrepancy (Hickernell, 1998) of two values together: 0 is perfectly even."""
    return float(np.sqrt(qmc.discrepancy(points, method="CD")))


def error_of_mean(points: Points) -> float:
    """Return by how much the mean of a value is off, as its standard error would be by chance alone."""
    return float(abs(points[:, 0].mean() - 0.5))


MEASURES = {
    "parts": share_of_parts,
    "cells": share_of_cells,
    "discrepancy": centred_discrepancy,
    "mean": error_of_mean,
}


def measured() -> dict[tuple[str, int, str], float]:
    """Return each measure, by plan, frames and name: the root mean square over the seeds."""
    found = {}
    for plan in PLANS:
        for frames in FRAMES:
            points = [drawn(plan, frames, seed) for seed in range(SEEDS)]
            for name, measure in MEASURES.items():
                found[plan, frames, name] = float(np.sqrt(np.mean([measure(one) ** 2 for one in points])))
    return found


def table(found: dict[tuple[str, int, str], float]) -> str:
    """Return the table of the page, in Markdown."""
    lines = [
        f"| {TABLE_FRAMES} frames | parts of one range met | cells of two ranges met | discrepancy | error of a mean |",
        "|---|---|---|---|---|",
    ]
    for plan in PLANS:
        parts, cells, spread, mean = (found[plan, TABLE_FRAMES, name] for name in MEASURES)
        lines.append(f"| {plan} | {parts:.0%} | {cells:.0%} | {spread:.4f} | {mean:.4f} |")
    return "\n".join(lines)


def draw(found: dict[tuple[str, int, str], float], file: Path) -> None:
    """Draw the measures against the number of frames."""
    mpl.use("agg")
    figure, panels = plt.subplots(1, 3, figsize=(11, 3.2), dpi=100)
    for axes, (name, title) in zip(panels, PANELS.items(), strict=True):
        percent = 1 if name == "discrepancy" else 100
        for plan, colour in COLOURS.items():
            values = [percent * found[plan, frames, name] for frames in FRAMES]
            axes.plot(FRAMES, values, STYLES.get(plan, "-"), color=colour, label=plan, marker="o", markersize=2.5)
        axes.set_title(title, fontsize=9)
        axes.set(
            xlabel="frames", xscale="log", **({"yscale": "log"} if percent == 1 else {"ylabel": "%", "ylim": (0, 105)})
        )
        axes.set_xticks(TICKS, [str(frames) for frames in TICKS])
        axes.minorticks_off()
        axes.grid(alpha=0.3)
        axes.spines[["top", "right"]].set_visible(False)
    panels[0].legend(frameon=False, fontsize=8, loc="lower right")
    figure.tight_layout()
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, metadata={"Software": None})


if __name__ == "__main__":
    values = measured()
    print(table(values))
    draw(values, Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {Path(sys.argv[1]).stat().st_size} bytes")
