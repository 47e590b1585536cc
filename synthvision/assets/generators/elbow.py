"""A pipe elbow with collars, lying on its side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, circle, loft, moved
from synthvision.assets.generators.surfaces import METALS, hsv, metal, plastic
from synthvision.assets.types import Asset

COLUMNS = 48


@dataclass(frozen=True)
class Elbow:
    """``bend`` is the radius of the centre line over the pipe's diameter; ``wall`` and ``collar`` are over it too.

    ``finish``: 0 steel, 1 brass, 2 yellow zinc, 3 black, 4 plastic of colour ``hue``.
    """

    diameter_m: float = 0.04
    bend: float = 1.1
    angle_deg: float = 90.0
    wall: float = 0.09
    collar: float = 0.12
    finish: int = 4
    hue: float = 0.08


def make(parameters: Mapping[str, float]) -> Asset:
    """Return an elbow; slot ``body``."""
    elbow = read_parameters("elbow", Elbow, parameters)
    radius = elbow.diameter_m / 2
    inner = radius * (1 - 2 * elbow.wall)
    socket = 0.55 * elbow.diameter_m
    collar = radius * (1 + 2 * elbow.collar)
    bevel = 0.06 * radius
    outer = [
        (0.0, inner + bevel),
        (0.0, collar - bevel),
        (bevel, collar),
        (socket - bevel, collar),
        (socket, collar - bevel),
        (socket + 0.5 * (collar - radius), radius),
    ]
    straight = 1.2 * socket + collar - radius
    bend = [(straight + share * _arc_length(elbow), radius) for share in np.linspace(0, 1, 17)]
    length = 2 * straight + _arc_length(elbow)
    mirrored = [(length - at, size) for at, size in outer[::-1]]
    bore = [
        (length - bevel, inner),
        *[(length - at, inner) for at, _ in [(straight, 0), *bend[1:-1], (length - straight, 0)]],
        (bevel, inner),
        outer[0],
    ]
    stations = np.array([*outer, *bend, *mirrored, *bore])
    rings = _rings(elbow, straight, stations)
    solid = loft(rings, crease_deg=30)
    middle = (solid.corners.reshape(-1, 3).min(axis=0) + solid.corners.reshape(-1, 3).max(axis=0)) / 2
    material = (
        plastic("body", hsv(elbow.hue, 0.55, 0.7)) if elbow.finish == len(METALS) else metal("body", elbow.finish)
    )
    return finish(moved(solid, (-middle[0], -middle[1], 0.0)), [material])


def _arc_length(elbow: Elbow) -> float:
    return float(np.radians(elbow.angle_deg) * elbow.bend * elbow.diameter_m)


def _rings(elbow: Elbow, straight: float, stations: Points) -> Points:
    """Return a circle across the centre line at each station of (distance along it, radius)."""
    centre, heading = _centre_line(elbow, straight, stations[:, 0])
    across = np.cross(np.array([0.0, 0.0, 1.0]), heading)
    ring = circle(COLUMNS)[None] * stations[:, 1, None, None]
    rings: Points = centre[:, None] + ring[..., :1] * across[:, None] + ring[..., 1:] * np.array([0.0, 0.0, 1.0])
    return rings


def _centre_line(elbow: Elbow, straight: float, at: Points) -> tuple[Points, Points]:
    """Return points (S, 3) and directions (S, 3) of a line that runs straight, turns left, and runs straight."""
    bend = elbow.bend * elbow.diameter_m
    turn = np.clip((at - straight) / bend, 0.0, np.radians(elbow.angle_deg))
    before, after = np.minimum(at - straight, 0.0), np.maximum(at - straight - _arc_length(elbow), 0.0)
    heading = np.stack([elementary.cos(turn), elementary.sin(turn), 0 * turn], axis=1)
    arc = bend * np.stack([elementary.sin(turn), 1 - elementary.cos(turn), 0 * turn], axis=1)
    return arc + heading * (before + after)[:, None], heading
