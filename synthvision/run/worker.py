"""A worker process: ``python -P -m synthvision.run.worker DESCRIPTOR``, started by ``run.workers`` and by nobody else.

It speaks with its parent over a socket whose descriptor it is given; standard output and error are for whatever
Blender and Python print. It never imports the program that called ``render_dataset``, so that needs no
``if __name__ == "__main__"``.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from importlib import import_module
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any

from synthvision.errors import SynthvisionError
from synthvision.run.messages import CannotWork, FromWorker, Job
from synthvision.run.pipeline import Pipeline, Stages
from synthvision.swept_folders import swept_folder


class ParentLink:
    """The worker's end of the socket. A parent that is gone ends the worker, whatever that is doing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._inbox: SimpleQueue[Any] = SimpleQueue()
        self.next: Callable[[], Any] = self._inbox.get
        threading.Thread(target=self._receive, name="receiving", daemon=True).start()

    def send(self, message: FromWorker) -> None:
        """Send a message; threads take turns."""
        with self._sending:
            try:
                self._connection.send(message)
            except OSError:
                os._exit(1)  # the parent is gone; see _receive

    def _receive(self) -> None:
        try:
            while True:
                self._inbox.put(self._connection.recv())
        except (EOFError, OSError):
            os._exit(1)  # the kernel closed the parent's end: nobody waits for this work


def open_stages(job: Job) -> Stages:
    """Call the function that ``job.stages`` names."""
    module, _, function = job.stages.partition(":")
    stages: Stages = getattr(import_module(module), function)(job)
    return stages


def work(link: ParentLink) -> None:
    """Serve one parent until it says there are no more frames."""
    job: Job = link.next()
    try:
        stages = open_stages(job)
    except SynthvisionError as error:
        link.send(CannotWork(type(error).__name__, str(error)))
        return
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        text = f"worker: it must be able to start, got {type(error).__name__}: {error}"
        link.send(CannotWork("RunError", text, traceback.format_exc()))
        return
    link.send(stages.ready)
    Pipeline(stages, link.next, link.send).run()
    stages.close()


@contextmanager
def own_temporary_folder() -> Iterator[None]:
    """Have Blender's temporary files in a folder that goes with this process, or is swept where this one is killed.

    Blender makes a folder of its own, for tiles among others, which stays where a process ends as workers do.
    """
    with ExitStack() as stack:
        with suppress(OSError):  # nowhere to write: what needs to will say so
            folder = stack.enter_context(swept_folder("worker"))
            os.environ["TMPDIR"] = tempfile.tempdir = str(folder)
        yield


def main() -> None:
    """Run a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole process group; the parent decides
    # Of its own: Blender's renderer catches what goes to standard error while it renders.
    faulthandler.enable(os.fdopen(os.dup(2), "w"))
    with own_temporary_folder():
        work(ParentLink(Connection(int(sys.argv[1]))))
    sys.stdout.flush()
    os._exit(0)  # without the teardown of embedded libraries, which has nothing left to save


if __name__ == "__main__":
    main()
