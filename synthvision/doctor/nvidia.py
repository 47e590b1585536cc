"""Why an NVIDIA GPU cannot be used, told apart by what of its driver is there.

The driver is a kernel module (``/proc/driver/nvidia``, ``/dev/nvidia0``) and libraries. In a container the module is
the host's; NVIDIA's container toolkit adds devices as ``NVIDIA_VISIBLE_DEVICES`` says, and libraries as
``NVIDIA_DRIVER_CAPABILITIES`` says: CUDA is in ``compute``, nvidia-smi in ``utility``, OptiX and EGL in ``graphics``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from synthvision.doctor.blender_probe import BlenderReport
from synthvision.doctor.finding import Finding
from synthvision.doctor.machine import Machine

NAME = "NVIDIA GPU"
LEAST_DRIVER = 535
"""For OptiX in the Blender we use: ``driver_version`` in its add-on ``cycles/properties.py``."""

CAPABILITIES = "compute,utility,graphics"
_CUDA = "libcuda.so.1"
_GRAPHICS = ("libnvoptix.so.1", "libEGL_nvidia.so.0")
_VENDOR = "0x10de"
_DISPLAY_CLASS = "0x03"
_VERSION = re.compile(r"(?:Kernel Module|for \S+)\s+(\d+\.[\d.]+)")
_SMI = ("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")
_SMI_VERSION = re.compile(r"\d+\.[\d.]+")
_NO_DEVICES = frozenset({"", "none", "void"})


@dataclass(frozen=True)
class Driver:
    """What is there of card and driver.

    Attributes:
        cards: on the bus.
        version: of the kernel module, or what nvidia-smi says where the module does not tell; empty if neither does.
        devices: number of GPUs whose device file is there.
        outdated_module: whether module and libraries are of different versions.
    """

    cards: int
    version: str
    devices: int
    in_container: bool
    outdated_module: bool

    @property
    def is_there(self) -> bool:
        """Whether a kernel module serves this machine, be it the host's."""
        return bool(self.version or self.devices)


def nvidia(machine: Machine, report: BlenderReport) -> tuple[Finding, ...]:
    """Return one finding if all is well or no GPU can be used, and one for each fault if it can be used in part."""
    driver = _driver(machine)
    if not (driver.cards or driver.is_there):
        return (Finding(NAME, "good", "none"),)
    obstacle = _unreachable(machine, driver) or _unusable(machine, driver)
    if obstacle is not None:
        return (obstacle,)
    faults = tuple(fault for fault in (_too_old(driver), _no_graphics(machine, driver)) if fault)
    return faults or (_whole(driver, report),)


def _unreachable(machine: Machine, driver: Driver) -> Finding | None:
    """The card, the module and the device files, in this order."""
    host = " on the host" if driver.in_container else ""
    if not driver.is_there:
        start = "; then start the container with --gpus all" if driver.in_container else ""
        return _poor(
            f"{_cards(driver.cards)}, but no driver", f"install NVIDIA's driver {LEAST_DRIVER} or newer{host}{start}"
        )
    visible = machine.environment.get("NVIDIA_VISIBLE_DEVICES")
    if not driver.devices and driver.in_container and visible is not None and visible.strip() in _NO_DEVICES:
        cure = "start the container with --gpus all, or with --env NVIDIA_VISIBLE_DEVICES=all"
        return _poor(f"masked by NVIDIA_VISIBLE_DEVICES='{visible}'", cure)
    if not driver.devices and driver.in_container:
        cure = "start the container with --gpus all; the host needs NVIDIA's container toolkit"
        return _poor(f"driver {driver.version}{host}, but no GPU was given to this container", cure)
    if not driver.devices:
        return _poor(f"driver {driver.version}, but no /dev/nvidia0", "nvidia-modprobe --unified-memory --create=0")
    return None


def _unusable(machine: Machine, driver: Driver) -> Finding | None:
    """Faults with which neither CUDA nor OptiX works."""
    if driver.outdated_module:
        return _poor("the driver was updated, but the old one is still loaded", "restart the machine")
    if not machine.has_library(_CUDA):
        cure = _capabilities() if driver.in_container else f"reinstall NVIDIA's driver with {_CUDA} (Debian: libcuda1)"
        return _poor(f"driver {driver.version} without {_CUDA} ('compute')", cure)
    visible = machine.environment.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and not visible_devices(visible, driver.devices):
        cure = f"unset CUDA_VISIBLE_DEVICES, or name GPUs of 0 to {driver.devices - 1} with it"
        return _poor(f"{_cards(driver.devices)}, masked by CUDA_VISIBLE_DEVICES='{visible}'", cure)
    return None


def _too_old(driver: Driver) -> Finding | None:
    major = int(driver.version.partition(".")[0] or LEAST_DRIVER)
    if major >= LEAST_DRIVER:
        return None
    where = " on the host" if driver.in_container else ""
    cure = f"update NVIDIA's driver{where} to {LEAST_DRIVER} or newer; until then --device cuda"
    return _poor(f"driver {driver.version} is too old for OptiX, which needs {LEAST_DRIVER}", cure)


def _no_graphics(machine: Machine, driver: Driver) -> Finding | None:
    missing = [name for name in _GRAPHICS if not machine.has_library(name)]
    if not missing:
        return None
    packages = "reinstall NVIDIA's driver with its graphics libraries (Debian: libnvoptix1 libegl-nvidia0)"
    cure = _capabilities() if driver.in_container else packages
    return _poor(f"driver {driver.version} without {' and '.join(missing)} ('graphics'): no OptiX, no EEVEE", cure)


def _whole(driver: Driver, report: BlenderReport) -> Finding:
    value = f"{_cards(driver.devices)}, driver {driver.version}, with CUDA, OptiX and EGL"
    if not report.error and not any(device.startswith(("optix", "cuda")) for device in report.devices):
        return _poor(
            f"{value}, but Cycles lists none", "see what nvidia-smi says; restart the container or the machine"
        )
    return Finding(NAME, "good", value)


def visible_devices(text: str, devices: int) -> int:
    """Return how many of so many GPUs ``CUDA_VISIBLE_DEVICES=text`` leaves.

    As CUDA does: names are separated by commas, and the first that is no GPU ends the list.
    """
    count = 0
    for name in (part.strip() for part in text.split(",")):
        if not (name.startswith(("GPU-", "MIG-")) or (name.isdecimal() and int(name) < devices)):
            break
        count += 1
    return count


def _driver(machine: Machine) -> Driver:
    answer = machine.run(_SMI)
    asked = _SMI_VERSION.findall(answer.text) if answer is not None and answer.status == 0 else []
    nodes = [node for node in (machine.root / "dev").glob("nvidia*") if node.name.removeprefix("nvidia").isdecimal()]
    in_windows = (machine.root / "dev/dxg").exists()  # its Linux has one device file for all GPUs
    return Driver(
        cards=sum(map(_is_card, (machine.root / "sys/bus/pci/devices").glob("*"))),
        version=_module_version(machine.root) or next(iter(asked), ""),
        devices=len(asked) if in_windows else len(nodes),
        in_container=_in_container(machine),
        outdated_module=answer is not None and "version mismatch" in answer.text,
    )


def _is_card(device: Path) -> bool:
    """Whether a device on the bus is a graphics card or accelerator (class 3) of NVIDIA's."""
    try:
        vendor, kind = ((device / name).read_text(encoding="ascii") for name in ("vendor", "class"))
    except OSError:
        return False  # a device that was unplugged meanwhile, or one that tells nobody
    return vendor.startswith(_VENDOR) and kind.startswith(_DISPLAY_CLASS)


def _module_version(root: Path) -> str:
    file = root / "proc/driver/nvidia/version"
    found = _VERSION.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    return found[1] if found else ""


def _in_container(machine: Machine) -> bool:
    marks = (machine.root / ".dockerenv", machine.root / "run/.containerenv")
    return "KUBERNETES_SERVICE_HOST" in machine.environment or any(mark.exists() for mark in marks)


def _capabilities() -> str:
    return f"start the container with --env NVIDIA_DRIVER_CAPABILITIES={CAPABILITIES}"


def _cards(count: int) -> str:
    return "1 GPU" if count == 1 else f"{count} GPUs"


def _poor(value: str, cure: str) -> Finding:
    """A fault of the GPU is no obstacle to a render on the CPU; ``examine`` knows what was asked for."""
    return Finding(NAME, "poor", value, cure)
