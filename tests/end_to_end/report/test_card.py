"""The data card: what it tells is true of the dataset, and mlcroissant accepts and reads it."""

import hashlib
import json
import re
from pathlib import Path

import mlcroissant
import numpy as np
import pytest
from PIL import Image

from synthvision.assets import load_catalog
from synthvision.curation import merge_datasets, mix_datasets, subset_dataset
from synthvision.dataset import Dataset, validate
from synthvision.errors import DatasetError
from synthvision.formats import FORMATS, ExportOptions, find_format
from synthvision.report import write_card
from synthvision.report.contents import contents_of
from synthvision.report.licences import UNKNOWN, used_assets
from synthvision.report.run_times import run_times
from tests.unit.dataset.hand_made import content, make_dataset, make_recipe
from tests.unit.report.samples import boxes_alone, change_lines, rendered, textured, with_pictures

DATE = 'Property "https://schema.org/datePublished" is recommended, but does not exist.'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = rendered(tmp_path_factory.mktemp("card"), 5)
    write_card(folder)
    return folder


def sheet(folder: Path) -> str:
    write_card(folder)
    return (folder / "DATASHEET.md").read_text(encoding="utf-8")


def rows(text: str, title: str) -> list[list[str]]:
    """Return the cells of the first table under a heading."""
    under = text.split(f"# {title}\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in under.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def croissant(folder: Path) -> mlcroissant.Dataset:
    write_card(folder)
    found = mlcroissant.Dataset(jsonld=folder / "croissant.json")
    issues = found.metadata.ctx.issues
    assert issues.errors == set()
    assert {text.split("] ")[-1] for text in issues.warnings} <= {DATE}
    return found


def test_the_sheet_tells_how_the_dataset_was_made(folder: Path) -> None:
    text, manifest = sheet(folder), Dataset(folder).manifest
    assert text.startswith("# Datasheet of small\n")
    found = dict(rows(text, "Collection"))
    assert found["recipe's SHA-256"] == f"`{manifest.recipe_sha256}`"
    assert (found["seed"], found["renderer"]) == ("0", "preview")
    assert {name: found[name] for name in manifest.versions} == dict(manifest.versions)
    for title in ("Motivation", "Composition", "Collection", "Labels", "Known limits", "Uses", "Distribution"):
        assert f"\n## {title}\n" in text
    assert "-n 5 --seed 0 --renderer preview" in text
    assert "The preview renderer shades without tracing light" in text


def test_the_sheet_counts(folder: Path) -> None:
    text, dataset = sheet(folder), Dataset(folder)
    records = list(dataset)
    visible = [label for record in records for label in record.labels if label.bbox is not None]
    facts = dict(rows(text, "Composition"))
    assert facts["pictures"] == "5"
    assert facts["of them synthetic"] == "5 (100.0 %)"
    assert facts["labels that are visible"] == str(len(visible))
    assert facts["sizes in pixels"] == "48 × 32 (5)"
    for number, name, _, labels, pictures, keypoints in rows(text, "Classes"):
        assert int(labels) == sum(label.category_id == int(number) for label in visible)
        assert int(pictures) == sum(any(x.category_id == int(number) for x in record.labels) for record in records)
        assert int(keypoints) == len(dataset.manifest.categories[int(number) - 1].keypoints)
        assert name in {"brick", "die"}
    refused = sum(record.scene["attempt"] for record in records)
    assert refused > 0
    assert f"Of {5 + refused} draws the recipe's rules, or a lack of place, refused {refused}:" in text
    assert [row[:2] for row in rows(text, "Files")] == [
        [f"`{kind}/`", "5"] for kind in ("depth", "images", "instances")
    ]


def test_only_assets_that_occur_are_named_with_their_licences(folder: Path) -> None:
    found = {row[0]: row[1:4] for row in rows(sheet(folder), "Assets")}
    counted = [row["asset"] for record in Dataset(folder) for row in record.scene["instances"]]
    models = load_catalog().models
    assert set(found) == {"brick", "die"}
    for name, told_of_it in found.items():
        assert told_of_it == ["model of the catalog", f"{counted.count(name)} instances", models[name].licence]


def test_files_are_named_with_their_hashes(tmp_path: Path) -> None:
    def use_files(line):
        duck, floor, sky = ("ab" * 32, "cd" * 32, "ef" * 32)
        line["scene"]["meshes"][0]["source"] = {"path": "models/a|duck.glb", "sha256": duck}
        line["scene"]["materials"][0]["base_colour_texture"] = {"kind": "file", "key": "x/floor.png", "sha256": floor}
        line["scene"]["world"]["environment"] = {"kind": "file", "key": "/abs/sky.hdr", "sha256": sky}
        line["scene"]["world"]["backdrop"] = {"kind": "generated", "key": "wood", "parameters": []}

    folder = change_lines(make_dataset(tmp_path / "made"), use_files)
    assert [
        (asset.name, asset.kind, asset.used, asset.licence, asset.sha256[:2])
        for asset in used_assets(contents_of(Dataset(folder)))
    ] == [
        ("wood", "texture or surrounding of the catalog", "4 frames", "CC0-1.0", ""),
        ("a|duck.glb", "model file", "4 instances", UNKNOWN, "ab"),
        ("floor.png", "picture file", "4 frames", UNKNOWN, "cd"),
        ("sky.hdr", "picture file", "4 frames", UNKNOWN, "ef"),
    ]
    text = sheet(folder)
    assert ["a\\|duck.glb", "model file", "4 instances", UNKNOWN, f"`{'ab' * 32}`"] in rows(text, "Assets")
    assert "/abs" not in text


def test_seconds_per_picture_are_those_of_the_run_log(tmp_path: Path) -> None:
    folder = with_pictures(tmp_path / "made", [textured(0), textured(1)])
    assert "Not known: there is no run log." in sheet(folder)
    events = [
        {"event": "worker ready", "device": "gpu 0"},
        {"event": "frame", "frame_index": 0, "seconds": {"render": 2.0, "write": 0.5}},
        {"event": "frame", "frame_index": 1, "seconds": {"render": 4.0, "write": 0.5}},
        {"event": "end", "made": 2, "elapsed_s": 4.0},
    ]
    log = "".join(json.dumps(event) + "\n" for event in events) + '{"event": "fra'
    (folder / "run_log.jsonl").write_text(log)
    assert run_times(folder).stages == {"render": 3.0, "write": 0.5}
    assert "3.50 s of one worker per picture (render 3.00, write 0.50) on gpu 0; 2.00 s by the clock" in sheet(folder)


def test_the_same_dataset_gets_the_same_card(tmp_path: Path) -> None:
    cards = []
    for name in ("a", "b"):
        folder = rendered(tmp_path, 2, name)
        (folder / "run_log.jsonl").unlink()
        cards.append([path.read_bytes() for path in write_card(folder)])
    assert cards[0] == cards[1]
    assert str(tmp_path).encode() not in b"".join(cards[0])


def test_croissant_is_accepted_and_its_frames_can_be_read(folder: Path) -> None:
    found, dataset = croissant(folder), Dataset(folder)
    assert found.metadata.name == "small"
    assert [row["name"] for row in rows_of(found, "categories")] == ["brick", "die"]
    frames = [(row["frames/frame_index"], row["frames/width_px"]) for row in found.records("frames")]
    assert frames == [(record.frame_index, record.width_px) for record in dataset]
    pictures = list(found.records("images"))
    assert [row["images/path"].decode() for row in pictures] == [record.file("images") for record in dataset]
    assert np.array_equal(np.asarray(pictures[3]["images/image"]), dataset.image(dataset.record(3)))


def test_croissant_has_the_hashes_of_its_files(folder: Path) -> None:
    data = json.loads((folder / "croissant.json").read_text())
    files = {entry["contentUrl"]: entry for entry in data["distribution"] if entry["@type"] == "cr:FileObject"}
    assert set(files) == {"frames.jsonl", "manifest.json", "recipe.yaml", "annotations/instances.json"}
    for name, entry in files.items():
        bytes_ = (folder / name).read_bytes()
        assert entry["sha256"] == hashlib.sha256(bytes_).hexdigest()
        assert entry["contentSize"] == f"{len(bytes_)} B"
    sets = {entry["name"]: entry["includes"] for entry in data["distribution"] if entry["@type"] == "cr:FileSet"}
    assert sets == {kind: [f"{kind}/*.png"] for kind in ("images", "depth", "instances")}


def test_croissant_of_splits_names_beyond_ascii_and_given_dates(tmp_path: Path) -> None:
    info = {"date_created": "2026-01-31", "contributor": "Zoë {Lab}", "url": "https://example.org/d", "year": 2026}
    recipe = make_recipe(splits={"train": 0.5, "val": 0.5}, info=info, name="hand-made")
    folder = make_dataset(tmp_path / "made", recipe, splits={0: "train", 1: "train", 2: "val", 12: "val"})
    found = croissant(folder)
    assert found.metadata.ctx.issues.warnings == set()
    assert found.metadata.date_published.isoformat().startswith("2026-01-31")
    assert [entry["name"] for entry in rows_of(found, "categories")] == ["mug", "Schlüssel 扳手"]
    assert [entry["split"] for entry in rows_of(found, "frames")] == ["train", "train", "val", "val"]
    text = sheet(folder)
    assert rows(text, "Splits") == [["train", "2", "50.0 %"], ["val", "2", "50.0 %"]]
    assert "Made by Zoë {Lab}, https://example.org/d." in text


def rows_of(found: mlcroissant.Dataset, record_set: str) -> list[dict]:
    def plain(value):
        return value.decode() if isinstance(value, bytes) else value

    return [{key.split("/")[1]: plain(value) for key, value in row.items()} for row in found.records(record_set)]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    made = with_pictures(tmp_path / "made", [textured(n) for n in range(4)], splits={"train": 1.0})
    mix_datasets(made, boxes_alone(tmp_path), tmp_path / "mix", share=0.4, frames=5, seed=0, link=False)
    return tmp_path / "mix"


def test_a_mix_tells_its_share_and_its_sources(mixed: Path) -> None:
    text = sheet(mixed)
    assert ["of them synthetic", "2 (40.0 %)"] in rows(text, "Composition")
    assert ["of them boxes without a mask", "6"] in rows(text, "Composition")
    assert [row[:4] for row in rows(text, "Where frames come from")] == [
        ["`sources/000`", "hand-made", "2", "preview"],
        ["`sources/001`", "yolo", "3", "imported"],
    ]
    assert "Frames were taken from 2 other datasets; 40.0 % of them are rendered." in text
    assert "Photographs may show people" in text
    assert len(list(croissant(mixed).records("images"))) == 5
    assert json.loads((mixed / "croissant.json").read_text())["keywords"][:2] == ["synthetic", "photographs"]


def test_an_empty_dataset_has_a_card(tmp_path: Path) -> None:
    folder = with_pictures(tmp_path / "made", [])
    assert ["of them synthetic", "0 (–)"] in rows(sheet(folder), "Composition")
    assert croissant(folder).metadata.name == "hand-made"


def test_other_commands_leave_the_card_alone(tmp_path: Path, folder: Path) -> None:
    assert validate(folder) == ()
    before = content(folder)
    for name in FORMATS:
        if name != "bop":  # it wants the models, too
            find_format(name).write(Dataset(folder), tmp_path / name, ExportOptions())
    subset_dataset(folder, tmp_path / "some", "frame >= 2", link=False)
    merge_datasets(tmp_path / "both", [folder, rendered(tmp_path, 1, "other", "camera.fov_deg=55")], link=False)
    assert content(folder) == before
    copied = [path for path in tmp_path.rglob("*") if path.name in {"DATASHEET.md", "croissant.json"}]
    assert copied == []
    write_card(tmp_path / "both")
    assert validate(tmp_path / "both") == ()


def test_a_card_of_nothing(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"folder must be a synthvision dataset with a manifest\.json, got one"):
        write_card(tmp_path)


def told(path: Path) -> str:
    """Return what a picture file itself says: PNG text, or a JPEG comment."""
    with Image.open(path) as picture:
        comment = picture.info.get("comment", b"").decode()
        return comment or "; ".join(f"{key}: {value}" for key, value in picture.info.items() if isinstance(value, str))


@pytest.mark.parametrize("form", ["png", "jpeg"])
def test_every_rendered_picture_says_itself_that_it_is_synthetic(tmp_path: Path, form: str) -> None:
    outputs = {"image": form, "depth": "png16"}
    made = with_pictures(tmp_path / "made", [textured(n) for n in range(2)], splits={"train": 1.0}, outputs=outputs)
    mix_datasets(made, boxes_alone(tmp_path), tmp_path / "mix", share=0.4, frames=5, seed=0, link=False)
    subset_dataset(tmp_path / "mix", tmp_path / "some", "synthetic", link=True)
    find_format("yolo-detect").write(Dataset(tmp_path / "some"), tmp_path / "yolo-detect", ExportOptions())
    find_format("coco").write(Dataset(tmp_path / "some"), tmp_path / "coco", ExportOptions())
    for folder in (made, tmp_path / "some", tmp_path / "yolo-detect", tmp_path / "coco"):
        pictures = [path for path in folder.rglob("*") if path.suffix in {".png", ".jpg"} and "images" in path.parts]
        pictures = pictures or [path for path in folder.rglob("*") if path.suffix in {".png", ".jpg"}]
        assert len(pictures) == 2, folder
        assert all("synthetic: true" in told(path) for path in pictures)
    dataset = Dataset(tmp_path / "mix")
    for record in dataset:
        assert ("synthetic: true" in told(dataset.folder / record.file("images"))) == record.synthetic
    for path in (made / "depth").rglob("*.png"):
        assert "synthetic: true" in told(path)
