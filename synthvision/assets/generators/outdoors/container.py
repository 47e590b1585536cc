"""A 20-foot shipping container after ISO 668: corrugated walls, corner castings, doors with locking bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import WHITE, WORDS, Image8, Ink, lettering, pixels
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, bar, block, turned
from synthvision.assets.generators.outdoors.sign_faces import aged
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, levelled, moved, sheet
from synthvision.assets.generators.surfaces import hsv, printed, rgb8, steel
from synthvision.assets.types import Asset, Material

LENGTH_M, WIDTH_M, HEIGHT_M = 6.058, 2.438, 2.591
POST_M = 0.16
RAIL_M = 0.12
DEPTH_M = 0.036
"""Depth of the corrugation."""
PITCH_M = 0.278
CASTING_M = (0.178, 0.162, 0.118)
PAINTS: tuple[tuple[float, float, float], ...] = (
    (0.6, 0.75, 0.42),
    (0.01, 0.7, 0.45),
    (0.04, 0.75, 0.58),
    (0.38, 0.6, 0.32),
    (0.1, 0.05, 0.82),
    (0.58, 0.15, 0.45),
    (0.07, 0.85, 0.78),
    (0.53, 0.65, 0.5),
)
"""Blue, oxide red, brick, green, off-white, grey, orange, teal; HSV."""


@dataclass(frozen=True)
class Container:
    """Long side along x, doors at +x. ``paint`` of 8, ``word`` of 12 names the line, ``wear`` 0 new … 1 old."""

    paint: int = 0
    word: int = 0
    wear: float = 0.3
    shift: float = 0.0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a container; slots ``body`` (corrugated sides, lettered), ``frame``, ``doors`` and ``bars``."""
    box = read_parameters("shipping_container", Container, parameters)
    hue, saturation, value = PAINTS[box.paint]
    colour = (hue + 0.03 * box.shift, saturation, value * (1 - 0.2 * box.shift))
    body, images = printed("body", aged(_side_picture(colour, box.word), 0.35 * box.wear, box.wear), roughness=0.5)
    doors, more = printed("doors", aged(_door_picture(colour, box.word), 0.35 * box.wear, box.wear), roughness=0.5)
    frame = Material(
        "frame", hsv(*colour), roughness=0.5, shader="painted_metal", wear=0.12 * box.wear, dust=0.4 * box.wear
    )
    rods = replace(steel("bars", 0.5), shader="brushed_metal", wear=box.wear)
    pieces = [*_frame(), *_sides(), _back_end(), _roof(), *_doors()]
    return finish(join(*pieces), [body, frame, doors, rods], {**images, **more})


def _frame() -> list[Solid]:
    """Return posts, rails and floor."""
    x, y = (LENGTH_M - POST_M) / 2, (WIDTH_M - POST_M) / 2
    castings = [
        block(CASTING_M, (sx * (LENGTH_M - CASTING_M[0]) / 2, sy * (WIDTH_M - CASTING_M[1]) / 2, z), slot=1)
        for sx in (-1, 1)
        for sy in (-1, 1)
        for z in (0.0, HEIGHT_M - CASTING_M[2])
    ]
    inset = 0.006
    tall = HEIGHT_M - 2 * CASTING_M[2] - 2 * APART_M
    posts = [
        block(
            (POST_M - inset, POST_M - inset, tall), (sx * (x - inset), sy * (y - inset), CASTING_M[2] + APART_M), slot=1
        )
        for sx in (-1, 1)
        for sy in (-1, 1)
    ]
    long = LENGTH_M - 2 * CASTING_M[0] - 2 * APART_M
    rails = [
        block((long, 0.07, high), (0.0, sy * (WIDTH_M / 2 - 0.045), z), slot=1)
        for sy in (-1, 1)
        for z, high in ((0.012, 0.158), (HEIGHT_M - 0.075, 0.06))
    ]
    wide = WIDTH_M - 2 * CASTING_M[1] - 2 * APART_M
    ends = [
        block((0.09, wide, high), (sx * (LENGTH_M / 2 - 0.06), 0.0, z), slot=1)
        for sx in (-1, 1)
        for z, high in ((0.012, 0.15), (HEIGHT_M - 0.1, 0.088))
    ]
    floor = block((long, WIDTH_M - 0.25, 0.1), (0.0, 0.0, 0.06), slot=1)
    return [*castings, *posts, *rails, *ends, floor]


def _corrugated(length: float, height: float, slot: int, pitch: float, depth: float) -> Solid:
    """Return a corrugated sheet facing -y about x = 0 on z = 0: its front waves between y = 0 and y = depth."""
    waves = max(1, round(length / pitch))
    step = length / waves
    shape = np.array([(0.0, 0.0), (0.26, 0.0), (0.5, 1.0), (0.76, 1.0)])
    bends = [(shape + np.array([number, 0.0])) * [step, depth] for number in range(waves)]
    line = np.concatenate([*bends, np.array([[length, 0.0]])])
    line[:, 0] -= length / 2
    flat = np.stack([line[:, 0], np.full(len(line), depth + 0.012)], axis=1)
    low, high = levelled(line, 0.0), levelled(line, height)
    back_low, back_high = levelled(flat, 0.0), levelled(flat, height)
    share = line[:, 0] / length + 0.5
    uvs = np.stack([np.stack([share, 0 * share], axis=1), np.stack([share, 0 * share + 1], axis=1)])
    front = sheet(np.stack([low, high]), slot=slot, uvs=uvs, crease_deg=20)
    rest = [
        sheet(np.stack([back_low[::-1], back_high[::-1]]), slot=slot),
        sheet(np.stack([high, back_high]), slot=slot),
        sheet(np.stack([back_low, low]), slot=slot),
        sheet(np.array([[back_low[0], low[0]], [back_high[0], high[0]]]), slot=slot),
        sheet(np.array([[low[-1], back_low[-1]], [high[-1], back_high[-1]]]), slot=slot),
    ]
    # The rest shows the paint alone, as the picture's upper right corner does.
    return join(front, *(replace(piece, uvs=np.full_like(piece.uvs, 0.98)) for piece in rest))


def _sides() -> list[Solid]:
    length, height = LENGTH_M - 2 * POST_M - 2 * APART_M, HEIGHT_M - 0.25
    wall = moved(_corrugated(length, height, 0, PITCH_M, DEPTH_M), (0.0, -WIDTH_M / 2 + 0.012, 0.172))
    return [wall, turned(wall, 2, 180)]


def _back_end() -> Solid:
    length, height = WIDTH_M - 2 * POST_M - 2 * APART_M, HEIGHT_M - 0.27
    wall = _corrugated(length, height, 1, 0.25, 0.045)
    return moved(turned(wall, 2, -90), (-LENGTH_M / 2 + 0.012, 0.0, 0.163))


def _roof() -> Solid:
    """Return the roof: corrugated across, its front side up."""
    length, width = LENGTH_M - 2 * POST_M, WIDTH_M - 0.16
    wall = _corrugated(length, width, 1, 0.21, 0.02)
    return moved(turned(wall, 0, -90), (0.0, -width / 2, HEIGHT_M - 0.012))


def _doors() -> list[Solid]:
    """Return two leaves with four locking bars, their handles and hinges."""
    leaf = (0.04, WIDTH_M / 2 - POST_M - 0.012, HEIGHT_M - 0.28)
    x, face = LENGTH_M / 2 - 0.05, LENGTH_M / 2 - 0.03
    pieces = []
    for side in (-1, 1):
        y = side * (leaf[1] / 2 + 0.006)
        panel = block(leaf, (x, y, 0.168), slot=2)
        span = WIDTH_M - 2 * POST_M
        pieces.append(replace(panel, uvs=panel.corners[..., 1:] / [span, leaf[2]] + [0.5, -0.168 / leaf[2]]))
        for share in (0.3, 0.72):
            at = side * share * leaf[1]
            pieces.append(bar((face + 0.022, at, 0.06), (face + 0.022, at, HEIGHT_M - 0.04), 0.017, columns=8, slot=3))
            pieces.append(block((0.012, 0.36, 0.035), (face + 0.018, at - side * 0.14, 1.02 + 0.12 * share), slot=3))
            pieces += [block((0.03, 0.09, 0.06), (face + 0.016, at, z), slot=1) for z in (0.35, 0.95, 1.6, 2.25)]
        pieces += [
            block((0.03, 0.1, 0.05), (face + 0.012, side * (WIDTH_M / 2 - POST_M - 0.01), z), slot=1)
            for z in (0.4, 0.95, 1.5, 2.05)
        ]
    return pieces


def _code(word: int) -> str:
    return f"{WORDS[word % len(WORDS)][:3]}U {(word * 48121 + 205481) % 900000 + 100000} {word * 7 % 10}"


def _side_picture(colour: tuple[float, float, float], word: int) -> Image8:
    """Draw a long side: the line's name large in the middle, the number at the upper right."""
    width, height = 1024, 428
    picture = Image.new("RGB", (width, height), rgb8(*colour))
    pen = ImageDraw.Draw(picture)
    ink: Ink = WHITE if colour[2] < 0.7 or colour[1] > 0.5 else rgb8(0.6, 0.7, 0.4)  # noqa: PLR2004 - dark paint or light
    lettering(pen, (0.45 * width, 0.45 * height), WORDS[word % len(WORDS)], (0.62 * width, 0.34 * height), ink)
    lettering(pen, (0.86 * width, 0.1 * height), _code(word), (0.2 * width, 0.07 * height), ink)
    return pixels(picture)


def _door_picture(colour: tuple[float, float, float], word: int) -> Image8:
    width, height = 384, 420
    picture = Image.new("RGB", (width, height), rgb8(*colour))
    pen = ImageDraw.Draw(picture)
    ink: Ink = WHITE if colour[2] < 0.7 or colour[1] > 0.5 else rgb8(0.6, 0.7, 0.4)  # noqa: PLR2004 - dark paint or light
    for line in range(1, 6):
        y = line * height / 6
        pen.line((0, y, width, y), fill=rgb8(colour[0], colour[1], 0.8 * colour[2]), width=3)
    pen.line((width / 2, 0, width / 2, height), fill=(30, 30, 30), width=4)
    lettering(pen, (0.74 * width, 0.1 * height), _code(word), (0.36 * width, 0.08 * height), ink)
    for row in range(4):
        lettering(
            pen,
            (0.8 * width, (0.24 + 0.05 * row) * height),
            f"MAX. GR. {30480 - row * 2210} KG",
            (0.28 * width, 14),
            ink,
        )
    return pixels(picture)
