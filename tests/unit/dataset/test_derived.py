import json
from dataclasses import replace

import pytest

from synthvision.dataset import Dataset, validate
from synthvision.dataset.derived import DerivedWriter, files_of
from synthvision.dataset.disk import new_folder
from synthvision.dataset.sources import Sources
from synthvision.errors import DatasetError, UsageError
from synthvision.formats import write_coco
from tests.unit.dataset.hand_made import content, make_dataset, make_recipe


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("good") / "set", make_recipe(outputs={"depth": "exr"}))


def derive(source, out, taken=(0, 2, 12), *, link=False, splits=()):
    """Write frames of a dataset as another one, the n-th into the n-th split if there are any."""
    dataset, sources = Dataset(source), Sources([source])
    manifest = sources.manifest(dataset.manifest.categories, splits)
    with new_folder(out) as folder:
        with DerivedWriter(folder, manifest, sources.originals) as writer:
            for place, index in enumerate(taken):
                record = dataset.record(index)
                split = splits[place] if splits else record.split
                new = replace(record, origin=sources.origin(0, record), split=split)
                writer.add(new, files_of(source, record), link=link)
        write_coco(folder)
    return out


def test_frames_are_numbered_anew_and_say_where_they_come_from(good, tmp_path):
    out = derive(good, tmp_path / "out")
    assert validate(out) == ()
    dataset, old = Dataset(out), Dataset(good)
    assert dataset.frame_indices == (0, 1, 2)
    assert [vars(record.origin) for record in dataset] == [
        {"source": 0, "frame_index": index, "synthetic": True, "file": "", "licence": 0} for index in (0, 2, 12)
    ]
    assert list(dataset.record(2).files) == ["depth/000002.exr", "images/000002.png", "instances/000002.png"]
    before, after = old.record(12), dataset.record(2)
    assert (after.labels, after.scene, after.refusals) == (before.labels, before.scene, before.refusals)
    assert (dataset.image(after) == old.image(before)).all()
    assert (out / "images/000002.png").read_bytes() == (good / "images/000012.png").read_bytes()


def test_what_made_the_source_is_kept(good, tmp_path):
    out = derive(good, tmp_path / "out")
    assert (out / "sources/000/manifest.json").read_bytes() == (good / "manifest.json").read_bytes()
    assert (out / "sources/000/recipe.yaml").read_bytes() == (good / "recipe.yaml").read_bytes()
    assert not (out / "recipe.yaml").exists()
    manifest = Dataset(out).manifest
    assert (manifest.name, manifest.seed, manifest.renderer, manifest.synthetic) == ("hand-made", 7, "preview", True)
    assert [entry.name for entry in manifest.sources] == ["hand-made"]
    assert manifest.licence["name"] == "CC0-1.0"


def test_a_dataset_derived_from_a_derived_one_points_at_the_first(good, tmp_path):
    once = derive(good, tmp_path / "once", (2, 12))
    twice = derive(once, tmp_path / "twice", (1,))
    assert validate(twice) == ()
    assert vars(next(iter(Dataset(twice))).origin)["frame_index"] == 12
    assert (twice / "sources/000/recipe.yaml").read_bytes() == (good / "recipe.yaml").read_bytes()
    assert len(list((twice / "sources").iterdir())) == 1


def test_the_same_frames_give_the_same_bytes(good, tmp_path):
    assert content(derive(good, tmp_path / "one")) == content(derive(good, tmp_path / "two"))


def test_links_share_their_content_and_give_the_same_dataset(good, tmp_path):
    linked = derive(good, tmp_path / "linked", link=True)
    assert content(linked) == content(derive(good, tmp_path / "copied"))
    assert (linked / "images/000002.png").samefile(good / "images/000012.png")
    assert not (linked / "manifest.json").samefile(good / "manifest.json")


def test_splits_are_folders(good, tmp_path):
    out = derive(good, tmp_path / "out", (0, 2), splits=("train", "val"))
    assert validate(out) == ()
    assert (out / "images/train/000000.png").is_file()
    assert (out / "images/val/000001.png").is_file()
    coco = [json.loads((out / f"annotations/instances_{split}.json").read_text()) for split in ("train", "val")]
    assert [[image["file_name"] for image in part["images"]] for part in coco] == [["000000.png"], ["000001.png"]]


def test_a_damaged_file_is_not_carried_on(good, tmp_path):
    source = derive(good, tmp_path / "source")
    with (source / "depth/000001.exr").open("ab") as stream:
        stream.write(b"x")
    with pytest.raises(DatasetError, match=r"depth/000001\.exr: file must have the bytes that its dataset recorded"):
        derive(source, tmp_path / "out", (0, 1))
    with pytest.raises(DatasetError, match=r"depth/000001\.exr: file must have \d+ bytes as its dataset recorded, got"):
        derive(source, tmp_path / "out", (0, 1), link=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_a_folder_with_files_is_left_alone(good, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="out: output must be a new or empty folder, got one with files; choose "):
        derive(good, tmp_path / "out")
    assert content(tmp_path) == {"out/mine.txt": b"mine"}


def test_a_frame_without_origin_is_refused(good, tmp_path):
    dataset, sources = Dataset(good), Sources([good])
    manifest = sources.manifest(dataset.manifest.categories, ())
    refused = pytest.raises(DatasetError, match="frame 0: record must have an origin, got none")
    with refused, DerivedWriter(tmp_path, manifest, sources.originals) as writer:
        writer.add(dataset.record(0), {})


def test_faults_of_a_derived_dataset_do_not_ask_for_a_render(good, tmp_path):
    out = derive(good, tmp_path / "out")
    (out / "images/000001.png").unlink()
    (out / "annotations/instances.json").unlink()
    (out / "sources/000/recipe.yaml").write_text("changed")
    assert [(fault.file, fault.kind) for fault in validate(out)] == [
        ("sources/000/recipe.yaml", "hash_mismatch"),
        ("images/000001.png", "missing_file"),
        ("annotations/instances.json", "missing_file"),
    ]
    assert not any("render" in fault.remedy for fault in validate(out))


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"source": 1}, "origin.source must be 0 to 0, got 1"),
        ({"licence": 1}, "origin.licence must be 0 to 0, got 1"),
        ({"frame_index": 3}, "scene must be that of frame 3, split '', got frame 12, split ''"),
    ],
)
def test_an_origin_that_cannot_be(good, tmp_path, change, text):
    out = derive(good, tmp_path / "out", (12,))
    line = json.loads((out / "frames.jsonl").read_bytes())
    line["origin"] = {"source": 0, "frame_index": 12} | change
    (out / "frames.jsonl").write_text(json.dumps(line) + "\n")
    write_coco(out)
    assert [(fault.kind, fault.what) for fault in validate(out)] == [("bad_value", text)]


def test_a_dataset_without_sources_has_no_origins(good, tmp_path):
    out = derive(good, tmp_path / "out", (12,))
    manifest = json.loads((out / "manifest.json").read_bytes())
    del manifest["sources"]
    manifest["recipe_yaml_sha256"] = json.loads((good / "manifest.json").read_bytes())["recipe_yaml_sha256"]
    (out / "manifest.json").write_text(json.dumps(manifest))
    (out / "recipe.yaml").write_bytes((good / "recipe.yaml").read_bytes())
    assert [fault.what for fault in validate(out)] == ["origin must be none, as the dataset has no sources, got one"]
