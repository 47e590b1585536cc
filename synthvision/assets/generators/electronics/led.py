"""A light-emitting diode: a 3 to 5 mm dome, or a surface-mount package with its solder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.electronics.parts import block, fillet, in_slot, pad, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import disc, rounded_rectangle, strip, wall
from synthvision.assets.generators.solids import Solid, join, lathe, moved
from synthvision.assets.generators.surfaces import Colour, hsv
from synthvision.assets.types import Asset, Material

HUES: tuple[float, ...] = (0.0, 0.36, 0.13, 0.6, 0.06)
"""Red, green, yellow, blue, orange; the number after the last is clear."""
GLOW_W_M2 = 30.0
"""Emission of a fully lit one."""


@dataclass(frozen=True)
class Led:
    """``diameter_m`` of the dome, or the length of the surface-mount package (``smd`` 1); ``lit`` 0 is off, 1 full
    (the light goes with its fourth power, so that most are off or dim)."""

    diameter_m: float = 0.005
    smd: int = 0
    colour: int = 0
    lit: float = 0.0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a diode; slots ``body``, ``lead`` and, for surface mount, ``lens``."""
    led = read_parameters("led", Led, parameters)
    return _surface_mount(led) if led.smd else _dome(led)


def _colour(led: Led) -> Colour:
    return hsv(HUES[led.colour], 0.9, 0.9) if led.colour < len(HUES) else (0.9, 0.9, 0.88)


def _glow(led: Led) -> tuple[float, float, float]:
    red, green, blue = _colour(led)
    strength = GLOW_W_M2 * led.lit**4
    return strength * red, strength * green, strength * blue


def _dome(led: Led) -> Asset:
    radius = led.diameter_m / 2
    profile = filleted(
        [
            (0.0, 0.0, 0),
            (1.14 * radius, 0.0, 0.05 * radius),
            (1.14 * radius, 0.4 * radius, 0.08 * radius),
            (radius, 0.4 * radius, 0),
            (radius, 2.45 * radius, 0),
        ],
        3,
    )
    angle = np.linspace(0.0, np.pi / 2, 8)
    dome = np.stack([radius * elementary.cos(angle), 2.45 * radius + radius * elementary.sin(angle)], axis=1)
    dome[-1, 0] = 0.0
    body = lathe(np.concatenate([profile, dome[1:]]), 28)
    post = strip(np.array([(0.28, 0, 0.2), (0.28, 0, 1.9)]) * radius, 0.16 * radius, 0.16 * radius)
    anvil = strip(np.array([(-0.32, 0, 0.2), (-0.32, 0, 1.5), (-0.18, 0, 2.0)]) * radius, 0.5 * radius, 0.36 * radius)
    shell = Material(
        "body", _colour(led), roughness=0.12, transmission=0.55, ior=1.5, emission_w_m2=_glow(led), subsurface=0.1
    )
    return finish(join(body, in_slot(join(post, anvil), 1)), [shell, tin()])


def _surface_mount(led: Led) -> Asset:
    length, width, height = led.diameter_m, 0.6 * led.diameter_m, 0.3 * led.diameter_m
    body = block((0.86 * length, width), (0.00004, height), corner=0.06 * width, edge=0.03 * width)
    lens = _lens(0.52 * length, 0.74 * width, height)
    solder = fillet(0.43 * length, 0.16 * length, 0.6 * height, 0.7 * width)
    land = pad((0.36 * length, 0.62 * length), 0.9 * width)
    end = in_slot(join(solder, land), 1)
    case = Material("body", (0.8, 0.8, 0.77), roughness=0.5)
    clear = Material("lens", _colour(led), roughness=0.2, coat=0.5, emission_w_m2=_glow(led))
    return finish(join(body, lens, end, turned(end, 2, 180)), [case, tin(), clear])


def _lens(length: float, width: float, height: float) -> Solid:
    full = rounded_rectangle(length, width, 0.49 * width, 4)
    sides = wall([(full, 0.5 * height), (full, 1.05 * height), (0.9 * full, 1.12 * height)], crease_deg=50)
    solid = join(sides, disc(full, 0.5 * height, up=False), disc(0.9 * full, 1.12 * height))
    return in_slot(moved(solid, (0.0, 0.0, 0.0)), 2)
