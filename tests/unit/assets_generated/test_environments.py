"""Procedural surroundings: balanced, finite, the right way up and round."""

from __future__ import annotations

import numpy as np
import pytest

from synthvision.assets.catalog import load_catalog
from synthvision.assets.environments import ENVIRONMENT_PARAMETERS, ENVIRONMENTS
from synthvision.assets.environments.panorama import LUMINANCE, direction, directions, mean_luminance, solid_angles
from tests.unit.assets_generated.drawing import scattered

ENTRIES = load_catalog().environments
EVERY = pytest.mark.parametrize("name", ENTRIES)


@EVERY
def test_environment_is_balanced_light(name: str) -> None:
    source = ENTRIES[name].source(scattered(4))
    light = ENVIRONMENTS[source.key](dict(source.parameters))
    assert light.dtype == np.float32
    assert light.shape == (512, 1024, 3)
    assert np.isfinite(light).all()
    assert light.min() >= 0
    assert mean_luminance(light) == pytest.approx(1.0, rel=1e-4)
    assert light[:256].mean() > light[256:].mean(), "more light comes from above"


@pytest.mark.parametrize("name", ["sunny", "studio"])
def test_made_twice_is_the_same(name: str) -> None:
    source = ENTRIES[name].source(scattered(5))
    first, second = (ENVIRONMENTS[source.key](dict(source.parameters)) for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("name", ["studio", "room", "warehouse"])
def test_rooms_between_change_nothing(name: str) -> None:
    source = ENTRIES[name].source(scattered(5))
    first = ENVIRONMENTS[name](dict(source.parameters))
    for between in ("room", "studio", "warehouse", name):
        ENVIRONMENTS[between](dict(ENTRIES[between].source(scattered(6)).parameters))
    assert np.array_equal(ENVIRONMENTS[name](dict(source.parameters)), first)


@EVERY
def test_parameters_agree_with_the_catalog(name: str) -> None:
    assert set(ENTRIES[name].parameters) == set(ENVIRONMENT_PARAMETERS[ENTRIES[name].generator])


def test_catalog_has_every_environment() -> None:
    drawn_by_the_world_section = {"daylight", "gradient"}
    assert set(ENTRIES) | drawn_by_the_world_section == set(ENVIRONMENTS)


def test_directions_follow_the_world_convention() -> None:
    towards = directions()
    assert towards[0].mean(axis=0) == pytest.approx([0, 0, 1], abs=0.01)
    assert towards[256, 512] == pytest.approx([1, 0, 0], abs=0.01)
    assert towards[256, 768] == pytest.approx([0, -1, 0], abs=0.01)
    assert float(solid_angles().sum()) * 1024 == pytest.approx(4 * np.pi, rel=1e-5)


@pytest.mark.parametrize(("azimuth", "elevation"), [(60, 40), (200, 20), (359, 70)])
def test_sun_is_where_it_was_asked_for(azimuth: float, elevation: float) -> None:
    light = ENVIRONMENTS["sunny"]({"sun_azimuth_deg": azimuth, "sun_elevation_deg": elevation, "clouds": 0.0})
    brightest = np.unravel_index(np.argmax(light @ LUMINANCE), light.shape[:2])
    assert directions()[brightest] @ direction(azimuth, elevation) > np.cos(np.radians(1.0))


def test_sun_gives_the_stated_share_of_the_light() -> None:
    light = ENVIRONMENTS["sunny"]({"haze": 0.0, "clouds": 0.0, "sun_elevation_deg": 50, "sun_azimuth_deg": 0})
    luminance, towards = light @ LUMINANCE, directions()
    disc = towards @ direction(0, 50) > np.cos(np.radians(0.76))
    around = (towards @ direction(0, 50) < np.cos(np.radians(0.8))) & (
        towards @ direction(0, 50) > np.cos(np.radians(1.2))
    )
    facing = float(((luminance - luminance[around].mean()) * solid_angles())[disc].sum())
    sky = float((luminance * ~disc * solid_angles() * np.maximum(towards[..., 2], 0)).sum())
    assert facing / sky == pytest.approx(5.0, rel=0.05)


def test_overcast_sky_is_brighter_at_the_zenith() -> None:
    """CIE's overcast sky: three times as bright as the horizon, within what clouds change."""
    light = ENVIRONMENTS["overcast"]({"structure": 0.0}) @ LUMINANCE
    assert float(light[2].mean() / light[250].mean()) == pytest.approx(3.0, rel=0.1)


def test_rooms_shine_from_their_lamps() -> None:
    light = ENVIRONMENTS["studio"]({"key_azimuth_deg": 90.0, "key_elevation_deg": 45.0}) @ LUMINANCE
    towards = directions()
    key = towards @ direction(90, 45) > np.cos(np.radians(5))
    assert float(light[key].mean()) > 5 * float(np.median(light))
