"""The parent's end of a worker process."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
import threading
from collections import deque
from multiprocessing.connection import Connection
from typing import IO

from synthvision.run.child import child_environment
from synthvision.run.messages import FromWorker, Job
from synthvision.run.slots import Slot

_TAIL_LINES = 100
_LAST_WORDS = 6
_DUMP = "Fatal Python error"  # what faulthandler begins a dump of all threads with
_LINE_BYTES = 1000


class Tail:
    """The last lines of what a process prints, read by a thread so that the process never waits."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lines: deque[str] = deque(maxlen=_TAIL_LINES)
        self._thread = threading.Thread(target=self._read, name="tail", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        with self._stream:
            for line in iter(lambda: self._stream.readline(_LINE_BYTES), b""):
                self._lines.append(line.decode(errors="replace").rstrip())

    def lines(self) -> list[str]:
        """Return the lines; call it when the process has ended."""
        self._thread.join(timeout=1.0)
        return list(self._lines)


class Worker:
    """One worker process and the frames it has in hand.

    Attributes:
        slot: where it renders.
        in_hand: frames given to it and not answered yet, oldest first.
        to_come: more frames of the scene that it is at, for it and no other.
        ready: whether it has said so.
        frames: how many it has made.
        retiring: whether it ends when it has nothing in hand and nothing to come.
        alone: whether its one frame is a second or third try, so that nothing else is given to it meanwhile.
        silent_s: how long the parent has listened since its last message.
    """

    def __init__(self, job: Job, slot: Slot) -> None:
        parent_end, child_end = multiprocessing.Pipe()
        with child_end:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                [sys.executable, "-P", "-u", "-m", "synthvision.run.worker", str(child_end.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(child_end.fileno(),),
                env=child_environment(),
            )
        assert self._process.stdout is not None  # noqa: S101 - stdout=PIPE makes it so
        self._tail = Tail(self._process.stdout)
        self.connection: Connection = parent_end
        self.slot = slot
        self.in_hand: list[int] = []
        self.to_come: deque[int] = deque()
        self.ready = False
        self.frames = 0
        self.retiring = False
        self.alone = False
        self.silent_s = 0.0
        self._tell(slot.job(job))

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def give(self, frame_index: int) -> None:
        """Hand it a frame."""
        if not self.in_hand:
            self.silent_s = 0.0  # it had nothing to say
        self.in_hand.append(frame_index)
        self._tell(frame_index)

    def dismiss(self) -> None:
        """Tell it that there are no more frames."""
        self._tell(None)

    def hear(self) -> FromWorker:
        """Take its next message; raises EOFError or OSError when it has ended."""
        message: FromWorker = self.connection.recv()
        self.silent_s = 0.0
        return message

    def end(self, wait_s: float = 0.0) -> str:
        """Wait for it to end, kill it if it does not, and say how it ended."""
        try:
            self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self.connection.close()
        return _how_it_ended(self._process.returncode)

    def tail(self) -> str:
        """What it printed last, with the dump of its threads that a crash leaves. Call it when it has ended."""
        return "\n".join(self._tail.lines())

    def last_words(self) -> str:
        """What it printed before it crashed or ended, in a few indented lines, or nothing."""
        lines = self._tail.lines()
        said = lines[: next((i + 1 for i, line in enumerate(lines) if line.startswith(_DUMP)), None)]
        text = "\n".join(f"    {line}" for line in said[-_LAST_WORDS:] if line)
        return f"; it printed last:\n{text}" if text else ""

    def _tell(self, message: Job | int | None) -> None:
        try:
            self.connection.send(message)
        except OSError:
            return  # it has ended: the next ``hear`` says so, and that is where lost workers are dealt with


def _how_it_ended(status: int) -> str:
    if status >= 0:
        return f"exit status {status}"
    name = signal.Signals(-status).name
    hint = " (out of memory? try fewer --workers)" if name == "SIGKILL" else ""
    return f"{name}{hint}"
