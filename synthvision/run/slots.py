"""Where the workers of a run render: one slot for each, with a device and CPU threads of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from synthvision.run.messages import Job, Ready

TILE_PX = 512
"""Side of the tiles that a picture is rendered in on a device whose memory it did not fit; the pixels are the same."""


@dataclass(frozen=True)
class Size:
    """How many workers, with how many CPU threads each.

    Attributes:
        workers, threads: of a crew on the CPU.
        scout_threads: where not 0, a GPU is possible: a first worker with so many threads starts alone, and finds out.
            By then it has also compiled and loaded what is needed for that kind of GPU, once for all workers.
        per_gpu: workers on each GPU that it finds.
        on_gpus: workers on all of them together, where that was asked for; else None.
        ceiling_bytes: a worker that holds more is replaced between two frames; 0 for no ceiling.
    """

    workers: int
    threads: int = 1
    scout_threads: int = 0
    per_gpu: int = 1
    on_gpus: int | None = None
    ceiling_bytes: int = 0


@dataclass(frozen=True)
class Slot:
    """A place for one worker: ``device`` as one asks for it, CPU threads, and side of its tiles, 0 for none."""

    device: str
    threads: int
    tile_px: int = 0

    def job(self, job: Job) -> Job:
        """Return the job as the worker in this slot is given it."""
        return replace(job, device=self.device, threads=self.threads, tile_px=self.tile_px)


def first_slots(size: Size, device: str) -> list[Slot]:
    """Return the slots to begin with: one for the scout, or those of a crew on the CPU."""
    if size.scout_threads:
        return [Slot(device, size.scout_threads)]
    return [Slot(device, size.threads)] * size.workers


def slots_after_scout(size: Size, scout: Slot, ready: Ready) -> list[Slot]:
    """Return all slots of a crew whose scout has found something out; on GPUs it stays, in the first of them.

    Workers are pinned to one GPU each, and go round the GPUs.
    """
    if not ready.gpus:
        return [replace(scout, threads=size.threads)] * size.workers
    count = size.on_gpus or size.per_gpu * len(ready.gpus)
    threads = max(1, size.scout_threads // count)
    others = [Slot(ready.gpus[number % len(ready.gpus)], threads) for number in range(1, count)]
    return [replace(scout, device=ready.gpus[0]), *others]


def relieved(slot: Slot, all_slots: Sequence[Slot]) -> Slot | None:
    """Return what a slot becomes whose device had too little memory: one with tiles, then none at all.

    It stays as it is where it has tiles already, and its device has no other worker that memory could be taken from.
    """
    if not slot.tile_px:
        return replace(slot, tile_px=TILE_PX)
    neighbours = sum(other.device == slot.device for other in all_slots)
    return None if neighbours > 1 else slot
