"""A spur gear with involute teeth, hub and web."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, levelled, loft
from synthvision.assets.generators.surfaces import METALS, hsv, metal, plastic
from synthvision.assets.types import Asset

PRESSURE_ANGLE = np.radians(20.0)
FLANK_POINTS = 5


@dataclass(frozen=True)
class Gear:
    """``module_m`` is pitch diameter per tooth, ``width`` face width in modules, ``bore`` over the root diameter.

    ``web`` is how deep both sides are recessed, over the width. ``finish``: 0 steel, 1 brass, 2 yellow zinc, 3 black,
    4 white plastic.
    """

    teeth: int = 20
    module_m: float = 0.002
    width: float = 6.0
    bore: float = 0.25
    web: float = 0.25
    finish: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a gear lying flat; slot ``body``."""
    gear = read_parameters("gear", Gear, parameters)
    teeth, even = gear_outline(gear.teeth, gear.module_m)
    height = gear.width * gear.module_m
    root = gear.module_m * (gear.teeth / 2 - 1.25)
    bore = gear.bore * root
    hub, rim = bore + 0.22 * (root - bore), root - max(0.9 * gear.module_m, 0.14 * root)
    sunk, edge = gear.web * height, 0.12 * gear.module_m
    side = [
        (even * (bore + edge), 0.0),
        (even * hub, 0.0),
        (even * (hub + 0.02 * root), sunk),
        (even * (rim - 0.02 * root), sunk),
        (even * rim, 0.0),
        (teeth * (1 - edge / (root + 2.25 * gear.module_m)), 0.0),
        (teeth, edge),
    ]
    lower = [levelled(even * bore, edge)] + [levelled(outline, z) for outline, z in side]
    upper = [levelled(ring[:, :2], height - ring[0, 2]) for ring in lower[::-1]]
    material = plastic("body", hsv(0.12, 0.04, 0.9)) if gear.finish == len(METALS) else metal("body", gear.finish)
    return finish(loft([*lower, *upper, lower[0]], crease_deg=28), [material])


def gear_outline(teeth: int, module_m: float) -> tuple[Points, Points]:
    """Return the outline (N, 2) of a standard full-depth gear, and N directions (unit) to loft it to circles.

    Addendum 1 m, dedendum 1.25 m, 20-degree involute flanks, tooth thickness π m / 2 at the pitch circle (ISO 53).
    """
    pitch = teeth * module_m / 2
    tip, root, base = pitch + module_m, pitch - 1.25 * module_m, pitch * elementary.cos(PRESSURE_ANGLE)
    radii = np.linspace(max(root, base), tip, FLANK_POINTS)
    half = np.pi / (2 * teeth) + _involute(PRESSURE_ANGLE) - _involute(elementary.arccos(np.minimum(base / radii, 1.0)))
    half = half * 0.98  # backlash
    gap = np.pi / teeth
    foot = half[0] + 0.2 * (gap - half[0])
    rising = np.concatenate([[-gap, -foot], -half, [0.0]])
    reach = np.concatenate([[root, root], radii, [tip]])
    angle = np.concatenate([rising, half[::-1], [foot]])
    radius = np.concatenate([reach, radii[::-1], [root]])
    turns = np.arange(teeth)[:, None] * (2 * gap)
    even = np.linspace(-gap, gap, len(angle), endpoint=False)
    # Circles follow the outline's own angles most of the way: points stay opposite, and none coincide.
    followed = 0.6 * angle + 0.4 * even
    outline = _polar(np.tile(radius, teeth), (angle[None] + turns).ravel())
    return outline, _polar(np.ones(teeth * len(angle)), (followed[None] + turns).ravel())


def _involute(angle: Points | float) -> Points:
    turned: Points = elementary.tan(angle) - np.asarray(angle)
    return turned


def _polar(radius: Points, angle: Points) -> Points:
    return np.stack([radius * elementary.cos(angle), radius * elementary.sin(angle)], axis=1)
