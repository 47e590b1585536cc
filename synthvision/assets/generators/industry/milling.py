"""Blocks with holes and pockets, edges broken."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from synthvision.assets.generators.slabs import cap, disc, inset, triangulated, wall
from synthvision.assets.generators.solids import Points, Solid, join

Pocket = tuple[Points, float]
"""A clockwise loop and the height of the pocket's floor."""


def milled(
    outline: Points,
    height: float,
    *,
    chamfer: float,
    holes: Sequence[Points] = (),
    pockets: Sequence[Pocket] = (),
    under: Sequence[Pocket] = (),
    slot: int = 0,
) -> Solid:
    """Return a block on z = 0 with holes right through, pockets from above and pockets from below.

    Holes and pockets run clockwise and keep clear of each other by more than two chamfers.
    """
    rims = [inset(loop, chamfer) for loop in (outline, *holes)]
    high, low = height - chamfer, chamfer
    walls = [
        wall([(rim, 0.0), (loop, low), (loop, high), (rim, height)], slot=slot)
        for loop, rim in zip((outline, *holes), rims, strict=True)
    ]
    above = [inset(loop, chamfer) for loop, _ in pockets]
    for (loop, floor), rim in zip(pockets, above, strict=True):
        walls += [wall([(loop, floor), (loop, high), (rim, height)], slot=slot), disc(loop, floor, slot=slot)]
    below = [inset(loop, chamfer) for loop, _ in under]
    for (loop, roof), rim in zip(under, below, strict=True):
        walls += [wall([(rim, 0.0), (loop, low), (loop, roof)], slot=slot), disc(loop, roof, up=False, slot=slot)]
    faces = [_face(rims, above, height, up=True, slot=slot), _face(rims, below, 0.0, up=False, slot=slot)]
    return join(*faces, *walls)


def _face(rims: Sequence[Points], pockets: Sequence[Points], z: float, *, up: bool, slot: int) -> Solid:
    loops = [*rims[1:], *pockets]
    return cap(np.concatenate([rims[0], *loops]), triangulated(rims[0], loops), z, up=up, slot=slot)
