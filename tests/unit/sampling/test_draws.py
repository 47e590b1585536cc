from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from synthvision.errors import FrameError, UsageError
from synthvision.recipe.distributions import Colour, Position, Region, Variable
from synthvision.sampling.draws import Draws, draw_variables
from synthvision.sampling.streams import Streams
from synthvision.scene.colour import linear_to_srgb, srgb_to_linear

INDEPENDENT = Streams(1, stratified=False)
POSITIONS: TypeAdapter[Position] = TypeAdapter(Position)
REGIONS: TypeAdapter[Region] = TypeAdapter(Region)
COLOURS: TypeAdapter[Colour] = TypeAdapter(Colour)
VARIABLES: TypeAdapter[Variable] = TypeAdapter(Variable)


def positions(declared: object, count: int = 3000) -> np.ndarray:
    parsed = POSITIONS.validate_python(declared)
    return np.array([Draws(INDEPENDENT, frame).position(parsed, "p") for frame in range(count)])


def is_uniform(values: np.ndarray, low: float, high: float) -> bool:
    return bool(stats.kstest(values, stats.uniform(low, high - low).cdf).pvalue > 0.01)


def test_a_shell_is_uniform_in_volume_and_solid_angle() -> None:
    sector = {"radius_m": [0.7, 1.6], "elevation_deg": [15, 75], "azimuth_deg": [30, 120], "centre_m": [1, 2, 3]}
    points = positions({"shell": sector}) - (1, 2, 3)
    radius = np.linalg.norm(points, axis=1)
    assert is_uniform(radius**3, 0.7**3, 1.6**3)
    assert is_uniform(points[:, 2] / radius, math.sin(math.radians(15)), math.sin(math.radians(75)))
    assert is_uniform(np.degrees(np.arctan2(points[:, 1], points[:, 0])), 30, 120)
    assert abs(np.corrcoef(radius, points[:, 2] / radius)[0, 1]) < 0.06


def test_a_ball_is_uniform_in_volume() -> None:
    points = positions({"ball": {"radius_m": 2, "centre_m": [0, 0, 5]}}) - (0, 0, 5)
    assert is_uniform(np.linalg.norm(points, axis=1) ** 3, 0, 8)
    for axis in range(3):
        # The slice of a ball at height t has the area π (4 - t²).
        assert stats.kstest(points[:, axis], lambda t: (t / 2 - t**3 / 24) * 0.75 + 0.5).pvalue > 0.01


def test_a_box_is_uniform_along_each_side() -> None:
    points = positions({"box": {"size_m": [1, 2, 4], "centre_m": [1, 1, 1]}})
    for axis, size in enumerate((1, 2, 4)):
        assert is_uniform(points[:, axis], 1 - size / 2, 1 + size / 2)
    assert np.abs(np.corrcoef(points.T)[np.triu_indices(3, 1)]).max() < 0.06


def test_at_m_may_mix_constants_variables_and_distributions() -> None:
    declared = POSITIONS.validate_python({"at_m": [1.5, "height", {"uniform": [2, 3]}]})
    x, y, z = Draws(INDEPENDENT, 0, variables={"height": 0.25}).position(declared, "p")
    assert (x, y) == (1.5, 0.25)
    assert 2 < z < 3


def test_a_disc_and_a_rectangle_are_uniform_in_area() -> None:
    disc = REGIONS.validate_python({"disc": {"radius_m": 0.5, "centre_m": [1, 0]}})
    points = np.array([Draws(INDEPENDENT, frame).on_plane(disc, "p") for frame in range(3000)]) - (1, 0)
    assert is_uniform((points**2).sum(axis=1), 0, 0.25)
    assert is_uniform(np.arctan2(points[:, 1], points[:, 0]), -math.pi, math.pi)
    rectangle = REGIONS.validate_python({"rectangle": {"size_m": [2, 1], "centre_m": [0, 3]}})
    points = np.array([Draws(INDEPENDENT, frame).on_plane(rectangle, "p") for frame in range(3000)])
    assert is_uniform(points[:, 0], -1, 1)
    assert is_uniform(points[:, 1], 2.5, 3.5)


def test_rotations_are_uniform_on_so3() -> None:
    turns = np.array([Draws(INDEPENDENT, frame).rotation("r")[:3, :3] for frame in range(4000)])
    assert np.allclose(turns @ np.swapaxes(turns, 1, 2), np.eye(3), atol=1e-12)
    assert np.allclose(np.linalg.det(turns), 1)
    # Every axis is turned to anywhere on the sphere (Archimedes), and the angle has the density (1 - cos a) / π.
    for column in range(3):
        for row in range(3):
            assert is_uniform(turns[:, row, column], -1, 1)
    angles = np.arccos(np.clip((np.trace(turns, axis1=1, axis2=2) - 1) / 2, -1, 1))
    assert stats.kstest(angles, lambda a: (a - np.sin(a)) / math.pi).pvalue > 0.01


def test_hue_wraps_around() -> None:
    declared = COLOURS.validate_python({"hsv": [[0.95, 1.05], [1, 1], [1, 1]]})
    colours = np.array([Draws(INDEPENDENT, frame).colour(declared, "c") for frame in range(500)])
    assert (colours[:, 0] == 1).all()
    assert (colours[:, 1] > 0).mean() == pytest.approx(0.5, abs=0.07)
    assert (colours[:, 2] > 0).mean() == pytest.approx(0.5, abs=0.07)


def test_colours_are_linear() -> None:
    draws = Draws(INDEPENDENT, 0, variables={"grey": 0.5})
    assert draws.colour(COLOURS.validate_python({"rgb": ["grey", 0, 1]}), "c") == pytest.approx((0.2140411, 0, 1))
    palette = COLOURS.validate_python({"palette": [[1, 0, 0], [0, 0.5, 0]]})
    drawn = {Draws(INDEPENDENT, frame).colour(palette, "c") for frame in range(30)}
    assert drawn == {srgb_to_linear((1.0, 0.0, 0.0)), srgb_to_linear((0.0, 0.5, 0.0))}
    assert linear_to_srgb(srgb_to_linear((0.2, 0.5, 0.8))) == pytest.approx((0.2, 0.5, 0.8))


def test_variables_are_drawn_once_and_shared() -> None:
    declared = {
        "tint": VARIABLES.validate_python({"rgb": ["wear", "wear", {"uniform": [0, 1]}]}),
        "wear": VARIABLES.validate_python({"uniform": [0, 1]}),
    }
    drawn = draw_variables(declared, INDEPENDENT, 4, 0)
    assert list(drawn) == ["tint", "wear"]
    draws = Draws(INDEPENDENT, 4, variables=drawn)
    assert draws.number("wear", "a") == draws.number("wear", "b") == drawn["wear"]
    assert draws.colour("tint", "a") == drawn["tint"]
    red, green, _ = linear_to_srgb(drawn["tint"])  # type: ignore[arg-type]
    assert (red, green) == pytest.approx((drawn["wear"], drawn["wear"]))


def test_a_wrong_use_of_a_variable_is_named() -> None:
    draws = Draws(INDEPENDENT, 0, variables={"wear": 0.5, "tint": (1.0, 0.0, 0.0)})
    with pytest.raises(
        UsageError, match=r"^a: variable must be an entry of variables, got 'waer'; did you mean 'wear'"
    ):
        draws.number("waer", "a")
    with pytest.raises(UsageError, match=r"^a: variable 'tint' must be a number, got a colour$"):
        draws.number("tint", "a")
    with pytest.raises(UsageError, match=r"^a: variable 'wear' must be a colour, got the number 0\.5$"):
        draws.colour("wear", "a")


def test_values_that_make_no_sense_are_named() -> None:
    draws = Draws(INDEPENDENT, 6)
    with pytest.raises(FrameError, match=r"^frame 6: mug/0/scale must be above 0, got 0$"):
        draws.positive(0, "mug/0/scale")
    with pytest.raises(FrameError, match=r"^frame 6: lamp/power_w must be 0 or above, got -1$"):
        draws.not_negative(-1, "lamp/power_w")


def test_counts_are_rounded_and_never_below_0() -> None:
    draws = Draws(INDEPENDENT, 0)
    assert [draws.count(value, "n") for value in (-3, 0, 0.4, 0.5, 2.5, 7)] == [0, 0, 0, 1, 3, 7]
