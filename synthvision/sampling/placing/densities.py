"""Thousands of points in a region, as dense as an image says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision.errors import FrameError
from synthvision.recipe.distributions import Disc, Region
from synthvision.sampling.bulk import directions
from synthvision.sampling.shapes import Points

Uniforms = Callable[[str], NDArray[np.float64]]
"""Returns values (N,) in (0, 1) under a name."""

_REC709 = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True, eq=False)
class Density:
    """The cells of an image over the smallest rectangle around a region, and their weights summed up (H·W,)."""

    rows: int
    columns: int
    sums: Points


def density_of(image: NDArray[np.uint8], name: str) -> Density:
    """Return the density of an image (H, W, 3 or 4): its brightness as it is displayed, and 0 where it is clear.

    Raises:
        FrameError: if it is black everywhere.
    """
    weights = (image[..., :3].astype(np.float64) * _REC709).sum(axis=2)
    if image.shape[2] == 4:  # noqa: PLR2004 (with opacity)
        weights *= image[..., 3] / 255.0
    sums = np.cumsum(weights.ravel())
    if sums[-1] <= 0:
        raise FrameError(f"scatter.density: image must have something bright, got '{name}', which is black")
    return Density(weights.shape[0], weights.shape[1], sums)


def points_in(region: Region, density: Density | None, uniforms: Uniforms) -> tuple[Points, NDArray[np.bool_]]:
    """Return points (N, 2) of the plane, metres, and whether each is in the region (N,): some may miss a disc."""
    if density is None and isinstance(region, Disc):
        radius = region.disc.radius_m * np.sqrt(uniforms("x"))
        unit = np.stack(directions(2 * np.pi * uniforms("y")), axis=1)
        return unit * radius[:, None] + region.disc.centre_m, np.ones(len(unit), bool)
    square = np.stack([uniforms("x"), uniforms("y")], axis=1) if density is None else _cells(density, uniforms)
    if isinstance(region, Disc):
        offsets = (2 * square - 1) * region.disc.radius_m
        inside = (offsets * offsets).sum(axis=1) <= region.disc.radius_m**2
        return offsets + region.disc.centre_m, inside
    extent = region.rectangle
    return (square - 0.5) * extent.size_m + extent.centre_m, np.ones(len(square), bool)


def _cells(density: Density, uniforms: Uniforms) -> Points:
    """Draw points (N, 2) of the unit square, x to the right and y up in the image, uniform within each cell."""
    chosen = np.searchsorted(density.sums, uniforms("cell") * density.sums[-1], side="right")
    row, column = np.divmod(chosen, density.columns)
    x = (column + uniforms("x")) / density.columns
    return np.stack([x, 1 - (row + uniforms("y")) / density.rows], axis=1)
