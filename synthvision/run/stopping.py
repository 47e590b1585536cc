"""Ctrl-C, SIGTERM and a terminal that is closed: a wish to stop that the run looks at between messages."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
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

    terminals = [descriptor for descriptor in (1, 2) if os.isatty(descriptor)]

    def handle(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGHUP:
            _let_go(terminals)
        stop.ask()
        if stop.wishes > _ENOUGH:
            raise KeyboardInterrupt

    # 'nohup' says that the end of the terminal is not to be the end of the run.
    heeded = [one for one in SIGNALS if one != signal.SIGHUP or signal.getsignal(one) != signal.SIG_IGN]
    before = {number: signal.signal(number, handle) for number in heeded}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _let_go(terminals: Sequence[int]) -> None:
    """Send what is still to be said nowhere: writing to a terminal that was closed is an error."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in terminals:
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
