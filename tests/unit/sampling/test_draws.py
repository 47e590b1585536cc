from __future__ import annotations

import math

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from synthvision.errors import FrameError, UsageError
from synthvision.recipe.distributions import Colour, Direction, Position, Region
from synthvision.sampling.draws import Draws, rotation_about
from synthvision.sampling.streams import Streams
from synthvision.sampling.variables import FrameDraws
from synthvision.scene.colour import blackbody, linear_to_srgb, srgb_to_linear
from tests.unit.sampling.worlds import recipe

INDEPENDENT = Streams(1, stratified=False)
POSITIONS: TypeAdapter[Position] = TypeAdapter(Position)
REGIONS: TypeAdapter[Region] = TypeAdapter(Region)
COLOURS: TypeAdapter[Colour] = TypeAdapter(Colour)
DIRECTIONS: TypeAdapter[Direction] = TypeAdapter(Direction)


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
    variables = {"tint": {"rgb": ["wear", "wear", {"uniform": [0, 1]}]}, "wear": {"uniform": [0, 1]}}
    draws = FrameDraws(recipe(variables=variables), 1).draws(4)
    drawn = draws.variables
    assert list(drawn) == ["tint", "wear"]
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


def test_a_shell_with_a_hole_is_uniform_in_volume() -> None:
    points = positions({"shell": {"radius_m": [0.5, 1.0]}})
    radius = np.linalg.norm(points, axis=1)
    assert is_uniform(radius**3, 0.125, 1)
    assert not is_uniform(radius, 0.5, 1)
    assert is_uniform(points[:, 2] / radius, -1, 1)


def test_a_disc_as_a_position_lies_at_its_height() -> None:
    points = positions({"disc": {"radius_m": 2, "centre_m": [1, 0], "height_m": 0.3}})
    assert set(points[:, 2]) == {0.3}
    assert is_uniform(((points[:, :2] - (1, 0)) ** 2).sum(axis=1), 0, 4)


def test_easy_and_hard_positions_are_drawn_with_the_same_randomness() -> None:
    easy, hard = {"box": {"size_m": [1, 1, 1]}}, {"box": {"size_m": [2, 2, 2], "centre_m": [4, 0, 0]}}
    both = POSITIONS.validate_python({"easy": easy, "hard": hard})
    for frame in range(5):
        near, far = (Draws(INDEPENDENT, frame).position(POSITIONS.validate_python(one), "p") for one in (easy, hard))
        between = Draws(INDEPENDENT, frame, difficulty=0.25).position(both, "p")
        assert between == pytest.approx([a + (b - a) * 0.25 for a, b in zip(near, far, strict=True)])
        assert far[1] == pytest.approx(2 * near[1])


def test_positions_that_need_the_scene_are_drawn_by_it() -> None:
    declared = POSITIONS.validate_python({"frustum": {"depth_m": [1, 2]}})
    assert Draws(INDEPENDENT, 0).position(declared, "p", lambda _, name: (float(len(name)), 0.0, 0.0)) == (1, 0, 0)
    with pytest.raises(UsageError, match=r"^p: position must not depend on the rest of the scene here, got frustum$"):
        Draws(INDEPENDENT, 0).position(declared, "p")


def directions(declared: object, count: int = 4000) -> np.ndarray:
    parsed = DIRECTIONS.validate_python(declared)
    return np.array([Draws(INDEPENDENT, frame).direction(parsed, "d") for frame in range(count)])


@pytest.mark.parametrize(
    ("declared", "axis", "least"),
    [
        ({"sphere": True}, (0, 0, 1), -1.0),
        ({"hemisphere": [1, 2, -2]}, (1 / 3, 2 / 3, -2 / 3), 0.0),
        ({"hemisphere": [0, 0, -5]}, (0, 0, -1), 0.0),
        ({"cone": {"angle_deg": 30, "axis": [0, 3, 0]}}, (0, 1, 0), math.cos(math.radians(30))),
        ({"cone": {"angle_deg": 120, "axis": [1, 0, 0]}}, (1, 0, 0), -0.5),
        ({"cone": {"angle_deg": 0.001}}, (0, 0, 1), math.cos(math.radians(0.001))),
    ],
)
def test_directions_are_uniform_in_solid_angle(declared: object, axis: tuple[float, ...], least: float) -> None:
    drawn = directions(declared)
    assert np.allclose(np.linalg.norm(drawn, axis=1), 1, atol=1e-15)
    across = np.cross(axis, (0.6, 0.0, 0.8))
    across /= np.linalg.norm(across)
    other = np.cross(axis, across)
    # The cap of a sphere within an angle has an area proportional to 1 - cos (Archimedes).
    distance = np.linalg.norm(drawn - axis, axis=1) ** 2 / 2  # 1 - cos without cancellation
    assert is_uniform(
        distance / (1 - least) if least < 0.99 else distance / (2 * math.sin(math.radians(5e-4)) ** 2), 0, 1
    )
    assert is_uniform(np.arctan2(drawn @ other, drawn @ across), -math.pi, math.pi)


def test_a_direction_of_three_numbers_has_unit_length() -> None:
    assert directions({"towards": [0, -3, 4]}, 2).tolist() == [[0, -0.6, 0.8]] * 2
    zero = DIRECTIONS.validate_python({"towards": [0, 0, 0]})
    with pytest.raises(FrameError, match=r"^frame 3: d: towards must have a length above 0, got 0$"):
        Draws(INDEPENDENT, 3).direction(zero, "d")


def test_rotations_have_the_moments_of_the_haar_measure() -> None:
    """On SO(3) E[R] = 0, E[Rij Rkl] = δik δjl / 3, E[(tr R)²] = 1 and E[(tr R)³] = 1 (characters of the group)."""
    turns = np.array([Draws(Streams(2), frame).rotation("r")[:3, :3] for frame in range(8192)])
    flat = turns.reshape(-1, 9)
    assert np.abs(flat.mean(axis=0)).max() < 0.02
    assert np.abs(flat.T @ flat / len(flat) - np.eye(9) / 3).max() < 0.02
    traces = np.trace(turns, axis1=1, axis2=2)
    assert (traces**2).mean() == pytest.approx(1, abs=0.04)
    assert (traces**3).mean() == pytest.approx(1, abs=0.1)
    # Turned by any fixed rotation, they are distributed alike.
    fixed = Draws(INDEPENDENT, 5).rotation("fixed")[:3, :3]
    assert stats.ks_2samp(traces, np.trace(turns @ fixed, axis1=1, axis2=2)).pvalue > 0.001


def test_a_rotation_about_an_axis_keeps_the_axis_and_turns_counter_clockwise() -> None:
    turn = rotation_about((0, 0, 2), math.radians(90))[:3, :3]
    assert np.allclose(turn @ (1, 0, 0), (0, 1, 0))
    oblique = rotation_about((1, 1, 1), math.radians(120))[:3, :3]
    assert np.allclose(oblique @ (1, 0, 0), (0, 1, 0))
    assert np.allclose(oblique @ (1, 1, 1), (1, 1, 1))


def test_the_colour_of_a_temperature_has_its_brightest_channel_at_1() -> None:
    warm = Draws(INDEPENDENT, 0).colour(COLOURS.validate_python({"temperature_k": 2500}), "c")
    cold = Draws(INDEPENDENT, 0).colour(COLOURS.validate_python({"temperature_k": 12000}), "c")
    assert warm[0] == 1 > warm[1] > warm[2]
    assert cold[2] == 1 > cold[1] > cold[0]
    assert np.allclose(np.array(blackbody(2500)) / max(blackbody(2500)), warm)
    drawn = COLOURS.validate_python({"temperature_k": {"uniform": [2000, 9000]}})
    assert len({Draws(INDEPENDENT, frame).colour(drawn, "c") for frame in range(9)}) == 9


def test_a_palette_has_its_weights() -> None:
    declared = COLOURS.validate_python({"palette": {"colours": [[1, 0, 0], [0, 1, 0]], "weights": [3, 1]}})
    drawn = [Draws(Streams(0), frame).colour(declared, "c") for frame in range(64)]
    assert drawn.count((1.0, 0.0, 0.0)) == 48
