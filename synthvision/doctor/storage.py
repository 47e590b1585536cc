"""Whether there is room, and leave to write, where a run puts something."""

from __future__ import annotations

from pathlib import Path

from synthvision.doctor.finding import Finding
from synthvision.doctor.machine import Machine

GB = 1e9
_MB = 1e6
_LEAST_DISK = 1 * GB
_LEAST_RAM_DISK = 256 * _MB


def disk(machine: Machine) -> Finding:
    """Where datasets go unless another folder is named."""
    free = machine.free_bytes(machine.folder)
    value = f"{free / GB:.1f} GB free in {machine.folder.absolute()}"
    if free < _LEAST_DISK:
        return Finding("disk", "poor", value, "free some space, or write datasets to another disk")
    return Finding("disk", "good", value)


def ram_disk(machine: Machine) -> Finding:
    """Torch's loader passes batches through it, and Ray its objects; both fail or crawl when it is full.

    A run of our own hands pictures over in nameless memory files, which need no RAM disk.
    """
    place = machine.ram_disk
    if not place.is_dir():
        return Finding("RAM disk", "good", "none; only torch's loader and Ray on Linux use one")
    if not machine.can_write(place):
        value = f"{place} cannot be written to: torch's loader and Ray need it"
        return Finding("RAM disk", "poor", value, f"chmod 1777 {place}, or mount -o remount,rw {place}")
    free = machine.free_bytes(place)
    if free < _LEAST_RAM_DISK:
        value = (
            f"{free / _MB:.0f} MB free in {place}: torch's loader and Ray need {_LEAST_RAM_DISK / _MB:.0f} MB or more"
        )
        return Finding(
            "RAM disk", "poor", value, f"docker run --shm-size 1g …; elsewhere mount -o remount,size=1g {place}"
        )
    return Finding("RAM disk", "good", f"{free / GB:.1f} GB free in {place}")


def home(machine: Machine) -> Finding:
    """Where drivers keep compiled kernels, we convex parts and decoded assets; else every worker makes them anew."""
    environment = machine.environment
    own = environment.get("HOME", "")
    places = [environment.get(name) or own for name in ("XDG_CACHE_HOME", "CUDA_CACHE_PATH")]
    refused = [place for place in dict.fromkeys(places) if not (place and machine.can_write(Path(place)))]
    if refused:
        what = " and ".join(place or "an unnamed home" for place in refused)
        value = (
            f"{what} cannot be written to: every worker compiles its kernels, cuts its convex parts and decodes heavy "
            "assets anew"
        )
        return Finding("home", "poor", value, "set HOME to a folder that can be written to, or mount one there")
    return Finding("home", "good", f"{own or places[0]} can be written to")


def temporary_folder(machine: Machine) -> Finding:
    """Blender cannot work without one: shaders and some pictures pass through files there."""
    try:
        return Finding("temporary folder", "good", machine.temporary_folder())
    except FileNotFoundError:
        cure = "set TMPDIR to a folder that can be written to; docker run --tmpfs /tmp …"
        return Finding("temporary folder", "bad", "none that can be written to", cure)
