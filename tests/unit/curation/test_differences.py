import shutil

from synthvision.curation import diff_datasets, merge_datasets, split_dataset, subset_dataset
from tests.unit.curation.many import make_many
from tests.unit.dataset.hand_made import make_dataset, make_recipe


def test_a_dataset_is_the_same_as_its_copy(tmp_path):
    one = make_many(tmp_path / "one", 8)
    shutil.copytree(one, tmp_path / "copy")
    assert diff_datasets(one, tmp_path / "copy") == []
    assert diff_datasets(one, make_many(tmp_path / "again", 8)) == []


def test_recipes_are_compared_by_key(tmp_path):
    one = make_dataset(tmp_path / "one", make_recipe(name="one"))
    other = make_dataset(tmp_path / "other", make_recipe(name="other", outputs={"depth": "exr"}))
    assert diff_datasets(one, other) == [
        "recipe: name: 'one' → 'other'",
        "recipe: outputs.depth: 'png16' → 'exr'",
        "name: 'one' → 'other'",
        "outputs: depth: 'png16' → 'exr'",
        "pictures: 4 of 4 frames have other bytes",
        "pictures: 4 of the 4 compared have equal pixels",
    ]


def test_seeds_and_pixels_are_compared(tmp_path):
    lines = diff_datasets(make_many(tmp_path / "one", 4), make_many(tmp_path / "other", 4, seed=8))
    assert lines[0] == "seed: 7 → 8"
    assert lines[1] == "pictures: 4 of 4 frames have other bytes"
    assert lines[2].startswith("pictures: 0 of the 4 compared have equal pixels; PSNR of the others: median ")
    assert len(lines) == 3


def test_other_frames_are_named_and_only_other_distributions_said(tmp_path):
    one = make_many(tmp_path / "one", 60)
    subset_dataset(one, tmp_path / "even", "frame % 2 == 0", link=False)
    lines = diff_datasets(one, tmp_path / "even")
    assert "frames: 60 → 30" in lines
    assert "frames: 30 only in the first: 30, 31, 32, 33, 34, …" in lines
    assert not [line for line in lines if line.startswith(("parameter", "labels ")) and "of '" not in line]
    subset_dataset(one, tmp_path / "night", "night >= 0.8", link=False)
    (night,) = [line for line in diff_datasets(one, tmp_path / "night") if line.startswith("parameter night")]
    assert night.startswith("parameter night: another distribution: mean 0.45 → 0.85, KS 0.800, p ")


def test_categories_splits_and_sources_are_compared(tmp_path):
    one, two = make_many(tmp_path / "one", 4), make_many(tmp_path / "two", 4, name="two", seed=3)
    split_dataset(one, tmp_path / "split", {"train": 0.5, "val": 0.5}, seed=0, link=False)
    assert "splits: none → train, val" in diff_datasets(one, tmp_path / "split")
    merge_datasets(tmp_path / "both", [one, two], link=False)
    assert "sources: many → many, two" in diff_datasets(one, tmp_path / "both")
    plate = make_dataset(tmp_path / "plate", make_recipe(categories=[{"name": "mug"}, {"name": "plate"}]))
    lines = diff_datasets(make_dataset(tmp_path / "hand"), plate)
    assert "categories: 'Schlüssel 扳手' → nothing" in lines
    assert "categories: nothing → 'plate'" in lines
    assert "labels of 'plate': 0 → 3" in lines
