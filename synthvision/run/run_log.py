"""``run_log.jsonl``: what varies from run to run, kept out of the data: clocks, workers, devices, times per frame."""

from __future__ import annotations

import json
import os
import platform
import time  # noqa: TID251 - this file is where clocks belong
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from synthvision.dataset.closing import Closing
from synthvision.dataset.disk import disk_errors
from synthvision.dataset.layout import RUN_LOG
from synthvision.run.crew import CrewChanged, Event, FrameFailed, WorkerLost
from synthvision.run.messages import FrameDone, Ready
from synthvision.run.plan import Order
from synthvision.run.slots import Size
from synthvision.run.summary import RunSummary


class RunLog(Closing):
    """Appends one JSON object per line to the dataset's run log; raises DatasetError where that cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / RUN_LOG
        with disk_errors(self._path):
            self._stream: BinaryIO = self._path.open("a+b", buffering=0)
            if self._stream.tell() and not self._ends_well():
                self._stream.write(b"\n")  # the last run died in the middle of a line

    def begin(self, order: Order, size: Size, versions: Mapping[str, str]) -> None:
        """Say what this run is to do, and with what."""
        self._write(
            "begin",
            frames=order.count,
            start=order.start,
            **({} if order.shard is None else {"shard": str(order.shard)}),
            renderer=order.renderer,
            device=order.device,
            size=asdict(size),
            versions=dict(versions),
            python=platform.python_version(),
            system=_system(),
            process=os.getpid(),
        )

    def note(self, event: Event) -> None:
        """Write an event."""
        match event:
            case Ready(device):
                self._write("worker ready", device=device)
            case FrameDone(frame_index):
                self._write(
                    "frame",
                    frame_index=frame_index,
                    attempts=event.attempts,
                    seconds=_rounded(asdict(event.effort.seconds)),
                )
            case FrameFailed(frame_index, text):
                self._write("frame failed", frame_index=frame_index, text=text)
            case CrewChanged(text):
                self._write("crew changed", text=text)
            case WorkerLost(frames, text, trace):
                self._write("worker lost", frames=frames, text=text, **({"trace": trace} if trace else {}))

    def end(self, summary: RunSummary) -> None:
        """Say how the run ended."""
        progress = summary.progress
        self._write(
            "end",
            made=progress.made,
            failed=progress.failed,
            attempts=progress.attempts,
            refusals=dict(summary.refusals),
            short=progress.short,
            elapsed_s=round(progress.elapsed_s, 3),
            seconds=_rounded(asdict(progress.seconds)),
            interrupted=summary.interrupted,
        )

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def _ends_well(self) -> bool:
        self._stream.seek(-1, os.SEEK_END)
        return self._stream.read(1) == b"\n"

    def _write(self, event: str, **facts: Any) -> None:
        line = json.dumps({"event": event, "unix_s": round(time.time(), 3), **facts}) + "\n"
        with disk_errors(self._path):
            self._stream.write(line.encode())


def _system() -> str:
    """Name system and machine; platform.platform() starts a process for it, for which a run could wait in vain."""
    return "-".join((platform.system(), platform.release(), platform.machine(), *filter(None, platform.libc_ver())))


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {stage: round(value, 4) for stage, value in seconds.items()}
