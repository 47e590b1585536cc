"""Ctrl-C and SIGTERM: a wish to stop that the run looks at between messages."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
_ENOUGH = 2


class Stop:
    """How often the user has asked to stop.

    Once lets frames in work finish for some seconds; twice does not, but still brings the dataset into order; after
    that the program ends wherever it stands, which costs nothing that running it again does not mend.
    """

    def __init__(self) -> None:
        self.wishes = 0

    def ask(self) -> None:
        """Ask once more."""
        self.wishes += 1


@contextmanager
def stop_on_signals() -> Iterator[Stop]:
    """Count signals instead of dying of them. Outside the main thread, where Python allows no handlers, do nothing."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.ask()
        if stop.wishes > _ENOUGH:
            raise KeyboardInterrupt

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
