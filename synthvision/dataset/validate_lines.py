"""Lines of ``frames.jsonl`` checked one by one, each without knowing the others, over processes."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from synthvision.dataset.disk import lines_within
from synthvision.dataset.faults import DatasetFault
from synthvision.dataset.layout import FRAMES
from synthvision.dataset.manifest import Manifest
from synthvision.dataset.records import parse_line, read_record, scene_key
from synthvision.dataset.validate_frames import check_frame
from synthvision.errors import DatasetError

REPAIR = "run the same render command again: it repairs frames.jsonl, as 'validate --fix' does"
FEW = 500
"""Lines for which starting processes takes longer than checking."""

_BATCH = 16
_AHEAD = 4  # batches per process that are waiting or done: memory does not grow with the frames

Numbered = tuple[int, bytes]


@dataclass(frozen=True)
class LineFindings:
    """What one line says and what is wrong with its frame.

    Attributes:
        number: of the line, from 1.
        fault: of the line itself; then nothing else is known.
        frame_index, split, files: as in the line.
        scene: see ``records.scene_key``.
        faults: of the frame.
        pixels: SHA-256 of the picture's pixels; empty where it is faulty.
    """

    number: int
    fault: DatasetFault | None = None
    frame_index: int = -1
    split: str = ""
    files: tuple[str, ...] = ()
    scene: tuple[int, int, bool] = (0, 0, False)
    faults: tuple[DatasetFault, ...] = ()
    pixels: bytes = b""


def check_lines(folder: Path, manifest: Manifest, workers: int | None) -> Iterator[LineFindings]:
    """Yield what is found in each line, in their order.

    ``workers`` processes share the work; None for one per core, or none at all for few lines.
    """
    with (folder / FRAMES).open("rb") as stream:
        lines = enumerate(lines_within(stream, folder / FRAMES), start=1)
        first = list(islice(lines, FEW)) if workers is None else []
        if workers == 1 or len(first) in range(1, FEW):
            for batch in (first, lines):
                yield from (_findings(folder, manifest, line) for line in batch)
            return
        cores = len(os.sched_getaffinity(0)) if workers is None else workers
        yield from _shared(folder, manifest, _batches(first, lines), cores)


def _batches(first: Sequence[Numbered], rest: Iterator[Numbered]) -> Iterator[list[Numbered]]:
    for lines in (iter(first), rest):
        while batch := list(islice(lines, _BATCH)):
            yield batch


def _shared(folder: Path, manifest: Manifest, batches: Iterator[list[Numbered]], cores: int) -> Iterator[LineFindings]:
    # A forked child would inherit locks of threads that it does not have.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context, _single_threaded) as pool:
        waiting: deque[Future[list[LineFindings]]] = deque()
        for batch in batches:
            waiting.append(pool.submit(_batch_findings, folder, manifest, batch))
            if len(waiting) >= _AHEAD * cores:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _single_threaded() -> None:
    cv2.setNumThreads(1)


def _batch_findings(folder: Path, manifest: Manifest, batch: Sequence[Numbered]) -> list[LineFindings]:
    return [_findings(folder, manifest, line) for line in batch]


def _findings(folder: Path, manifest: Manifest, line: Numbered) -> LineFindings:
    number, content = line
    where = f"{FRAMES}:{number}"
    try:
        data = parse_line(content, where, finite=False)
    except DatasetError as error:
        return LineFindings(number, DatasetFault(where, "torn_line", _rule(error, where), REPAIR))
    try:
        if b"NaN" in content or b"Infinity" in content:  # in a name they are harmless, so look closer
            json.loads(content, parse_constant=_refuse_constant)
        record = read_record(data, where)
    except (DatasetError, ValueError) as error:
        return LineFindings(number, DatasetFault(where, "bad_value", _rule(error, where), REPAIR))
    if record.split not in (manifest.splits or ("",)):
        what = f"split must be {', '.join(manifest.splits) or 'empty'}, got {record.split!r}"
        return LineFindings(number, DatasetFault(where, "bad_value", what, REPAIR), record.frame_index, record.split)
    try:
        with np.errstate(all="ignore"):  # numbers that are too large are wrong, which is said
            found = check_frame(folder, manifest, record)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        what = f"values must make sense together, got some that do not ({type(error).__name__}: {error})"
        return LineFindings(number, DatasetFault(where, "bad_value", what, REPAIR), record.frame_index, record.split)
    files = tuple(record.files)
    key = scene_key(record)
    return LineFindings(number, None, record.frame_index, record.split, files, key, found.faults, found.pixels)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"every number must be finite, got {name}")


def _rule(error: Exception, where: str) -> str:
    return str(error).removeprefix(where).lstrip(":. ").split(";")[0]
