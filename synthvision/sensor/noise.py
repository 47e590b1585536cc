"""Noise of a sensor, in electrons: of the light, of reading, and the fixed pattern of unequal pixels."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator, Philox  # noqa: TID251 - keyed by seeds of the scene alone, so still addressed
from numpy.typing import NDArray

from synthvision.scene import SensorSettings


def add_noise(signal: NDArray[np.float32], settings: SensorSettings) -> NDArray[np.float32]:
    """Return the signal as a sensor counts it.

    A pixel's light is first multiplied by its gain. Electrons are Poisson about ``signal * full_well_e`` (shot noise)
    plus the pixel's own offset and a normal of ``read_noise_e`` (read noise): the linear camera model of EMVA 1288
    (release 4.0, section 2) with its PRNU and DSNU. Each value of the array is
    a pixel of its own.

    Args:
        signal: (H, W) behind a colour filter, else (H, W, 3), float32 ≥ 0; 1 = ``full_well_e`` electrons.
        settings: ``noise_seed`` picks the dice of the frame, ``pattern_seed`` those of the sensor.

    Returns:
        float32 of the same shape, neither rounded nor saturated; it can be negative.
    """
    dice = Generator(Philox(key=settings.noise_seed % 2**128))
    pattern = Generator(Philox(key=settings.pattern_seed % 2**128))
    electrons = signal * np.float32(settings.full_well_e)
    if settings.gain_noise_share > 0:
        electrons *= np.maximum(1 + np.float32(settings.gain_noise_share) * _normal(pattern, signal.shape), 0)
    if settings.shot_noise:
        electrons = dice.poisson(electrons).astype(np.float32)
    if settings.read_noise_e > 0:
        electrons += np.float32(settings.read_noise_e) * _normal(dice, signal.shape)
    if settings.dark_noise_e > 0:
        electrons += np.float32(settings.dark_noise_e) * _normal(pattern, signal.shape)
    noisy: NDArray[np.float32] = electrons / np.float32(settings.full_well_e)
    return noisy


def has_noise(settings: SensorSettings) -> bool:
    """Say whether these settings add any."""
    return settings.shot_noise or any(
        value > 0 for value in (settings.read_noise_e, settings.gain_noise_share, settings.dark_noise_e)
    )


def _normal(dice: Generator, shape: tuple[int, ...]) -> NDArray[np.float32]:
    return dice.standard_normal(shape, dtype=np.float32)
