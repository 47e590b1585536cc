"""What Cycles can render on here, and the choice of one of it.

A renderer takes exactly one device. To use several GPUs, start several workers and give each its own: ``cuda:0``,
``cuda:1`` …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthvision.errors import DeviceError, did_you_mean
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.render_log import render_log

GPU_KINDS = ("optix", "cuda", "hip", "oneapi", "metal")
"""Best first: OptiX uses the ray-tracing units of the card that CUDA leaves idle."""


@dataclass(frozen=True)
class Device:
    """One thing to render on. ``index`` counts from 0 among the devices of its kind; ``id`` is Cycles' own name."""

    kind: str
    index: int
    name: str
    id: str

    @property
    def asked_as(self) -> str:
        """Return what to ask for to get this device again: ``cpu``, or ``cuda:1``."""
        return self.kind if self.kind == "cpu" else f"{self.kind}:{self.index}"

    def __str__(self) -> str:
        return f"{self.asked_as} ({self.name})"


def available_devices() -> tuple[Device, ...]:
    """Return the GPUs, best kind first, and then the CPU; what drivers print about missing GPUs is kept quiet."""
    preferences = _preferences()
    supported = {item[0] for item in preferences.get_device_types(bpy.context)}
    found: list[Device] = []
    with render_log():
        for kind in (*GPU_KINDS, "cpu"):
            if kind == "cpu" or kind.upper() in supported:
                found += _devices_of(preferences, kind)
    return tuple(found)


def _devices_of(preferences: bpy.types.AddonPreferences, kind: str) -> list[Device]:
    # For a kind of GPU Cycles lists the CPU, too: it can render on both at once.
    listed = [entry for entry in preferences.get_devices_for_type(kind.upper()) if entry.type == kind.upper()]
    return [Device(kind, index, entry.name, entry.id) for index, entry in enumerate(listed)]


def matching_devices(asked: str, devices: Sequence[Device]) -> tuple[Device, ...]:
    """Return what ``asked`` can mean: ``auto``, ``cpu``, a kind of GPU, or one of them by index as ``cuda:1``.

    ``auto`` is any of the best kind of GPU there is, or the CPU if there is none. A renderer takes the first.

    Raises:
        DeviceError: it is not there, or nothing is called so; the text says what is there.
    """
    kind, colon, index_text = asked.partition(":")
    if kind not in {"auto", "cpu", *GPU_KINDS} or (colon and not index_text.isdecimal()):
        known = ("auto", "cpu", *GPU_KINDS)
        raise DeviceError(
            f"device: the name must be one of {', '.join(known)}, or one with an index as 'cuda:1', got '{asked}'"
            f"{did_you_mean(kind, known)}"
        )
    wanted = _best_kind(devices) if kind == "auto" else kind
    of_kind = (device for device in devices if device.kind == wanted)
    matching = tuple(device for device in of_kind if not colon or device.index == int(index_text))
    if not matching:
        there = ", ".join(str(device) for device in devices)
        raise DeviceError(f"device: it must be one that this machine has ({there}), got '{asked}'")
    return matching


def activate(target: bpy.types.Scene, device: Device) -> None:
    """Make Cycles render on this device and on no other."""
    if device.kind == "cpu":
        target.cycles.device = "CPU"
        return
    preferences = _preferences()
    preferences.compute_device_type = device.kind.upper()
    for entry in preferences.devices:
        entry.use = entry.id == device.id and entry.type == device.kind.upper()
    target.cycles.device = "GPU"
    if not preferences.has_active_device():
        raise DeviceError(f"device: Cycles must be able to use {device}, got no active device")


def _best_kind(devices: Sequence[Device]) -> str:
    there = {device.kind for device in devices}
    return next((kind for kind in GPU_KINDS if kind in there), "cpu")


def _preferences() -> bpy.types.AddonPreferences:
    return bpy.context.preferences.addons["cycles"].preferences
