"""Inductors and crystals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.electronics.marking import MEGAHERTZ, MICROHENRIES, plain_mark
from synthvision.assets.generators.electronics.parts import block, framed, in_slot, pad, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import disc, inset, stadium, wall
from synthvision.assets.generators.solids import Points, Solid, join, lathe, moved
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.types import Asset, Material

FERRITE = (44, 43, 44)
COLUMNS = 32


@dataclass(frozen=True)
class Inductor:
    """Power inductor, ``size_m`` wide; ``open_core`` 1 shows its copper between two flanges. ``value`` is printed."""

    size_m: float = 0.007
    height: float = 0.5
    open_core: int = 0
    value: int = 0


@dataclass(frozen=True)
class Crystal:
    """HC-49 can, 11.2 mm long over its flange; ``height_m`` 3.5 mm (HC-49/S) to 13.4 mm (HC-49/U)."""

    height_m: float = 0.0035
    value: int = 0
    dull: float = 0.3


def make_inductor(parameters: Mapping[str, float]) -> Asset:
    """Return an inductor; slots ``body``, ``lead``, ``marking`` and, with an open core, ``copper``."""
    coil = read_parameters("inductor", Inductor, parameters)
    size, height = coil.size_m, coil.height * coil.size_m
    ink, text = (196, 194, 188), MICROHENRIES[coil.value % len(MICROHENRIES)]
    mark, images = printed("marking", plain_mark((size, size), text, FERRITE, ink, density=96 / size), roughness=0.55)
    ferrite = Material("body", (0.025, 0.0245, 0.025), roughness=0.6)
    land = in_slot(pad((0.22 * size, 0.54 * size), 0.5 * size), 1)
    pads = [land, turned(land, 2, 180)]
    if coil.open_core:
        copper = Material("copper", (0.75, 0.33, 0.16), metallic=1.0, roughness=0.3)
        return finish(join(*_drum(size, height), *pads), [ferrite, tin(), mark, copper], images)
    body = block((size, size), (0.00006, height), corner=0.13 * size, edge=0.02 * size, top_slot=2)
    clip = block((0.16 * size, 0.42 * size), (0.00002, 0.4 * height), corner=0.01 * size, edge=0.01 * size, slot=1)
    clips = [moved(clip, (side * 0.43 * size, 0.0, 0.0)) for side in (-1, 1)]
    return finish(join(body, *clips, *pads), [ferrite, tin(), mark], images)


def _drum(size: float, height: float) -> list[Solid]:
    """Return a drum core on its base, wound with copper."""
    radius = 0.47 * size
    base = block((size, size), (0.00006, 0.16 * height), corner=0.16 * size, edge=0.015 * size)
    low, high = 0.22 * height, 0.86 * height
    turns = min(10, max(3, round((high - low) / 0.0004)))
    step = np.linspace(0.0, turns, 2 * turns + 1)
    wound: Points = np.stack(
        [radius * (0.84 + 0.04 * np.abs(elementary.sin(np.pi * step))), low + (high - low) * step / turns], 1
    )
    coil = lathe(np.concatenate([[(0.0, low)], wound, [(0.0, high)]]), 24, slot=3, crease_deg=80)
    core = lathe(
        [(0.0, 0.1 * height), (0.78 * radius, 0.1 * height), (radius, 0.24 * height), (0.0, 0.24 * height)], COLUMNS
    )
    flange = lathe([(0.0, 0.84 * height), (radius, 0.84 * height), (radius, height), (0.92 * radius, height)], COLUMNS)
    top = lathe([(0.92 * radius, height), (0.0, height)], COLUMNS, slot=2)
    return [base, coil, core, flange, framed(top, (size, size))]


def make_crystal(parameters: Mapping[str, float]) -> Asset:
    """Return a crystal along x, standing on its flange; slots ``body`` and ``marking``."""
    crystal = read_parameters("crystal", Crystal, parameters)
    can, flange = stadium(0.0102, 0.00185), stadium(0.0112, 0.0023)
    height, edge = crystal.height_m, 0.00035
    rim = inset(can, edge)
    sides = wall(
        [
            (flange, 0.0),
            (flange, 0.0004),
            (can, 0.00042),
            (can, height - edge),
            (inset(can, 0.3 * edge), height - 0.3 * edge),
            (rim, height),
        ],
        crease_deg=40,
    )
    top = framed(disc(rim, height, slot=1), (0.0102, 0.0037))
    text = MEGAHERTZ[crystal.value % len(MEGAHERTZ)]
    image = plain_mark((0.0102, 0.0037), text, (196, 197, 198), (84, 84, 86), density=16_000, share=0.62)
    mark, images = printed("marking", image, roughness=crystal.dull, metallic=0.9)
    can_metal = Material("body", (0.72, 0.72, 0.72), metallic=1.0, roughness=crystal.dull)
    return finish(join(disc(flange, 0.0, up=False), sides, top), [can_metal, mark], images)
