"""What the doctor says of NVIDIA's GPUs, on hosts and in containers that lack this and that."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from synthvision.doctor import as_text, examine
from synthvision.doctor.machine import Answer
from synthvision.doctor.nvidia import LEAST_DRIVER, NAME, visible_devices
from synthvision.errors import UsageError
from tests.unit.doctor.machines import MACHINE, NVIDIA_LIBRARIES, ON_CPU, GpuHost, finding

OLD = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  470.256.02  Thu May  2 14:37:44 UTC 2024"
OPEN = "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build  (root@a)"
CONTAINER = {"NVIDIA_VISIBLE_DEVICES": "all", "NVIDIA_DRIVER_CAPABILITIES": "compute,utility"}


def test_machine_without_a_card(tmp_path: Path) -> None:
    examination = examine(GpuHost(cards=0, module="", devices=0, report=ON_CPU).machine(tmp_path))
    assert finding(examination, NAME) == ("good", "none", "")
    assert examination.healthy


@pytest.mark.parametrize(
    ("host", "value"),
    [
        (GpuHost(), "1 GPU, driver 550.54.15, with CUDA, OptiX and EGL"),
        (GpuHost(cards=2, devices=2, module=OPEN), "2 GPUs, driver 580.65.06, with CUDA, OptiX and EGL"),
        (GpuHost(module="", smi=Answer(0, "565.57.01\n")), "1 GPU, driver 565.57.01, with CUDA, OptiX and EGL"),
    ],
)
def test_whole_driver(tmp_path: Path, host: GpuHost, value: str) -> None:
    examination = examine(host.machine(tmp_path), "optix")
    assert finding(examination, NAME) == ("good", value, "")
    assert examination.healthy


def test_linux_inside_windows_has_one_device_file_for_all(tmp_path: Path) -> None:
    machine = GpuHost(cards=0, module="", devices=0, smi=Answer(0, "560.94\n560.94\n")).machine(tmp_path)
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev/dxg").touch()
    assert finding(examine(machine), NAME)[1] == "2 GPUs, driver 560.94, with CUDA, OptiX and EGL"


def test_no_driver(tmp_path: Path) -> None:
    none = GpuHost(module="", devices=0, libraries=frozenset(), report=ON_CPU)
    examination = examine(none.machine(tmp_path))
    cure = "install NVIDIA's driver 535 or newer"
    assert finding(examination, NAME) == ("poor", "1 GPU, but no driver", cure)
    assert examination.healthy, "the CPU can render"
    examination = examine(none.machine(tmp_path), "cuda")
    assert finding(examination, "devices") == ("bad", "cpu (a chip); no cuda among them", cure)
    assert not examination.healthy


def test_no_driver_on_the_host_of_a_container(tmp_path: Path) -> None:
    none = GpuHost(module="", devices=0, libraries=frozenset(), report=ON_CPU, container=True)
    assert finding(examine(none.machine(tmp_path, **CONTAINER)), NAME) == (
        "poor",
        "1 GPU, but no driver",
        "install NVIDIA's driver 535 or newer on the host; then start the container with --gpus all",
    )


def test_container_that_was_given_no_gpu(tmp_path: Path) -> None:
    without = GpuHost(devices=0, libraries=frozenset(), report=ON_CPU, container=True)
    assert finding(examine(without.machine(tmp_path, **CONTAINER)), NAME) == (
        "poor",
        "driver 550.54.15 on the host, but no GPU was given to this container",
        "start the container with --gpus all; the host needs NVIDIA's container toolkit",
    )


@pytest.mark.parametrize("value", ["none", "void", ""])
def test_container_from_which_gpus_are_hidden(tmp_path: Path, value: str) -> None:
    hidden = GpuHost(devices=0, libraries=frozenset(), report=ON_CPU, container=True)
    assert finding(examine(hidden.machine(tmp_path, NVIDIA_VISIBLE_DEVICES=value)), NAME) == (
        "poor",
        f"masked by NVIDIA_VISIBLE_DEVICES='{value}'",
        "start the container with --gpus all, or with --env NVIDIA_VISIBLE_DEVICES=all",
    )


@pytest.mark.parametrize("value", ["", "-1", "7", "NoDevFiles"])
def test_gpu_masked_from_cuda(tmp_path: Path, value: str) -> None:
    masked = GpuHost(cards=2, devices=2, report=ON_CPU).machine(tmp_path, CUDA_VISIBLE_DEVICES=value)
    cure = "unset CUDA_VISIBLE_DEVICES, or name GPUs of 0 to 1 with it"
    assert finding(examine(masked), NAME) == ("poor", f"2 GPUs, masked by CUDA_VISIBLE_DEVICES='{value}'", cure)
    assert finding(examine(masked, "optix"), "devices") == ("bad", "cpu (a chip); no optix among them", cure)


@pytest.mark.parametrize(
    ("text", "count"), [("0", 1), ("1, 0", 2), ("0,-1,1", 1), ("GPU-8932f937,MIG-4", 2), ("2", 0), ("", 0), ("0,9", 1)]
)
def test_visible_devices_end_at_the_first_that_is_none(text: str, count: int) -> None:
    assert visible_devices(text, 2) == count


def test_device_files_that_are_missing_on_a_host(tmp_path: Path) -> None:
    assert finding(examine(GpuHost(devices=0, report=ON_CPU).machine(tmp_path)), NAME) == (
        "poor",
        "driver 550.54.15, but no /dev/nvidia0",
        "nvidia-modprobe --unified-memory --create=0",
    )


def test_driver_without_graphics_capability(tmp_path: Path) -> None:
    compute_only = GpuHost(libraries=frozenset({"libcuda.so.1"}), container=True)
    assert finding(examine(compute_only.machine(tmp_path, **CONTAINER)), NAME) == (
        "poor",
        "driver 550.54.15 without libnvoptix.so.1 and libEGL_nvidia.so.0 ('graphics'): no OptiX, no EEVEE",
        "start the container with --env NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics",
    )


def test_driver_whose_graphics_libraries_are_not_installed(tmp_path: Path) -> None:
    headless = GpuHost(libraries=NVIDIA_LIBRARIES - {"libnvoptix.so.1"})
    assert finding(examine(headless.machine(tmp_path)), NAME) == (
        "poor",
        "driver 550.54.15 without libnvoptix.so.1 ('graphics'): no OptiX, no EEVEE",
        "reinstall NVIDIA's driver with its graphics libraries (Debian: libnvoptix1 libegl-nvidia0)",
    )


@pytest.mark.parametrize(
    ("container", "cure"),
    [
        (True, "start the container with --env NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics"),
        (False, "reinstall NVIDIA's driver with libcuda.so.1 (Debian: libcuda1)"),
    ],
)
def test_driver_without_compute_capability(tmp_path: Path, container: bool, cure: str) -> None:
    host = GpuHost(libraries=NVIDIA_LIBRARIES - {"libcuda.so.1"}, container=container, report=ON_CPU)
    value = "driver 550.54.15 without libcuda.so.1 ('compute')"
    assert finding(examine(host.machine(tmp_path)), NAME) == ("poor", value, cure)


def test_least_driver_is_the_one_that_our_blender_asks_for() -> None:
    found = find_spec("bpy")
    assert found is not None
    assert found.origin is not None
    (page,) = Path(found.origin).parent.glob("*/scripts/addons_core/cycles/properties.py")
    text = page.read_text()
    assert f'driver_version = "{LEAST_DRIVER}"' in text[text.index("elif device_type == 'OPTIX':") :][:200]


@pytest.mark.parametrize(("container", "where"), [(False, ""), (True, " on the host")])
def test_driver_too_old_for_optix(tmp_path: Path, container: bool, where: str) -> None:
    assert finding(examine(GpuHost(module=OLD, container=container).machine(tmp_path)), NAME) == (
        "poor",
        "driver 470.256.02 is too old for OptiX, which needs 535",
        f"update NVIDIA's driver{where} to 535 or newer; until then --device cuda",
    )


def test_two_faults_are_two_findings(tmp_path: Path) -> None:
    host = GpuHost(module=OLD, libraries=frozenset({"libcuda.so.1"}))
    faults = [found.value for found in examine(host.machine(tmp_path)).findings if found.name == NAME]
    assert len(faults) == 2
    assert "too old" in faults[0]
    assert "'graphics'" in faults[1]


def test_driver_updated_under_way(tmp_path: Path) -> None:
    smi = Answer(18, "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 575.57\n")
    assert finding(examine(GpuHost(smi=smi, report=ON_CPU).machine(tmp_path)), NAME) == (
        "poor",
        "the driver was updated, but the old one is still loaded",
        "restart the machine",
    )


def test_whole_driver_that_cycles_does_not_see(tmp_path: Path) -> None:
    assert finding(examine(GpuHost(report=ON_CPU).machine(tmp_path)), NAME) == (
        "poor",
        "1 GPU, driver 550.54.15, with CUDA, OptiX and EGL, but Cycles lists none",
        "see what nvidia-smi says; restart the container or the machine",
    )


def test_asked_for_a_device_by_index(tmp_path: Path) -> None:
    machine = GpuHost().machine(tmp_path)
    assert examine(machine, "cuda:0").healthy
    assert not examine(machine, "cuda:1").healthy
    assert finding(examine(machine, "hip"), "devices")[2] == "a GPU of this kind and its driver"


@pytest.mark.parametrize(("asked", "hint"), [("optx", "; did you mean 'optix'?"), ("cuda:x", "; did you mean 'cuda'?")])
def test_device_that_nothing_is_called(asked: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        examine(MACHINE, asked)
    known = "auto, cpu, optix, cuda, hip, oneapi, metal"
    assert (
        str(caught.value)
        == f"--device: it must be one of {known}, or one with an index as 'cuda:1', got '{asked}'{hint}"
    )


def test_text_names_the_remedy_below_the_fault(tmp_path: Path) -> None:
    lines = as_text(examine(GpuHost(module=OLD).machine(tmp_path))).splitlines()
    row = next(number for number, line in enumerate(lines) if NAME in line)
    assert lines[row].startswith("poor  NVIDIA GPU        driver 470.256.02 is too old")
    assert lines[row + 1].strip() == "-> update NVIDIA's driver to 535 or newer; until then --device cuda"
