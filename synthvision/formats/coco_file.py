"""A COCO file in the making: any number of images and annotations in constant memory, one line each."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO

from synthvision.dataset.disk import open_whole

Json = dict[str, Any]

BLOCK = 1 << 18
"""Bytes that are read or written at once."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)


@contextmanager
def open_coco(path: Path, heads: Mapping[str, Any]) -> Iterator[CocoFile]:
    """Give a file to fill that appears at ``path`` when the block ends well; raises DatasetError.

    ``heads`` are what stands before ``images`` and ``annotations``: ``info``, ``licenses`` and ``categories``.
    """
    with open_whole(path) as stream, TemporaryFile(dir=path.parent, buffering=BLOCK) as spill:
        file = CocoFile(stream, spill, heads)
        yield file
        file.end()


class CocoFile:
    """Images go straight to the file, annotations to a nameless one that is copied behind them."""

    def __init__(self, stream: BinaryIO, spill: IO[bytes], heads: Mapping[str, Any]) -> None:
        self._stream, self._spill = stream, spill
        self.images = self.annotations = 0
        lines = b",\n".join(dump(key) + b":" + dump(value) for key, value in heads.items())
        stream.write(b"{" + lines + b',\n"images":[\n')

    def add_image(self, image: Json) -> None:
        """Add an entry of ``images``."""
        self._stream.write((b",\n" if self.images else b"") + dump(image))
        self.images += 1

    def add_annotation(self, annotation: Json) -> None:
        """Add an entry of ``annotations``."""
        self._spill.write((b",\n" if self.annotations else b"") + dump(annotation))
        self.annotations += 1

    def add(self, image: Json, annotations: Sequence[bytes]) -> None:
        """Add an entry of ``images`` and its entries of ``annotations``, as text."""
        self.add_image(image)
        if annotations:
            self._spill.write((b",\n" if self.annotations else b"") + b",\n".join(annotations))
            self.annotations += len(annotations)

    def end(self) -> None:
        """Put the annotations behind the images."""
        self._stream.write((b"\n" if self.images else b"") + b'],\n"annotations":[\n')
        self._spill.seek(0)
        shutil.copyfileobj(self._spill, self._stream, BLOCK)
        self._stream.write((b"\n" if self.annotations else b"") + b"]}\n")


def dump(value: Any) -> bytes:
    """Write a value as it stands in a COCO file."""
    return _ENCODER.encode(value).encode()
