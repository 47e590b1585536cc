"""WebDataset shards: ``SPLIT-000000.tar`` with ``000012.png``, ``000012.json`` and the frame's maps.

https://github.com/webdataset/webdataset. A key is the frame's index, so it has no dots; what follows the first dot
is the kind of file: ``png`` or ``jpg`` is the picture, ``json`` the labels, ``depth.png`` the depth, and so on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from synthvision.dataset.disk import read_whole
from synthvision.dataset.layout import inside
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.errors import UsageError
from synthvision.formats.coco import coco_annotation, coco_image
from synthvision.formats.frames import Tally, category_of, chosen_frames
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder

SHARD_FRAMES = 1000
SHARD_BYTES = 2**30
"""A shard is closed when it has so many frames, or bytes."""


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write the shards of each split, and ``categories.json``. Raises UsageError where webdataset is not installed."""
    tally = Tally()
    with new_folder(out) as folder, ExitStack() as stack:
        shards: dict[str, Any] = {}
        for record, labels in chosen_frames(dataset, options):
            tally.count(len(labels))
            split = record.split or "data"
            if split not in shards:
                shards[split] = stack.enter_context(_shards(folder, split))
            shards[split].write(_sample(dataset, record, labels))
        categories = [{"id": category.id, "name": category.name} for category in dataset.manifest.categories]
        text = json.dumps(categories, ensure_ascii=False, indent=1)
        (folder / "categories.json").write_text(text + "\n", encoding="utf-8")
    return tally.report()


def _shards(folder: Path, split: str) -> Any:
    try:
        from webdataset import ShardWriter  # noqa: PLC0415 - an optional library
    except ImportError as error:
        raise UsageError(
            "webdataset: library must be installed for this format, got none; pip install 'synthvision[formats]'"
        ) from error
    # No clock and no name of this machine in the archive.
    return ShardWriter(
        str(folder / f"{split}-%06d.tar"),
        maxcount=SHARD_FRAMES,
        maxsize=SHARD_BYTES,
        verbose=0,
        mtime=0,
        user="synthvision",
        group="synthvision",
    )


def _sample(dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...]) -> dict[str, Any]:
    return {
        "__key__": f"{record.frame_index:06d}",
        "json": json.dumps(_document(dataset, record, labels), ensure_ascii=False).encode(),
        **dict(_files(dataset, record)),
    }


def _files(dataset: Dataset, record: FrameRecord) -> Iterator[tuple[str, bytes]]:
    for name in record.files:
        path = PurePosixPath(name)
        kind = path.suffix[1:] if path.parts[0] == "images" else f"{path.parts[0]}{path.suffix}"
        yield kind, read_whole(inside(dataset.folder, dataset.folder / name))


def _document(dataset: Dataset, record: FrameRecord, labels: tuple[InstanceRecord, ...]) -> dict[str, Any]:
    """Return the labels of a frame as COCO has them, with the names of categories beside their ids."""
    outputs = dataset.manifest.output_settings
    line = json.loads(record.to_line())
    rows = {row["instance_id"]: row for row in line["labels"]}
    annotations = [
        coco_annotation(number, line, rows[label.instance_id], outputs) | {"category": category_of(dataset, label).name}
        for number, label in enumerate(labels, start=1)
    ]
    return {"image": coco_image(line), "annotations": annotations}


FORMAT = Format(
    name="webdataset",
    title="WebDataset shards",
    cannot_carry=("the Scene of each frame",),
    write=write,
)
