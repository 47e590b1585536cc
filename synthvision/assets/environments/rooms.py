"""Indoor environments: a photographer's studio, a living room with windows, a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.environments.enclosure import Panel, Wall, enclosed
from synthvision.assets.environments.panorama import Field, balanced, direction
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.textures.noise import hashed

Vector = tuple[float, float, float]
FLOOR = (2, -1)
"""Axis and side of the floor."""


@dataclass(frozen=True)
class Studio:
    """A key softbox at ``key_azimuth_deg``, a fill opposite (``fill`` of its radiance), a strip and one overhead."""

    key_azimuth_deg: float = 45.0
    key_elevation_deg: float = 40.0
    key_size_m: float = 1.2
    fill: float = 0.3
    warmth: float = 0.0
    walls: float = 0.25


@dataclass(frozen=True)
class Room:
    """``windows`` on two walls, a ceiling lamp of strength ``lamp``, walls of one colour."""

    windows: int = 2
    lamp: float = 0.5
    wall_hue: float = 0.1
    wall_tone: float = 0.85
    variant: int = 0


@dataclass(frozen=True)
class Warehouse:
    """``strips`` rows of light tubes under the roof, racks with cartons along both sides."""

    strips: int = 4
    width_m: float = 16.0
    height_m: float = 8.0
    coolness: float = 0.4
    variant: int = 0


def studio(parameters: Mapping[str, float]) -> Field:
    """Return a studio: softboxes before dim grey walls."""
    look = read_parameters("studio", Studio, parameters)
    warm = _white(look.warmth)
    key = look.key_azimuth_deg
    panels = [
        _aimed(key, look.key_elevation_deg, 2.2, (look.key_size_m * 0.7, look.key_size_m * 0.5), _scaled(warm, 9.0)),
        _aimed(key + 150, 25.0, 2.6, (0.9, 0.7), _scaled(_white(-look.warmth), 9.0 * look.fill)),
        _aimed(key - 100, 15.0, 2.6, (0.16, 1.0), _scaled(_white(0.0), 6.0)),
        _aimed(key, 89.0, 2.3, (0.8, 0.8), _scaled(_white(0.0), 4.0)),
    ]

    def paint(wall: Wall) -> Field:
        return np.full_like(wall.place, 0.45 if (wall.axis, wall.side) == FLOOR else look.walls)

    return balanced(enclosed((-3.5, -3.5, -1.0), (3.5, 3.5, 2.8), panels, paint, 0.35))


def room(parameters: Mapping[str, float]) -> Field:
    """Return a living room: daylight through windows, a lamp, a wooden floor, furniture along the walls."""
    look = read_parameters("room", Room, parameters)
    panels = [
        Panel((0.3, -0.2, 1.58), (0.35, 0.0, 0.0), (0.0, -0.35, 0.0), _scaled((1.0, 0.72, 0.42), 22.0 * look.lamp))
    ]
    for number in range(look.windows):
        x = 2.3 * (number - (look.windows - 1) / 2)
        panels.append(
            Panel((x, 2.79, 0.35), (0.75, 0.0, 0.0), (0.0, 0.0, 0.85), _scaled((0.86, 0.95, 1.15), 8.0), bars=(2, 3))
        )
    panels.append(
        Panel((-3.49, -0.3, 0.35), (0.0, 0.7, 0.0), (0.0, 0.0, 0.85), _scaled((0.9, 0.96, 1.1), 5.0), bars=(2, 3))
    )
    return balanced(enclosed((-3.5, -3.2, -0.9), (3.5, 2.8, 1.7), panels, lambda wall: _furnished(wall, look), 0.5))


def _furnished(wall: Wall, look: Room) -> Field:
    """Return the albedo of a wall: floor boards and a rug, white ceiling, paint, skirting, books, door, picture."""
    place = wall.place
    match wall.axis, wall.side:
        case 2, -1:
            return _boarded(place, look)
        case 2, _:
            return np.full_like(place, 0.8)
    colour = np.broadcast_to(np.array(hsv(look.wall_hue, 0.12, look.wall_tone), np.float32), place.shape).copy()
    colour[place[:, 2] < -0.8] = 0.75  # noqa: PLR2004 - metres, skirting
    along = np.stack([place[:, 1 - wall.axis], place[:, 2]], axis=1)
    match wall.axis, wall.side:
        case 1, -1:
            _paint_rectangle(colour, along, (-1.0, 1.0, -0.9, 0.9), look.variant)
            _paint_rectangle(colour, along, (-3.2, -1.6, -0.9, -0.2), hsv(0.62, 0.35, 0.3))
        case 0, 1:
            _paint_rectangle(colour, along, (-2.2, -1.3, -0.9, 1.15), hsv(0.08, 0.3, 0.85))
            _paint_rectangle(colour, along, (0.2, 1.2, 0.1, 0.8), hsv(0.55, 0.5, 0.4))
    return colour


def _boarded(place: Field, look: Room) -> Field:
    """Return the albedo of a floor of boards with a rug."""
    board = _whole(place[:, 1] / 0.14)
    end = _whole(place[:, 0] / 1.3 + hashed(board, board, look.variant))
    shade = 0.75 + 0.5 * hashed(board, end, look.variant + 1)
    colour: Field = shade[:, None] * np.array(hsv(0.075, 0.6, 0.6), np.float32)
    rug = (np.abs(place[:, 0]) < 1.5) & (np.abs(place[:, 1] + 0.4) < 1.0)  # noqa: PLR2004 - metres
    colour[rug] = np.array(hsv(look.wall_hue + 0.55, 0.45, 0.5), np.float32)
    return colour


def _paint_rectangle(
    colour: Field, along: Field, bounds: tuple[float, float, float, float], paint: Vector | int
) -> None:
    """Paint a rectangle of a wall whose points are ``along`` (N, 2) metres beside and above the origin.

    ``bounds`` are metres (from, to, bottom, top); a number paints a shelf of books.
    """
    start, end, bottom, top = bounds
    inside = np.flatnonzero(((along > (start, bottom)) & (along < (end, top))).all(axis=1))
    if isinstance(paint, int):
        colour[inside] = _books(along[inside, 0], along[inside, 1] - np.float32(bottom), paint)
    else:
        colour[inside] = np.array(paint, np.float32)


def _books(along: Field, height: Field, seed: int) -> Field:
    """Return the albedo (N, 3) of shelves of books, 0.3 m each."""
    row, book = _whole(height / 0.3), _whole(along / 0.045)
    up = height / 0.3 % 1.0
    shades = zip(np.linspace(0, 1, 8), [0.6, 0.35] * 4, strict=True)
    inks = np.array([hsv(hue, 0.6, value) for hue, value in shades], np.float32)
    shown = inks[(hashed(book, row, seed + 3) * len(inks)).astype(np.int64)]
    shown[up >= 0.6 + 0.3 * hashed(book, row, seed + 4)] = 0.03
    shown[up < 0.08] = np.array(hsv(0.08, 0.5, 0.45), np.float32)  # noqa: PLR2004 - the board
    return shown


def _whole(value: Field) -> NDArray[np.uint32]:
    """Round down and wrap around, for hashing."""
    return np.floor(value).astype(np.int64).astype(np.uint32)


def warehouse(parameters: Mapping[str, float]) -> Field:
    """Return a warehouse: rows of tubes, concrete floor, racks of cartons to both sides."""
    look = read_parameters("warehouse", Warehouse, parameters)
    half, roof = look.width_m / 2, look.height_m - 1.0
    white = _scaled(_white(-0.6 * look.coolness), 30.0)
    panels = []
    for number in range(look.strips):
        y = look.width_m * ((number + 0.5) / look.strips - 0.5)
        panels += [Panel((x, y, roof - 0.6), (3.2, 0.0, 0.0), (0.0, -0.13, 0.0), white) for x in (-9.0, 0.0, 9.0)]
    panels.append(Panel((17.9, 0.0, 1.2), (0.0, -1.8, 0.0), (0.0, 0.0, 2.0), _scaled((0.9, 1.0, 1.15), 7.0)))
    return balanced(
        enclosed((-18.0, -half, -1.0), (18.0, half, roof), panels, lambda wall: _racked(wall, look.variant), 0.6)
    )


def _racked(wall: Wall, seed: int) -> Field:
    """Return the albedo of a wall: racks along the sides, sheet metal at the ends, girders, a marked floor."""
    place = wall.place
    if wall.axis == 1:
        return _racks(place[:, 0], place[:, 2] + np.float32(1.0), seed)
    if wall.axis == 0:
        colour = np.full_like(place, 0.42)
        colour[place[:, 1] / 0.3 % 1.0 < 0.15] = 0.3  # noqa: PLR2004 - share of a sheet
    elif wall.side > 0:
        colour = np.full_like(place, 0.3)
        colour[np.abs(place[:, 0] % 3.0 - 1.5) < 0.15] = 0.12  # noqa: PLR2004 - metres
    else:
        colour = np.full_like(place, 0.36)
        line = np.abs(np.abs(place[:, 1]) - 2.2) < 0.06  # noqa: PLR2004 - metres
        colour[line] = np.array(hsv(0.14, 0.85, 0.85), np.float32)
    return colour


def _racks(along: Field, height: Field, seed: int) -> Field:
    """Return the albedo (N, 3) of racks with cartons; ``along`` the wall and ``height`` above the floor in metres."""
    up, bays = height / 1.6, along / 0.9
    level, bay = _whole(up), _whole(bays)
    up = up % 1.0
    full = hashed(level, bay, seed + 1)
    tone = 0.6 + 0.6 * hashed(level, bay, seed + 2)
    carton = (up < 0.35 + 0.5 * full) & (full > 0.12) & (np.abs(bays % 1.0 - 0.5) < 0.44)  # noqa: PLR2004 - shares
    shown: Field = tone[:, None] * np.array(hsv(0.085, 0.45, 0.7), np.float32)
    shown[~carton] = 0.05
    shown[up < 0.07] = np.array(hsv(0.06, 0.85, 0.75), np.float32)  # noqa: PLR2004 - a beam
    shown[np.abs(along / 2.7 % 1.0 - 0.5) > 0.475] = np.array(hsv(0.6, 0.75, 0.4), np.float32)  # noqa: PLR2004 - share of a bay
    return shown


def _white(warmth: float) -> Vector:
    """Return a white between cool (-1) and warm (1)."""
    return 1.0 + 0.18 * warmth, 1.0, 1.0 - 0.3 * warmth


def _scaled(colour: Vector, strength: float) -> Vector:
    red, green, blue = colour
    return red * strength, green * strength, blue * strength


def _aimed(
    azimuth_deg: float, elevation_deg: float, distance: float, half: tuple[float, float], radiance: Vector
) -> Panel:
    """Return a softbox that faces the origin."""
    towards = direction(azimuth_deg, elevation_deg).astype(np.float64)
    across = np.array([elementary.sin(np.radians(azimuth_deg)), -elementary.cos(np.radians(azimuth_deg)), 0.0])
    upward = np.cross(across, -towards) * -1.0
    sides = (tuple(float(v) for v in part) for part in (towards * distance, across * half[0], upward * half[1]))
    centre, first, second = ((part[0], part[1], part[2]) for part in sides)
    return Panel(centre, first, second, radiance, falloff=0.5)
