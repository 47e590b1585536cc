"""Sheds and warehouses of profiled sheet, with flat or gabled roofs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import WHITE, WORDS, Image8, lettering, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, block, turned
from synthvision.assets.generators.outdoors.sign_faces import aged
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, moved, sheet
from synthvision.assets.generators.surfaces import hsv, printed, rgb8
from synthvision.assets.types import Asset, Material

PX_PER_M = 48
EAVES_M = 0.35
ROOF_M = 0.12


@dataclass(frozen=True)
class Shed:
    """Gates look to -y. ``gabled`` 0 has a flat roof with a parapet; ``gates`` are doors; ``word`` 12 is no name."""

    width_m: float = 14.0
    depth_m: float = 9.0
    eaves_m: float = 4.5
    gabled: int = 1
    pitch_deg: float = 15.0
    gates: int = 2
    hue: float = 0.6
    saturation: float = 0.15
    value: float = 0.75
    roof_value: float = 0.45
    word: int = 12
    wear: float = 0.3


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a building; slots ``front``, ``walls``, ``roof``, ``trim`` and ``skylights``."""
    shed = read_parameters("shed", Shed, parameters)
    front, images = printed("front", aged(_front_picture(shed), 0.2, shed.wear), roughness=0.5)
    walls, more = printed("walls", aged(_wall_picture(shed), 0.2, shed.wear), roughness=0.5)
    materials = [
        front,
        walls,
        Material("roof", hsv(0.03, 0.12, shed.roof_value), roughness=0.6, shader="painted_metal", dust=0.3 * shed.wear),
        Material("trim", hsv(shed.hue, shed.saturation, 0.45 * shed.value), roughness=0.5, shader="painted_metal"),
        Material("skylights", hsv(0.5, 0.06, 0.8), roughness=0.2, coat=0.3),
    ]
    pieces = [*_walls(shed), *(_gabled_roof(shed) if shed.gabled else _flat_roof(shed))]
    return finish(join(*pieces), materials, {**images, **more})


def _rise(shed: Shed) -> float:
    """Return how far the ridge stands above the eaves; it runs along x."""
    return float(elementary.tan(np.radians(shed.pitch_deg))) * shed.depth_m / 2 if shed.gabled else 0.0


def _walls(shed: Shed) -> list[Solid]:
    """Return the body, one closed shell: its ends are pentagons where the roof is gabled."""
    half, deep, eaves = shed.width_m / 2, shed.depth_m / 2, shed.eaves_m
    ridge = eaves + max(_rise(shed), 0.05)
    section = [(-deep, 0.0), (deep, 0.0), (deep, eaves), (0.0, ridge), (-deep, eaves)]
    left, right = (np.array([(x, y, z) for y, z in section]) for x in (-half, half))
    span = np.array([shed.width_m, eaves])
    long = np.array([[(0.0, 0.0), (1.0, 0.0)], [(0.0, 1.0), (1.0, 1.0)]])
    return [
        join(
            sheet(np.array([[left[0], right[0]], [left[4], right[4]]]), slot=0, uvs=long),
            sheet(np.array([[right[1], left[1]], [right[2], left[2]]]), slot=1, uvs=long * span),
            sheet(np.array([[right[4], right[3]], [left[4], left[3]]]), slot=3),
            sheet(np.array([[right[3], right[2]], [left[3], left[2]]]), slot=3),
            sheet(np.array([[left[0], left[1]], [right[0], right[1]]]), slot=3),
            _gable(right, deep),
            _gable(left[[1, 0, 4, 3, 2]], deep),
        )
    ]


def _gable(corners: Points, deep: float) -> Solid:
    """Return an end wall from its five corners, counter-clockwise from the lower left; coordinates in metres."""
    grid = np.array([[corners[0], corners[0], corners[1]], [corners[4], corners[3], corners[2]]])
    sign = 1.0 if corners[1, 1] > corners[0, 1] else -1.0
    uvs = np.stack([sign * grid[..., 1] + deep, grid[..., 2]], axis=2)
    return sheet(grid, slot=1, uvs=uvs)


def _gabled_roof(shed: Shed) -> list[Solid]:
    """Return two slabs with standing seams and skylights, a ridge cap and gutters."""
    slope = float(elementary.hypot(shed.depth_m / 2, _rise(shed))) + EAVES_M
    length = shed.width_m + 2 * EAVES_M
    ridge = shed.eaves_m + _rise(shed) + 0.02
    seams = max(4, round(length / 0.7))
    parts = [block((length, slope, ROOF_M), (0.0, -slope / 2, 0.0), slot=2)]
    for number in range(seams):
        x = (number + 0.5) * length / seams - length / 2
        parts.append(block((0.05, slope - 0.02, 0.05), (x, -slope / 2, ROOF_M + APART_M), slot=2))
    for number in range(0, seams - 2, 5):
        x = (number + 3) * length / seams - length / 2
        size = (length / seams - 0.07, 0.45 * slope, 0.03)
        parts.append(block(size, (x, -0.5 * slope, ROOF_M + APART_M), slot=4))
    half = turned(join(*parts), 0, shed.pitch_deg)
    cap = block((length + 0.02, 0.5, 0.06), (0.0, 0.0, ridge + ROOF_M + 0.01), slot=3)
    y, z = shed.depth_m / 2 + EAVES_M + 0.02, ridge - slope * float(elementary.sin(np.radians(shed.pitch_deg)))
    gutters = [block((length, 0.14, 0.12), (0.0, side * y, z - 0.06), slot=3) for side in (-1, 1)]
    front = moved(half, (0.0, -APART_M, ridge))
    return [front, turned(front, 2, 180), cap, *gutters]


def _flat_roof(shed: Shed) -> list[Solid]:
    """Return the deck within a parapet, with skylights and a ventilation unit."""
    top = shed.eaves_m + 0.06
    wide, deep = shed.width_m + 0.1, shed.depth_m + 0.1
    parts = [block((wide - 0.02, deep - 0.02, 0.1), (0.0, 0.0, top), slot=2)]
    for side in (-1, 1):
        parts.append(block((wide, 0.25, 0.5), (0.0, side * (deep - 0.25) / 2, top + 0.001), slot=3))
        parts.append(block((0.25, deep - 0.51, 0.498), (side * (wide - 0.25) / 2, 0.0, top + 0.001), slot=3))
    rows = max(2, int(shed.width_m / 4))
    for number in range(rows):
        x = (number + 0.5) * (wide - 2.0) / rows - (wide - 2.0) / 2
        parts.append(block((1.3, 1.3, 0.3), (x, 0.18 * deep, top + 0.1 + APART_M), slot=3))
        parts.append(block((1.15, 1.15, 0.12), (x, 0.18 * deep, top + 0.4 + 2 * APART_M), slot=4))
    parts.append(block((1.8, 1.1, 0.9), (0.28 * wide, -0.22 * deep, top + 0.1 + APART_M), slot=3))
    parts.append(block((0.6, 0.6, 0.7), (-0.3 * wide, -0.2 * deep, top + 0.1 + APART_M), slot=1))
    return parts


def _cladding(shed: Shed, width: int, height: int) -> Image.Image:
    """Draw profiled sheet: upright ribs every 0.25 m, and a plinth of concrete."""
    columns = np.arange(width)
    tone = 1 - 0.16 * (columns % (PX_PER_M // 4) < PX_PER_M // 16) + 0.05 * (columns % (PX_PER_M // 4) == PX_PER_M // 8)
    colour = np.array(rgb8(shed.hue, shed.saturation, shed.value))
    wall = np.clip(tone[None, :, None] * colour, 0, 255) * np.ones((height, 1, 1))
    wall[height - int(0.3 * PX_PER_M) :] = (128, 126, 122)
    return Image.fromarray(wall.astype(np.uint8))


def _wall_picture(shed: Shed) -> Image8:
    """Draw a square metre, seamless, without a plinth: it repeats over the long and short walls."""
    return pixels(_cladding(shed, PX_PER_M, PX_PER_M * 4 // 3).crop((0, 0, PX_PER_M, PX_PER_M)))


def _front_picture(shed: Shed) -> Image8:
    """Draw the whole front: roller gates, a door, windows, the firm's name."""
    width, height = int(shed.width_m * PX_PER_M), int(shed.eaves_m * PX_PER_M)
    picture = _cladding(shed, width, height)
    pen = ImageDraw.Draw(picture)
    gate_w, gate_h = 3.2 * PX_PER_M, min(0.82 * shed.eaves_m, 3.6) * PX_PER_M
    bays = shed.gates + 1
    for gate in range(shed.gates):
        x = width * (gate + 0.5) / bays
        _gate(pen, (x - gate_w / 2, height - gate_h, x + gate_w / 2, float(height)))
    x = width * (shed.gates + 0.5) / bays
    pen.rectangle((x - 0.5 * PX_PER_M, height - 2.1 * PX_PER_M, x + 0.5 * PX_PER_M, height), fill=(70, 74, 78))
    pen.ellipse(
        (x + 0.3 * PX_PER_M, height - 1.1 * PX_PER_M, x + 0.4 * PX_PER_M, height - PX_PER_M), fill=(200, 200, 200)
    )
    for side in (-1, 1):
        left = x + side * 1.5 * PX_PER_M - 0.45 * PX_PER_M
        box = (left, height - 2.0 * PX_PER_M, left + 0.9 * PX_PER_M, height - 1.1 * PX_PER_M)
        pen.rectangle(box, fill=(34, 44, 52), outline=(225, 225, 222), width=3)
    if shed.word < len(WORDS):
        ink = WHITE if shed.value < 0.6 else rgb8(0.6, 0.8, 0.4)  # noqa: PLR2004 - dark walls
        lettering(pen, (width / 2, 0.09 * height), WORDS[shed.word], (0.5 * width, 0.12 * height), ink)
    return pixels(picture)


def _gate(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = box
    pen.rectangle((x0 - 6, y0 - 8, x1 + 6, y1), fill=(62, 64, 68))
    pen.rectangle(box, fill=(206, 208, 208))
    y = y0
    while y < y1:
        pen.line((x0, y, x1, y), fill=(164, 168, 170), width=2)
        y += 0.16 * PX_PER_M
    pen.rectangle(
        (x0 + 0.2 * (x1 - x0), y0 + 0.45 * (y1 - y0), x1 - 0.2 * (x1 - x0), y0 + 0.55 * (y1 - y0)), fill=(46, 56, 64)
    )
