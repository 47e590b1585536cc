"""What Blender prints while it works. Some of its errors are only printed, so the print-out has to be read."""

from __future__ import annotations

import ctypes
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

_FULL_MEMORY = re.compile(r"out of (\w+ ){0,4}memory|malloc returns null|failed to allocate", re.IGNORECASE)

_ERROR = re.compile(
    r"\|\s*(ERROR|FATAL)\b"  # 00:01.752  image.openexr    | ERROR ...
    r"|^(Error|ERROR)\b"
    rf"|{_FULL_MEMORY.pattern}|failed to (load|compile|execute)"
    r"|(CUDA|OptiX|HIP|oneAPI|Metal) error",
    re.IGNORECASE,
)


@dataclass
class RenderLog:
    """The lines that were printed."""

    lines: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[str]:
        """Lines that tell of an error."""
        return [line for line in self.lines if _ERROR.search(line)]


@contextmanager
def render_log() -> Iterator[RenderLog]:
    """Catch all that this process writes to its standard output and error, other threads included.

    The lines are there when the context ends.
    """
    log = RenderLog()
    _flush()
    saved = os.dup(1), os.dup(2)
    with tempfile.TemporaryFile() as caught:
        os.dup2(caught.fileno(), 1)
        os.dup2(caught.fileno(), 2)
        try:
            yield log
        finally:
            _flush()
            for stream, descriptor in zip((1, 2), saved, strict=True):
                os.dup2(descriptor, stream)
                os.close(descriptor)
            caught.seek(0)
            log.lines.extend(caught.read().decode(errors="replace").splitlines())


def tells_of_full_memory(text: str) -> bool:
    """Say whether an error is that a device, or the machine, has no memory left."""
    return _FULL_MEMORY.search(text) is not None


def _flush() -> None:
    """Empty the buffers of Python's streams and of the C library's, which Blender prints to."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and not stream.closed:
            stream.flush()
    if os.name == "posix":
        ctypes.CDLL(None).fflush(None)
