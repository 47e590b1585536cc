"""Fronts of groceries: a backdrop, a picture of what is inside, the brand, a flash and the weight."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw

from synthvision import elementary
from synthvision.assets.generators.artwork import BLACK, SMALL_PRINT, WHITE, Ink, Print, barcode, lettering, paragraph
from synthvision.assets.generators.surfaces import rgb8
from synthvision.assets.textures.noise import series

FINE = 2
"""Pictures are painted this many times too large and then reduced, which smooths their edges."""
_WEIGHTS = ("330 g e", "500 g e", "175 g e", "1 litre e", "750 ml e", "85 g e")
_FLASHES = ("NEW", "+20%", "BIO", "2 for 1", "Family", "0% fat")
Pen = ImageDraw.ImageDraw
Motif = Callable[[Pen, float, float, float, Print], None]


def smooth(width: int, height: int, paint: Callable[[Pen, int, int], None], ground: Ink) -> Image.Image:
    """Return a picture on ``ground``; ``paint(pen, width_px, height_px)`` draws on a finer one."""
    large = Image.new("RGB", (width * FINE, height * FINE), ground)
    paint(ImageDraw.Draw(large), *large.size)
    return large.resize((width, height), Image.Resampling.BOX)


def grocery_front(pen: Pen, box: tuple[float, float, float, float], design: Print, motif: Motif) -> None:
    """Paint the front of a package into a box of pixels: x0, y0, x1, y1."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    backdrop(pen, box, design)
    middle, size = (x0 + x1) / 2, min(0.4 * width, 0.26 * height)
    motif(pen, middle, y0 + 0.64 * height, size, design)
    _banner(pen, (x0 + 0.05 * width, y0 + 0.1 * height, x1 - 0.05 * width, y0 + 0.3 * height), design)
    lettering(pen, (middle, y0 + 0.345 * height), design.line, (0.6 * width, 0.04 * height), _on_ground(design))
    corner = x1 - 0.16 * width if design.word % 2 else x0 + 0.16 * width
    _flash(pen, (corner, y0 + 0.46 * height), min(0.13 * width, 0.09 * height), design)
    weight = _WEIGHTS[(design.word + design.layout) % len(_WEIGHTS)]
    lettering(pen, (x0 + 0.84 * width, y0 + 0.95 * height), weight, (0.22 * width, 0.032 * height), WHITE)


def _on_ground(design: Print) -> Ink:
    return design.deep if design.layout % 5 in (1, 3) else WHITE


def backdrop(pen: Pen, box: tuple[float, float, float, float], design: Print) -> None:
    """Fill a box: rays, a light field with a coloured foot, hills, a diagonal, or dots."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0
    layout = design.layout % 5
    pen.rectangle(box, fill=rgb8(design.hue, 0.16, 0.95) if layout in (1, 3) else design.main)
    if layout == 0:
        centre, reach = (x0 + width / 2, y0 + 0.62 * height), 0.9 * max(width, height)
        for ray in range(0, 360, 24):
            _wedge(pen, centre, reach, (ray, ray + 12), box, rgb8(design.hue, 0.6, 0.86))
    elif layout == 1:
        pen.rectangle((x0, y0 + 0.72 * height, x1, y1), fill=design.main)
    elif layout == 2:  # noqa: PLR2004 - number of a layout
        for hill, ink in ((0.62, design.accent), (0.74, design.deep)):
            across = np.linspace(0.0, 1.0, 40)
            crest = y0 + height * (hill + 0.05 * elementary.sin(2 * np.pi * (across * 1.3 + hill)))
            line = zip((x0 + width * across).tolist(), crest.tolist(), strict=True)
            pen.polygon([(x0, y1), *line, (x1, y1)], fill=ink)
    elif layout == 3:  # noqa: PLR2004 - number of a layout
        pen.polygon([(x0, y0 + 0.85 * height), (x1, y0 + 0.5 * height), (x1, y1), (x0, y1)], fill=design.main)
    else:
        _dots(pen, box, rgb8(design.hue, 0.62, 0.8))
    pen.rectangle((x0, y0, x1, y0 + 0.03 * height), fill=design.deep)


def _wedge(
    pen: Pen, centre: tuple[float, float], reach: float, span: tuple[int, int], box: tuple[float, ...], ink: Ink
) -> None:
    """Paint a ray from a centre, cut to the box by bending its far corners onto the border."""
    angles = np.radians(np.linspace(*span, 5))
    points = [centre]
    for angle in angles:
        x, y = centre[0] + reach * elementary.cos(angle), centre[1] + reach * elementary.sin(angle)
        points.append((float(np.clip(x, box[0], box[2])), float(np.clip(y, box[1], box[3]))))
    pen.polygon(points, fill=ink)


def _dots(pen: Pen, box: tuple[float, float, float, float], ink: Ink) -> None:
    x0, y0, x1, y1 = box
    step = (x1 - x0) / 7
    for row in range(int((y1 - y0) / step)):
        for column in range(7):
            x = x0 + (column + 0.25 + 0.5 * (row % 2)) * step
            y = y0 + (row + 0.5) * step
            pen.ellipse((x - 0.16 * step, y - 0.16 * step, x + 0.16 * step, y + 0.16 * step), fill=ink)


def _banner(pen: Pen, box: tuple[float, float, float, float], design: Print) -> None:
    x0, y0, x1, y1 = box
    style = (design.word + design.layout) % 3
    thick = max(2, int(0.03 * (y1 - y0)))
    if style == 0:
        pen.ellipse(box, fill=WHITE, outline=design.accent, width=2 * thick)
    elif style == 1:
        pen.rounded_rectangle(box, radius=0.3 * (y1 - y0), fill=design.deep, outline=WHITE, width=thick)
    else:
        tail = 0.12 * (x1 - x0)
        pen.polygon([(x0, y0), (x1, y0), (x1 - tail / 2, (y0 + y1) / 2), (x1, y1), (x0, y1)], fill=design.accent)
    ink = (design.main, WHITE, design.deep)[style]
    room = (0.74 * (x1 - x0), 0.46 * (y1 - y0))
    for shift in ((0.0, 0.0), (thick, 0.0), (0.0, thick), (thick, thick)):
        lettering(pen, ((x0 + x1) / 2 + shift[0], (y0 + y1) / 2 + shift[1]), design.brand, room, ink)


def _flash(pen: Pen, centre: tuple[float, float], radius: float, design: Print) -> None:
    """Paint a star with a word in it."""
    angle = np.arange(28) * (2 * np.pi / 28)
    reach = radius * np.where(np.arange(28) % 2, 0.82, 1.0)
    points = [
        (centre[0] + r * elementary.cos(a), centre[1] + r * elementary.sin(a))
        for r, a in zip(reach, angle, strict=True)
    ]
    pen.polygon([(float(x), float(y)) for x, y in points], fill=(204, 24, 34) if design.layout % 2 else (250, 208, 30))
    text = _FLASHES[(design.word * 3 + design.layout) % len(_FLASHES)]
    ink = WHITE if design.layout % 2 else BLACK
    lettering(pen, centre, text, (1.3 * radius, 0.6 * radius), ink)


def bowl(pen: Pen, x: float, y: float, size: float, design: Print) -> None:
    """Paint a bowl of milk with rings or flakes; ``size`` is half its width."""
    pen.pieslice((x - size, y - size, x + size, y + size), 0, 180, fill=WHITE)
    pen.pieslice((x - size, y - size, x + size, y + size), 40, 140, fill=rgb8(design.hue + 0.5, 0.5, 0.8))
    pen.ellipse((x - size, y - 0.3 * size, x + size, y + 0.3 * size), fill=(226, 222, 212))
    pen.ellipse((x - 0.92 * size, y - 0.25 * size, x + 0.92 * size, y + 0.25 * size), fill=(252, 250, 244))
    chance = series(90, 11 + design.word).reshape(30, 3)
    for number, (a, b, c) in enumerate(chance.tolist()):
        px = x + 0.72 * size * (2 * a - 1)
        py = y - 0.12 * size - (0.5 * size * b * (1 - (2 * a - 1) ** 2))
        reach = size * (0.1 + 0.06 * c)
        ink = rgb8(0.06 + 0.06 * c, 0.72, 0.6 + 0.35 * b) if design.layout % 2 else rgb8(c, 0.65, 0.9)
        ring = (px - reach, py - reach, px + reach, py + reach)
        if number % 3:
            pen.ellipse(ring, outline=ink, width=max(1, int(0.6 * reach)))
        else:
            pen.ellipse(ring, fill=ink)


def crisps(pen: Pen, x: float, y: float, size: float, design: Print) -> None:
    """Paint a heap of crisps; ``size`` is half its width."""
    for number, (a, b, c) in enumerate(series(42, 23 + design.word).reshape(14, 3).tolist()):
        px, py = x + 0.8 * size * (2 * a - 1), y + 0.65 * size * (0.9 - b * (2 - abs(2 * a - 1)))
        wide, tall = size * (0.3 + 0.1 * c), size * (0.2 + 0.1 * a)
        body = rgb8(0.125 - 0.02 * c, 0.66, 0.82 + 0.15 * b)
        pen.ellipse((px - wide, py - tall, px + wide, py + tall), fill=rgb8(0.1, 0.75, 0.6))
        pen.ellipse((px - wide, py - 1.08 * tall, px + 0.96 * wide, py + 0.86 * tall), fill=body)
        for ridge in range(-2, 3):
            left = px + 0.32 * ridge * wide
            pen.line((left, py - 0.6 * tall, left + 0.15 * wide, py + 0.5 * tall), fill=rgb8(0.11, 0.75, 0.72), width=2)
        if number % 4 == 0:
            herb = (px - 0.1 * size, py - 0.05 * size, px + 0.1 * size, py + 0.05 * size)
            pen.ellipse(herb, fill=rgb8(0.3, 0.7, 0.5))


def splash(pen: Pen, x: float, y: float, size: float, design: Print) -> None:
    """Paint a glass and a wave of milk or juice; ``size`` is half the picture's width."""
    ink = WHITE if design.layout % 2 == 0 else rgb8(0.09, 0.2, 0.98)
    for number, (a, b, c) in enumerate(series(24, 37 + design.word).reshape(8, 3).tolist()):
        reach = size * (0.08 + 0.12 * c)
        px, py = x + size * (2 * a - 1), y + 0.6 * size - size * b * (0.6 + 0.1 * number)
        pen.ellipse((px - reach, py - reach, px + reach, py + 1.2 * reach), fill=ink)
    for top, bottom, high, low, fill in (
        (0.38, 0.3, -0.6, 1.0, rgb8(design.hue + 0.02, 0.25, 0.85)),
        (0.34, 0.27, -0.35, 0.95, ink),
    ):
        corners = ((-top, high), (top, high), (bottom, low), (-bottom, low))
        pen.polygon([(x + dx * size, y + dy * size) for dx, dy in corners], fill=fill)


def fruit(pen: Pen, x: float, y: float, size: float, design: Print) -> None:
    """Paint three berries with leaves; ``size`` is half the picture's width."""
    for dx, dy, share in ((-0.45, 0.2, 0.5), (0.45, 0.25, 0.46), (0.0, -0.15, 0.56)):
        px, py, reach = x + dx * size, y + dy * size, share * size
        pen.ellipse((px - reach, py - reach, px + reach, py + reach), fill=rgb8(design.hue + 0.04 * dx, 0.8, 0.72))
        pen.ellipse((px - 0.6 * reach, py - 0.6 * reach, px - 0.2 * reach, py - 0.3 * reach), fill=WHITE)
        leaf = [(px, py - 0.8 * reach), (px + 0.75 * reach, py - 1.45 * reach), (px + 0.35 * reach, py - 0.65 * reach)]
        pen.polygon(leaf, fill=rgb8(0.31, 0.75, 0.5))


def bubbles(pen: Pen, x: float, y: float, size: float, design: Print) -> None:
    """Paint a swirl and bubbles, as on soap; ``size`` is half the picture's width."""
    for turn, ink in enumerate((WHITE, design.accent, design.deep)):
        reach = size * (0.95 - 0.24 * turn)
        box = (x - reach, y - reach, x + reach, y + reach)
        pen.arc(box, 20 + 90 * turn, 250 + 90 * turn, fill=ink, width=max(2, int(0.17 * size)))
    for a, b, c in series(36, 53 + design.word).reshape(12, 3).tolist():
        px, py, reach = x + size * (2 * a - 1), y + size * (2 * b - 1), size * (0.04 + 0.1 * c)
        ring = (px - reach, py - reach, px + reach, py + reach)
        pen.ellipse(ring, fill=rgb8(0.55, 0.12, 1.0), outline=WHITE, width=2)


def side_panel(pen: Pen, width: float, height: float, design: Print, *, code: bool) -> None:
    """Paint a narrow side: a table of nutrients, small print and perhaps a barcode."""
    lettering(pen, (width / 2, 0.07 * height), design.brand, (0.8 * width, 0.06 * height), WHITE)
    pen.rectangle((0.1 * width, 0.13 * height, 0.9 * width, 0.5 * height), fill=WHITE, outline=BLACK, width=2)
    for row in range(1, 8):
        y = height * (0.13 + 0.37 * row / 8)
        pen.line((0.1 * width, y, 0.9 * width, y), fill=BLACK, width=1)
        pen.rectangle((0.14 * width, y + 0.012 * height, 0.5 * width, y + 0.026 * height), fill=(120, 118, 116))
        pen.rectangle((0.7 * width, y + 0.012 * height, 0.85 * width, y + 0.026 * height), fill=(120, 118, 116))
    paragraph(pen, (0.1 * width, 0.53 * height, 0.9 * width, 0.75 * height), SMALL_PRINT, 7, WHITE)
    if code:
        barcode(pen, (0.12 * width, 0.79 * height, 0.88 * width, 0.93 * height), design.word + 17 * design.layout)


def grocery_panel(face: str, width: int, height: int, design: Print, motif: Motif) -> Image.Image:
    """Paint one face of a grocery box; ``face`` as in ``boxes.FACES``, the front is -y."""

    def paint(pen: Pen, wide: int, tall: int) -> None:
        if face[1] == "y":
            grocery_front(pen, (0, 0, wide, tall), design, motif)
        elif face[1] == "x":
            side_panel(pen, wide, tall, design, code=face == "+x")
        else:
            lettering(pen, (wide / 2, tall / 2), design.brand, (0.7 * wide, 0.5 * tall), WHITE)

    return smooth(width, height, paint, design.deep if face[1] == "x" and design.layout % 2 else design.main)
