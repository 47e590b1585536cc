"""What electronic components have in common: leads, solder, moulded bodies, and what these are made of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.slabs import disc, prism, rounded_rectangle, strip, wall
from synthvision.assets.generators.solids import Points, Solid, join, levelled, loft, moved
from synthvision.assets.types import Material

PAD_M = 0.00003
"""Height of the tinned pad that a soldered part brings along."""
EPOXY_INK = (29, 29, 31)
"""Black moulding compound, sRGB."""


def epoxy(name: str = "body") -> Material:
    """Return black moulding compound."""
    return Material(name, (0.012, 0.012, 0.013), roughness=0.55, specular=0.4)


def tin(name: str = "lead", roughness: float = 0.32) -> Material:
    """Return tinned metal."""
    return Material(name, (0.78, 0.77, 0.74), metallic=1.0, roughness=roughness)


def gold(name: str = "lead") -> Material:
    """Return flash gold."""
    return Material(name, (0.95, 0.68, 0.27), metallic=1.0, roughness=0.28)


def gull_wing(reach: float, height: float, width: float, thickness: float, *, slot: int = 1) -> Solid:
    """Return a lead that leaves a wall at x = 0, ``height`` above the board, and stands ``reach`` further out."""
    flat = thickness / 2 + PAD_M
    path = [(-0.2 * reach, height), (0.2 * reach, height), (0.46 * reach, flat), (reach, flat)]
    lead = strip(np.array([(x, 0.0, z) for x, z in path]), width, thickness)
    return in_slot(join(lead, pad((0.35 * reach, 1.25 * reach), 1.35 * width)), slot)


def pad(span: tuple[float, float], width: float) -> Solid:
    """Return a tinned pad on the board, from x = span[0] to span[1]."""
    x0, x1 = span
    path = np.array([(x0, 0.0, PAD_M / 2), (x1, 0.0, PAD_M / 2)])
    return strip(path, width, PAD_M)


def fillet(start: float, reach: float, height: float, width: float) -> Solid:
    """Return the solder on a terminal's end face at x = ``start``: a hollow slope down to ``start + reach``."""
    profile = [(-0.1 * reach, 0.0), (reach, 0.0), (reach, PAD_M), (0.45 * reach, 0.22 * height), (0.0, 0.8 * height)]
    side = np.array([(start + x, z) for x, z in [*profile, (-0.1 * reach, 0.8 * height)]])
    rings = [np.stack([side[:, 0], np.full(len(side), y), side[:, 1]], axis=1) for y in (width / 2, -width / 2)]
    return join(loft(rings, crease_deg=40), _side(side, width / 2, up=True), _side(side, -width / 2, up=False))


def _side(side: Points, y: float, *, up: bool) -> Solid:
    flat = disc(side, 0.0, up=not up)
    x, z = flat.corners[..., 0], flat.corners[..., 1]
    return replace(flat, corners=np.stack([x, np.full_like(x, y), z], axis=2))


def row(piece: Solid, count: int, pitch: float, offset: float, quarters: int) -> list[Solid]:
    """Return ``piece`` shifted by ``offset`` along x, repeated along y about the middle, all of it turned."""
    places = (np.arange(count) - (count - 1) / 2) * pitch
    return [turned(moved(piece, (offset, float(y), 0.0)), 2, 90.0 * quarters) for y in places]


def in_slot(solid: Solid, slot: int) -> Solid:
    """Give every triangle one material slot."""
    return replace(solid, slots=np.full(len(solid.slots), slot, np.int16))


def block(
    size: tuple[float, float],
    span: tuple[float, float],
    *,
    corner: float,
    edge: float,
    taper: float = 0.0,
    slot: int = 0,
    top_slot: int | None = None,
    steps: int = 2,
) -> Solid:
    """Return an upright block with rounded corners, widest at half its height when ``taper`` (metres) is above 0.

    The top takes ``top_slot``; its texture coordinates are 0…1 over ``size``.
    """
    (low, high), full = span, rounded_rectangle(*size, corner, steps)
    pulled = _shrunk(size, taper, corner, steps)
    rim = _shrunk(size, taper + edge, corner, steps)
    middle = [(full, (low + high) / 2)] if taper else []
    sides = wall([(rim, low), (pulled, low + edge), *middle, (pulled, high - edge), (rim, high)], slot=slot)
    top = disc(rim, high, slot=slot if top_slot is None else top_slot)
    return join(sides, disc(rim, low, up=False, slot=slot), framed(top, size))


def _shrunk(size: tuple[float, float], by: float, corner: float, steps: int) -> Points:
    return rounded_rectangle(size[0] - 2 * by, size[1] - 2 * by, max(corner - by, 0.5 * corner), steps)


def framed(solid: Solid, size: tuple[float, float]) -> Solid:
    """Take texture coordinates from above: 0…1 over a rectangle ``size`` about the origin."""
    return replace(solid, uvs=solid.corners[..., :2] / np.asarray(size) + 0.5)


def square_pin(width: float, low: float, high: float, tip: float) -> Solid:
    """Return a square pin whose upper end tapers over ``tip`` metres."""
    half = np.array([[1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]]) * width / 2
    return prism([levelled(half, low), levelled(half, high - tip), levelled(half * 0.45, high)], crease_deg=20)
