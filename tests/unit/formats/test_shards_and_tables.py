"""WebDataset, Hugging Face's imagefolder and Parquet: read back with their own libraries where those are light."""

import io
import json

import numpy as np
import pyarrow.parquet as pq
import webdataset
from PIL import Image

from synthvision.dataset.rle import decode_rle
from synthvision.formats import ExportOptions, find_format
from synthvision.formats import parquet as parquet_format
from synthvision.formats import webdataset as webdataset_format
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, picture
from tests.unit.formats.samples import boxes_alone, names, three_hundred, visible, whole


def shards(folder):
    urls = sorted(str(path) for path in folder.glob("*.tar"))
    return list(webdataset.WebDataset(urls, shardshuffle=False).decode("rgb8"))


def test_shards_hold_pictures_maps_and_labels(tmp_path):
    dataset = whole(tmp_path / "set")
    report = find_format("webdataset").write(dataset, tmp_path / "out", ExportOptions())
    samples = {int(sample["__key__"]): sample for sample in shards(tmp_path / "out")}
    assert (report.frames, report.labels, set(samples)) == (4, 5, {0, 1, 2, 12})
    assert sorted(path.name for path in (tmp_path / "out").glob("*.tar")) == ["train-000000.tar", "val-000000.tar"]
    expected, categories = visible(dataset), names(dataset)
    for frame, sample in samples.items():
        assert (sample["png"] == picture(frame)).all()
        rows = sample["json"]["annotations"]
        assert {row["attributes"]["instance_number"]: row["category"] for row in rows} == categories[frame]
        for row in rows:
            mask = decode_rle(row["segmentation"]["counts"], HEIGHT, WIDTH)
            assert (mask == expected[frame][row["attributes"]["instance_number"]]).all()
        instances = np.asarray(Image.open(io.BytesIO((tmp_path / f"set/instances/{sample_path(frame)}").read_bytes())))
        assert instances.shape == (HEIGHT, WIDTH)
        assert "instances.png" in sample
        assert "depth.png" in sample


def sample_path(frame):
    return f"{'train' if frame < 2 else 'val'}/{frame:06d}.png"


def test_shards_are_closed_when_full_and_come_again_byte_by_byte(tmp_path, monkeypatch):
    monkeypatch.setattr(webdataset_format, "SHARD_FRAMES", 1)
    dataset = whole(tmp_path / "set")
    for name in ("out", "again"):
        find_format("webdataset").write(dataset, tmp_path / name, ExportOptions(("val",)))
    assert [sample["__key__"] for sample in shards(tmp_path / "out")] == ["000002", "000012"]
    first, second = (sorted((tmp_path / name).iterdir()) for name in ("out", "again"))
    assert [path.name for path in first] == ["categories.json", "val-000000.tar", "val-000001.tar"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_imagefolder_has_boxes_from_zero_based_categories(tmp_path):
    dataset = whole(tmp_path / "set")
    report = find_format("huggingface").write(dataset, tmp_path / "out", ExportOptions())
    assert (report.frames, report.labels) == (4, 5)
    lines = (tmp_path / "out/train/metadata.jsonl").read_text(encoding="utf-8").splitlines()
    first, second = (json.loads(line) for line in lines)
    assert (tmp_path / "out/train" / first["file_name"]).is_file()
    assert first["objects"] == {
        "id": [1, 2, 300],
        "area": [104, 73, 1],
        "bbox": [[5.0, 5.0, 12.0, 10.0], [30.0, 4.0, 17.0, 7.0], [63.0, 47.0, 1.0, 1.0]],
        "category": [0, 1, 0],
    }
    assert second["objects"] == {"id": [], "area": [], "bbox": [], "category": []}
    assert "- 1: Schlüssel 扳手" in (tmp_path / "out/README.md").read_text(encoding="utf-8")


def test_parquet_holds_pictures_and_masks(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet_format, "GROUP_FRAMES", 1)
    monkeypatch.setattr(parquet_format, "FILE_FRAMES", 1)
    dataset = whole(tmp_path / "set")
    report = find_format("parquet").write(dataset, tmp_path / "out", ExportOptions())
    files = sorted((tmp_path / "out").iterdir())
    assert (report.frames, report.labels) == (4, 5)
    assert [path.name for path in files] == [f"{s}-0000{n}.parquet" for s in ("train", "val") for n in (0, 1)]
    expected, categories = visible(dataset), names(dataset)
    # Where the ``datasets`` library looks for which columns are pictures.
    assert (
        json.loads(pq.read_schema(files[0]).metadata[b"huggingface"])["info"]["features"]["image"]["_type"] == "Image"
    )
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    assert [row["frame_index"] for row in rows] == [0, 1, 2, 12]
    for row in rows:
        frame = row["frame_index"]
        assert (np.asarray(Image.open(io.BytesIO(row["image"]["bytes"]))) == picture(frame)).all()
        assert {found["id"]: found["category"] for found in row["objects"]} == categories[frame]
        assert row["camera_matrix"] == [70.0, 0.0, 32.0, 0.0, 70.0, 24.0, 0.0, 0.0, 1.0]
        for found in row["objects"]:
            assert (decode_rle(found["segmentation"], HEIGHT, WIDTH) == expected[frame][found["id"]]).all()


def test_boxes_alone_and_300_categories(tmp_path):
    dataset = boxes_alone(tmp_path / "boxes")
    many = three_hundred(tmp_path / "many")
    for name in ("webdataset", "huggingface", "parquet"):
        assert find_format(name).write(dataset, tmp_path / name, ExportOptions()).labels == 5
        assert find_format(name).write(many, tmp_path / f"{name}-300", ExportOptions()).labels == 5
    row = pq.read_table(tmp_path / "parquet/train-00000.parquet").to_pylist()[0]
    assert row["camera_matrix"] is None
    assert row["objects"][0]["segmentation"] is None
    assert row["objects"][0]["bbox"] == [5.25, 5.0, 11.5, 10.0]
    found = shards(tmp_path / "webdataset")[0]["json"]["annotations"][0]
    assert (found["segmentation"], found["bbox"]) == ([], [5.25, 5.0, 11.5, 10.0])
    rows = pq.read_table(tmp_path / "parquet-300/train-00000.parquet").to_pylist()
    assert {found["category_id"] for row in rows for found in row["objects"]} == {300}
    lines = (tmp_path / "huggingface-300/train/metadata.jsonl").read_text(encoding="utf-8").splitlines()
    assert {number for line in lines for number in json.loads(line)["objects"]["category"]} == {299}
