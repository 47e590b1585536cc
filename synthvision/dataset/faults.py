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
    "maps_disagree",
    "bbox_mismatch",
    "area_mismatch",
    "depth_mismatch",
    "pose_mismatch",
    "not_finite",
    "black_image",
    "burnt_image",
    "flat_image",
    "duplicate_image",
    "scene_in_two_splits",
    "coco_out_of_date",
]
"""Kinds of faults; ``docs`` of each stand in ``MEANINGS``."""

MEANINGS: dict[FaultKind, str] = {
    "bad_manifest": "there is no manifest that can be read",
    "missing_file": "a file that must be there is not",
    "hash_mismatch": "a file has other bytes than recorded",
    "unreadable_image": "a file is no picture, or cut off",
    "wrong_size": "a picture has another size, depth or number of channels than the frame",
    "unlisted_file": "a file is there that no frame names",
    "torn_line": "a line of frames.jsonl is no whole JSON object",
    "duplicate_frame": "a frame has two lines",
    "unsorted_frames": "lines do not ascend by frame index",
    "bad_value": "a value is of the wrong type, not finite, or contradicts another",
    "id_problem": "ids of frames, instances, images or annotations are not as they must be",
    "unknown_category": "a label has a category that the manifest does not have",
    "rle_mismatch": "a mask is of another size, outside its amodal mask, or not what a map shows",
    "maps_disagree": "two maps of a frame, or a map and the labels, contradict each other",
    "bbox_mismatch": "a box is not the tight one of its mask",
    "area_mismatch": "an area is not the number of pixels of its mask",
    "depth_mismatch": "a labelled pixel has no depth, or one outside the 3-D box of its label",
    "pose_mismatch": "a 3-D box, its picture, its size, its pose and the 2-D box do not go together",
    "not_finite": "a map has a value that is NaN or infinite",
    "black_image": "at least 99.9 % of the pixels are at most 8 of 255 in every channel",
    "burnt_image": "at least 99 % of the pixels are at least 254 of 255 in every channel",
    "flat_image": "the pixels of each channel differ from their mean by less than 1 of 255 (standard deviation)",
    "duplicate_image": "a picture has the same pixels as that of an earlier frame",
    "scene_in_two_splits": "frames of one scene are in two splits, so that training has seen what is tested",
    "coco_out_of_date": "a COCO file does not say what frames.jsonl says",
}

SUSPICIONS: frozenset[FaultKind] = frozenset({"black_image", "burnt_image", "flat_image", "duplicate_image"})
"""Kinds that may be meant so: nothing contradicts anything."""

RENDER_AGAIN = "run the same render command again: it makes anew what is missing"
RENDER_FRAME = "delete the file and run the same render command again: it makes the frame anew"
DELETE_COCO = (
    "run the same render command again: it writes the annotations anew from frames.jsonl, as 'validate --fix' does"
)


@dataclass(frozen=True, order=True)
class DatasetFault:
    """One thing wrong with a dataset: in which file (relative to the dataset), what, and what to do about it."""

    file: str
    kind: FaultKind
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}: {self.what} [{self.kind}]; {self.remedy}"

    @property
    def is_suspicion(self) -> bool:
        """Whether it may be meant so, as black pictures in a dataset of nights."""
        return self.kind in SUSPICIONS
