"""Every exception of synthvision.

::

    SynthvisionError                 anything a user can cause or cure
    ├── UsageError                   wrong use of a command or function            exit 2
    ├── RecipeError                  a recipe with faults, all of them at once     exit 2
    ├── AssetError                   a mesh, texture or HDRI that cannot be used   exit 1
    ├── FrameError                   a frame that cannot be made from its recipe   exit 1
    │   ├── PlacementError           an object group found no free place
    │   └── RejectedError            ``require:`` refused every attempt
    ├── RenderError                  the renderer failed on a frame                exit 1
    │   ├── DeviceError              the device asked for is not there             exit 2
    │   └── DeviceMemoryError        the device has too little memory              exit 1
    ├── DatasetError                 a dataset folder that is wrong or not ours    exit 1
    └── RunError                     a run that could not finish                   exit 1

A message reads ``<where>: <what> must be <rule>, got <value>``, with ``did you mean …`` when a name is near.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


class SynthvisionError(Exception):
    """Base of every error that is meant for a user: its text alone must say what to do."""

    exit_code = 1


class UsageError(SynthvisionError):
    """A command or function was called in a way that cannot work."""

    exit_code = 2


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong with a recipe.

    ``line`` and ``column`` count from 1; ``key_path`` is written as ``objects[0].count``.
    """

    file: str
    line: int
    column: int
    key_path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.key_path}: {self.message}" if self.key_path else f"{place}: {self.message}"


class RecipeError(SynthvisionError):
    """A recipe with one or more faults; ``str()`` has one line per fault, in file order."""

    exit_code = 2

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class AssetError(SynthvisionError):
    """A mesh, texture or environment that cannot be used."""


class FrameError(SynthvisionError):
    """A frame that cannot be made from its recipe."""


class PlacementError(FrameError):
    """An object group for which no free place was found.

    ``refusal`` says which group (camera, decal) and what it did not find, in the same words for every frame and
    attempt: refused draws are counted by it.
    """

    def __init__(self, text: str, refusal: str) -> None:
        self.refusal = refusal
        super().__init__(text)

    def __reduce__(self) -> tuple[type[PlacementError], tuple[str, str]]:
        """Let it go from process to process, which BaseException's own way does with one argument only."""
        return type(self), (str(self), self.refusal)


class RejectedError(FrameError):
    """``require:`` refused every attempt at a frame."""


class RenderError(SynthvisionError):
    """The renderer failed on a frame."""


class DeviceError(RenderError):
    """A compute device was asked for that this machine does not have."""

    exit_code = 2


class DeviceMemoryError(RenderError):
    """A picture does not fit into the memory of the device."""


class DatasetError(SynthvisionError):
    """A dataset folder that is wrong, or that belongs to another recipe or seed."""


class RunError(SynthvisionError):
    """A run that could not finish."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'mug'?"`` when one of ``known`` is near ``name``, else an empty string."""
    near = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{near[0]}'?" if near else ""
