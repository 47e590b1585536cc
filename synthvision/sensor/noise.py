"""Shot noise and read noise of a sensor, in electrons."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator, Philox  # noqa: TID251 - keyed by the frame's noise_seed alone, so still addressed
from numpy.typing import NDArray

from synthvision.scene import SensorSettings


def add_noise(signal: NDArray[np.float32], settings: SensorSettings) -> NDArray[np.float32]:
    """Return the signal as a sensor counts it.

    Electrons are Poisson about ``signal * full_well_e`` (shot noise) plus a normal of ``read_noise_e`` (read noise):
    the linear part of the EMVA 1288 camera model (release 4.0, section 2). Channels and pixels are independent.

    Args:
        signal: (H, W, 3) float32 ≥ 0, 1 = ``full_well_e`` electrons.
        settings: ``noise_seed`` picks the dice; other seeds give independent noise.

    Returns:
        (H, W, 3) float32, neither rounded nor saturated; read noise can make it negative.
    """
    dice = Generator(Philox(key=settings.noise_seed % 2**128))
    electrons = signal * np.float32(settings.full_well_e)
    if settings.shot_noise:
        electrons = dice.poisson(electrons).astype(np.float32)
    if settings.read_noise_e > 0:
        electrons += np.float32(settings.read_noise_e) * dice.standard_normal(electrons.shape, dtype=np.float32)
    noisy: NDArray[np.float32] = electrons / np.float32(settings.full_well_e)
    return noisy
