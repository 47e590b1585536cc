from __future__ import annotations

import numpy as np
import pytest

from synthvision.scene.colour import (
    blackbody,
    hsv_to_rgb,
    linear_to_srgb,
    luminance,
    srgb_to_linear,
    with_luminance_one,
)

TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def test_srgb_has_its_known_values_and_inverts() -> None:
    assert srgb_to_linear((0.0, 0.04045, 1.0)) == pytest.approx((0, 0.0031308, 1), abs=1e-7)
    assert srgb_to_linear((0.5, 0.5, 0.5))[0] == pytest.approx(0.21404114)
    for value in np.linspace(0, 1, 101):
        colour = (float(value), 0.01, 0.9)
        assert linear_to_srgb(srgb_to_linear(colour)) == pytest.approx(colour, abs=1e-7)


@pytest.mark.parametrize(("hue", "rgb"), [(0, (1, 0, 0)), (1 / 3, (0, 1, 0)), (5 / 3, (0, 0, 1)), (-1 / 3, (0, 0, 1))])
def test_hue_is_in_turns_and_wraps(hue: float, rgb: tuple[float, float, float]) -> None:
    assert hsv_to_rgb(hue, 1, 1) == pytest.approx(rgb, abs=1e-12)


@pytest.mark.parametrize(
    ("temperature_k", "x", "y"),
    # CIE 1931 chromaticities of the Planckian locus (CIE 15; Wyszecki and Stiles, table 1(3.11)).
    [
        (2000, 0.5267, 0.4133),
        (2856, 0.4476, 0.4074),
        (4000, 0.3805, 0.3768),
        (6500, 0.3135, 0.3237),
        (10000, 0.2807, 0.2884),
    ],
)
def test_a_black_body_lies_on_the_planckian_locus(temperature_k: float, x: float, y: float) -> None:
    xyz = TO_XYZ @ blackbody(temperature_k)
    assert xyz[0] / xyz.sum() == pytest.approx(x, abs=0.003)
    assert xyz[1] / xyz.sum() == pytest.approx(y, abs=0.003)


def test_a_black_body_has_luminance_1_and_cools_from_blue_to_red() -> None:
    colours = [blackbody(kelvin) for kelvin in (500, 1000, 1500, 2700, 4000, 6500, 12000, 40000)]
    assert [luminance(colour) for colour in colours] == pytest.approx([1] * len(colours))
    reds, blues = [colour[0] for colour in colours], [colour[2] for colour in colours]
    assert reds == sorted(reds, reverse=True)
    assert blues == sorted(blues)
    assert min(min(colour) for colour in colours) >= 0


def test_luminance_one_keeps_the_hue() -> None:
    red, green, blue = with_luminance_one((0.2, 0.1, 0.4))
    assert luminance((red, green, blue)) == pytest.approx(1)
    assert (red / green, blue / green) == pytest.approx((2, 4))
    with pytest.raises(ValueError, match=r"^a black colour cannot be scaled to luminance 1$"):
        with_luminance_one((0.0, 0.0, 0.0))
