"""A room to stand in: floor, four walls, ceiling, a door, and a window that is a hole in the wall."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import Image8, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.interior.coverings import floor_covering, wall_covering
from synthvision.assets.generators.joinery import APART_M, block, spread_over, turned
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.slabs import slab
from synthvision.assets.generators.solids import Points, Solid, join, lathe, moved
from synthvision.assets.generators.surfaces import hsv, printed, rgb8, steel
from synthvision.assets.types import Asset, Material

FLOOR_M = 0.125
"""Thickness of floor and ceiling: a power of two, so that the floor's upper side lies at z = 0 to the last bit."""
WALL_M = 0.2
DOOR_M = (0.88, 2.03)
SILL_SHARE = 0.34
SKIRTING_M = 0.07


@dataclass(frozen=True)
class Room:
    """Inner sizes. ``window_share`` is the window's width over the +y wall's.

    ``covering`` of the walls: 0 plaster, 1 brick, 2 tiles, 3 wood panelling, 4 striped wallpaper, 5 bare concrete.
    ``floor``: 0 planks, 1 tiles, 2 carpet, 3 concrete, 4 terrazzo.
    """

    width_m: float = 4.5
    depth_m: float = 4.0
    height_m: float = 2.6
    window_share: float = 0.45
    covering: int = 0
    floor: int = 0
    hue: float = 0.1
    saturation: float = 0.12
    value: float = 0.85
    floor_hue: float = 0.5
    floor_value: float = 0.6
    door_value: float = 0.9


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a room whose floor is z = 0 and whose origin is the floor's centre; it reaches below z = 0.

    Slots ``floor``, ``walls``, ``ceiling``, ``trim``, ``door`` and ``handle``. Every wall is a closed shell.
    """
    room = read_parameters("room", Room, parameters)
    shell = [_floor(room), _ceiling(room), *_plain_walls(room), _window_wall(room)]
    trim = [*_skirting(room), *_window_frame(room), *_door_frame(room)]
    walls, images = wall_covering("walls", room.covering, (room.hue, room.saturation, room.value))
    door, door_image = printed("door", _door_picture(room), roughness=0.35)
    materials = [
        floor_covering("floor", room.floor, (room.floor_hue, 0.4, room.floor_value)),
        walls,
        Material("ceiling", hsv(0.12, 0.02, 0.93), roughness=0.95, specular=0.2),
        Material("trim", hsv(0.12, 0.03, 0.9), roughness=0.35),
        door,
        steel("handle", 0.3),
    ]
    asset = finish(join(*shell, *trim, _leaf(room), _handle(room)), materials, {**images, **door_image})
    # ``finish`` stands a thing on its lowest point; a room stands on its floor.
    sunk = asset.mesh.vertices - np.array([0.0, 0.0, FLOOR_M], np.float32)
    return replace(asset, mesh=replace(asset.mesh, vertices=sunk))


def _floor(room: Room) -> Solid:
    return block((room.width_m + 2 * WALL_M, room.depth_m + 2 * WALL_M, FLOOR_M), (0.0, 0.0, -FLOOR_M))


def _ceiling(room: Room) -> Solid:
    size = (room.width_m + 2 * WALL_M, room.depth_m + 2 * WALL_M, FLOOR_M)
    return block(size, (0.0, 0.0, room.height_m), slot=2)


def _plain_walls(room: Room) -> list[Solid]:
    """Return the walls towards -x, +x and -y. They reach a little into floor and ceiling, which keeps light out."""
    tall = room.height_m + 0.02
    x, y = (room.width_m + WALL_M) / 2, (room.depth_m + WALL_M) / 2
    side = (WALL_M, room.depth_m + 2 * WALL_M - 0.002, tall)
    return [
        block(side, (-x, 0.0, -0.01), slot=1),
        block(side, (x, 0.0, -0.01), slot=1),
        block((room.width_m + 0.02, WALL_M - 0.002, tall), (0.0, -y + 0.001, -0.01), slot=1),
    ]


def _opening(room: Room) -> tuple[float, float, float]:
    """Return half the window's width, and the heights of its sill and its head."""
    return room.window_share * room.width_m / 2, SILL_SHARE * room.height_m, 0.86 * room.height_m


def _window_wall(room: Room) -> Solid:
    half, low, high = _opening(room)
    width = room.width_m / 2 + 0.01
    outline = _rectangle(-width, width, -0.01, room.height_m + 0.01)
    hole = _rectangle(-half, half, low, high)[::-1]
    wall = slab(outline, [hole], (-WALL_M + 0.001, 0.0), slot=1, crease_deg=20)
    return moved(turned(wall, 0, 90), (0.0, room.depth_m / 2, 0.0))


def _rectangle(x0: float, x1: float, y0: float, y1: float) -> Points:
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], np.float64)


def _window_frame(room: Room) -> list[Solid]:
    """Return frame, two bars and the sill board."""
    half, low, high = _opening(room)
    y = room.depth_m / 2 + 0.12
    tall, bar_m = high - low, 0.055
    uprights = [
        block((bar_m, 0.06, tall - 0.002), (x, y, low + 0.001), slot=3) for x in (-half + 0.03, 0.0, half - 0.03)
    ]
    span = half - 1.5 * bar_m - 0.005
    rails = [
        block((span, 0.056, bar_m), (side * half / 2, y, z), slot=3)
        for side in (-1, 1)
        for z in (low + 0.002, high - bar_m - 0.002)
    ]
    sill = block((2 * half + 0.1, 0.22, 0.03), (0.0, room.depth_m / 2 - 0.02 + 0.01, low - 0.03 + 0.004), slot=3)
    return [*uprights, *rails, sill]


def _skirting(room: Room) -> list[Solid]:
    """Return the boards along the walls; the one under the door's wall leaves the door free."""
    thick, z = 0.014, APART_M
    x, y = room.width_m / 2 - thick / 2 - APART_M, room.depth_m / 2 - thick / 2 - APART_M
    long = (room.width_m - 2 * thick - 4 * APART_M, thick, SKIRTING_M)
    free = (room.depth_m - DOOR_M[0] - 0.2) / 2 - APART_M
    start = DOOR_M[0] / 2 + 0.1
    return [
        block(long, (0.0, y, z), slot=3),
        block(long, (0.0, -y, z), slot=3),
        block((thick, room.depth_m - 2 * APART_M, SKIRTING_M), (x, 0.0, z), slot=3),
        *(block((thick, free, SKIRTING_M), (-x, side * (start + free / 2), z), slot=3) for side in (-1, 1)),
    ]


def _door_frame(room: Room) -> list[Solid]:
    """Return the casing round the door on the -x wall."""
    wide, tall = DOOR_M
    x = -room.width_m / 2 + 0.012 + APART_M
    post = (0.024, 0.07, tall + 0.005)
    return [
        block((0.024, wide + 0.15, 0.07), (x, 0.0, tall + 0.005 + 2 * APART_M), slot=3),
        *(block(post, (x, side * (wide / 2 + 0.035 + 0.003), APART_M), slot=3) for side in (-1, 1)),
    ]


def _leaf(room: Room) -> Solid:
    wide, tall = DOOR_M
    leaf = block((0.014, wide, tall), (-room.width_m / 2 + 0.007 + APART_M, 0.0, 2 * APART_M), slot=4)
    return spread_over(leaf, (1, 2), (-wide / 2, 0.0), (wide / 2, tall))


def _door_picture(room: Room) -> Image8:
    """Draw four sunk panels."""
    width, height = 176, 406
    ink = rgb8(0.1, 0.04, room.door_value)
    picture = Image.new("RGB", (width, height), ink)
    pen = ImageDraw.Draw(picture)
    for x0, x1 in ((0.14, 0.46), (0.54, 0.86)):
        for y0, y1 in ((0.07, 0.42), (0.52, 0.92)):
            box = (x0 * width, y0 * height, x1 * width, y1 * height)
            pen.rectangle(
                box, fill=rgb8(0.1, 0.04, 0.97 * room.door_value), outline=rgb8(0.1, 0.05, 0.78 * room.door_value)
            )
            pen.line((box[0], box[3], box[2], box[3]), fill=rgb8(0.1, 0.02, min(1.0, 1.06 * room.door_value)), width=2)
    return pixels(picture)


def _handle(room: Room) -> Solid:
    """Return a round knob on the leaf."""
    profile = filleted(
        [
            (0.0, 0.0, 0.0),
            (0.024, 0.0, 0.0),
            (0.024, 0.006, 0.002),
            (0.009, 0.008, 0.002),
            (0.009, 0.03, 0.004),
            (0.026, 0.036, 0.012),
            (0.024, 0.056, 0.01),
            (0.0, 0.058, 0.0),
        ],
        steps=3,
    )
    knob = turned(lathe(profile, 14, slot=5), 1, 90)
    return moved(knob, (-room.width_m / 2 + 0.014 + 2 * APART_M, 0.37, 1.02))
