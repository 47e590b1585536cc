"""A frame while it is checked: each file is read and decoded once, each mask too."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.disk import read_whole
from synthvision.dataset.encodings import decode_depth
from synthvision.dataset.faults import DatasetFault, FaultKind
from synthvision.dataset.layout import FRAMES, inside
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.rle import decode_rle
from synthvision.scene.typed_json import read_typed
from synthvision.scene.types import Camera

MAKE_ANEW = "delete the frame's image and run the same render command again: it makes the frame anew"
_HALF_MILLIMETRE = 0.0005

Mask = NDArray[np.bool_]
Decoder = Callable[[bytes, str], Any]


class FrameFiles:
    """A frame's record and what its files hold."""

    def __init__(self, folder: Path, record: FrameRecord) -> None:
        self.folder, self.record = folder, record
        self.kinds = {name.split("/")[0]: name for name in record.files}
        self._contents: dict[str, bytes] = {}
        self._decoded: dict[tuple[str, Decoder], Any] = {}
        self._masks: dict[str, Mask] = {}

    def name(self, kind: str) -> str:
        """Return the path of a file that the frame has."""
        return self.kinds[kind]

    def sha256(self, kind: str) -> str:
        """Return the SHA-256 of a file's content; raises DatasetError."""
        return hashlib.sha256(self._content(kind)).hexdigest()

    def read(self, kind: str, decode: Decoder) -> Any:
        """Return what a file holds; raises DatasetError."""
        if (kind, decode) not in self._decoded:
            self._decoded[kind, decode] = decode(self._content(kind), self.name(kind))
        return self._decoded[kind, decode]

    def _content(self, kind: str) -> bytes:
        if kind not in self._contents:
            self._contents[kind] = read_whole(inside(self.folder, self.folder / self.name(kind)))
        return self._contents[kind]

    def rle(self, counts: str) -> Mask:
        """Return the (H, W) bool mask of run lengths; raises DatasetError."""
        if counts not in self._masks:
            self._masks[counts] = decode_rle(counts, self.record.height_px, self.record.width_px)
        return self._masks[counts]

    def mask(self, label: InstanceRecord) -> Mask:
        """Return the (H, W) bool visible mask of a label that has one."""
        assert label.counts is not None  # noqa: S101 - asked before
        return self.rle(label.counts)

    def line_fault(self, kind: FaultKind, what: str) -> DatasetFault:
        """Return a fault of the frame's line."""
        return DatasetFault(f"{FRAMES}: frame {self.record.frame_index}", kind, what, MAKE_ANEW)

    def fault(self, file: str, what: str, kind: FaultKind = "maps_disagree") -> DatasetFault:
        """Return a fault of a file of that kind."""
        return DatasetFault(self.name(file), kind, what, MAKE_ANEW)

    @cached_property
    def camera(self) -> Camera:
        """The scene's camera."""
        camera: Camera = read_typed(Camera, self.record.scene["camera"], "scene.camera")
        return camera

    @property
    def depth(self) -> NDArray[np.float32]:
        """(H, W) metres."""
        depth: NDArray[np.float32] = self.read("depth", decode_depth)
        return depth

    @property
    def depth_step(self) -> float:
        """By how much a depth may be off for being written, metres."""
        return 0.0 if self.name("depth").endswith(".exr") else 1.2 * _HALF_MILLIMETRE

    @property
    def opaque(self) -> list[InstanceRecord]:
        """The labels that are in maps."""
        return [label for label in self.record.labels if not label.see_through and label.counts is not None]
