"""What closes a road: a striped barrier, a bollard, a lamp post."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import Image8, Ink, pixels
from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, bar, block, centred, spread_over
from synthvision.assets.generators.outdoors.sign_faces import aged
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, lathe, moved
from synthvision.assets.generators.surfaces import hsv, plastic, printed, rubber, steel
from synthvision.assets.types import Asset, Material

WHITE: Ink = (238, 238, 234)
SHADES: tuple[Ink, ...] = ((192, 24, 32), (238, 116, 20), (24, 24, 26))
"""Red, orange, black (on yellow)."""


@dataclass(frozen=True)
class Barrier:
    """``boards`` 1 to 3; ``shade`` 0 red and white, 1 orange and white, 2 black and yellow; ``lamps`` 1 has lamps."""

    width_m: float = 1.6
    height_m: float = 1.0
    board_m: float = 0.22
    boards: int = 2
    stripes: int = 7
    shade: int = 0
    lamps: int = 0
    dirt: float = 0.3


@dataclass(frozen=True)
class Bollard:
    """``style``: 0 steel post with bands, 1 cast iron with a knob, 2 flexible plastic on a foot."""

    height_m: float = 0.95
    diameter_m: float = 0.11
    style: int = 0
    hue: float = 0.0


@dataclass(frozen=True)
class LampPost:
    """The lamp reaches out to +x by ``reach_m`` from the post; the origin is under the middle of the bounds."""

    height_m: float = 6.0
    reach_m: float = 1.2
    value: float = 0.4


def make_barrier(parameters: Mapping[str, float]) -> Asset:
    """Return a barrier; slots ``boards``, ``posts``, ``feet`` and ``lamps``."""
    barrier = read_parameters("traffic_barrier", Barrier, parameters)
    foot_m, x = 0.1, 0.36 * barrier.width_m
    pieces = [*_striped_boards(barrier)]
    for side in (-1, 1):
        pieces.append(moved(rounded_box((0.28, 0.62, foot_m), 0.015, steps=1, slot=2), (side * x, 0.0, 0.0)))
        pieces.append(block((0.04, 0.04, barrier.height_m - foot_m), (side * x, 0.0, foot_m - 0.02), slot=1))
        if barrier.lamps:
            pieces.append(moved(_lamp(), (side * x, 0.0, barrier.height_m - 0.02 + APART_M)))
    material, images = printed("boards", aged(_stripes(barrier), 0.1, barrier.dirt), roughness=0.35, coat=0.25)
    materials = [
        material,
        steel("posts", 0.45),
        rubber("feet", hsv(0.0, 0.0, 0.14)),
        Material("lamps", hsv(0.11, 0.95, 0.98), roughness=0.15, coat=0.6, shader="plastic"),
    ]
    return finish(join(*pieces), materials, images)


def _striped_boards(barrier: Barrier) -> list[Solid]:
    """Return the boards on the posts' front; each side of one shows the whole picture."""
    pieces = []
    gap = (barrier.height_m - 0.2 - barrier.boards * barrier.board_m) / max(1, barrier.boards)
    for number in range(barrier.boards):
        z = barrier.height_m - 0.03 - barrier.board_m - number * (barrier.board_m + gap)
        plank = moved(rounded_box((barrier.width_m, 0.03, barrier.board_m), 0.006, steps=1), (0.0, -0.035 - APART_M, z))
        low, high = (-barrier.width_m / 2, z), (barrier.width_m / 2, z + barrier.board_m)
        pieces.append(spread_over(plank, (0, 2), low, high))
    return pieces


def _stripes(barrier: Barrier) -> Image8:
    width = 1024
    height = int(width * barrier.board_m / barrier.width_m)
    ground = (244, 190, 18) if barrier.shade == 2 else WHITE  # noqa: PLR2004 - black and yellow
    picture = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(picture)
    step = width / barrier.stripes
    for stripe in range(-2, barrier.stripes + 2):
        x = stripe * step
        corners = [(x, height), (x + step / 2, height), (x + step / 2 + height, 0), (x + height, 0)]
        pen.polygon(corners, fill=SHADES[barrier.shade])
    return pixels(picture)


def _lamp() -> Solid:
    profile = filleted([(0.0, 0.0, 0.0), (0.03, 0.0, 0.0), (0.03, 0.05, 0.005), (0.085, 0.07, 0.02), (0.09, 0.2, 0.05)])
    top = filleted([(0.09, 0.2, 0.0), (0.085, 0.235, 0.03), (0.0, 0.245, 0.0)])
    return join(
        lathe(profile, 20, slot=3),
        lathe([(float(profile[-1, 0]), float(profile[-1, 1])), *map(tuple, top[1:])], 20, slot=3),
    )


def make_bollard(parameters: Mapping[str, float]) -> Asset:
    """Return a bollard; slots ``body``, ``bands`` and ``foot``."""
    bollard = read_parameters("bollard", Bollard, parameters)
    body, bands = (
        (
            Material("body", hsv(0.0, 0.0, 0.9), roughness=0.35, shader="painted_metal", wear=0.2),
            hsv(bollard.hue, 0.9, 0.75),
        ),
        (Material("body", hsv(0.4, 0.1, 0.1), roughness=0.4, shader="painted_metal", wear=0.2), hsv(0.12, 0.05, 0.85)),
        (plastic("body", hsv(bollard.hue + 0.04, 0.92, 0.95), 0.4), hsv(0.0, 0.0, 0.93)),
    )[bollard.style]
    shape = (_steel_post, _cast_post, _flexible_post)[bollard.style]
    coat = Material("bands", bands, roughness=0.35, coat=0.3)
    return finish(shape(bollard), [body, coat, rubber("foot", hsv(0.0, 0.0, 0.12))])


def _banded(radius: float, bounds: list[float]) -> list[Solid]:
    """Return stretches of a cylinder; every second one is a band."""
    return [
        lathe([(radius, low), (radius, high)], 32, slot=number % 2)
        for number, (low, high) in enumerate(pairwise(bounds))
    ]


def _steel_post(bollard: Bollard) -> Solid:
    radius, height = bollard.diameter_m / 2, bollard.height_m
    bounds = [share * height for share in (0.02, 0.3, 0.45, 0.6, 0.75, 0.9)]
    cap = filleted([(radius, 0.9 * height, 0.0), (radius, height, 0.6 * radius), (0.0, height, 0.0)])
    foot = [(0.0, 0.0), (1.5 * radius, 0.0), (1.5 * radius, 0.018 * height), (radius, 0.02 * height)]
    return join(lathe(foot, 32), *_banded(radius, bounds), lathe(cap, 32))


def _cast_post(bollard: Bollard) -> Solid:
    radius, height = bollard.diameter_m / 2, bollard.height_m
    lower = filleted(
        [
            (0.0, 0.0, 0.0),
            (1.35 * radius, 0.0, 0.0),
            (1.35 * radius, 0.1 * height, 0.01),
            (0.95 * radius, 0.16 * height, 0.02),
            (0.75 * radius, 0.72 * height, 0.0),
        ]
    )
    upper = filleted(
        [
            (0.75 * radius, 0.78 * height, 0.0),
            (1.05 * radius, 0.8 * height, 0.008),
            (1.05 * radius, 0.83 * height, 0.008),
            (0.6 * radius, 0.86 * height, 0.01),
            (0.95 * radius, 0.93 * height, 0.03),
            (0.6 * radius, height, 0.02),
            (0.0, height, 0.0),
        ]
    )
    band = lathe([(0.75 * radius, 0.72 * height), (0.75 * radius, 0.78 * height)], 32, slot=1)
    return join(lathe(lower, 32), band, lathe(upper, 32))


def _flexible_post(bollard: Bollard) -> Solid:
    radius, height = 0.72 * bollard.diameter_m / 2, bollard.height_m
    foot = filleted(
        [
            (0.0, 0.0, 0.0),
            (2.6 * radius, 0.0, 0.0),
            (2.5 * radius, 0.02, 0.005),
            (1.2 * radius, 0.05 * height, 0.01),
            (radius, 0.08 * height, 0.0),
        ]
    )
    bounds = [share * height for share in (0.08, 0.5, 0.62, 0.74, 0.86, 0.95)]
    cap = filleted([(radius, 0.95 * height, 0.0), (radius, height, 0.4 * radius), (0.0, height, 0.0)])
    return join(lathe(foot, 32, slot=2), *_banded(radius, bounds), lathe(cap, 32))


def make_lamp_post(parameters: Mapping[str, float]) -> Asset:
    """Return a street light; slots ``body`` and ``lens``."""
    post = read_parameters("lamp_post", LampPost, parameters)
    tall = post.height_m - 0.12
    head = moved(rounded_box((0.62, 0.24, 0.09), 0.03, steps=2), (post.reach_m, 0.0, tall + 0.02))
    lens = block((0.42, 0.17, 0.012), (post.reach_m, 0.0, tall + 0.009), slot=1)
    pieces = [
        bar((0.0, 0.0, 0.0), (0.0, 0.0, 1.1), 0.09, columns=16),
        bar((0.0, 0.0, 1.1 - APART_M), (0.0, 0.0, tall), (0.07, 0.045), columns=16),
        bar((0.0, 0.0, tall - 0.03), (post.reach_m - 0.2, 0.0, tall + 0.065), (0.035, 0.028), columns=12),
        head,
        lens,
    ]
    grey = Material("body", hsv(0.55, 0.05, post.value), roughness=0.45, shader="painted_metal", wear=0.1)
    glass = Material("lens", hsv(0.12, 0.05, 0.9), roughness=0.1, coat=0.5)
    return finish(centred(join(*pieces)), [grey, glass])
