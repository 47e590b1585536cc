"""Lines of several ``frames.jsonl`` as one stream, by frame index; the bytes of a line stay as they are.

Memory holds one line of each file that is open, and a file is open only while the stream passes its frames: parts that
were cut as ranges are open one after the other, however many there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush
from pathlib import Path

from synthvision.dataset.disk import lines_within, reading_errors
from synthvision.dataset.layout import check_file_name
from synthvision.dataset.records import FileRecord, parse_line
from synthvision.errors import DatasetError


@dataclass(frozen=True)
class Line:
    """A finished frame: its line, newline included, and what it says of the frame's files."""

    frame_index: int
    content: bytes
    files: Mapping[str, FileRecord]
    path: Path


@dataclass(frozen=True)
class Part:
    """Lines that ascend by frame index: the index of the first, and what opens them."""

    first: int
    open: Callable[[], Iterator[Line]]


def read_line(content: bytes, path: Path, where: str) -> Line:
    """Read what of a line is needed to take its frame over; raises DatasetError."""
    data = parse_line(content, where)
    try:
        index = int(data["frame_index"])
        files = {check_file_name(name, where): FileRecord(**file) for name, file in data["files"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DatasetError(f"{where}: line must have frame_index and files, got one without ({error})") from error
    return Line(index, content, files, path)


def lines_of(path: Path) -> Iterator[Line]:
    """Yield the lines of a file; raises DatasetError at one that is damaged or out of order."""
    last = -1
    with reading_errors(path), path.open("rb") as stream:
        for number, content in enumerate(lines_within(stream, path), start=1):
            where = f"{path}:{number}"
            line = read_line(content, path, where)
            if line.frame_index <= last:
                raise DatasetError(
                    f"{where}: frame index must be above {last}, got {line.frame_index}; "
                    "run the render command of that folder again: it was stopped in the middle"
                )
            last = line.frame_index
            yield line


def part_of(path: Path) -> Part | None:
    """Return the lines of a file as a part, None if there are none; raises DatasetError."""
    lines = lines_of(path)
    first = next(lines, None)
    lines.close()  # type: ignore[attr-defined]  # it is a generator
    return None if first is None else Part(first.frame_index, lambda: lines_of(path))


def by_frame_index(parts: Iterable[Part]) -> Iterator[Line]:
    """Yield the lines of all parts, ascending; of equal indices that of the earlier part comes first."""
    waiting = deque(sorted(parts, key=lambda part: part.first))
    heads: list[tuple[int, int, Line, Iterator[Line]]] = []
    opened = 0

    def advance(place: int, lines: Iterator[Line]) -> None:
        line = next(lines, None)
        if line is not None:
            heappush(heads, (line.frame_index, place, line, lines))

    while waiting or heads:
        while waiting and (not heads or waiting[0].first <= heads[0][0]):
            advance(opened, waiting.popleft().open())
            opened += 1
        _, place, line, lines = heappop(heads)
        yield line
        advance(place, lines)
