"""Machines to show the doctor: a healthy one, and folders that look like another's /proc, /sys and /dev."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synthvision.doctor import Examination, Machine
from synthvision.doctor.blender_probe import BlenderReport
from synthvision.doctor.machine import Answer

ON_CPU = BlenderReport("5.0.1", ("cpu (a chip)",))
ON_GPU = BlenderReport("5.0.1", ("optix:0 (a card)", "cuda:0 (a card)", "cpu (a chip)"))
NVIDIA_LIBRARIES = frozenset({"libcuda.so.1", "libnvoptix.so.1", "libEGL_nvidia.so.0"})
MACHINE = Machine(
    python=(3, 11),
    root=Path("/none"),
    environment={"HOME": "/home/me"},
    cores=lambda: 4,
    memory_bytes=lambda: 8_000_000_000,
    free_bytes=lambda _: 50_000_000_000,
    can_write=lambda _: True,
    temporary_folder=lambda: "/tmp",  # noqa: S108 - it is only shown
    has_library=lambda _: False,
    run=lambda _: None,
    blender=lambda: ON_CPU,
)


@dataclass(frozen=True)
class GpuHost:
    """What there is of a GPU; the defaults are a host where all is well."""

    cards: int = 1
    module: str = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.15  Tue Mar  5 22:23:56 UTC 2024"
    devices: int = 1
    libraries: frozenset[str] = NVIDIA_LIBRARIES
    smi: Answer | None = None
    container: bool = False
    report: BlenderReport = ON_GPU

    def machine(self, root: Path, **environment: str) -> Machine:
        """Lay the files out below ``root``, and return the machine that has them."""
        for number in range(self.cards):
            write(root / f"sys/bus/pci/devices/0000:0{number}:00.0/vendor", "0x10de\n")
            write(root / f"sys/bus/pci/devices/0000:0{number}:00.0/class", "0x030200\n")
        write(root / "sys/bus/pci/devices/0000:09:00.0/vendor", "0x10de\n")
        write(root / "sys/bus/pci/devices/0000:09:00.0/class", "0x040300\n")  # the card's sound device is no GPU
        if self.module:
            write(root / "proc/driver/nvidia/version", self.module)
        for name in (*map(str, range(self.devices)), "ctl", "-uvm"):
            if self.devices:
                write(root / f"dev/nvidia{name}", "")
        if self.container:
            write(root / ".dockerenv", "")
        return replace(
            MACHINE,
            root=root,
            environment={**MACHINE.environment, **environment},
            has_library=self.libraries.__contains__,
            run=answering(self.smi),
            blender=lambda: self.report,
        )


def answering(smi: Answer | None) -> Callable[[Sequence[str]], Answer | None]:
    return lambda command: smi if command[0] == "nvidia-smi" else None


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def finding(examination: Examination, name: str) -> tuple[str, str, str]:
    found = next(finding for finding in examination.findings if finding.name == name)
    return found.state, found.value, found.cure
