"""Colours: sRGB as people write it, linear Rec.709 as light adds up, HSV, and the colour of a glowing black body.

A colour is three Python floats. "Linear" is linear light with the primaries of Rec.709 and a D65 white point.
"""

from __future__ import annotations

import colorsys
import math
from functools import cache

from synthvision.assets.srgb import srgb_decode_value, srgb_encode_value
from synthvision.scene.types import Vector

_LUMINANCE = (0.2126, 0.7152, 0.0722)
_SECOND_RADIATION_NM_K = 1.438776877e7
"""hc/k of Planck's law in nanometre kelvin (CODATA 2018)."""


def srgb_to_linear(colour: Vector) -> Vector:
    """Decode display values in [0, 1] (IEC 61966-2-1)."""
    red, green, blue = (srgb_decode_value(value) for value in colour)
    return red, green, blue


def linear_to_srgb(colour: Vector) -> Vector:
    """Encode linear values in [0, 1] for display (IEC 61966-2-1)."""
    red, green, blue = (srgb_encode_value(value) for value in colour)
    return red, green, blue


def hsv_to_rgb(hue: float, saturation: float, value: float) -> Vector:
    """Return the RGB of a hue (in turns, wraps), saturation and value in [0, 1]; the same encoding goes in and out."""
    return colorsys.hsv_to_rgb(hue % 1.0, saturation, value)


def luminance(colour: Vector) -> float:
    """Return the relative luminance of a linear colour (ITU-R BT.709)."""
    return sum(weight * value for weight, value in zip(_LUMINANCE, colour, strict=True))


def with_luminance_one(colour: Vector) -> Vector:
    """Scale a linear colour to luminance 1; ``ValueError`` for one without light."""
    level = luminance(colour)
    if level <= 0:
        raise ValueError("a black colour cannot be scaled to luminance 1")
    return colour[0] / level, colour[1] / level, colour[2] / level


def blackbody(temperature_k: float) -> Vector:
    """Return the linear Rec.709 colour of a black body, scaled to luminance 1.

    Planck's law is summed over 380…780 nm with the colour matching functions as fitted by Wyman, Sloan and Shirley,
    "Simple Analytic Approximations to the CIE XYZ Color Matching Functions", JCGT 2(2), 2013 (multi-lobe fit of the
    CIE 1931 observer). Below about 1900 K blue leaves the gamut and is set to 0 before scaling.
    """
    x = y = z = 0.0
    for wavelength_nm, (to_x, to_y, to_z) in _matching_functions():
        exponent = _SECOND_RADIATION_NM_K / (wavelength_nm * temperature_k)
        # Planck's law up to a factor; exp(-a) / (1 - exp(-a)) instead of 1 / (exp(a) - 1) does not overflow.
        power = (560.0 / wavelength_nm) ** 5 * math.exp(-exponent + _peak(temperature_k)) / -math.expm1(-exponent)
        x, y, z = x + power * to_x, y + power * to_y, z + power * to_z
    red, green, blue = _xyz_to_linear(x, y, z)
    return with_luminance_one((max(red, 0.0), max(green, 0.0), max(blue, 0.0)))


def _peak(temperature_k: float) -> float:
    """Return an exponent that keeps the sum near 1 at any temperature; it cancels in the scaling."""
    return _SECOND_RADIATION_NM_K / (780.0 * temperature_k)


def _xyz_to_linear(x: float, y: float, z: float) -> Vector:
    """Convert CIE XYZ to linear Rec.709 (IEC 61966-2-1)."""
    return (
        3.2404542 * x - 1.5371385 * y - 0.4985314 * z,
        -0.9692660 * x + 1.8760108 * y + 0.0415560 * z,
        0.0556434 * x - 0.2040259 * y + 1.0572252 * z,
    )


@cache
def _matching_functions() -> tuple[tuple[float, Vector], ...]:
    """Return (wavelength in nm, (x, y, z)) of the observer in steps of 5 nm."""
    wavelengths = [380.0 + 5.0 * step for step in range(81)]
    return tuple((wavelength, _observer(wavelength)) for wavelength in wavelengths)


def _observer(nm: float) -> Vector:
    x = 1.056 * _lobe(nm, 599.8, 37.9, 31.0) + 0.362 * _lobe(nm, 442.0, 16.0, 26.7)
    x -= 0.065 * _lobe(nm, 501.1, 20.4, 26.2)
    y = 0.821 * _lobe(nm, 568.8, 46.9, 40.5) + 0.286 * _lobe(nm, 530.9, 16.3, 31.1)
    z = 1.217 * _lobe(nm, 437.0, 11.8, 36.0) + 0.681 * _lobe(nm, 459.0, 26.0, 13.8)
    return x, y, z


def _lobe(nm: float, centre: float, below: float, above: float) -> float:
    width = below if nm < centre else above
    return math.exp(-0.5 * ((nm - centre) / width) ** 2)
