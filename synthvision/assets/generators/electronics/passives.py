"""Two-terminal surface-mount parts with their solder: resistors and ceramic capacitors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.electronics.marking import OHMS, plain_mark
from synthvision.assets.generators.electronics.parts import block, fillet, in_slot, pad, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, moved
from synthvision.assets.generators.surfaces import hsv, printed
from synthvision.assets.types import Asset, Material

RESIN = (24, 24, 27)


@dataclass(frozen=True)
class Resistor:
    """Chip resistor, 0603 (1.6 mm) to 1206 (3.2 mm); width 0.52 of the length. ``value`` picks what is printed."""

    length_m: float = 0.002
    value: int = 0


@dataclass(frozen=True)
class CeramicCapacitor:
    """Multilayer capacitor; ``width`` and ``height`` over the length and the width.

    The ceramic is ``hue`` 0.06 (brown) to 0.11 (beige), ``tone`` its lightness.
    """

    length_m: float = 0.002
    width: float = 0.58
    height: float = 0.7
    hue: float = 0.08
    tone: float = 0.5


def make_resistor(parameters: Mapping[str, float]) -> Asset:
    """Return a resistor along x; slots ``body`` (ceramic), ``lead`` and ``marking``."""
    part = read_parameters("resistor_smd", Resistor, parameters)
    length, width, height = part.length_m, 0.52 * part.length_m, 0.00045 + 0.04 * (part.length_m - 0.0016)
    edge = 0.03 * width
    ceramic = block((0.97 * length, width), (0.00004, 0.88 * height), corner=edge, edge=edge)
    resin_size = (0.62 * length, 0.93 * width)
    resin = block(resin_size, (0.7 * height, height), corner=2 * edge, edge=edge, slot=2, top_slot=2)
    ends = _terminals((length, width, 0.95 * height), 0.2 * length)
    text = OHMS[part.value % len(OHMS)]
    mark, images = printed(
        "marking", plain_mark(resin_size, text, RESIN, (222, 222, 214), density=96 / resin_size[0]), roughness=0.35
    )
    body = Material("body", (0.78, 0.78, 0.74), roughness=0.5)
    return finish(join(ceramic, resin, *ends), [body, tin(), mark], images)


def make_ceramic_capacitor(parameters: Mapping[str, float]) -> Asset:
    """Return a ceramic capacitor along x; slots ``body`` and ``lead``."""
    part = read_parameters("capacitor_smd", CeramicCapacitor, parameters)
    length, width = part.length_m, part.width * part.length_m
    height = part.height * width
    core = moved(rounded_box((0.9 * length, 0.96 * width, 0.95 * height), 0.06 * width), (0, 0, 0.02 * height))
    ends = _terminals((length, width, height), 0.22 * length)
    body = Material("body", hsv(part.hue, 0.5 - 0.3 * (part.tone - 0.35), part.tone), roughness=0.4)
    return finish(join(core, *ends), [body, tin()])


def _terminals(size: tuple[float, float, float], wrap: float) -> list[Solid]:
    """Return the plated ends, ``wrap`` metres of the length each, with solder down to their pads."""
    length, width, height = size
    cap = moved(rounded_box((wrap, width, height - 0.00002), 0.07 * width), ((length - wrap) / 2, 0.0, 0.00002))
    reach = 0.28 * width + 0.0002
    solder = fillet(length / 2, reach, height, 0.94 * width)
    land = pad((length / 2 - 1.2 * wrap, length / 2 + 1.15 * reach), 1.12 * width)
    end = in_slot(join(cap, solder, land), 1)
    return [end, turned(end, 2, 180)]
