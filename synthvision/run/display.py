"""How a run looks while it goes on: a bar on a terminal, plain lines elsewhere; and what is said at its end."""

from __future__ import annotations

import sys
import time  # noqa: TID251 - how often a line is printed
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import TYPE_CHECKING

from synthvision.dataset.layout import RUN_LOG
from synthvision.run.spans import Seconds
from synthvision.run.summary import Progress, RunSummary

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_EVERY_S = 10.0
_PARTS = 10
_FAILURES_SHOWN = 20


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """Show progress on standard error while the block runs: yields what is to be called with each Progress."""
    if sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield Lines(lambda line: print(line, file=sys.stderr, flush=True))  # noqa: T201 - this is the output


class Lines:
    """A line at the start, at every tenth of the frames or ten seconds, at the end, and for each note."""

    def __init__(self, write: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._write = write
        self._clock = clock
        self._next_s = clock()
        self._next_part = 0

    def __call__(self, progress: Progress) -> None:
        """Write what there is to say."""
        if progress.note:
            self._write(progress.note)
        handled = progress.before + progress.made + progress.failed
        part = _PARTS * handled // max(progress.wanted, 1)  # a shard may have no frames
        if self._clock() >= self._next_s or part >= self._next_part:
            self._next_s = self._clock() + _EVERY_S
            self._next_part = part + 1
            self._write(f"{headline(progress)}; {details(progress)}")


@contextmanager
def _bar() -> Iterator[Callable[[Progress], None]]:
    from rich.console import Console  # noqa: PLC0415 - rich takes a tenth of a second; a terminal is rarer than a log
    from rich.live import Live  # noqa: PLC0415 - as above

    console = Console(stderr=True)
    with Live(console=console, refresh_per_second=4, transient=True) as live:

        def watch(progress: Progress) -> None:
            _print_note(console, progress)
            live.update(_picture(progress))

        yield watch


def _print_note(console: Console, progress: Progress) -> None:
    if progress.note:
        console.print(progress.note, markup=False, highlight=False)


def _picture(progress: Progress) -> RenderableType:
    from rich.progress_bar import ProgressBar  # noqa: PLC0415 - see _bar
    from rich.table import Table  # noqa: PLC0415 - see _bar
    from rich.text import Text  # noqa: PLC0415 - see _bar

    completed = progress.before + progress.made + progress.failed
    bar = ProgressBar(total=progress.wanted, completed=completed, width=60)
    picture = Table.grid()
    picture.add_row(bar)
    picture.add_row(Text(headline(progress)))
    picture.add_row(Text(details(progress).replace("; ", "\n"), style="dim"))
    return picture


def headline(progress: Progress) -> str:
    """Return ``12/100 frames, 1.3 frames/s, 1 min 08 s left``."""
    words = [f"{progress.before + progress.made}/{progress.wanted} frames"]
    if progress.failed:
        words.append(f"{progress.failed} failed")
    if progress.left_s is not None:
        words += [f"{progress.frames_per_s:.3g} frames/s", f"{duration(progress.left_s)} left"]
    return ", ".join(words)


def details(progress: Progress) -> str:
    """Return accepted and rejected draws and the seconds of each stage, or that nothing has been made yet."""
    if not progress.device:
        return "starting" if progress.before < progress.wanted else "all are there"
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in by_stage(progress.seconds).items())
    return f"{progress.made} accepted, {progress.rejected} rejected; {stages}"


def by_stage(seconds: Seconds) -> dict[str, float]:
    """Return the seconds of each stage by its name."""
    return {field.name: getattr(seconds, field.name) for field in fields(seconds)}


def duration(seconds: float) -> str:
    """Return ``48 s``, ``3 min 05 s`` or ``2 h 07 min``."""
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{whole} s"
    hours, minutes_left = divmod(minutes, 60)
    return f"{hours} h {minutes_left:02} min" if hours else f"{minutes} min {rest:02} s"


def report(summary: RunSummary) -> str:
    """Return what is said when a run has ended."""
    progress = summary.progress
    there = f"{summary.folder}: {summary.finished} of {progress.wanted} frames are there"
    lines = [f"{there}; pictures in {summary.folder}/images"]
    if not progress.made and not progress.failed and not summary.interrupted:
        lines[0] += " (nothing was left to do)"
    if progress.made:
        lines.append(
            f"made {progress.made} in {duration(progress.elapsed_s)} ({progress.frames_per_s:.3g} frames/s) "
            f"on {progress.device}"
        )
        lines += _stage_table(progress)
    lines += _refusals(summary)
    if progress.short:
        lines.append(
            f"{progress.short} of {progress.made} frames had the most samples before their picture was as good as "
            "render.samples_per_pixel wants it; their lines in frames.jsonl say how good (convergence)"
        )
    if summary.failures:
        lines.append(f"{len(summary.failures)} frames failed:")
        lines += _failures(summary)
    return "\n".join(lines)


def _stage_table(progress: Progress) -> list[str]:
    """Return what a frame costs in each stage of its worker; stages of neighbouring frames overlap."""
    seconds, total = by_stage(progress.seconds), progress.seconds.total or 1.0
    rows = [
        f"  {stage:<10}{1000 * spent / progress.made:>12.1f} ms{spent / total:>7.0%}"
        for stage, spent in seconds.items()
    ]
    return [f"  {'stage':<10}{'per frame':>15}{'share':>7}", *rows]


def _failures(summary: RunSummary) -> list[str]:
    """Return why frames failed, each reason once, and the first of very many."""
    texts = Counter(failure.text for failure in summary.failures)
    lines = [f"  {text}" if count == 1 else f"  {text} ({count} frames)" for text, count in texts.items()]
    more = len(lines) - _FAILURES_SHOWN
    return lines if more <= 0 else [*lines[:_FAILURES_SHOWN], f"  and {more} more, which are in {RUN_LOG}"]


def _refusals(summary: RunSummary) -> list[str]:
    if summary.acceptance_rate is None or not summary.progress.rejected:
        return []
    progress = summary.progress
    lines = [f"accepted {progress.made} of {progress.attempts} draws ({summary.acceptance_rate:.0%})"]
    return lines + [f"  {rule} refused {count}" for rule, count in summary.refusals.items()]
