"""A countersunk wood screw with a cross recess, standing on its head."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, circle, join, levelled, loft, tip
from synthvision.assets.generators.surfaces import metal
from synthvision.assets.generators.threads import CREASE_DEG, thread_heights, thread_rings
from synthvision.assets.types import Asset
from synthvision.elementary import matmul

COLUMNS = 32


@dataclass(frozen=True)
class Screw:
    """``thread_share`` is the threaded part of the length; ``finish``: 0 steel, 1 brass, 2 yellow zinc, 3 black."""

    diameter_m: float = 0.0045
    length_m: float = 0.04
    thread_share: float = 0.65
    finish: int = 2


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a screw; slot ``body``."""
    screw = read_parameters("screw", Screw, parameters)
    return finish(join(_head(screw), _shaft(screw)), [metal("body", screw.finish, 0.3)])


def _head(screw: Screw) -> Solid:
    """Return the head; its recess goes down from a cross-shaped mouth to a small square."""
    ring, diameter = circle(COLUMNS), screw.diameter_m
    cross = _cross(0.5 * diameter, 0.13 * diameter)
    shank = 0.34 * diameter
    rings = [
        levelled(tip(levelled(ring, 0.0))[:, :2], 0.42 * diameter),
        levelled(_cross(0.22 * diameter, 0.09 * diameter), 0.42 * diameter),
        levelled(cross, 0.0),
        levelled(ring * (0.9 * diameter), 0.0),
        levelled(ring * diameter, 0.06 * diameter),
        levelled(ring * diameter, 0.13 * diameter),
        levelled(ring * (shank * 1.15), 0.68 * diameter),
        levelled(ring * shank, 0.8 * diameter),
    ]
    return loft(rings, crease_deg=32)


def _cross(reach: float, half_width: float) -> Points:
    """Return a plus sign (N, 2) whose points lie near equal angles, 8 to an arm."""
    offset = np.array([-1.0, -0.5, 0.0, 0.5])
    arm = [(reach, half_width * step) for step in offset] + [(reach, half_width)]
    arm += [((reach + half_width) / 2, half_width), (half_width, half_width), (half_width, (reach + half_width) / 2)]
    quarter = np.asarray(arm)
    return np.concatenate([matmul(quarter, _quarter_turn(turn).T) for turn in range(4)])


def _quarter_turn(turns: int) -> Points:
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[turns]
    return np.array([[cosine, -sine], [sine, cosine]], np.float64)


def _shaft(screw: Screw) -> Solid:
    diameter = screw.diameter_m
    pitch, radius, shank = 0.45 * diameter, 0.5 * diameter, 0.34 * diameter
    head, end = 0.8 * diameter, screw.length_m
    low = max(head + 0.2 * diameter, end - screw.thread_share * screw.length_m)
    z = thread_heights(pitch, (low, end))
    point = np.clip((end - z) / (1.6 * diameter), 0.04, 1.0)
    start = shank / radius + (1 - shank / radius) * np.clip((z - low) / pitch, 0.0, 1.0)
    thread = thread_rings(radius * point * start, pitch, (low, end), COLUMNS, 0.0)
    return join(
        loft([levelled(circle(COLUMNS) * shank, head), thread[0]]),
        loft(_cut(thread, pitch, low, 0.34 * point * diameter / 2), crease_deg=CREASE_DEG),
        loft([thread[-1], tip(thread[-1])]),
    )


def _cut(rings: Points, pitch: float, low: float, depth: Points) -> Points:
    """Cut the wide, sharp thread of a wood screw: narrow crests, long flat roots, fading towards both ends."""
    z = rings[:, 0, 2]
    turn = np.arange(rings.shape[1]) / rings.shape[1]
    phase = z[:, None] / pitch - turn[None]
    off_crest = np.abs(phase - np.round(phase))
    fade = np.clip(np.minimum(z - low, z[-1] - z) / pitch, 0.0, 1.0)
    radius = np.linalg.norm(rings[..., :2], axis=2)
    cut = depth[:, None] * np.clip((off_crest - 0.05) / 0.2, 0.0, 1.0) * fade[:, None]
    carved: Points = rings * np.stack([1 - cut / radius, 1 - cut / radius, np.ones_like(radius)], axis=2)
    return carved
