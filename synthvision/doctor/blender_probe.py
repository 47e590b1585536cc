"""Asks Blender, in a process of its own, whether it can be imported and what it can render on.

It runs as ``python -P -m synthvision.doctor.blender_probe`` and prints one line of JSON behind ``MARK``, because
Blender prints lines of its own.
"""

from __future__ import annotations

import ctypes
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from synthvision.errors import RenderError
from synthvision.run.child import child_environment

MARK = "synthvision-probe:"
_TIMEOUT_S = 180
_MISSING = re.compile(r"(lib[\w.+-]+\.so[\w.]*): cannot open shared object file")

DEBIAN_PACKAGES: Mapping[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libICE.so.6": "libice6",
    "libSM.so.6": "libsm6",
    "libX11.so.6": "libx11-6",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libXi.so.6": "libxi6",
    "libXrender.so.1": "libxrender1",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Shared library that bpy needs → the package of Debian and Ubuntu that has it."""


@dataclass(frozen=True)
class BlenderReport:
    """What Blender says of itself.

    ``error`` is empty if it can be imported. ``missing`` are the shared libraries that it needs and that are not there.
    """

    version: str = ""
    devices: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    error: str = ""


def ask_blender() -> BlenderReport:
    """Import bpy in a process of its own, so that a crash there is only a finding here."""
    try:
        answer = subprocess.run(
            [sys.executable, "-P", "-m", "synthvision.doctor.blender_probe"],
            env=child_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return BlenderReport(error=f"no answer within {_TIMEOUT_S} s")
    return read_answer(answer.returncode, answer.stdout, answer.stderr)


def read_answer(status: int, stdout: str, stderr: str) -> BlenderReport:
    """Make a report of what the probe printed."""
    for line in stdout.splitlines():
        if line.startswith(MARK):
            data = json.loads(line.removeprefix(MARK))
            return BlenderReport(data["version"], tuple(data["devices"]), tuple(data["missing"]), data["error"])
    last = (stderr.strip() or "it printed nothing").splitlines()[-1]
    return BlenderReport(error=f"it ended with status {status}: {last}")


def cure(report: BlenderReport) -> str:
    """Return the command that mends what the report says, or advice where there is no such command."""
    unknown = _MISSING.search(report.error)
    packages = sorted(DEBIAN_PACKAGES[name] for name in report.missing)
    if packages:
        return f"apt-get install {' '.join(packages)}"
    if unknown:
        return f"install the system's package that has {unknown[1]}"
    if "No module named" in report.error:
        return "pip install 'synthvision[blender]' on Python 3.11"
    return "pip install --force-reinstall 'synthvision[blender]'"


def is_there(library: str) -> bool:
    """Whether the dynamic linker finds a shared library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _probe() -> dict[str, object]:
    missing = [name for name in DEBIAN_PACKAGES if not is_there(name)]
    try:
        from synthvision.render.blender.devices import available_devices  # noqa: PLC0415 - this import is what is tried
    except RenderError as error:
        return {"version": "", "devices": [], "missing": missing, "error": str(error.__cause__ or error)}
    devices = [str(device) for device in available_devices()]
    return {"version": version("bpy"), "devices": devices, "missing": missing, "error": ""}


if __name__ == "__main__":
    sys.stdout.write(f"\n{MARK}{json.dumps(_probe())}\n")
