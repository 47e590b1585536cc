"""Composed numbers, expressions, variables and their scopes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter
from scipy import stats

from synthvision.errors import FrameError, UsageError
from synthvision.recipe.distributions import Number
from synthvision.sampling.draws import Draws
from synthvision.sampling.streams import Streams
from synthvision.sampling.variables import FrameDraws
from synthvision.scene.colour import linear_to_srgb
from tests.unit.sampling.worlds import recipe

NUMBERS: TypeAdapter[Number] = TypeAdapter(Number)
STREAMS = Streams(4)


def number(data: object, frame: int = 0, name: str = "x", **fields: Any) -> float:
    return Draws(STREAMS, frame, **fields).number(NUMBERS.validate_python(data), name)


def frame_draws(frame: int = 0, seed: int = 0, **sections: Any) -> Draws:
    return FrameDraws(recipe(**sections), seed).draws(frame)


def test_a_mixture_has_its_weights_and_its_parts_stay_stratified() -> None:
    data = {"mixture": [{"of": {"uniform": [0, 1]}, "weight": 3}, {"of": {"uniform": [10, 11]}}, {"of": 20}]}
    drawn = np.array([number(data, frame) for frame in range(1280)])
    low, middle = drawn[drawn < 5], drawn[(drawn > 5) & (drawn < 15)]
    assert (len(low), len(middle), (drawn == 20).sum()) == (768, 256, 256)
    # 1280 frames are an aligned block of 1024 and one of 256, and u > 1 / 5 shares need not end at a stratum.
    assert stats.kstest(low, "uniform").statistic < 0.005
    assert stats.kstest(middle - 10, "uniform").statistic < 0.01


def test_a_mixture_of_mixtures_and_expressions() -> None:
    data = {
        "mixture": [{"of": {"mixture": [{"of": {"integers": [1, 2]}}, {"of": "wear"}]}}, {"of": {"easy": 5, "hard": 7}}]
    }
    drawn = [number(data, frame, variables={"wear": 0.5}) for frame in range(1024)]
    shares = {value: drawn.count(value) / 1024 for value in sorted(set(drawn))}
    assert shares == pytest.approx({0.5: 0.25, 1.0: 0.125, 2.0: 0.125, 6.0: 0.5}, abs=0.002)


def test_easy_and_hard_are_drawn_with_the_same_randomness() -> None:
    data = {"easy": {"uniform": [0, 1]}, "hard": {"uniform": [10, 30]}}
    u = STREAMS.uniform("x", 7)
    for difficulty in (0, 0.25, 1):
        expected = u + ((10 + 20 * u) - u) * difficulty
        assert number(data, 7, difficulty=difficulty) == pytest.approx(expected)


def test_what_is_counted_stays_whole_between_easy_and_hard() -> None:
    whole = {"easy": {"integers": [1, 3]}, "hard": 8}
    assert all(number(whole, frame, difficulty=0.3).is_integer() for frame in range(30))
    assert number({"easy": 1, "hard": 2}, difficulty=0.5) == 1.5
    assert not number({"easy": {"integers": [0, 1]}, "hard": 0.5}, difficulty=0.3).is_integer()
    assert number({"easy": {"poisson": {"mean": 2}}, "hard": {"choice": [4.0]}}, difficulty=0.45).is_integer()


def test_sequences_begin_again_and_schedules_are_level_at_their_ends() -> None:
    assert [number({"sequence": [3, 1, 4]}, frame) for frame in range(7)] == [3, 1, 4, 3, 1, 4, 3]
    points = {"schedule": {"frames": [10, 20, 40], "values": [0, 1, -1]}}
    assert [number(points, frame) for frame in (0, 10, 15, 20, 30, 40, 999)] == [0, 0, 0.5, 1, 0, -1, -1]
    assert number({"schedule": {"frames": [5], "values": [2]}}, 3) == 2


def dealt(values: list[float], count: int, frame: int, group: str = "card") -> list[float]:
    draws, declared = Draws(STREAMS, frame), NUMBERS.validate_python({"permutation": values})
    return [
        draws.within(f"{group}/{index}", index=index, count=count).number(declared, f"{group}/{index}/scale")
        for index in range(count)
    ]


def test_a_permutation_deals_each_value_once_and_then_again() -> None:
    values = [float(value) for value in range(7)]
    for frame in range(20):
        hands = dealt(values, 21, frame)
        rounds = [hands[start : start + 7] for start in (0, 7, 14)]
        assert all(sorted(one) == values for one in rounds)
        assert rounds[0] != rounds[1]
    assert dealt(values, 7, 0) != dealt(values, 7, 1)
    assert dealt(values, 7, 0) != dealt(values, 7, 0, "die")
    assert dealt(values, 7, 0)[:3] == dealt(values, 3, 0)  # more instances do not change who has what


def test_every_order_of_a_permutation_is_equally_likely() -> None:
    orders = [tuple(dealt([0, 1, 2, 3], 4, frame)) for frame in range(4800)]
    counts = np.unique([str(order) for order in orders], return_counts=True)[1]
    assert len(counts) == 24
    assert stats.chisquare(counts).pvalue > 0.001


def test_a_permutation_outside_a_group_is_a_choice() -> None:
    drawn = [number({"permutation": [1, 2, 3, 4]}, frame) for frame in range(64)]
    assert [drawn.count(value) for value in (1, 2, 3, 4)] == [16] * 4


def test_expressions_know_variables_difficulty_frame_index_and_count() -> None:
    draws = Draws(STREAMS, 12, variables={"wear": 0.5}, difficulty=0.75)
    assert draws.number("2 * wear + 0.1", "x") == pytest.approx(1.1)
    assert draws.number("difficulty + frame", "x") == 12.75
    own = draws.within("mug/3", index=3, count=5)
    assert own.number("index / (count - 1)", "mug/3/scale") == 0.75
    with pytest.raises(UsageError, match=r"^x: index must be used by an object or light, got it outside$"):
        draws.number("index + 1", "x")
    with pytest.raises(
        UsageError, match=r"^x: variable must be an entry of variables, got 'waer'; did you mean 'wear'"
    ):
        draws.number("1 + waer", "x")
    with pytest.raises(FrameError, match=r"^frame 12: x: expression '1 / \(wear - 0.5\)' must be a finite number"):
        draws.number("1 / (wear - 0.5)", "x")


def test_conditions_hold_or_do_not() -> None:
    draws = Draws(STREAMS, 0, variables={"night": 0.7})
    assert draws.holds(None)
    assert draws.holds("night > 0.5")
    assert not draws.holds("night > 0.5 and frame > 0", "lights/sun/when")


SCOPED = {
    "base": {"uniform": [0, 1]},
    "wear": {"scope": "object", "of": {"uniform": [0, 1]}},
    "double": {"scope": "object", "of": "2 * wear + base + index"},
    "dirt": {"scope": "part", "of": {"uniform": [0, 1]}},
    "tint": {"scope": "object", "of": {"rgb": ["wear", "wear", 0]}},
}


def test_variables_of_an_object_are_shared_by_its_fields_and_not_by_others() -> None:
    draws = frame_draws(3, variables=SCOPED)
    mugs = [draws.within(f"mug/{index}", index=index, count=2) for index in range(2)]
    first = [mug.number("wear", f"mug/{index}/material/roughness") for index, mug in enumerate(mugs)]
    second = [mug.number("wear", f"mug/{index}/scale") for index, mug in enumerate(mugs)]
    assert first == second
    assert first[0] != first[1]
    assert mugs[1].number("double", "mug/1/x") == 2 * first[1] + draws.variables["base"] + 1  # type: ignore[operator]
    assert linear_to_srgb(mugs[1].colour("tint", "mug/1/colour")) == pytest.approx((first[1], first[1], 0))
    assert list(draws.variables) == ["base"]


def test_variables_of_a_part_differ_between_slots() -> None:
    mug = frame_draws(variables=SCOPED).within("mug/0", index=0, count=1)
    body, handle = mug.part("body"), mug.part("handle")
    assert body.number("dirt", "mug/0/material/dust") == body.number("dirt", "mug/0/material/roughness")
    assert body.number("dirt", "mug/0/material/dust") != handle.number("dirt", "mug/0/material/dust")
    assert body.number("wear", "mug/0/x") == handle.number("wear", "mug/0/x") == mug.number("wear", "mug/0/x")


def test_the_streams_of_scoped_variables_are_addressed_by_object_and_slot() -> None:
    draws = frame_draws(5, variables=SCOPED)
    mug = draws.within("mug/0", index=0, count=1)
    assert mug.number("wear", "y") == Streams(0).uniform("mug/0/variables/wear", 5)
    assert mug.part("body").number("dirt", "y") == Streams(0).uniform("mug/0/body/variables/dirt", 5)


def test_variables_of_objects_used_elsewhere_are_an_error() -> None:
    draws = frame_draws(variables=SCOPED)
    rule = r"variable 'wear' must be used by an object or light, got it outside"
    for use in (lambda: draws.number("wear", "world/strength"), lambda: draws.number("wear + 1", "world/strength")):
        with pytest.raises(UsageError, match=rf"^world/strength: {rule}$"):
            use()
    with pytest.raises(UsageError, match=r"^c: variable 'tint' must be used by an object or light, got it outside$"):
        draws.colour("tint", "c")
    mug = draws.within("mug/0", index=0, count=1)
    with pytest.raises(UsageError, match=r"^x: variable 'dirt' must be used by a material slot, got it outside$"):
        mug.number("dirt", "x")
    with pytest.raises(UsageError, match=r"^x: variable 'tint' must be a number, got a colour$"):
        mug.number("tint", "x")
    with pytest.raises(UsageError, match=r"^x: variable 'wear' must be a colour, got the number 0\."):
        mug.colour("wear", "x")
    with pytest.raises(UsageError, match=r"^body: a material slot must be of an object, got one outside$"):
        draws.part("body")


def test_difficulty_is_drawn_first_and_has_its_stream() -> None:
    variables = {"size": {"easy": 0, "hard": {"uniform": [1, 3]}}, "share": "difficulty"}
    draws = frame_draws(9, difficulty={"uniform": [0.2, 0.8]}, variables=variables)
    assert draws.difficulty == pytest.approx(0.2 + 0.6 * Streams(0).uniform("difficulty", 9))
    assert draws.variables["share"] == draws.difficulty
    assert draws.variables["size"] == pytest.approx(
        draws.difficulty * (1 + 2 * Streams(0).uniform("variables/size", 9))
    )
    schedule = {"schedule": {"frames": [0, 100], "values": [0, 1]}}
    assert [frame_draws(frame, difficulty=schedule).difficulty for frame in (0, 25, 500)] == [0, 0.25, 1]
    with pytest.raises(UsageError, match=r"^difficulty: it must not have an easy and a hard form, got both$"):
        frame_draws(difficulty={"easy": 0, "hard": 1})


def test_variables_may_use_those_above_them() -> None:
    draws = frame_draws(variables={"a": {"uniform": [0, 1]}, "b": "a + 1", "c": "a * b"})
    a, b, c = (draws.variables[name] for name in "abc")
    assert (b, c) == (a + 1, a * (a + 1))  # type: ignore[operator]
    with pytest.raises(UsageError, match=r"^variables/a: variable must be an entry of variables, got 'b'$"):
        frame_draws(variables={"a": "b + 1", "b": {"uniform": [0, 1]}})


def test_a_new_variable_changes_nothing_else() -> None:
    with_more = frame_draws(2, variables={"new": {"uniform": [0, 1]}, "wear": {"uniform": [0, 1]}})
    plain = frame_draws(2, variables={"wear": {"uniform": [0, 1]}})
    assert with_more.variables["wear"] == plain.variables["wear"]
    assert with_more.uniform("mug/0/scale") == plain.uniform("mug/0/scale")
