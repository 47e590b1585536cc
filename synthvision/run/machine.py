"""What this process may use of the machine: cores, memory, and whether there can be a GPU at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_CPU_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_MEMORY_LIMIT = Path("/sys/fs/cgroup/memory.max")
_MEMINFO = Path("/proc/meminfo")
_STATM = Path("/proc/self/statm")
_THREADS = Path("/proc/self/task")
_OPEN_FILES = Path("/proc/self/fd")
_IN_MEMORY = "/memfd:"
_GPU_NODES = ("nvidia0", "nvidiactl", "kfd", "dri", "dxg")


def usable_cores(quota_file: Path = _CPU_QUOTA) -> int:
    """Return how many cores this process may keep busy: its affinity, or less where a container sets a CPU quota."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cpu_quota(quota_file)
    return max(1, min(cores, int(quota))) if quota else cores


@contextmanager
def on_few_cores(count: int) -> Iterator[None]:
    """Let this thread, and those that it starts, run on ``count`` cores within the block, and then on all; 0 for all.

    Load Blender within it: its scheduler of tasks (oneTBB) counts the cores when it is loaded, and has a thread for
    each. Where a render is to use fewer, one of those has no work, and spins as long as the render lasts: that takes
    a core from another worker. Elsewhere than on Linux this does nothing.
    """
    if not count or sys.platform != "linux":
        yield
        return
    cores = sorted(os.sched_getaffinity(0))
    first = os.getpid() * count  # other workers are being loaded at the same time
    os.sched_setaffinity(0, {cores[(first + number) % len(cores)] for number in range(count)})
    try:
        yield
    finally:
        for thread in _THREADS.iterdir():
            with suppress(ProcessLookupError):  # it has ended meanwhile
                os.sched_setaffinity(int(thread.name), cores)


def _cpu_quota(path: Path) -> float | None:
    """Read cgroup v2's ``cpu.max``: ``<microseconds> <period>``, or ``max <period>`` for no quota."""
    try:
        share, period = path.read_text(encoding="ascii").split()
    except OSError:
        return None  # no cgroup v2 here: there is no quota to obey
    return None if share == "max" else int(share) / int(period)


def available_memory_bytes(meminfo: Path = _MEMINFO, limit_file: Path = _MEMORY_LIMIT) -> int | None:
    """Return the memory that can be had without swapping; None where the system does not tell."""
    if not meminfo.is_file():
        return None
    rows = dict(line.split(":", 1) for line in meminfo.read_text(encoding="ascii").splitlines())
    available = int(rows["MemAvailable"].split()[0]) * 1024
    limit = limit_file.read_text(encoding="ascii").strip() if limit_file.is_file() else "max"
    return available if limit == "max" else min(available, int(limit))


def held_bytes(statm: Path = _STATM, open_files: Path = _OPEN_FILES) -> int:
    """Return how much memory this process holds: what is resident, and its open files that lie in memory.

    0 where the system does not tell. Pictures that Blender reads as files are not mapped, so they are not resident.
    """
    if not statm.is_file():
        return 0
    resident = int(statm.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resident + sum(_bytes_in_memory(open_file.path) for open_file in os.scandir(open_files))


def _bytes_in_memory(open_file: str) -> int:
    # Plain strings, because each frame asks for hundreds of files: paths take twice as long.
    with suppress(FileNotFoundError):  # another thread has closed it
        if os.readlink(open_file).startswith(_IN_MEMORY):  # noqa: PTH115
            return os.stat(open_file).st_size  # noqa: PTH116
    return 0


def may_have_gpu(devices: Path = Path("/dev")) -> bool:
    """Whether a GPU is possible here, without asking Blender: False is certain, True is not."""
    return sys.platform != "linux" or any((devices / node).exists() for node in _GPU_NODES)
