"""A hexagon-head bolt, standing on its head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import polygon
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, circle, join, levelled, loft, tip
from synthvision.assets.generators.surfaces import metal
from synthvision.assets.generators.threads import CREASE_DEG, DEPTH_PER_PITCH, coarse_pitch, thread_rings
from synthvision.assets.types import Asset

COLUMNS = 30
HEAD_PER_DIAMETER = 0.65
ACROSS_FLATS_PER_DIAMETER = 1.6


@dataclass(frozen=True)
class Bolt:
    """``length`` of the shank over the diameter; ``thread_share`` its threaded part.

    Head height 0.65 d and width across flats 1.6 d, close to ISO 4014. ``finish``: 0 steel, 1 brass, 2 zinc, 3 black.
    """

    diameter_m: float = 0.008
    length: float = 4.5
    thread_share: float = 0.65
    finish: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a bolt; slot ``body``."""
    bolt = read_parameters("bolt", Bolt, parameters)
    return finish(join(_head(bolt), _shank(bolt)), [metal("body", bolt.finish, 0.32)])


def _head(bolt: Bolt) -> Solid:
    """Return the head with its 30-degree chamfer, which cuts arcs into the six sides."""
    ring, radius = circle(COLUMNS), bolt.diameter_m / 2
    apothem = ACROSS_FLATS_PER_DIAMETER * radius
    height = HEAD_PER_DIAMETER * bolt.diameter_m
    hexagon = polygon(6, apothem, COLUMNS)
    flat = 0.95 * apothem
    chamfer = (np.linalg.norm(hexagon, axis=1) - flat) * elementary.tan(np.radians(30))
    face = levelled(ring * flat, 0.0)
    rings = [
        tip(face),
        levelled(ring * (0.5 * flat), 0.0),
        face,
        levelled(hexagon, chamfer),
        levelled(hexagon, height - 0.03 * bolt.diameter_m),
        levelled(ring * (0.94 * apothem), height - 0.03 * bolt.diameter_m),
        levelled(ring * (0.94 * apothem), height),
        levelled(ring * (1.1 * radius), height),
        levelled(ring * (1.02 * radius), height + 0.02 * bolt.diameter_m),
        levelled(ring * radius, height + 0.06 * bolt.diameter_m),
    ]
    return loft(rings, crease_deg=25)


def _shank(bolt: Bolt) -> Solid:
    radius, pitch = bolt.diameter_m / 2, coarse_pitch(bolt.diameter_m)
    head = HEAD_PER_DIAMETER * bolt.diameter_m + 0.06 * bolt.diameter_m
    end = HEAD_PER_DIAMETER * bolt.diameter_m + bolt.length * bolt.diameter_m
    cone = DEPTH_PER_PITCH * pitch
    high = end - cone
    low = max(head + 0.1 * pitch, high - bolt.thread_share * bolt.length * bolt.diameter_m)
    ring = circle(COLUMNS)
    thread = thread_rings(radius, pitch, (low, high), COLUMNS, DEPTH_PER_PITCH * pitch)
    face = levelled(ring * (radius - cone), end)
    ends = loft([thread[-1], face, levelled(ring * (0.5 * radius), end), tip(face)], crease_deg=25)
    plain = loft([levelled(ring * radius, head), thread[0]], crease_deg=25)
    return join(plain, loft(thread, crease_deg=CREASE_DEG), ends)
