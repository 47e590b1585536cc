import pytest

from synthvision.curation import split_dataset, subset_dataset
from synthvision.dataset import Dataset, validate
from synthvision.errors import UsageError
from tests.unit.curation.many import make_many
from tests.unit.dataset.hand_made import make_dataset


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return make_many(tmp_path_factory.mktemp("many") / "many", 30, views=2)


@pytest.fixture(scope="module")
def hand_made(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("hand") / "made")


def taken(dataset, out, where):
    subset_dataset(dataset, out, where, link=False)
    return [record.origin.frame_index for record in Dataset(out)]


@pytest.mark.parametrize(
    ("where", "frames"),
    [
        ("frame < 3", [0, 1, 2]),
        ("scene == 2", [4, 5]),
        ("count('Schlüssel 扳手') > 0 and camera(left)", [0, 10, 20]),
        ('count("Schlüssel 扳手") > 0 and not camera(left)', [1, 11, 21]),
        ("night > 0.75 and frame < 20", [16, 17, 18, 19]),
        ("variable(night) == 0.1", [2, 3, 22, 23]),
        ("sky_b > 0.25 and frame % 10 == 0", [0, 10, 20]),
        ("area(mug) > 9 * 14", [12, 13, 26, 27]),
        ("count >= 2 and min_area == 81", [0, 1]),
        ("distance_m > 0.6 and camera_z_m == 0 and focal_px == 70 and synthetic and frame == 7", [7]),
        ("(count(mug)) == 1 and frame > 28", [29]),
    ],
)
def test_what_can_be_asked(many, tmp_path, where, frames):
    assert taken(many, tmp_path / "out", where) == frames


@pytest.mark.parametrize(
    ("where", "frames"),
    [
        ("min_visibility > 0.7", [0, 1, 2, 12]),  # of no label the least is infinite
        ("count > 0 and min_visibility > 0.8", [2, 12]),
        ("max_visibility < 0.5", [1]),
        ("hidden > 0", [2]),
        ("count == 0", [1]),
        ("area == 0", [1]),
        ("max_area > 100", [0, 2, 12]),
        ("visibility(mug) == 0", [1, 2, 12]),
        ("min_area(mug) == 1", [0]),
        ("truncation == 0.125", [0, 2, 12]),
    ],
)
def test_numbers_of_labels_count_what_is_seen(hand_made, tmp_path, where, frames):
    assert taken(hand_made, tmp_path / "out", where) == frames


def test_a_subset_is_whole(many, tmp_path):
    assert subset_dataset(many, tmp_path / "out", "frame >= 20", link=True) == "10 of 30 frames"
    assert validate(tmp_path / "out") == ()
    assert Dataset(tmp_path / "out").manifest.categories == Dataset(many).manifest.categories


def test_splits_stay_and_can_be_asked_for(many, tmp_path):
    split_dataset(many, tmp_path / "split", {"train": 0.8, "val": 0.2}, seed=0, link=False)
    assert subset_dataset(tmp_path / "split", tmp_path / "out", "split(val)", link=False) == "6 of 30 frames"
    assert {record.split for record in Dataset(tmp_path / "out")} == {"val"}
    assert validate(tmp_path / "out") == ()


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("cuont(mug) > 0", "got 'cuont'; did you mean 'count'?"),
        ("count(mgu) > 0", "--where: category must be one of mug, Schlüssel 扳手, got 'mgu'; did you mean 'mug'?"),
        ("split(train)", "--where: split must be one of none: the dataset has no splits, got 'train'"),
        ("nihgt > 0", "got 'nihgt'; did you mean 'night'?"),
        ("variable(nihgt) > 0", "got 'nihgt'; did you mean 'night'?"),
        ("count >", "--where: expression must have a number or a name next, got nothing in 'count >'"),
        ("count(mug) > 99", "--where: expression must take at least one of 30 frames, got none: 'count(mug) > 99'"),
        (
            "1 / (frame - 3) > 0",
            "--where: frame 3: expression '1 / (frame - 3) > 0' must be a finite number, got a div",
        ),
    ],
)
def test_questions_that_cannot_be(many, tmp_path, where, message):
    with pytest.raises(UsageError) as caught:
        subset_dataset(many, tmp_path / "out", where, link=False)
    assert message in str(caught.value)
    assert not (tmp_path / "out").exists()
