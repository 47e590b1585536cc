from collections import defaultdict

import pytest

from synthvision.curation import read_shares, split_dataset
from synthvision.curation.splitting import _dealt, _quotas, _Scene
from synthvision.dataset import Dataset, validate
from synthvision.errors import DatasetError, UsageError
from tests.unit.curation.many import make_many
from tests.unit.dataset.hand_made import content

SHARES = {"train": 0.7, "val": 0.2, "test": 0.1}


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return make_many(tmp_path_factory.mktemp("many") / "many", 60, views=2)


def splits_of_scenes(folder):
    found = defaultdict(set)
    for record in Dataset(folder):
        found[record.scene["scene_index"]].add(record.split)
    return found


def test_a_scene_is_in_one_split_and_shares_are_met(many, tmp_path):
    text = split_dataset(many, tmp_path / "out", SHARES, seed=1, link=False)
    assert text == "42 frames train, 12 frames val, 6 frames test"
    splits = splits_of_scenes(tmp_path / "out")
    assert {len(names) for names in splits.values()} == {1}
    assert len(splits) == 30
    assert validate(tmp_path / "out") == ()


def test_classes_have_the_same_shares(many, tmp_path):
    """Of 30 scenes six have the rare class: 4.2, 1.2 and 0.6 by shares."""
    split_dataset(many, tmp_path / "out", SHARES, seed=1, link=False)
    rare = defaultdict(set)
    for record in Dataset(tmp_path / "out"):
        if any(label.category_id == 2 for label in record.labels):
            rare[record.split].add(record.scene["scene_index"])
    assert {split: len(scenes) for split, scenes in rare.items()} == {"train": 4, "val": 1, "test": 1}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_split(many, tmp_path):
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        split_dataset(many, tmp_path / name, SHARES, seed=seed, link=False)
    assert content(tmp_path / "one") == content(tmp_path / "again")
    assert splits_of_scenes(tmp_path / "one") != splits_of_scenes(tmp_path / "other")


def test_the_order_of_scenes_does_not_matter():
    scenes = {(0, n, True): _Scene(bytes([n * 37 % 251]), 1, {1, 2} if n % 4 == 0 else {1}) for n in range(40)}
    turned = dict(reversed(scenes.items()))
    quotas = _quotas(40, SHARES)
    assert _dealt(scenes, quotas) == _dealt(turned, quotas)


@pytest.mark.parametrize(
    ("scenes", "shares", "quotas"),
    [
        (10, [0.8, 0.1, 0.1], [8, 1, 1]),
        (7, [0.8, 0.1, 0.1], [5, 1, 1]),
        (3, [0.98, 0.01, 0.01], [1, 1, 1]),
        (1000, [1 / 3, 1 / 3, 1 / 3], [334, 333, 333]),
        (5, [1.0], [5]),
    ],
)
def test_quotas_sum_up_and_nobody_is_left_empty(scenes, shares, quotas):
    names = dict(zip("abc", shares, strict=False))
    assert list(_quotas(scenes, names).values()) == quotas


@pytest.mark.parametrize("count", range(20, 90, 7))
def test_many_classes_are_dealt_evenly(count):
    """Each class is in each split by its share, to within two scenes."""
    shares = {"train": 0.5, "val": 0.3, "test": 0.2}
    scenes = {(0, n, True): _Scene(bytes([n * 91 % 256, n]), 1, {n % 5, 5 + n % 3}) for n in range(count)}
    dealt = _dealt(scenes, _quotas(count, shares))
    for number in range(8):
        mine = [dealt[key] for key, scene in scenes.items() if number in scene.classes]
        for split, share in shares.items():
            assert abs(mine.count(split) - share * len(mine)) <= 2


def test_a_picture_without_scene_is_a_scene_by_itself(tmp_path, many):
    with pytest.raises(UsageError, match="many: dataset must have a scene for each of 31 splits, got 30"):
        split_dataset(many, tmp_path / "out", {f"s{n}": 1 / 31 for n in range(31)}, seed=0, link=False)


def test_a_split_dataset_can_be_split_anew(many, tmp_path):
    split_dataset(many, tmp_path / "one", SHARES, seed=1, link=False)
    split_dataset(tmp_path / "one", tmp_path / "two", {"a": 0.5, "b": 0.5}, seed=1, link=True)
    assert Dataset(tmp_path / "two").manifest.splits == ("a", "b")
    assert validate(tmp_path / "two") == ()


def test_shares_are_read():
    assert read_shares("train=0.8, val=0.2") == {"train": 0.8, "val": 0.2}
    assert read_shares("all=1") == {"all": 1.0}


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("train=0.8,val=0.1", UsageError, "--into: shares must sum to 1, got 0.9"),
        ("train", UsageError, "--into: part must be NAME=SHARE with a share above 0 and at most 1, got 'train'"),
        ("a=0,b=1", UsageError, "--into: part must be NAME=SHARE with a share above 0 and at most 1, got 'a=0'"),
        ("a=nan,b=1", UsageError, "--into: part must be NAME=SHARE with a share above 0 and at most 1, got 'a=nan'"),
        ("a=0.5,a=0.5", UsageError, "--into: names must differ, got 'a' twice"),
        ("a/b=1", DatasetError, "split: name must be letters, digits, '_', '.' or '-', got 'a/b'"),
    ],
)
def test_shares_that_cannot_be(text, error, message):
    with pytest.raises(error) as caught:
        read_shares(text)
    assert str(caught.value) == message
