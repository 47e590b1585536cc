"""A hexagon nut with a threaded bore."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import polygon
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import circle, join, levelled, loft
from synthvision.assets.generators.surfaces import metal
from synthvision.assets.generators.threads import CREASE_DEG, DEPTH_PER_PITCH, coarse_pitch, thread_rings
from synthvision.assets.types import Asset

COLUMNS = 48


@dataclass(frozen=True)
class Nut:
    """``height_share`` is the height over the thread's diameter; ``finish``: 0 steel, 1 brass, 2 zinc, 3 black."""

    diameter_m: float = 0.01
    height_share: float = 0.82
    finish: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a nut; slot ``body``."""
    nut = read_parameters("nut", Nut, parameters)
    ring, radius = circle(COLUMNS), nut.diameter_m / 2
    apothem, height = 1.6 * radius, nut.height_share * nut.diameter_m
    hexagon = polygon(6, apothem, COLUMNS)
    chamfer = (np.linalg.norm(hexagon, axis=1) - 0.95 * apothem) * elementary.tan(np.radians(30))
    pitch = coarse_pitch(nut.diameter_m)
    depth = DEPTH_PER_PITCH * pitch
    bore = thread_rings(radius * 1.01, pitch, (0.4 * depth, height - 0.4 * depth), COLUMNS, depth)[::-1]
    mouth = radius * 1.01 + 0.4 * depth
    shell = loft(
        [
            bore[-1],
            levelled(ring * mouth, 0.0),
            levelled(ring * (0.95 * apothem), 0.0),
            levelled(hexagon, chamfer),
            levelled(hexagon, height - chamfer),
            levelled(ring * (0.95 * apothem), height),
            levelled(ring * mouth, height),
            bore[0],
        ],
        crease_deg=25,
    )
    return finish(join(shell, loft(bore, crease_deg=CREASE_DEG)), [metal("body", nut.finish, 0.3)])
