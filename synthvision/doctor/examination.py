"""Looks at the machine the way a run would, and says what is missing and how to get it."""

from __future__ import annotations

import json
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from synthvision import __version__
from synthvision.doctor.blender_probe import BlenderReport, ask_blender, cure
from synthvision.run.machine import available_memory_bytes, usable_cores

_GB = 1e9
_LEAST_DISK = 1 * _GB
_LEAST_MEMORY = 2 * _GB
_BLENDER_PYTHON = (3, 11)
_LEAST_PYTHON = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        name: of the thing.
        state: ``good``, ``poor`` (works, but a run may suffer) or ``bad`` (a render cannot work).
        value: what is there.
        cure: what to do about it; empty if it is good.
    """

    name: str
    state: str
    value: str
    cure: str = ""


@dataclass(frozen=True)
class Machine:
    """Where the examination looks, so that tests can show it another machine."""

    python: tuple[int, int] = sys.version_info[:2]
    folder: Path = Path()
    ram_disk: Path = Path("/dev/shm")  # noqa: S108 - it is measured, not written to
    cores: Callable[[], int] = usable_cores
    memory_bytes: Callable[[], int | None] = available_memory_bytes
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free
    blender: Callable[[], BlenderReport] = ask_blender


@dataclass(frozen=True)
class Examination:
    """All findings. ``healthy`` is whether a render can work here."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing essential is missing."""
        return all(finding.state != "bad" for finding in self.findings)


def examine(machine: Machine | None = None) -> Examination:
    """Look at everything that a render needs."""
    machine = machine or Machine()
    report = machine.blender()
    return Examination(
        (
            Finding("synthvision", "good", __version__),
            _python(machine),
            _blender(report),
            *_libraries(report),
            _devices(report),
            Finding("cores", "good", str(machine.cores())),
            _memory(machine.memory_bytes()),
            _disk(machine),
            _ram_disk(machine),
        )
    )


def _python(machine: Machine) -> Finding:
    value = f"{'.'.join(map(str, machine.python))} on {platform.system()} {platform.machine()}"
    if machine.python < _LEAST_PYTHON:
        return Finding("Python", "bad", value, "install Python 3.11")
    if machine.python != _BLENDER_PYTHON:
        return Finding("Python", "poor", value, "Blender's module needs Python 3.11; previews and labels work here")
    return Finding("Python", "good", value)


def _blender(report: BlenderReport) -> Finding:
    if report.error:
        return Finding("Blender (bpy)", "bad", report.error, cure(report))
    return Finding("Blender (bpy)", "good", report.version)


def _libraries(report: BlenderReport) -> tuple[Finding, ...]:
    """A library that is missing although bpy can be imported is one that only some renders need."""
    if not report.missing:
        return ()
    state = "bad" if report.error else "poor"
    return (Finding("system libraries", state, f"missing {', '.join(report.missing)}", cure(report)),)


def _devices(report: BlenderReport) -> Finding:
    if report.error:
        return Finding("devices", "bad", "unknown without Blender", "see Blender")
    if not report.devices:
        return Finding("devices", "bad", "none", "reinstall bpy: Cycles must find at least the CPU")
    return Finding("devices", "good", ", ".join(report.devices))


def _memory(available: int | None) -> Finding:
    if available is None:
        return Finding("memory", "good", "unknown")
    value = f"{available / _GB:.1f} GB available"
    if available < _LEAST_MEMORY:
        return Finding("memory", "poor", value, "close other programs: a worker needs about 1.2 GB")
    return Finding("memory", "good", value)


def _disk(machine: Machine) -> Finding:
    free = machine.free_bytes(machine.folder)
    value = f"{free / _GB:.1f} GB free in {machine.folder.absolute()}"
    if free < _LEAST_DISK:
        return Finding("disk", "poor", value, "free some space, or write datasets to another disk")
    return Finding("disk", "good", value)


def _ram_disk(machine: Machine) -> Finding:
    """On Linux pictures pass from Blender to us in nameless memory files; elsewhere through the temporary folder."""
    if not machine.ram_disk.is_dir():
        return Finding("RAM disk", "good", "none; not needed on Linux")
    return Finding("RAM disk", "good", f"{machine.free_bytes(machine.ram_disk) / _GB:.1f} GB in {machine.ram_disk}")


def as_text(examination: Examination, *, as_json: bool = False) -> str:
    """Return the findings as lines for people, or as JSON: ``{"healthy": …, "findings": [{"name", "state", …}]}``."""
    if as_json:
        findings = [asdict(finding) for finding in examination.findings]
        return json.dumps({"healthy": examination.healthy, "findings": findings}, indent=2)
    width = max(len(finding.name) for finding in examination.findings)
    lines = [_line(finding, width) for finding in examination.findings]
    verdict = "This machine can render." if examination.healthy else "This machine cannot render yet: see 'bad' above."
    return "\n".join([*lines, verdict])


def _line(finding: Finding, width: int) -> str:
    line = f"{finding.state:<4}  {finding.name:<{width}}  {finding.value}"
    return f"{line}\n      {'':<{width}}  -> {finding.cure}" if finding.cure else line
