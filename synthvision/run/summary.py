"""How a run goes and how it went: what progress bars, logs and exit codes are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvision.run.crew import FrameFailed
from synthvision.run.spans import Seconds


@dataclass(frozen=True)
class Progress:
    """A run at one moment.

    Attributes:
        wanted: frames asked for.
        before: of these, finished by earlier runs.
        made, failed: of these, finished and given up by this run.
        attempts: draws for the frames made; all but one of each frame were refused.
        seconds: of all workers together, by stage.
        elapsed_s: wall time of this run.
        device: what is rendered on; empty until the first worker is ready.
        note: something that just happened and that a user should know, else empty.
        short: frames made by this run whose pictures were left less good than ``samples_per_pixel: auto`` wants them.
    """

    wanted: int
    before: int
    made: int = 0
    failed: int = 0
    attempts: int = 0
    seconds: Seconds = field(default_factory=Seconds)
    elapsed_s: float = 0.0
    device: str = ""
    note: str = ""
    short: int = 0

    @property
    def left(self) -> int:
        """Frames that are neither made nor given up."""
        return self.wanted - self.before - self.made - self.failed

    @property
    def rejected(self) -> int:
        """Draws that were refused, by ``require:`` or since something found no place, of the frames made."""
        return self.attempts - self.made

    @property
    def frames_per_s(self) -> float:
        """Frames made per second of wall time; 0 before the first."""
        return self.made / self.elapsed_s if self.elapsed_s > 0 else 0.0

    @property
    def left_s(self) -> float | None:
        """Seconds until all are made at this rate; None before the first."""
        return self.left / self.frames_per_s if self.frames_per_s > 0 else None


@dataclass(frozen=True)
class RunSummary:
    """How a run ended.

    Attributes:
        folder: the dataset; a URL as text.
        progress: the last one.
        failures: frames that were given up, and why.
        refusals: how many draws were refused, of the frames made, by what refused them: first the rules of
            ``require:`` in words, then the groups (cameras, decals) that found no place. A draw may break several
            rules.
        interrupted: whether the user stopped it.
    """

    folder: Path | str
    progress: Progress
    failures: tuple[FrameFailed, ...]
    refusals: Mapping[str, int]
    interrupted: bool = False

    @classmethod
    def of(
        cls,
        folder: Path | str,
        progress: Progress,
        failures: Sequence[FrameFailed],
        refusals: Mapping[str, int],
        *,
        interrupted: bool,
    ) -> RunSummary:
        """Sum up a run; one that was interrupted when nothing was left to do was not."""
        in_order = tuple(sorted(failures, key=lambda failure: failure.frame_index))
        return cls(folder, replace(progress, note=""), in_order, refusals, interrupted and progress.left > 0)

    @property
    def finished(self) -> int:
        """How many of the frames asked for are in the dataset now."""
        return self.progress.before + self.progress.made

    @property
    def acceptance_rate(self) -> float | None:
        """Frames made per draw; None where none was made."""
        return self.progress.made / self.progress.attempts if self.progress.attempts else None

    @property
    def exit_code(self) -> int:
        """0 if every frame asked for is there, else 1."""
        return 0 if self.finished == self.progress.wanted else 1


class Interrupted(KeyboardInterrupt):
    """Ctrl-C or SIGTERM stopped a run, after the dataset was brought into order. ``summary`` says how far it got.

    It is a KeyboardInterrupt so that a script that calls ``render_dataset`` stops, too.
    """

    def __init__(self, summary: RunSummary) -> None:
        self.summary = summary
        super().__init__(
            f"interrupted: {summary.finished} of {summary.progress.wanted} frames are in {summary.folder}; "
            "run the same command again to go on"
        )
