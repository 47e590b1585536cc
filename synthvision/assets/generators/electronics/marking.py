"""What is printed on components."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import Image8, Ink, lettering, pixels
from synthvision.assets.generators.electronics.parts import EPOXY_INK
from synthvision.assets.textures.noise import series, white

CHIPS = ("NE5532", "74HC595", "MX25L64", "AT24C02", "TL084", "SX1509", "KB3310", "PCA9685", "RTL8102", "VK3366")
OHMS = ("103", "472", "101", "220", "0", "1002", "331", "4701", "R100", "105")
MICROHENRIES = ("100", "4R7", "220", "330", "2R2", "101", "470", "1R0")
MEGAHERTZ = ("16.000", "8.000", "12.000", "25.000", "11.0592", "4.000", "20.000", "24.576")
MICROFARADS = ("100uF 25V", "470uF 16V", "10uF 50V", "220uF 35V", "1000uF 10V", "47uF 63V")
MAKERS = ("KESSLER", "NOVAX", "HITEC", "SANWEI", "ORBIT")


def chip_top(size: tuple[float, float], number: int, density: float = 40_000.0) -> Image8:
    """Draw the top of a chip, pin 1 at the left of the upper edge; ``density`` in pixels per metre."""
    width, height = _shape(size, density)
    picture = Image.new("RGB", (width, height), EPOXY_INK)
    pen = ImageDraw.Draw(picture)
    ink: Ink = ((132, 132, 127), (92, 93, 91), (176, 176, 170))[number % 3]
    rows = [CHIPS[number % len(CHIPS)] + ("D", "PW", "AB")[number % 3], _code(number), MAKERS[number % len(MAKERS)]]
    for place, text in enumerate(rows[: 3 if height > 0.45 * width else 2]):
        room = (0.62 * width, (0.17, 0.12, 0.12)[place] * height)
        lettering(pen, (0.53 * width, (0.36, 0.57, 0.76)[place] * height), text, room, ink)
    dot = 0.07 * min(width, height)
    x, y = 0.13 * min(width, height), 0.87 * height if height < width else 0.13 * height
    pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=(15, 15, 16), outline=(50, 50, 52), width=1)
    return grainy(picture, 0.06, number)


def _code(number: int) -> str:
    digits = series(6, 900 + number)
    return "".join("0123456789ABCDEFGHKLMNPRSTUWXYZ"[int(digit * 31)] for digit in digits)


def plain_mark(
    size: tuple[float, float], text: str, ground: Ink, ink: Ink, *, density: float = 40_000.0, share: float = 0.7
) -> Image8:
    """Write one line on a plain ground."""
    width, height = _shape(size, density)
    picture = Image.new("RGB", (width, height), ground)
    lettering(ImageDraw.Draw(picture), (width / 2, height / 2), text, (share * width, 0.55 * height), ink)
    return grainy(picture, 0.03, len(text))


def can_top(size_px: int, metal: Ink, ink: Ink | None, text: str) -> Image8:
    """Draw an electrolytic capacitor's top: a scored vent cross, or (with ``ink``) the print of a chip-type can."""
    picture = Image.new("RGB", (size_px, size_px), metal)
    pen = ImageDraw.Draw(picture)
    middle = size_px / 2
    if ink is None:
        for x, y in ((1.0, 0.0), (0.0, 1.0)):
            reach = 0.3 * size_px
            for shift, shade in ((-1.5, 0.62), (1.5, 1.12)):
                line = (middle - x * reach, middle - y * reach + shift, middle + x * reach, middle + y * reach + shift)
                pen.line(
                    [value + shift * y * (place % 2 == 0) for place, value in enumerate(line)], _scaled(metal, shade), 3
                )
    else:
        pen.chord((0, 0, size_px, size_px), 118, 242, fill=ink)
        lettering(
            pen, (0.64 * size_px, 0.38 * size_px), text.split("u", maxsplit=1)[0], (0.45 * size_px, 0.2 * size_px), ink
        )
        lettering(
            pen,
            (0.64 * size_px, 0.62 * size_px),
            text.rsplit(" ", maxsplit=1)[-1],
            (0.4 * size_px, 0.17 * size_px),
            ink,
        )
    return grainy(picture, 0.03, size_px)


def sleeve(width: int, height: int, ground: Ink, ink: Ink, text: str) -> Image8:
    """Draw the sleeve of a radial capacitor, once round: the stripe of the negative lead, and the value twice."""
    picture = Image.new("RGB", (width, height), ground)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0.42 * width, 0, 0.58 * width, height), fill=ink)
    for step in range(4):
        y = height * (0.16 + 0.22 * step)
        pen.rectangle((0.485 * width, y, 0.515 * width, y + 0.1 * height), fill=ground)
    for side in (0.16, 0.84):
        lines = [*text.split(), MAKERS[len(text) % len(MAKERS)]]
        for place, line in enumerate(lines):
            lettering(pen, (side * width, height * (0.3 + 0.2 * place)), line, (0.24 * width, 0.13 * height), ink)
    return grainy(picture, 0.02, height)


def grainy(picture: Image.Image, strength: float, seed: int) -> Image8:
    """Return the picture's pixels with a little grain, so that it does not look printed by a computer."""
    plain = pixels(picture).astype(np.float32)
    grain = 1 + strength * 2 * (white(plain.shape[0], plain.shape[1], 7 * seed + 1) - 0.5)
    return np.clip(plain * grain[..., None] + 0.5, 0, 255).astype(np.uint8)


def _shape(size: tuple[float, float], density: float) -> tuple[int, int]:
    width, height = (max(24, min(512, round(side * density))) for side in size)
    return width, height


def _scaled(ink: Ink, factor: float) -> Ink:
    red, green, blue = (min(255, round(level * factor)) for level in ink)
    return red, green, blue
