"""What ``validate`` can find wrong with a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "bad_manifest",
    "missing_file",
    "hash_mismatch",
    "unreadable_image",
    "wrong_size",
    "unlisted_file",
    "torn_line",
    "duplicate_frame",
    "unsorted_frames",
    "bad_value",
    "id_problem",
    "unknown_category",
    "rle_mismatch",
    "bbox_mismatch",
    "area_mismatch",
    "coco_out_of_date",
]

RENDER_AGAIN = "run the same render command again: it makes anew what is missing"
RENDER_FRAME = "delete the file and run the same render command again: it makes the frame anew"
DELETE_COCO = "run the same render command again: it writes the annotations anew from frames.jsonl"


@dataclass(frozen=True, order=True)
class DatasetFault:
    """One thing wrong with a dataset: in which file (relative to the dataset), what, and what to do about it."""

    file: str
    kind: FaultKind
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what} [{self.kind}]; {self.remedy}"
