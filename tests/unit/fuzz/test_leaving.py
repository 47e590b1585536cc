"""Nothing is read or written outside of a dataset's folder, or of the folder that is imported, on a file's word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from synthvision.curation import fix_dataset, import_dataset, merge_datasets
from synthvision.dataset import Dataset, validate
from synthvision.errors import DatasetError
from synthvision.formats import ExportOptions, find_format
from tests.unit.curation.pictures import put_picture
from tests.unit.dataset.hand_made import make_dataset

NAMES = (
    "images/../../secret.png",
    "/etc/passwd",
    "images//etc/passwd",
    "../images/a.png",
    "secret/a.png",
    "images/a\0.png",
)
LEAVES = r"file must lie in .*, got a name or link that leads out of it; "


def with_first_line(folder: Path, change: Callable[[dict], None]) -> Path:
    first, *rest = (folder / "frames.jsonl").read_text().splitlines(keepends=True)
    line = json.loads(first)
    change(line)
    (folder / "frames.jsonl").write_text(json.dumps(line) + "\n" + "".join(rest))
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_lines_that_name_files_elsewhere(name, tmp_path):
    (tmp_path / "secret.png").write_bytes(b"secret")
    folder = make_dataset(tmp_path / "data")
    with_first_line(folder, lambda line: line.update(files={name: {"bytes": 6, "sha256": "0" * 64}}))
    rule = f"file must lie in a folder of the dataset (images, …), got {name!r}"
    steps = (
        lambda: list(Dataset(folder)),
        lambda: find_format("voc").write(Dataset(folder), tmp_path / "voc", ExportOptions()),
        lambda: merge_datasets(tmp_path / "merged", [folder, folder], link=False),
    )
    for step in steps:
        with pytest.raises(DatasetError) as caught:
            step()
        assert str(caught.value).endswith(rule)
    assert any(fault.kind == "bad_value" and rule in str(fault) for fault in validate(folder, workers=1))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "merged.partial", "secret.png"]
    assert not list((tmp_path / "merged.partial").rglob("*.png"))


def test_links_out_of_a_dataset(tmp_path):
    folder = make_dataset(tmp_path / "data")
    secret = tmp_path / "secret.png"
    picture = folder / "images/000000.png"
    picture.rename(secret)
    picture.symlink_to(secret)
    text = f"{picture}: file must lie in its dataset, got a link out of it; put there what it leads to, or make"
    dataset = Dataset(folder)
    for step in (
        lambda: dataset.image(dataset.record(0)),
        lambda: find_format("coco").write(dataset, tmp_path / "coco", ExportOptions()),
        lambda: merge_datasets(tmp_path / "merged", [folder, folder], link=True),
    ):
        with pytest.raises(DatasetError) as caught:
            step()
        assert str(caught.value).startswith(text)
    assert any("link out of it" in str(fault) for fault in validate(folder, workers=1))


def test_nothing_is_repaired_elsewhere(tmp_path):
    folder = make_dataset(tmp_path / "data")
    outside = tmp_path / "outside"
    (folder / "instances").rename(outside)
    (outside / "000000.png").write_bytes(b"mine")
    (outside / ".old.tmp").touch()
    (folder / "instances").symlink_to(outside)
    with pytest.raises(DatasetError, match=r"data/instances: file must lie in its dataset, got a link out of it"):
        list(fix_dataset(folder))
    assert (outside / "000000.png").read_bytes() == b"mine"
    assert (outside / ".old.tmp").exists()


def test_a_whole_dataset_may_be_a_link(tmp_path):
    make_dataset(tmp_path / "data")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    dataset = Dataset(tmp_path / "link")
    assert dataset.image(dataset.record(0)).shape == (48, 64, 3)


def coco_file(folder: Path, name: str) -> Path:
    entry = {"id": 1, "file_name": name, "width": 64, "height": 48}
    (folder / "a.json").write_text(json.dumps({"images": [entry], "annotations": [], "categories": []}))
    return folder / "a.json"


def test_imports_that_name_pictures_elsewhere(tmp_path):
    secret = put_picture(tmp_path / "private/secret.png")
    folder = tmp_path / "set"
    put_picture(folder / "images/a.png")
    (folder / "images/link.png").symlink_to(secret)
    for name in ("../../private/secret.png", str(secret), "link.png"):
        with pytest.raises(DatasetError, match=LEAVES + "say with"):
            import_dataset("coco", coco_file(folder, name), tmp_path / "out", images=None, link=False)
    (folder / "Annotations").mkdir()
    (folder / "JPEGImages").mkdir()
    voc = "<annotation><filename>../../private/secret.png</filename></annotation>"
    (folder / "Annotations/a.xml").write_text(voc)
    with pytest.raises(DatasetError, match=LEAVES + "copy it there"):
        import_dataset("voc", folder, tmp_path / "out", images=None, link=False)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("yaml", ["train: ../private\n", "path: ../private\ntrain: .\n", "train: list.txt\n"])
def test_yolo_reads_elsewhere_only_where_allowed(yaml, tmp_path):
    secret = put_picture(tmp_path / "private/secret.png")
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "list.txt").write_text(f"{secret}\n")
    (folder / "data.yaml").write_text("names: [a]\n" + yaml)
    with pytest.raises(DatasetError, match="say with --images which folder holds pictures and labels, if you trust"):
        import_dataset("yolo", folder, tmp_path / "out", images=None, link=False)
    text = import_dataset("yolo", folder, tmp_path / "out", images=tmp_path, link=False)
    assert text == "1 pictures, 0 labels, 1 categories"
