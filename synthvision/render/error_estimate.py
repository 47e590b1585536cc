"""How far a denoised picture is from the truth, which nobody knows: found from pictures with independent noise.

A picture is rendered in pieces. Piece k has its samples nₖ, its denoised light Xₖ and its raw light Rₖ; the picture is
X = Σ nₖ Xₖ / N. The raw light of other pieces is the truth T plus noise that knows nothing of Xₖ, so that in
E[(X - T)²] = E[X²] - 2 E[X T] + T² each term can be had without bias:

- X T is Σ (nₖ/N) Xₖ R₋ₖ, where R₋ₖ is the raw light of all other pieces together,
- T² is Σ nⱼ nₖ Rⱼ Rₖ / Σ nⱼ nₖ over all j ≠ k.

So what the denoiser has smeared counts as what it has left of the noise does. Half the difference of two denoised
pictures, the usual estimate, knows of no smear: it was 4 to 5 dB too good on our recipes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, log10, sqrt

import numpy as np
from numpy.typing import NDArray

from synthvision.render.types import Convergence, ErrorTarget, Radiance
from synthvision.scene import SensorSettings

Pixels = NDArray[np.float32]

_FIRST = 4
"""Samples per pixel of each of the first two pieces."""
_DB_PER_DOUBLING = 1.65
"""What twice the samples are worth after denoising; see ``docs/quality.md``. Without a denoiser it is 3."""
_LEAST_GROWTH, _MOST_GROWTH = 2.0, 4.0
"""Of the number of samples from one estimate to the next, by which neither is a denoiser's time wasted nor a bad
estimate believed too far."""
_ROUNDING = 1 / 12
"""Mean square error of the 8 bits themselves, in levels²."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A render of its own: samples per pixel, denoised light, and the raw light of the same samples, (H, W, 3)."""

    samples_per_pixel: int
    denoised: Pixels
    raw: Pixels


def joined(pieces: Sequence[Piece]) -> Pixels:
    """Return the picture that pieces give together, (H, W, 3)."""
    total = sum(piece.samples_per_pixel for piece in pieces)
    picture: Pixels = np.zeros_like(pieces[0].denoised)
    for piece in pieces:
        picture += np.float32(piece.samples_per_pixel / total) * piece.denoised
    return picture


def squared_error(pieces: Sequence[Piece], slopes: NDArray[np.float64]) -> tuple[float, float]:
    """Estimate the mean square error of ``joined(pieces)``, and the standard error of that estimate.

    Args:
        pieces: at least two, whose noise is independent.
        slopes: levels per unit of light, (H, W, 3).

    Returns:
        Both in levels². The first is without bias, so that by chance it may be negative.
    """
    total = sum(piece.samples_per_pixel for piece in pieces)
    picture = joined(pieces).astype(np.float64)
    light = sum((piece.samples_per_pixel * piece.raw.astype(np.float64) for piece in pieces), np.zeros(picture.shape))
    squares, with_truth = np.zeros_like(picture), np.zeros_like(picture)
    for piece in pieces:
        count = piece.samples_per_pixel
        own = count * piece.raw.astype(np.float64)
        squares += own * own
        with_truth += count / total * piece.denoised * (light - own) / (total - count)
    truth = (light * light - squares) / (total**2 - sum(piece.samples_per_pixel**2 for piece in pieces))
    error = (slopes * slopes * (picture * picture - 2 * with_truth + truth)).mean(axis=2)
    return float(error.mean()), float(error.std()) / sqrt(error.size)


def estimated_db(pieces: Sequence[Piece], slopes: NDArray[np.float64]) -> float:
    """Return the peak signal-to-noise ratio that ``joined(pieces)`` has at least, but for one standard error."""
    error, uncertainty = squared_error(pieces, slopes)
    return 10 * log10(255**2 / (max(error, 0.0) + uncertainty + _ROUNDING))


def converge(render: Callable[[int, int], Piece], target: ErrorTarget, sensor: SensorSettings) -> Radiance:
    """Render pieces until they are good enough together, or have the most samples.

    Args:
        render: makes piece number i, from 0, with n samples per pixel and noise of its own: ``render(i, n)``.
        target: what is good enough.
        sensor: of the frame; where its tone curve is steep, noise shows.
    """
    most = target.most_samples_per_pixel
    first = min(_FIRST, most // 2)
    pieces = [render(0, first), render(1, first)]
    while True:
        picture = joined(pieces)
        total = sum(piece.samples_per_pixel for piece in pieces)
        psnr_db = round(estimated_db(pieces, target.slopes(picture, sensor)), 2)
        if psnr_db >= target.psnr_db or total >= most:
            return Radiance(picture, Convergence(total, psnr_db, target.psnr_db))
        wanted = min(_wanted(total, target.psnr_db - psnr_db), most)
        pieces.append(render(len(pieces), wanted - total))


def _wanted(samples_per_pixel: int, missing_db: float) -> int:
    growth = 2 ** (missing_db / _DB_PER_DOUBLING)
    return ceil(samples_per_pixel * min(max(growth, _LEAST_GROWTH), _MOST_GROWTH))
