"""Rigs: how many lights, where they are, and that their powers sum to the rig's."""

import math

import pytest

from synthvision.recipe.lights import RingRig, StripRig, ThreePointRig, WindowRig
from synthvision.sampling.draws import Draws
from synthvision.sampling.lights import draw_lights
from synthvision.sampling.streams import Streams

DRAWS = Draws(Streams(3), 0)


def lights(rig):
    return draw_lights([rig], [rig.type], DRAWS)


@pytest.mark.parametrize(
    ("rig", "count"),
    [
        (ThreePointRig(type="three_point", power_w=50.0), 3),
        (RingRig(type="ring", power_w=50.0, lamps=12.0), 12),
        (StripRig(type="strip", power_w=50.0, bars=4.0), 4),
        (WindowRig(type="window", power_w=50.0), 1),
    ],
)
def test_powers_sum_to_the_rigs_and_names_are_unique(rig, count):
    drawn = lights(rig)
    assert len(drawn) == count
    assert sum(light.power_w for light in drawn) == pytest.approx(50)
    assert len({light.name for light in drawn}) == count
    assert drawn[0].name.startswith(f"{rig.type}/0.")


def test_a_ring_is_round_level_and_looks_at_its_target():
    rig = RingRig(type="ring", power_w=8.0, lamps=8.0, distance_m=2.0, elevation_deg=60.0, target_m=(1.0, 2.0, 3.0))
    for light in lights(rig):
        away = [place - to for place, to in zip(light.position_m, (1, 2, 3), strict=True)]
        assert math.hypot(*away) == pytest.approx(2)
        assert away[2] == pytest.approx(2 * math.sin(math.radians(60)))
        assert light.direction == pytest.approx([-part / 2 for part in away])


def test_the_key_light_is_strongest_and_stands_45_degrees_beside_the_camera():
    key, fill, rim = lights(ThreePointRig(type="three_point", power_w=20.0, azimuth_deg=10.0, fill_share=0.5))
    assert key.power_w == pytest.approx(2 * fill.power_w)
    assert math.degrees(math.atan2(key.position_m[1], key.position_m[0])) == pytest.approx(55)
    assert math.degrees(math.atan2(rim.position_m[1], rim.position_m[0])) == pytest.approx(170)


def test_bars_hang_level_side_by_side():
    drawn = lights(StripRig(type="strip", power_w=9.0, bars=3.0, spacing_m=0.5, distance_m=1.5, length_m=1.0))
    assert [light.position_m for light in drawn] == [pytest.approx((0, y, 1.5), abs=1e-9) for y in (-0.5, 0.0, 0.5)]
    assert {light.direction for light in drawn} == {(0.0, 0.0, -1.0)}
    assert drawn[0].across == pytest.approx((1, 0, 0))
    assert (drawn[0].size, drawn[0].height_m) == (1.0, 0.08)


def test_a_window_is_a_rectangle_whose_width_is_level():
    (window,) = lights(WindowRig(type="window", power_w=9.0, azimuth_deg=30.0, elevation_deg=20.0))
    assert window.across[2] == 0
    across_times_direction = sum(a * d for a, d in zip(window.across, window.direction, strict=True))
    assert across_times_direction == pytest.approx(0, abs=1e-9)
