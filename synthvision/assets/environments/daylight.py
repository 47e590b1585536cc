"""A clear sky by physics: A. J. Preetham, P. Shirley and B. Smits, "A Practical Analytic Model for Daylight", 1999.

The sun itself is not in the picture: it is a light of its own (``sunlight``), which makes sharp shadows without noise.
Both are on one scale: with the sun at 45 degrees and turbidity 3, a white horizontal surface under both has a radiance
of 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.environments.panorama import LUMINANCE, ROWS, Field, direction, directions
from synthvision.assets.environments.sky import over_ground, with_clouds
from synthvision.assets.generators.parameters import read_parameters

_HORIZON = ROWS // 2
_LOWEST_DEG = 0.3
"""The model knows no sun below the horizon: the sky of this sun is dimmed instead."""

_DUSK_PER_DEG = 0.6
"""How fast the sky darkens with the sun below the horizon, in the exponent: to 1/36 at the end of civil twilight."""

_SUN_SHADED = 0.9
"""Share of the sun's light that a full cover of clouds takes."""

# Rows: Perez coefficients A to E of luminance Y and chromaticities x and y, as slope and offset in turbidity.
_PEREZ = {
    "Y": ((0.1787, -1.4630), (-0.3554, 0.4275), (-0.0227, 5.3251), (0.1206, -2.5771), (-0.0670, 0.3703)),
    "x": ((-0.0193, -0.2592), (-0.0665, 0.0008), (-0.0004, 0.2125), (-0.0641, -0.8989), (-0.0033, 0.0452)),
    "y": ((-0.0167, -0.2608), (-0.0950, 0.0092), (-0.0079, 0.2102), (-0.0441, -1.6537), (-0.0109, 0.0529)),
}
# Chromaticity of the zenith: rows by power of turbidity (2, 1, 0), columns by power of the sun's zenith angle (3 to 0).
_ZENITH = {
    "x": (
        (0.00166, -0.00375, 0.00209, 0.0),
        (-0.02903, 0.06377, -0.03202, 0.00394),
        (0.11693, -0.21196, 0.06052, 0.25886),
    ),
    "y": (
        (0.00275, -0.00610, 0.00317, 0.0),
        (-0.04214, 0.08970, -0.04153, 0.00516),
        (0.15346, -0.26756, 0.06670, 0.26688),
    ),
}
_RGB_OF_XYZ = np.array(
    [[3.2404542, -1.5371385, -0.4985314], [-0.9692660, 1.8760108, 0.0415560], [0.0556434, -0.2040259, 1.0572252]]
)

_WAVELENGTHS_UM = (0.612, 0.549, 0.465)
"""Of red, green and blue of Rec.709, about."""

_SUN_KLX = 128.0
"""Illuminance of the sun outside the air, thousand lux."""

_SCALE = 1 / 28.12
"""From kcd/m² (and klx) to the scene's radiance: see the module's first lines; a test computes it."""


@dataclass(frozen=True)
class Daylight:
    """``clouds`` is the covered share of the sky, ``ground`` the albedo of the ground below."""

    sun_elevation_deg: float = 45.0
    sun_azimuth_deg: float = 0.0
    turbidity: float = 3.0
    clouds: float = 0.0
    ground: float = 0.2
    variant: int = 0


def daylight(parameters: Mapping[str, float]) -> Field:
    """Return the sky without its sun (H, W, 3) float32, linear Rec.709, on the scene's scale."""
    look = read_parameters("daylight", Daylight, parameters)
    towards = directions()[:_HORIZON]
    elevation_deg = max(look.sun_elevation_deg, _LOWEST_DEG)
    sun = direction(look.sun_azimuth_deg, elevation_deg)
    sky = _clear(towards, sun, math.radians(90 - elevation_deg), look.turbidity)
    sky *= np.float32(_SCALE * _dusk(look.sun_elevation_deg))
    if look.clouds > 0:
        chi = elementary.arccos(np.clip(elementary.matmul(towards, sun), -1.0, 1.0)).astype(np.float32)
        sky = with_clouds(sky, towards, chi, clouds=look.clouds, seed=look.variant)
    irradiance, colour = sunlight(look.sun_elevation_deg, look.turbidity, look.clouds)
    on_ground = np.float32(irradiance * max(float(sun[2]), 0.0)) * np.array(colour, np.float32)
    return over_ground(sky, look.ground, look.variant, on_ground)


def sunlight(elevation_deg: float, turbidity: float, clouds: float = 0.0) -> tuple[float, tuple[float, float, float]]:
    """Return the sun's irradiance on a surface facing it (W/m², scene scale) and its colour, luminance 1.

    Rayleigh and aerosol extinction of appendix A.1 of the paper, at one wavelength per channel; 0 below the horizon.
    """
    if elevation_deg <= 0:
        return 0.0, (1.0, 1.0, 1.0)
    mass = 1 / (math.sin(math.radians(elevation_deg)) + 0.15 * (elevation_deg + 3.885) ** -1.253)
    beta = 0.04608 * turbidity - 0.04586
    through = [
        math.exp(-0.008735 * wavelength ** (-4.08) * mass) * math.exp(-beta * wavelength**-1.3 * mass)
        for wavelength in _WAVELENGTHS_UM
    ]
    luminance = float(elementary.matmul(np.array(through), LUMINANCE.astype(np.float64)))
    red, green, blue = (part / luminance for part in through)
    # Irradiance on the scale on which a white surface under π W/m² has a radiance of 1.
    return _SUN_KLX * _SCALE * luminance * (1 - _SUN_SHADED * clouds), (red, green, blue)


def _dusk(elevation_deg: float) -> float:
    return math.exp(_DUSK_PER_DEG * min(elevation_deg, 0.0))


def _clear(towards: Field, sun: Field, zenith_angle: float, turbidity: float) -> Field:
    """Return kcd/m² as linear Rec.709 (H, W, 3) in directions (H, W, 3)."""
    up = np.maximum(towards[..., 2], 0.01).astype(np.float64)
    chi = elementary.arccos(np.clip(elementary.matmul(towards, sun), -1.0, 1.0)).astype(np.float64)
    values = {
        "Y": _zenith_luminance(zenith_angle, turbidity),
        "x": _zenith_chromaticity("x", zenith_angle, turbidity),
        "y": _zenith_chromaticity("y", zenith_angle, turbidity),
    }
    luminance, x, y = (
        value * _perez(name, turbidity, up, chi) / _perez(name, turbidity, np.ones(1), np.full(1, zenith_angle))
        for name, value in values.items()
    )
    xyz = np.stack([luminance * x / y, luminance, luminance * (1 - x - y) / y], axis=-1)
    rgb: Field = np.maximum(elementary.matmul(xyz, _RGB_OF_XYZ.T), 0.0).astype(np.float32)
    return rgb


def _perez(name: str, turbidity: float, up: NDArray[np.float64], chi: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b, c, d, e = (slope * turbidity + offset for slope, offset in _PEREZ[name])
    gradation: NDArray[np.float64] = (1 + a * elementary.exp(b / up)) * (
        1 + c * elementary.exp(d * chi) + e * elementary.cos(chi) ** 2
    )
    return gradation


def _zenith_luminance(zenith_angle: float, turbidity: float) -> float:
    chi = (4 / 9 - turbidity / 120) * (math.pi - 2 * zenith_angle)
    return max((4.0453 * turbidity - 4.9710) * math.tan(chi) - 0.2155 * turbidity + 2.4192, 0.05)


def _zenith_chromaticity(name: str, zenith_angle: float, turbidity: float) -> float:
    angles = np.array([zenith_angle**3, zenith_angle**2, zenith_angle, 1.0])
    return float(
        elementary.matmul(elementary.matmul(np.array([turbidity**2, turbidity, 1.0]), np.array(_ZENITH[name])), angles)
    )
