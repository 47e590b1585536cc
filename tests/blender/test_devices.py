"""Choosing a device, on lists of devices that this machine need not have."""

from __future__ import annotations

import pytest

from synthvision.errors import DeviceError
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.devices import Device, activate, available_devices, matching_devices

CPU = Device("cpu", 0, "Some CPU", "CPU")
CUDA = tuple(Device("cuda", index, f"Card {index}", f"CUDA_{index}") for index in range(2))
OPTIX = tuple(Device("optix", index, f"Card {index}", f"CUDA_{index}_OptiX") for index in range(2))
THERE = "device: it must be one that this machine has "
NAMES = "device: the name must be one of auto, cpu, optix, cuda, hip, oneapi, metal, or one with an index as 'cuda:1', "
WORKSTATION = (*OPTIX, *CUDA, CPU)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("auto", OPTIX),
        ("auto:1", (OPTIX[1],)),
        ("cuda", CUDA),
        ("cuda:1", (CUDA[1],)),
        ("optix:1", (OPTIX[1],)),
        ("cpu", (CPU,)),
    ],
)
def test_asked_device_is_chosen(asked: str, expected: tuple[Device, ...]) -> None:
    assert matching_devices(asked, WORKSTATION) == expected


def test_auto_is_the_cpu_where_no_gpu_is() -> None:
    assert matching_devices("auto", (CPU,)) == (CPU,)


@pytest.mark.parametrize(
    ("asked", "devices", "message"),
    [
        ("optix", (CPU,), THERE + "(cpu (Some CPU)), got 'optix'"),
        (
            "cuda:2",
            (*CUDA, CPU),
            THERE + "(cuda:0 (Card 0), cuda:1 (Card 1), cpu (Some CPU)), got 'cuda:2'",
        ),
        (
            "optic",
            (CPU,),
            NAMES + "got 'optic'; did you mean 'optix'?",
        ),
        (
            "cuda:x",
            (CPU,),
            NAMES + "got 'cuda:x'; did you mean 'cuda'?",
        ),
    ],
)
def test_device_errors_name_what_is_there(asked: str, devices: tuple[Device, ...], message: str) -> None:
    with pytest.raises(DeviceError) as caught:
        matching_devices(asked, devices)
    assert str(caught.value) == message
    assert caught.value.exit_code == 2


def test_this_machine_has_a_cpu_and_activating_it_makes_cycles_use_it() -> None:
    found = available_devices()
    assert [device.kind for device in found].count("cpu") == 1
    assert found[-1].asked_as == "cpu"
    assert all(matching_devices(device.asked_as, found) == (device,) for device in found)
    bpy.context.scene.render.engine = "CYCLES"
    activate(bpy.context.scene, found[-1])
    assert bpy.context.scene.cycles.device == "CPU"
