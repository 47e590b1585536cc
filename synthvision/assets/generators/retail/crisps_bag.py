"""A pillow bag of crisps with crimped ends, standing upright."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Print, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import centred
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.retail.grocery import Pen, crisps, grocery_front, side_panel, smooth
from synthvision.assets.generators.solids import Points, Solid, join, loft, sheet, tip
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.textures.noise import fractal
from synthvision.assets.types import Asset

CRIMP_M = 0.014
_RIBS = 5
_FOIL_M = 0.0006
_ACROSS = 22
_UP = 30
_NOISE = 64


@dataclass(frozen=True)
class CrispsBag:
    """``fullness`` is the greatest thickness over the width; ``creases`` how crumpled the foil is, ``shape`` how."""

    width_m: float = 0.17
    height_m: float = 0.24
    fullness: float = 0.36
    creases: float = 0.5
    shape: int = 0
    label_hue: float = 0.0
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a bag; slot ``body``."""
    bag = read_parameters("crisps_bag", CrispsBag, parameters)
    design = Print(bag.label_hue, bag.label_layout, bag.label_word)
    body, images = printed("body", _print(bag, design), roughness=0.24, metallic=0.25)
    return finish(centred(_foil(bag)), [body], images)


def _foil(bag: CrispsBag) -> Solid:
    front, back = _side(bag, -1), _side(bag, 1)
    shares = _heights(bag) / bag.height_m
    across = np.linspace(0.0, 1.0, _ACROSS + 1)
    u, v = np.meshgrid(across / 2, shares)
    first, last = (np.concatenate([front[row], back[row][-2:0:-1]]) for row in (0, -1))
    return join(
        sheet(front, uvs=np.stack([u, v], axis=2), crease_deg=45),
        sheet(back[:, ::-1], uvs=np.stack([u + 0.5, v], axis=2), crease_deg=45),
        loft([tip(first), first]),
        loft([last, tip(last)]),
    )


def _heights(bag: CrispsBag) -> Points:
    """Return the rows' heights: close together over the ribs of the crimped ends."""
    low = np.linspace(0.0, CRIMP_M, 2 * _RIBS + 1)
    angle = np.linspace(0.0, np.pi, _UP + 1)[1:-1]
    middle = CRIMP_M + (bag.height_m - 2 * CRIMP_M) * (1 - elementary.cos(angle)) / 2
    return np.concatenate([low, middle, bag.height_m - low[::-1]])


def _side(bag: CrispsBag, side: int) -> Points:
    """Return front (-1) or back (1) of the bag, (R, C, 3), columns from -x to +x; both share their border columns."""
    z = _heights(bag)
    share = np.clip((z - CRIMP_M) / (bag.height_m - 2 * CRIMP_M), 0.0, 1.0)
    swell = elementary.power(elementary.sin(np.pi * share), 0.62)
    x = np.linspace(-1.0, 1.0, _ACROSS + 1)
    section = elementary.power(1 - x**2, 0.6)
    bulge = swell[:, None] * section[None, :]
    half = bag.width_m / 2 * (1 - 0.1 * swell)
    depth = bag.fullness * bag.width_m / 2 * bulge + _FOIL_M * (section > 0)
    depth += bag.creases * _crumple(bag, side, swell, section, share)
    ribs = 0.0009 * np.where(np.arange(len(z)) % 2, 1.0, -1.0) * ((z <= CRIMP_M) | (z >= bag.height_m - CRIMP_M))
    bent = 0.006 * bag.creases * elementary.sin(2.2 * x + bag.shape)[None, :] * (1 - swell[:, None])
    wide, tall = np.broadcast_arrays(half[:, None] * x[None, :], z[:, None])
    return np.stack([wide, side * depth + ribs[:, None] + bent, tall], axis=2)


def _crumple(bag: CrispsBag, side: int, swell: Points, section: Points, share: Points) -> Points:
    """Return how far the foil stands out (m): folds that run out of the crimps, and dents. Nothing at the border."""
    noise = fractal(_NOISE, 81 + 2 * bag.shape + side, slope=1.2, low=2, high=9, stretch=(1.0, 1.6))
    rows = (share * (_NOISE - 1)).astype(int)
    columns = np.linspace(0, _NOISE - 1, len(section)).astype(int)
    dents = noise[rows][:, columns].astype(np.float64)
    ends = elementary.exp(-share / 0.16) + elementary.exp(-(1 - share) / 0.16)
    folds = elementary.sin(np.linspace(0.0, 1.0, len(section)) * 2 * np.pi * (4 + bag.shape % 3) + side + bag.shape)
    border = np.minimum(1.0, 2.5 * section)[None, :] * np.minimum(1.0, 2.0 * swell)[:, None]
    height: Points = (0.0035 * np.abs(dents) * -1 + 0.004 * ends[:, None] * folds[None, :]) * border
    # The foil may not cross the other side's: it keeps a share of the bulge.
    room = 0.5 * bag.fullness * bag.width_m / 2 * swell[:, None] * section[None, :]
    return np.maximum(height, -room)


def _print(bag: CrispsBag, design: Print) -> Image8:
    """Paint front and back side by side, silver at the crimps."""
    panel = 512
    height = int(panel * bag.height_m / bag.width_m)
    crimp = CRIMP_M / bag.height_m

    def paint(pen: Pen, wide: int, tall: int) -> None:
        grocery_front(pen, (0, 0, wide, tall), design, crisps)
        for top in (0.0, 1.0 - crimp):
            pen.rectangle((0, top * tall, wide, (top + crimp) * tall), fill=design.deep)

    front = smooth(panel, height, paint, design.main)
    picture = smooth(2 * panel, height, lambda _pen, _wide, _tall: None, design.main)
    label = smooth(panel // 2, height * 2 // 3, lambda p, w, h: side_panel(p, w, h, design, code=True), design.deep)
    picture.paste(front, (0, 0))
    picture.paste(label, (panel + panel // 4, height // 6))
    return pixels(picture)
