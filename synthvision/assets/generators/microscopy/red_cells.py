"""Red blood cells, plain or with the ring forms of malaria, in Giemsa or Wright stain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Ink
from synthvision.assets.generators.microscopy.smear import cell, dished, outline, stained
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import Field, fractal, series, smooth
from synthvision.assets.types import Asset

SIZE_PX = 128
PARASITE: Ink = (96, 84, 168)
CHROMATIN: Ink = (120, 26, 92)


@dataclass(frozen=True)
class RedCell:
    """A biconcave disc, 1 mm for each micrometre: ``diameter_m`` 0.0072 is a cell of 7.2 µm.

    ``pallor`` is the radius of the pale middle over the cell's, ``pale`` how pale it is; ``oval`` width over length;
    ``irregular`` the size of dents in the outline; ``hue`` -0.03 (violet) to 0.04 (salmon), ``tone`` the lightness.
    """

    diameter_m: float = 0.0074
    pallor: float = 0.36
    pale: float = 0.7
    oval: float = 0.95
    irregular: float = 0.03
    hue: float = 0.01
    tone: float = 0.86
    variant: int = 0


@dataclass(frozen=True)
class InfectedCell:
    """A red cell with 1 to 3 ``rings`` of Plasmodium, each ``ring`` of the cell's radius across its middle line."""

    diameter_m: float = 0.0074
    pallor: float = 0.36
    pale: float = 0.6
    oval: float = 0.95
    irregular: float = 0.03
    hue: float = 0.01
    tone: float = 0.86
    rings: int = 1
    ring: float = 0.24
    variant: int = 0


def make_red_cell(parameters: Mapping[str, float]) -> Asset:
    """Return a red cell lying flat; slot ``body``."""
    red = read_parameters("red_blood_cell", RedCell, parameters)
    line = outline(red.diameter_m / 2, red.irregular, red.oval, red.variant)
    share, _ = line.polar(SIZE_PX, 128)
    return cell(line, dished(red.pale, 0.5), stained([_haemoglobin(red, share)]))


def make_infected_cell(parameters: Mapping[str, float]) -> Asset:
    """Return an infected red cell lying flat; slot ``body``."""
    red = read_parameters("infected_red_blood_cell", InfectedCell, parameters)
    line = outline(red.diameter_m / 2, red.irregular, red.oval, red.variant)
    share, angle = line.polar(SIZE_PX, 128)
    layers = [_haemoglobin(red, share), *_parasites(red, share, angle)]
    return cell(line, dished(red.pale, 0.5), stained(layers))


def _haemoglobin(red: RedCell | InfectedCell, share: Field) -> tuple[Ink, Field]:
    """Return the stain of the body: thick towards the rim, thin in the middle, a dark line where the edge refracts."""
    wander = 0.05 * fractal(SIZE_PX, 31 + red.variant, slope=1.8, high=6)
    filled = smooth(share + wander, red.pallor - 0.28, red.pallor + 0.3)
    edge = elementary.exp(-(((share - 0.95) / 0.06) ** 2)) - 0.25 * smooth(share, 0.96, 1.0)
    grain = 0.03 * fractal(SIZE_PX, 57 + red.variant, slope=0.8, low=8)
    density = (1 - red.pale) + red.pale * filled + 0.25 * edge + grain
    return rgb8(red.hue, 0.31, red.tone), np.maximum(density, 0.05).astype(np.float32)


def _parasites(red: InfectedCell, share: Field, angle: Field) -> list[tuple[Ink, Field]]:
    """Return rings of blue cytoplasm round a clear middle, each with one or two dots of chromatin."""
    x, y = share * elementary.cos(angle), share * elementary.sin(angle)
    draws = series(4 * red.rings, 301 + 17 * red.variant).reshape(-1, 4).tolist()
    ring, dots = np.zeros_like(share), np.zeros_like(share)
    for number, (out, way, dot, size) in enumerate(draws):
        where = 2 * np.pi * (way + number) / red.rings
        cx, cy = (0.2 + 0.35 * out) * elementary.cos(where), (0.2 + 0.35 * out) * elementary.sin(where)
        radius = red.ring * (0.8 + 0.4 * size)
        away = elementary.hypot(x - cx, (y - cy) * (0.85 + 0.3 * dot))
        turn = elementary.arctan2(y - cy, x - cx) - 2 * np.pi * dot
        width = 0.045 + 0.03 * elementary.cos(turn + np.pi)
        ring = np.maximum(ring, elementary.exp(-(((away - radius) / width) ** 2)))
        for at in (2 * np.pi * dot, 2 * np.pi * (dot + 0.18 + 0.3 * size))[: 1 + (size > 0.65)]:  # noqa: PLR2004 - two dots
            blob = elementary.hypot(x - cx - radius * elementary.cos(at), y - cy - radius * elementary.sin(at))
            dots = np.maximum(dots, smooth(blob, 0.12, 0.05))
    return [(PARASITE, 0.9 * ring), (CHROMATIN, 1.1 * dots)]
