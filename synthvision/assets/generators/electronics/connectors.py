"""What plugs in: pin headers, USB receptacles and screw terminals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.electronics.parts import gold, in_slot, pad, square_pin, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import block as box
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import cap, hole, rounded_rectangle, slab, triangulated, wall
from synthvision.assets.generators.solids import Points, Solid, join, moved
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Asset, Material

PITCH_M = 0.00254


@dataclass(frozen=True)
class Header:
    """``columns`` of ``rows`` pins on a 2.54 mm grid, 0.64 mm square; ``gilt`` 1 is gold, 0 tin."""

    columns: int = 8
    rows: int = 1
    pin_m: float = 0.006
    gilt: int = 1


@dataclass(frozen=True)
class UsbPort:
    """``style`` 0 is micro-B, 1 is C, 2 is A with a white, black or blue (``tongue`` 0, 1, 2) tongue."""

    style: int = 0
    tongue: int = 0
    dull: float = 0.3


@dataclass(frozen=True)
class TerminalBlock:
    """``poles`` 5.08 mm apart; ``hue`` 0.36 is green, 0.6 blue."""

    poles: int = 2
    height_m: float = 0.01
    hue: float = 0.36


def make_header(parameters: Mapping[str, float]) -> Asset:
    """Return a pin header, columns along x; slots ``body`` and ``lead``."""
    header = read_parameters("connector_header", Header, parameters)
    body = slab(_notched(header), [], (0.0, PITCH_M), chamfer=0.00008)
    pin = in_slot(square_pin(0.00064, 0.5 * PITCH_M, PITCH_M + header.pin_m, 0.0005), 1)
    x = (np.arange(header.columns) - (header.columns - 1) / 2) * PITCH_M
    y = (np.arange(header.rows) - (header.rows - 1) / 2) * PITCH_M
    pins = [moved(pin, (float(at), float(across), 0.0)) for at in x for across in y]
    plastic = Material("body", (0.013, 0.013, 0.014), roughness=0.42)
    return finish(join(body, *pins), [plastic, gold() if header.gilt else tin()])


def _notched(header: Header) -> Points:
    """Return the outline of the plastic bar, notched between its pins so that it can be broken off."""
    half, notch, width = PITCH_M / 2, 0.2 * PITCH_M, header.rows * PITCH_M / 2
    profile = [(-half, notch - width), (notch - half, -width), (half - notch, -width)]
    lower = [
        (x + (number - (header.columns - 1) / 2) * PITCH_M, y) for number in range(header.columns) for x, y in profile
    ]
    lower.append((header.columns * half, notch - width))
    side = np.array(lower)
    return np.concatenate([side, -side])


_SHELLS: tuple[tuple[float, float, float, float], ...] = (
    (0.0075, 0.0053, 0.0026, 0.0005),
    (0.0089, 0.0073, 0.0032, 0.00155),
    (0.0131, 0.0142, 0.0068, 0.0007),
)
"""Width, depth, height and corner radius of micro-B, C and A."""


def make_usb_port(parameters: Mapping[str, float]) -> Asset:
    """Return a receptacle that opens towards -y; slots ``body``, ``tongue`` and ``lead``."""
    port = read_parameters("usb_port", UsbPort, parameters)
    width, depth, height, corner = _SHELLS[port.style]
    shell = _shell(width, depth, height, corner)
    tongue = _tongue(port, width, depth, height)
    ear = pad((0.44 * width, 0.58 * width), 0.16 * depth)
    ears = [moved(turned(ear, 2, 90.0 * side), (0.0, at * depth, 0.0)) for side in (0, 2) for at in (-0.22, 0.25)]
    contacts = _contacts(port, width, depth, height)
    plastic = ((0.75, 0.75, 0.72), (0.015, 0.015, 0.016), hsv(0.6, 0.8, 0.75))[port.tongue]
    materials = [
        Material("body", (0.7, 0.7, 0.7), metallic=1.0, roughness=port.dull, shader="brushed_metal"),
        Material("tongue", plastic, roughness=0.45),
        gold(),
    ]
    return finish(join(shell, tongue, *contacts, *(in_slot(piece, 0) for piece in ears)), materials)


def _shell(width: float, depth: float, height: float, corner: float) -> Solid:
    """Return a tube of sheet metal with a back, built standing and laid down, with a rounded lip."""
    sheet, lip = 0.0003, 0.0002
    outer = rounded_rectangle(width, height, corner, 4)
    inner = rounded_rectangle(
        width - 2 * sheet, height - 2 * sheet, corner - sheet if corner > 2 * sheet else 0.5 * corner, 4
    )
    back, front, floor = -depth / 2, depth / 2, depth / 2 - 0.72 * depth
    levels = [(outer, back), (outer, front - lip), (0.5 * (outer + inner), front), (inner, front - lip), (inner, floor)]
    ends = [cap(loop, triangulated(loop), z, up=up) for loop, z, up in ((outer, back, False), (inner, floor, True))]
    return _laid(join(wall(levels, crease_deg=40), *ends), height)


def _laid(solid: Solid, height: float) -> Solid:
    """Lay what opens upwards on its back: up becomes -y, and what was +y becomes up."""
    x, y, z = (solid.corners[..., axis] for axis in range(3))
    return replace(solid, corners=np.stack([x, -z, y + height / 2], axis=-1))


def _tongue(port: UsbPort, width: float, depth: float, height: float) -> Solid:
    wide, thick, low = ((0.55, 0.2, 0.55), (0.74, 0.22, 0.39), (0.86, 0.28, 0.56))[port.style]
    piece = rounded_box((wide * width, 0.66 * depth, thick * height), 0.06 * height)
    return in_slot(moved(piece, (0.0, 0.0, low * height)), 1)


def _contacts(port: UsbPort, width: float, depth: float, height: float) -> list[Solid]:
    count, wide, z = ((5, 0.4, 0.55), (8, 0.6, 0.61), (4, 0.6, 0.56))[port.style]
    size = (0.45 * wide * width / count, 0.5 * depth, 0.00012)
    places = (np.arange(count) - (count - 1) / 2) * wide * width / count
    shift = 0.00006 if port.style == 1 else -0.00006
    piece = in_slot(rounded_box(size, 0.00003, steps=1), 2)
    return [moved(piece, (float(x), -0.05 * depth, z * height + shift - 0.00006)) for x in places]


def make_terminal_block(parameters: Mapping[str, float]) -> Asset:
    """Return a screw terminal, wires enter from -y; slots ``body``, ``lead`` and ``inside``."""
    block = read_parameters("terminal_block", TerminalBlock, parameters)
    pitch, height = 2 * PITCH_M, block.height_m
    piece = in_slot(_pole(height), 0)
    places = (np.arange(block.poles) - (block.poles - 1) / 2) * pitch
    poles = [moved(part, (float(x), 0.0, 0.0)) for x in places for part in (piece, *_screw(height))]
    materials = [
        Material("body", hsv(block.hue, 0.75, 0.5), roughness=0.42, shader="plastic"),
        tin(),
        Material("inside", (0.02, 0.02, 0.02), roughness=0.8),
    ]
    return finish(join(*poles), materials)


def _pole(height: float) -> Solid:
    """Return one pole: a block with a shaft for the screw."""
    outline = rounded_rectangle(2 * PITCH_M - 0.00006, 0.008, 0.0003, 2)
    return slab(outline, [hole(0.0019, (0.0, 0.0004), 18)], (0.0, height), chamfer=0.00015)


def _screw(height: float) -> list[Solid]:
    """Return the screw's slotted head in the shaft, the dark below it, and the dark mouth for the wire."""
    head = slab(hole(0.00175, (0, 0), 14)[::-1], [], (0.0, 0.7 * height), chamfer=0.0002)
    slit = box((0.0031, 0.0005, 0.0002))
    mouth = box((0.0033, 0.0003, 0.36 * height))
    return [
        in_slot(moved(head, (0.0, 0.0004, 0.0)), 1),
        in_slot(moved(slit, (0.0, 0.0004, 0.69 * height)), 2),
        in_slot(moved(mouth, (0.0, -0.00395, 0.1 * height)), 2),
    ]
