"""Hugging Face ``imagefolder``: pictures in a folder per split, each folder with a ``metadata.jsonl``.

https://huggingface.co/docs/datasets/image_dataset. Boxes are ``[x, y, width, height]`` in pixels; categories count
from 0.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.formats.frames import (
    Tally,
    chosen_frames,
    count_crowds,
    image_name,
    put_image,
)
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write pictures, their metadata, and a ``README.md`` that names splits, categories and licence."""
    tally = Tally()
    with new_folder(out) as folder, ExitStack() as stack:
        streams: dict[str, TextIO] = {}
        for record, labels in chosen_frames(dataset, options):
            tally.count(len(labels))
            count_crowds(labels, tally)
            split = record.split or "train"
            if split not in streams:
                (folder / split).mkdir()
                streams[split] = stack.enter_context((folder / split / "metadata.jsonl").open("w", encoding="utf-8"))
            put_image(dataset, record, folder / split / image_name(record), options)
            streams[split].write(json.dumps(_row(record, labels), ensure_ascii=False) + "\n")
        (folder / "README.md").write_text(_readme(dataset, tuple(streams)), encoding="utf-8")
    return tally.report()


def _row(record: FrameRecord, labels: tuple[InstanceRecord, ...]) -> dict[str, object]:
    return {
        "file_name": image_name(record),
        "image_id": record.frame_index + 1,
        "width": record.width_px,
        "height": record.height_px,
        "objects": {
            "id": [label.instance_id for label in labels],
            "area": [label.area for label in labels],
            "bbox": [[float(side) for side in label.bbox or ()] for label in labels],
            "category": [label.category_id - 1 for label in labels],
        },
    }


def _readme(dataset: Dataset, splits: tuple[str, ...]) -> str:
    manifest = dataset.manifest
    names = "\n".join(f"- {number}: {category.name}" for number, category in enumerate(manifest.categories))
    files = "\n".join(f"      - split: {split}\n        path: {split}/**" for split in splits)
    configurations = f"configs:\n  - config_name: default\n    data_files:\n{files}\n" if splits else ""
    return (
        f"---\ntask_categories:\n  - object-detection\ntags:\n  - synthetic\n{configurations}---\n\n"
        f"# {manifest.name}\n\n{manifest.info.get('description') or 'Made with synthvision.'}\n\n"
        f"Licence: {manifest.licence['name']}. Categories:\n\n{names}\n"
    )


FORMAT = Format(
    name="huggingface",
    title="Hugging Face imagefolder",
    cannot_carry=("masks (Parquet has them), depth, cameras, poses, keypoints, crowds",),
    write=write,
)
