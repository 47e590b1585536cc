"""Gaps between datasets: nothing where there is nothing, found where it was made, and formulas against brute force."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from synthvision.dataset import Dataset
from synthvision.report.gaps import LEAST, ClassGap, class_gap, gaps, picture_gap, strangest
from synthvision.report.statistics import Statistics, descriptor, gather
from tests.unit.report.samples import textured, with_pictures


def looks(numbers, brightness=0.5) -> np.ndarray:
    return np.array([descriptor(textured(number, brightness)) for number in numbers])


@pytest.fixture(scope="module")
def usual() -> np.ndarray:
    return looks(range(40))


def statistics(classes=None, **of_frames) -> Statistics:
    nothing = np.zeros((0, 0))
    values = {name.replace("_", " "): np.array(found, float) for name, found in of_frames.items()}
    return Statistics(1, 1, classes or {}, {}, {}, values, {}, nothing, (), 0, np.zeros(0, np.int64), nothing)


def test_a_dataset_has_no_gap_to_itself(tmp_path, usual) -> None:
    made = gather(Dataset(with_pictures(tmp_path / "made", [textured(n) for n in range(LEAST)])))
    found = gaps(made, made)
    assert {gap.name for gap in found} >= {"brightness", "contrast", "saturation", "warmth", "sharpness", "instances"}
    assert all((gap.ks, gap.wasserstein, gap.p) == (0, 0, 1) for gap in found)
    assert class_gap(made, made) is None  # there is no label
    same = picture_gap(usual, usual)
    assert same.mmd <= 0  # unbiased: its mean is 0, and each picture has its twin on the other side
    assert same.p > 0.5
    assert same.accuracy <= 0.5


def test_other_draws_of_the_same_are_no_gap(usual) -> None:
    gap = picture_gap(usual, looks(range(100, 140)))
    assert abs(gap.mmd) < 0.01
    assert gap.p > 0.05
    assert 0.25 < gap.accuracy < 0.7


def test_brighter_pictures_are_found(tmp_path, usual) -> None:
    gap = picture_gap(usual, looks(range(40, 80), 0.6))
    assert gap.accuracy > 0.95
    assert gap.mmd > 0.1
    assert gap.p == pytest.approx(1 / 201)
    ours, theirs = (
        gather(Dataset(with_pictures(tmp_path / name, [textured(n + first, brightness) for n in range(10)])))
        for name, first, brightness in (("a", 0, 0.5), ("b", 50, 0.6))
    )
    widest = next(gap for gap in gaps(ours, theirs) if gap.name == "brightness")
    assert (widest.ks, widest.p < 1e-4) == (1, True)
    assert widest.theirs - widest.ours == pytest.approx(0.1, abs=0.01)


def test_ks_and_wasserstein_by_hand() -> None:
    ours, theirs = [0] * 6 + [1] * 4, [0] * 2 + [1] * 8
    (gap,) = gaps(statistics(brightness=ours), statistics(brightness=theirs))
    assert (gap.name, gap.ours, gap.theirs) == ("brightness", 0.4, 0.8)
    assert gap.ks == pytest.approx(0.4)
    deviation = np.std(ours + theirs)
    assert gap.wasserstein == pytest.approx(0.4 / deviation)


def test_widest_gap_first_and_few_values_left_out() -> None:
    ours = statistics(a=range(8), b=range(8), c=range(7))
    theirs = statistics(a=range(1, 9), b=range(8, 16), c=range(100))
    assert [gap.name for gap in gaps(ours, theirs)] == ["b", "a"]


def test_equal_constants_are_no_gap() -> None:
    (gap,) = gaps(statistics(a=[3] * 8), statistics(a=[3] * 9))
    assert (gap.ks, gap.wasserstein) == (0, 0)


def test_mmd_against_its_definition() -> None:
    rng = np.random.default_rng(3)  # noqa: TID251 - data of a test
    ours, theirs = rng.normal(0, 1, (9, 4)), rng.normal(0.7, 1, (12, 4))
    both = np.concatenate([ours, theirs])
    x, y = np.split((both - both.mean(0)) / both.std(0), [9])
    squared = cdist(np.concatenate([x, y]), np.concatenate([x, y]), "sqeuclidean")
    width = np.median(squared[squared > 0])

    def mean(a, b, *, apart):
        kernel = [
            np.exp(-((p - q) ** 2).sum() / width) for i, p in enumerate(a) for j, q in enumerate(b) if apart(i, j)
        ]
        return sum(kernel) / len(kernel)

    expected = (
        mean(x, x, apart=lambda i, j: i != j)
        + mean(y, y, apart=lambda i, j: i != j)
        - 2 * mean(x, y, apart=lambda *_: True)
    )
    assert picture_gap(ours, theirs).mmd == pytest.approx(expected)


def test_p_values_are_those_of_a_test() -> None:
    """Of samples of one distribution, a share of about 5 % has p below 5 %."""
    rng = np.random.default_rng(0)  # noqa: TID251 - data of a test
    ps = [picture_gap(rng.normal(size=(12, 3)), rng.normal(size=(12, 3))).p for _ in range(120)]
    assert np.mean(np.array(ps) < 0.05) < 0.12
    assert 0.35 < np.mean(ps) < 0.65


def test_too_few_pictures_are_not_compared(usual) -> None:
    assert picture_gap(usual[: LEAST - 1], usual) is None
    assert strangest(usual[: LEAST - 1], 3) == []


def test_classes_by_name() -> None:
    ours, theirs = statistics({"mug": 6, "can": 2, "box": 0}), statistics({"can": 5, "mug": 5, "cup": 10})
    gap = class_gap(ours, theirs)
    assert gap.distance == pytest.approx((abs(0.75 - 0.25) + abs(0.25 - 0.25) + 0.5) / 2)
    assert (gap.only_ours, gap.only_theirs) == ((), ("cup",))
    assert class_gap(statistics({"mug": 1}), statistics({"can": 3})) == ClassGap(1.0, ("mug",), ("can",))
    assert class_gap(statistics({"mug": 1}), statistics({"can": 0})) is None


def test_an_odd_frame_is_the_strangest(usual) -> None:
    odd = textured(7)
    odd[10:40, 10:50] = (255, 0, 0)
    rows = np.concatenate([usual[:13], descriptor(odd)[None], usual[13:]])
    found = strangest(rows, 3)
    assert found[0][0] == 13
    assert found[0][1] > 2 * found[1][1]
    assert 0.8 < found[-1][1] < 2


def test_strangest_of_many_is_found_whether_or_not_it_is_a_reference() -> None:
    rows = np.random.default_rng(1).normal(size=(2500, 6))  # noqa: TID251 - data of a test
    for place in (0, 1, 777, 1234):
        planted = rows.copy()
        planted[place] += 12
        assert strangest(planted, 1)[0][0] == place
