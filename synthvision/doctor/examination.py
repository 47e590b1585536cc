"""Looks at the machine the way a run would, and says what is missing and how to get it."""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass

from synthvision import __version__
from synthvision.doctor.blender_probe import BlenderReport, cure
from synthvision.doctor.finding import Finding
from synthvision.doctor.machine import Machine
from synthvision.doctor.nvidia import nvidia
from synthvision.doctor.storage import GB, disk, home, ram_disk, temporary_folder
from synthvision.errors import UsageError, did_you_mean

_LEAST_MEMORY = 2 * GB
_BLENDER_PYTHON = (3, 11)
_LEAST_PYTHON = (3, 11)
_KINDS = ("auto", "cpu", "optix", "cuda", "hip", "oneapi", "metal")


@dataclass(frozen=True)
class Examination:
    """All findings. ``healthy`` is whether a render can work here."""

    findings: tuple[Finding, ...]

    @property
    def healthy(self) -> bool:
        """Whether nothing essential is missing."""
        return all(finding.state != "bad" for finding in self.findings)


def examine(machine: Machine | None = None, device: str = "auto") -> Examination:
    """Look at everything that a render needs.

    A machine without ``device`` (``cpu``, ``optix``, ``cuda:1`` …) is not healthy; for ``auto`` the CPU will do.

    Raises:
        UsageError: no device is called so.
    """
    kind, colon, index = device.partition(":")
    if kind not in _KINDS or (colon and not index.isdecimal()):
        known = ", ".join(_KINDS)
        raise UsageError(
            f"--device: it must be one of {known}, or one with an index as 'cuda:1', got '{device}'"
            f"{did_you_mean(kind, _KINDS)}"
        )
    machine = machine or Machine()
    report = machine.blender()
    gpu = nvidia(machine, report)
    return Examination(
        (
            Finding("synthvision", "good", __version__),
            _python(machine),
            _blender(report),
            *_libraries(report),
            _devices(report, device, gpu),
            *gpu,
            Finding("cores", "good", str(machine.cores())),
            _memory(machine.memory_bytes()),
            disk(machine),
            ram_disk(machine),
            home(machine),
            temporary_folder(machine),
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


def _devices(report: BlenderReport, asked: str, gpu: tuple[Finding, ...]) -> Finding:
    if report.error:
        return Finding("devices", "bad", "unknown without Blender", "see Blender")
    if not report.devices:
        return Finding("devices", "bad", "none", "reinstall bpy: Cycles must find at least the CPU")
    value = ", ".join(report.devices)
    names = [device.partition(" ")[0] for device in report.devices]
    if asked != "auto" and not any(name == asked or name.startswith(f"{asked}:") for name in names):
        cures = [finding.cure for finding in gpu if finding.cure] or ["a GPU of this kind and its driver"]
        return Finding("devices", "bad", f"{value}; no {asked} among them", "; ".join(cures))
    return Finding("devices", "good", value)


def _memory(available: int | None) -> Finding:
    if available is None:
        return Finding("memory", "good", "unknown")
    value = f"{available / GB:.1f} GB available"
    if available < _LEAST_MEMORY:
        return Finding("memory", "poor", value, "close other programs: a worker needs about 1.2 GB")
    return Finding("memory", "good", value)


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
