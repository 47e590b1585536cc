import json
from pathlib import Path

import pytest

from synthvision.curation import merge_datasets, split_dataset, subset_dataset
from synthvision.curation.categories import unify
from synthvision.dataset import Dataset, validate
from synthvision.dataset.manifest import CategoryEntry
from synthvision.errors import DatasetError, UsageError
from tests.unit.curation.many import make_many
from tests.unit.dataset.hand_made import content, make_dataset, make_recipe

OTHER = [{"name": "plate"}, {"name": "mug", "supercategory": "object"}]


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("one") / "one", make_recipe(outputs={"semantic": True}))


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    return make_many(tmp_path_factory.mktemp("many") / "many", 6)


def other_categories(source: Path, out: Path) -> Path:
    """Copy a dataset with its categories renamed to those of OTHER; its ids stay."""
    for path in source.rglob("*"):
        if path.is_file():
            target = out / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    manifest = json.loads((source / "manifest.json").read_text())
    manifest["categories"] = [{"id": number, "supercategory": "object", **row} for number, row in enumerate(OTHER, 1)]
    manifest["licence"] = {"name": "CC BY 4.0", "url": "https://example.org"}
    (out / "manifest.json").write_text(json.dumps(manifest))
    return out


def test_all_frames_are_there_with_new_indices(one, many, tmp_path):
    assert merge_datasets(tmp_path / "out", [one, many], link=False) == "10 frames of 2 datasets"
    assert validate(tmp_path / "out") == ()
    merged = Dataset(tmp_path / "out")
    assert merged.frame_indices == tuple(range(10))
    assert [(record.origin.source, record.origin.frame_index) for record in merged] == [
        *((0, index) for index in (0, 1, 2, 12)),
        *((1, index) for index in range(6)),
    ]
    assert [label.area for label in merged.record(4).labels] == [81, 81]
    assert (merged.image(merged.record(5)) == Dataset(many).image(Dataset(many).record(1))).all()


def test_categories_go_together_by_name(one, tmp_path, many):
    other = other_categories(one, tmp_path / "other")
    merge_datasets(tmp_path / "out", [many, other], link=False)
    merged, old = Dataset(tmp_path / "out"), Dataset(other)
    assert [(c.id, c.name, c.supercategory) for c in merged.manifest.categories] == [
        (1, "mug", "object"),
        (2, "Schlüssel 扳手", "mug"),
        (3, "plate", "object"),
    ]
    before, after = old.record(0), merged.record(6)
    assert [label.category_id for label in before.labels] == [1, 2, 1]
    assert [label.category_id for label in after.labels] == [3, 1, 3]
    assert validate(tmp_path / "out") == ()


def test_maps_of_category_ids_follow_the_new_ids(one, tmp_path, many):
    other = other_categories(one, tmp_path / "other")
    merge_datasets(tmp_path / "out", [many, other], link=True)
    merged, old = Dataset(tmp_path / "out"), Dataset(other)
    before, after = old.semantic(old.record(0)), merged.semantic(merged.record(6))
    assert sorted(set(before.ravel())) == [0, 1, 2]
    assert (after == (0 * before + [0, 3, 1][0] + (before == 1) * 3 + (before == 2) * 1)).all()
    text = (tmp_path / "out/semantic/000006.png").read_bytes()
    assert b"tEXtsynthetic\x00true" in text


def test_every_licence_is_kept(one, tmp_path, many):
    other = other_categories(one, tmp_path / "other")
    merge_datasets(tmp_path / "out", [many, other], link=False)
    manifest = Dataset(tmp_path / "out").manifest
    assert [licence["name"] for licence in manifest.licences] == ["CC0-1.0", "CC BY 4.0"]
    assert manifest.licence == {"name": "CC0-1.0, CC BY 4.0", "url": ""}
    coco = json.loads((tmp_path / "out/annotations/instances.json").read_text())
    assert [row["name"] for row in coco["licenses"]] == ["CC0-1.0", "CC BY 4.0"]
    assert [image["license"] for image in coco["images"]] == [1] * 6 + [2] * 4


def test_the_same_bytes_again(one, many, tmp_path):
    for name in ("first", "second"):
        merge_datasets(tmp_path / name, [one, many], link=False)
    assert content(tmp_path / "first") == content(tmp_path / "second")


def test_parts_of_one_dataset_have_one_source(many, tmp_path):
    subset_dataset(many, tmp_path / "low", "frame < 2", link=False)
    subset_dataset(many, tmp_path / "high", "frame >= 4", link=False)
    merge_datasets(tmp_path / "out", [tmp_path / "low", tmp_path / "high"], link=False)
    merged = Dataset(tmp_path / "out")
    assert [record.origin.frame_index for record in merged] == [0, 1, 4, 5]
    assert len(merged.manifest.sources) == 1
    assert merged.manifest.seed == 7
    assert validate(tmp_path / "out") == ()


def test_two_halves_rendered_apart_have_one_source(one, many, tmp_path):
    rest = make_many(tmp_path / "rest", 3, start=6)
    merge_datasets(tmp_path / "out", [many, one, rest], link=False)
    assert len(Dataset(tmp_path / "out").manifest.sources) == 2
    assert validate(tmp_path / "out") == ()


def test_a_frame_is_not_taken_twice(one, many, tmp_path):
    with pytest.raises(DatasetError) as caught:
        merge_datasets(tmp_path / "out", [many, one, many], link=False)
    assert str(caught.value) == f"{many}: frame 0 must not be in {many} too, got frame 0 of 'many' in both"
    subset_dataset(many, tmp_path / "part", "frame == 3", link=False)
    with pytest.raises(DatasetError, match=r"part: frame 0 must not be in .*many too, got frame 3 of 'many' in both"):
        merge_datasets(tmp_path / "out", [many, tmp_path / "part"], link=False)
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "out.partial").exists()


def test_splits_come_together_and_are_not_invented(one, many, tmp_path):
    split_dataset(many, tmp_path / "many", {"train": 0.5, "val": 0.5}, seed=0, link=False)
    with pytest.raises(
        DatasetError, match=r"one: dataset must have splits, as .*many has \(train, val\), got none; div"
    ):
        merge_datasets(tmp_path / "out", [tmp_path / "many", one], link=False)
    split_dataset(one, tmp_path / "one", {"test": 1.0}, seed=0, link=False)
    merge_datasets(tmp_path / "out", [tmp_path / "many", tmp_path / "one"], link=False)
    assert Dataset(tmp_path / "out").manifest.splits == ("train", "val", "test")
    assert validate(tmp_path / "out") == ()


def test_one_dataset_is_nothing_to_merge(one, tmp_path):
    with pytest.raises(UsageError, match="out: merge must have at least two datasets, got 1"):
        merge_datasets(tmp_path / "out", [one], link=False)


class _Manifest:
    def __init__(self, *categories):
        self.categories = tuple(CategoryEntry(number, *one) for number, one in enumerate(categories, 1))


def test_all_conflicts_are_named_at_once():
    first = _Manifest(("cat", "pet", ("nose", "tail")), ("dog", "pet"))
    second = _Manifest(("dog", "wild"), ("cat", "pet", ("nose", "paw")))
    with pytest.raises(DatasetError) as caught:
        unify(["a", "b"], [first, second])
    assert str(caught.value).split("\n") == [
        "b: category 'dog': supercategory must be 'pet', got 'wild'; it is the former in a",
        "b: category 'cat': keypoints must be nose, tail, got nose, paw; they are the former in a",
    ]


def test_what_one_dataset_knows_of_a_category_is_kept():
    first = _Manifest(("cat", "object"), ("dog", "pet", ("tail", "nose")))
    second = _Manifest(("dog", "object", ("nose", "tail")), ("cat", "pet", ("nose",), (), ()))
    unified = unify(["a", "b"], [first, second])
    assert unified.categories == (
        CategoryEntry(1, "cat", "pet", ("nose",)),
        CategoryEntry(2, "dog", "pet", ("tail", "nose")),
    )
    assert unified.ids == ({1: 1, 2: 2}, {1: 2, 2: 1})
