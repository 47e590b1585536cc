"""A sky that goes smoothly from one colour to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.environments.panorama import Field, directions
from synthvision.assets.generators.parameters import read_parameters


@dataclass(frozen=True)
class Gradient:
    """Linear Rec.709 at the horizon, straight up and straight down."""

    horizon_red: float = 0.8
    horizon_green: float = 0.8
    horizon_blue: float = 0.8
    zenith_red: float = 0.3
    zenith_green: float = 0.4
    zenith_blue: float = 0.6
    nadir_red: float = 0.3
    nadir_green: float = 0.3
    nadir_blue: float = 0.3


def gradient(parameters: Mapping[str, float]) -> Field:
    """Return (H, W, 3) float32, linear in the sine of the elevation; these colours are the radiance."""
    look = read_parameters("gradient", Gradient, parameters)
    horizon = np.array([look.horizon_red, look.horizon_green, look.horizon_blue])
    zenith = np.array([look.zenith_red, look.zenith_green, look.zenith_blue])
    nadir = np.array([look.nadir_red, look.nadir_green, look.nadir_blue])
    up = directions()[..., 2:].astype(np.float64)
    end = np.where(up > 0, zenith, nadir)
    mixed: Field = (horizon + np.abs(up) * (end - horizon)).astype(np.float32)
    return mixed
