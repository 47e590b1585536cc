"""Skies, gradients and where the sun stands."""

import math

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.assets.environments.daylight import daylight, sunlight
from synthvision.assets.environments.panorama import LUMINANCE, ROWS, directions, solid_angles
from synthvision.recipe import recipe_from_dict
from synthvision.sampling import SceneSampler
from synthvision.sampling.worlds import sun_position

BASE = {
    "version": 1,
    "name": "world",
    "categories": ["mug"],
    "objects": [{"asset": "mug", "category": "mug", "count": 0}],
    "camera": {"position": {"at_m": [1, 0, 1]}},
}


def scene(tmp_path, world, frame=0):
    recipe = recipe_from_dict({**BASE, "world": world}, tmp_path)
    return SceneSampler(recipe, AssetStore(tmp_path), 5).draw(frame)


@pytest.mark.parametrize(
    ("latitude", "day", "hour", "elevation", "compass"),
    [
        (0, 80, 12, 90, None),  # equinox at the equator
        (52, 172, 12, 90 - 52 + 23.44, 180),  # midsummer noon
        (52, 355, 12, 90 - 52 - 23.44, 180),  # midwinter noon
        (52, 80, 6, 0, 90),  # equinox sunrise, due east
        (52, 80, 18, 0, 270),
        (-35, 355, 12, 90 - 35 + 23.44, 0),  # the south: the sun stands in the north
        (80, 172, 0, 80 - 90 + 23.44, 0),  # midnight sun
    ],
)
def test_the_sun_stands_where_the_almanac_has_it(latitude, day, hour, elevation, compass):
    found = sun_position(latitude, day, hour)
    assert found[0] == pytest.approx(elevation, abs=0.6)
    if compass is not None:
        assert (found[1] - compass + 180) % 360 - 180 == pytest.approx(0, abs=1.0)


def test_sky_and_sun_at_45_degrees_light_a_white_surface_to_1():
    sky = daylight({"ground": 0.0})[: ROWS // 2]
    facing = solid_angles()[: ROWS // 2] * directions()[: ROWS // 2, :, 2]
    from_sky = float(((sky @ LUMINANCE) * facing).sum(dtype=np.float64))
    from_sun = sunlight(45, 3)[0] * math.sin(math.radians(45))
    assert (from_sky + from_sun) / math.pi == pytest.approx(1, abs=0.005)


def test_a_low_sun_is_weaker_and_redder_and_clouds_shade_it():
    high, low = sunlight(50, 3), sunlight(5, 3)
    assert low[0] < high[0] / 3
    assert low[1][0] / low[1][2] > 3 * high[1][0] / high[1][2]
    assert sunlight(-1, 3)[0] == 0
    assert sunlight(50, 3, 1.0)[0] == pytest.approx(0.1 * high[0])
    assert sunlight(50, 8)[0] < high[0]


def test_the_sky_is_brightest_around_the_sun_and_darkens_at_dusk():
    sky = daylight({"sun_elevation_deg": 30.0, "sun_azimuth_deg": 40.0})
    row, column = np.unravel_index(int((sky @ LUMINANCE).argmax()), sky.shape[:2])
    towards = directions()[row, column]
    assert math.degrees(math.atan2(towards[1], towards[0])) == pytest.approx(40, abs=1)
    assert math.degrees(math.asin(towards[2])) == pytest.approx(30, abs=4)
    assert daylight({"sun_elevation_deg": -5.0}).mean() < daylight({"sun_elevation_deg": 0.5}).mean() / 10


def test_a_sky_brings_its_sun_as_a_light_turned_with_it(tmp_path):
    drawn = scene(tmp_path, {"sky": {"elevation_deg": 30, "azimuth_deg": 10}, "rotation_deg": 20, "strength": 2})
    (sun,) = drawn.lights
    assert sun.direction == pytest.approx(
        (-math.cos(math.radians(30)) * math.cos(math.radians(30)), -math.cos(math.radians(30)) / 2, -0.5)
    )
    assert sun.power_w == pytest.approx(2 * sunlight(30, 3)[0])
    assert drawn.world.environment.key == "daylight"
    assert scene(tmp_path, {"sky": {"elevation_deg": -3}}).lights == ()


def test_north_is_where_the_azimuth_says(tmp_path):
    drawn = scene(tmp_path, {"sky": {"latitude_deg": 52, "hour": 12, "day": 80, "azimuth_deg": 90}})
    assert drawn.lights[0].direction[:2] == pytest.approx((0, math.cos(math.radians(38))), abs=0.01)


def test_a_gradient_has_its_colours_at_its_ends(tmp_path):
    world = {"gradient": {"horizon": {"rgb": [1, 0, 0]}, "zenith": {"rgb": [0, 0, 1]}, "nadir": {"rgb": [0, 1, 0]}}}
    texture = scene(tmp_path, world).world.environment
    image = AssetStore(tmp_path).environment(texture)
    assert image[0, 0] == pytest.approx([0, 0, 1], abs=0.01)
    assert image[ROWS // 2, 0] == pytest.approx([1, 0, 0], abs=0.01)
    assert image[-1, 0] == pytest.approx([0, 1, 0], abs=0.01)
