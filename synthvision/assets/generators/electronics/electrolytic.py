"""An aluminium electrolytic capacitor: radial with a printed sleeve, or chip type on a plastic base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision.assets.generators.artwork import Ink
from synthvision.assets.generators.electronics.marking import MICROFARADS, can_top, sleeve
from synthvision.assets.generators.electronics.parts import framed, in_slot, pad, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import slab
from synthvision.assets.generators.solids import Points, Solid, join, lathe
from synthvision.assets.generators.surfaces import printed, rgb8
from synthvision.assets.types import Asset, Material

COLUMNS = 36
ALUMINIUM: Ink = (206, 208, 210)
SLEEVES: tuple[tuple[Ink, Ink], ...] = (
    ((24, 24, 27), (196, 180, 120)),
    ((28, 40, 78), (214, 216, 220)),
    ((22, 60, 44), (222, 214, 180)),
    ((74, 34, 26), (226, 206, 150)),
    ((34, 88, 128), (240, 240, 240)),
)
"""Sleeve and print of radial capacitors."""


@dataclass(frozen=True)
class Electrolytic:
    """``height`` over the diameter; ``chip`` 1 is the bare surface-mount can; ``value`` and ``colour`` are print."""

    diameter_m: float = 0.008
    height: float = 1.4
    chip: int = 0
    value: int = 0
    colour: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a standing capacitor; slots ``body``, ``marking`` (its top), ``base`` and ``lead``."""
    part = read_parameters("capacitor_electrolytic", Electrolytic, parameters)
    text = MICROFARADS[part.value % len(MICROFARADS)]
    return _chip_type(part, text) if part.chip else _radial(part, text)


def _radial(part: Electrolytic, text: str) -> Asset:
    radius, height = part.diameter_m / 2, part.height * part.diameter_m
    lower = filleted(
        [(0.0, 0.0, 0), (0.9 * radius, 0.0, 0), (radius, 0.04 * height, 0.2 * radius), (radius, 0.06 * height, 0)]
    )
    groove = [(radius, 0.1 * height), (0.93 * radius, 0.13 * height), (radius, 0.16 * height)]
    rim = filleted([(radius, 0.9 * height, 0), (radius, height, 0.09 * radius), (0.8 * radius, height, 0)], 3)
    wall = lathe(np.concatenate([lower[1:], groove, rim]), COLUMNS)
    # The sleeve is shrunk over the rim: its print covers the wall's whole height.
    wall = replace(wall, uvs=np.stack([wall.uvs[..., 0], wall.corners[..., 2] / height], axis=2))
    foot = lathe(lower[:2], COLUMNS, slot=2)
    top = _top(0.8 * radius, height, sunk=0.02 * radius)
    ground, ink = SLEEVES[part.colour % len(SLEEVES)]
    skin, images = printed("body", sleeve(384, 160, ground, ink, text), roughness=0.3)
    mark, more = printed("marking", can_top(128, ALUMINIUM, None, text), roughness=0.35, metallic=0.8)
    return finish(join(foot, wall, top), [skin, mark, _base(), tin()], images | more)


def _chip_type(part: Electrolytic, text: str) -> Asset:
    radius, height = part.diameter_m / 2, 0.75 * part.height * part.diameter_m
    base_height, half = 0.11 * height, 1.04 * radius
    cut = 0.35 * half
    outline = np.array(
        [(half, -half), (half, half), (cut - half, half), (-half, half - cut), (-half, cut - half), (cut - half, -half)]
    )
    base = slab(outline, [], (0.00006, base_height), chamfer=0.03 * radius, slot=2)
    profile = filleted(
        [
            (0.0, 0.8 * base_height, 0),
            (0.97 * radius, 0.8 * base_height, 0),
            (0.97 * radius, 0.24 * height, 0),
            (0.9 * radius, 0.28 * height, 0.05 * radius),
            (0.97 * radius, 0.32 * height, 0),
            (0.97 * radius, height, 0.12 * radius),
            (0.84 * radius, height, 0),
        ],
        3,
    )
    top = _top(0.84 * radius, height, sunk=0.0)
    leg = in_slot(pad((0.5 * radius, 1.28 * radius), 0.3 * radius), 3)
    ink = rgb8(*((0.0, 0.0, 0.1), (0.62, 0.7, 0.5), (0.0, 0.75, 0.6))[part.colour % 3])
    mark, images = printed("marking", can_top(128, ALUMINIUM, ink, text), roughness=0.35, metallic=0.6)
    solid = join(lathe(profile, COLUMNS), top, base, leg, turned(leg, 2, 180))
    return finish(solid, [_aluminium(), mark, _base(), tin()], images)


def _top(radius: float, height: float, sunk: float) -> Solid:
    profile: Points = np.array([(radius, height), (0.97 * radius, height - sunk), (0.0, height - sunk)])
    profile = profile if sunk else profile[[0, 2]]
    return framed(lathe(profile, COLUMNS, slot=1), (2 * radius, 2 * radius))


def _aluminium() -> Material:
    return Material("body", (0.82, 0.82, 0.83), metallic=1.0, roughness=0.3, shader="brushed_metal")


def _base() -> Material:
    return Material("base", (0.02, 0.02, 0.022), roughness=0.5)
