"""How draws are spread over frames: Sobol groups, Latin hypercubes, copulas."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthvision.errors import UsageError
from synthvision.sampling.latin import LatinHypercube
from synthvision.sampling.plans import planned_uniforms
from synthvision.sampling.shuffling import permuted, shuffled
from synthvision.sampling.sobol import sobol_group
from synthvision.sampling.streams import Streams, Uniforms
from tests.unit.sampling.worlds import recipe

UNIFORM = {"uniform": [0, 1]}
ABC = {"a": UNIFORM, "b": UNIFORM, "c": UNIFORM}


def planned(seed: int = 0, variables: dict[str, Any] | None = None, **sections: Any) -> Uniforms:
    return planned_uniforms(recipe(variables=ABC if variables is None else variables, **sections), seed)


def values(uniforms: Uniforms, name: str, frames: range, attempt: int = 0) -> np.ndarray:
    return np.array([uniforms.uniform(name, frame, attempt) for frame in frames])


@pytest.mark.parametrize("start", [0, 256, 1 << 20, 5 << 20])
@pytest.mark.parametrize("names", [("x", "y"), ("variables/height", "variables/age")])
def test_two_sobol_values_fill_every_elementary_rectangle_once(start: int, names: tuple[str, str]) -> None:
    group = sobol_group(Streams(3), 3, names)
    points = np.array([values(group, name, range(start, start + 256)) for name in names])
    for columns_log2 in range(9):
        columns, rows = 1 << columns_log2, 256 >> columns_log2
        cells = (points[0] * columns).astype(int) * rows + (points[1] * rows).astype(int)
        assert sorted(cells.tolist()) == list(range(256))


def test_independently_stratified_values_do_not() -> None:
    points = np.array([values(Streams(3), name, range(256)) for name in ("x", "y")])
    cells = (points[0] * 16).astype(int) * 16 + (points[1] * 16).astype(int)
    assert len(set(cells.tolist())) < 200


def test_each_of_many_sobol_dimensions_is_stratified_and_uncorrelated() -> None:
    names = [f"variables/v{number}" for number in range(24)]
    drawn = np.array([values(sobol_group(Streams(0), 0, names), name, range(1024)) for name in names])
    for one in drawn:
        assert sorted((one * 1024).astype(int).tolist()) == list(range(1024))
    assert np.abs(np.corrcoef(drawn)[np.triu_indices(24, 1)]).max() < 0.06
    assert stats.kstest((drawn.ravel() * 1024) % 1, "uniform").pvalue > 0.001


def test_sobol_points_are_better_together_than_stratified_ones() -> None:
    def discrepancy(uniforms: Uniforms) -> float:
        points = np.array([values(uniforms, f"variables/{name}", range(512)) for name in "abc"]).T
        return float(stats.qmc.discrepancy(points))

    together = discrepancy(planned(sampling={"sobol": ["a", "b", "c"]}))
    assert together < 0.2 * discrepancy(planned())
    assert discrepancy(planned()) < 0.6 * discrepancy(planned(sampling="independent"))


def test_sobol_seed_attempt_and_owner_matter_and_order_does_not() -> None:
    group = sobol_group(Streams(0), 0, ["variables/a", "variables/b"])
    drawn = {
        (seed, attempt, owner): sobol_group(Streams(seed), seed, ["variables/a", "variables/b"]).uniform(
            f"{owner}variables/a", 5, attempt
        )
        for seed in (0, 1)
        for attempt in (0, 1)
        for owner in ("", "mug/0/", "mug/1/")
    }
    assert len(set(drawn.values())) == len(drawn)
    backwards = [group.uniform("variables/a", frame) for frame in range(49, -1, -1)]
    assert backwards[::-1] == [group.uniform("variables/a", frame) for frame in range(50)]


def test_a_group_inside_an_object_is_even_over_the_frames() -> None:
    group = sobol_group(Streams(0), 0, ["variables/a", "variables/b"])
    a, b = (values(group, f"mug/2/variables/{name}", range(64)) for name in "ab")
    assert sorted(((a * 8).astype(int) * 8 + (b * 8).astype(int)).tolist()) == list(range(64))


def test_other_names_are_as_without_the_group() -> None:
    with_group, without = planned(sampling={"sobol": ["a", "b"]}), planned()
    for name in ("variables/c", "mug/0/scale", "variables", "camera/fov_deg"):
        assert values(with_group, name, range(20)).tolist() == values(without, name, range(20)).tolist()


@pytest.mark.parametrize("frames", [1, 2, 3, 7, 64, 100, 1000])
def test_a_latin_hypercube_meets_each_part_once(frames: int) -> None:
    for start in (0, frames, 9 * frames):
        for attempt in (0, 3):
            drawn = values(LatinHypercube(8, frames), "mug/0/scale", range(start, start + frames), attempt)
            assert sorted((drawn * frames).astype(int).tolist()) == list(range(frames))
            assert drawn.min() > 0
            assert drawn.max() < 1


def test_latin_hypercubes_of_names_and_frames_are_not_correlated() -> None:
    for frames in (20, 100, 1000):
        drawn = np.array([values(LatinHypercube(5, frames), f"v{name}", range(frames)) for name in range(50)])
        correlations = np.corrcoef(drawn)[np.triu_indices(50, 1)] * math.sqrt(frames)
        assert abs(correlations.mean()) < 0.15
        assert 0.9 < correlations.std() < 1.15
        following = np.array([np.corrcoef(one[1:], one[:-1])[0, 1] for one in drawn]) * math.sqrt(frames)
        assert abs(following.mean()) < 0.6
        assert following.std() < 1.5


def test_places_within_the_parts_are_uniform_even_for_the_largest_number_of_frames() -> None:
    drawn = values(LatinHypercube(5, 4096), "x", range(4096))
    assert stats.kstest((drawn * 4096) % 1, "uniform").pvalue > 0.001
    far = LatinHypercube(0, 2**31)
    assert len({int(far.uniform("x", frame) * 2**31) for frame in range(500)}) == 500


def test_the_plan_s_latin_hypercube_is_used() -> None:
    uniforms = planned(sampling={"method": "latin_hypercube", "frames": 10})
    assert sorted((values(uniforms, "mug/0/scale", range(10)) * 10).astype(int).tolist()) == list(range(10))


def test_shuffles_are_permutations_and_all_equally_likely() -> None:
    seen = [shuffled(4, (seed * 0x9E3779B97F4A7C15) % 2**64) for seed in range(6000)]
    counts = np.unique([str(order) for order in seen], return_counts=True)[1]
    assert len(counts) == 24
    assert stats.chisquare(counts).pvalue > 0.001
    for count in (65, 100, 1023, 1024, 1025):
        assert sorted(permuted(index, count, 0x1234567890ABCDEF) for index in range(count)) == list(range(count))


RANKS = [[1.0, 0.6, -0.5], [0.6, 1.0, 0.1], [-0.5, 0.1, 1.0]]


def correlated(ranks: list[list[float]], names: str = "abc", **sections: Any) -> Uniforms:
    return planned(correlations=[{"of": list(names), "rank": ranks}], **sections)


@pytest.mark.parametrize("ranks", [RANKS, [[1.0, 0.3, 0.3], [0.3, 1.0, 0.95], [0.3, 0.95, 1.0]]])
@pytest.mark.parametrize("seed", range(4))
def test_copulas_hit_their_rank_correlations(ranks: list[list[float]], seed: int) -> None:
    uniforms = correlated(ranks, seed=seed)
    drawn = np.array([values(uniforms, f"variables/{name}", range(4096)) for name in "abc"])
    measured = stats.spearmanr(drawn.T).statistic
    assert np.abs(measured - ranks).max() < 0.01
    for one in drawn:
        assert stats.kstest(one, "uniform").statistic < 0.01


def test_copulas_of_independent_draws_hit_them_as_well_as_chance_allows() -> None:
    uniforms = correlated(RANKS, sampling="independent")
    drawn = np.array([values(uniforms, f"variables/{name}", range(4096)) for name in "abc"])
    assert np.abs(stats.spearmanr(drawn.T).statistic - RANKS).max() < 0.05


def test_rank_correlations_hold_whatever_the_distributions() -> None:
    uniforms = correlated([[1.0, -0.7], [-0.7, 1.0]], "ab")
    a = stats.expon.ppf(values(uniforms, "variables/a", range(4096)))
    b = stats.beta(0.3, 2).ppf(values(uniforms, "variables/b", range(4096)))
    assert stats.spearmanr(a, b).statistic == pytest.approx(-0.7, abs=0.01)


def test_the_first_of_correlated_variables_keeps_all_its_strata_and_the_others_are_evener_than_by_chance() -> None:
    uniforms = correlated(RANKS)
    first, second = (values(uniforms, f"variables/{name}", range(256)) for name in "ab")
    assert sorted((first * 256).astype(int).tolist()) == list(range(256))
    assert stats.kstest(second, "uniform").statistic < 0.025  # 0.054 on average by chance alone


def test_a_latin_hypercube_stays_one_for_the_first_correlated_variable() -> None:
    uniforms = correlated(RANKS, sampling={"method": "latin_hypercube", "frames": 50})
    drawn = values(uniforms, "variables/a", range(50))
    assert sorted((drawn * 50).astype(int).tolist()) == list(range(50))


def test_perfect_correlations_and_a_correlation_with_itself() -> None:
    uniforms = correlated([[1.0, 1.0, -1.0], [1.0, 1.0, -1.0], [-1.0, -1.0, 1.0]])
    a, b, c = (values(uniforms, f"variables/{name}", range(40)) for name in "abc")
    assert np.allclose(a, b)
    assert np.allclose(a, 1 - c)


def test_correlations_leave_all_other_names_alone() -> None:
    uniforms, plain = correlated([[1.0, 0.5], [0.5, 1.0]], "ab"), planned()
    for name in ("variables/c", "mug/0/scale", "variables/a/hue"):
        assert values(uniforms, name, range(20)).tolist() == values(plain, name, range(20)).tolist()


def test_variables_of_objects_are_correlated_within_each_object() -> None:
    variables = {name: {"scope": "object", "of": UNIFORM} for name in "ab"}
    uniforms = correlated([[1.0, 0.9], [0.9, 1.0]], "ab", variables=variables)
    a, b = (values(uniforms, f"mug/1/variables/{name}", range(2048)) for name in "ab")
    other = values(uniforms, "mug/0/variables/a", range(2048))
    assert stats.spearmanr(a, b).statistic == pytest.approx(0.9, abs=0.01)
    assert abs(stats.spearmanr(other, b).statistic) < 0.08


def test_impossible_correlations_are_named() -> None:
    impossible = [[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]]
    rule = "rank must be correlations that a Gaussian copula can have together, got some that contradict each other"
    with pytest.raises(UsageError, match=rf"^correlations\[0\]: {rule}$"):
        correlated(impossible)
    contradictory = [[1.0, 1.0, 0.0], [1.0, 1.0, 0.5], [0.0, 0.5, 1.0]]
    with pytest.raises(UsageError, match=r"^correlations\[0\]: rank must be"):
        correlated(contradictory)


def test_unknown_names_and_mixed_scopes_are_named() -> None:
    where = r"variable must be an entry of variables, got 'weer'; did you mean 'wear'\?"
    with pytest.raises(UsageError, match=rf"^sampling\.sobol: {where}$"):
        planned(variables={"wear": UNIFORM}, sampling={"sobol": ["weer"]})
    with pytest.raises(UsageError, match=r"^correlations\[0\]: variables must have one scope, got frame and object$"):
        correlated([[1.0, 0.5], [0.5, 1.0]], "ab", variables={"a": UNIFORM, "b": {"scope": "object", "of": UNIFORM}})
