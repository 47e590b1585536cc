"""Print for packages: bands, lettering, barcodes. Every picture is a pure function of its arguments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from synthvision import elementary
from synthvision.assets.generators.surfaces import rgb8

Ink = tuple[int, int, int]
Image8 = NDArray[np.uint8]

WORDS = (
    "NORDA",
    "SOLEO",
    "KAVIO",
    "PURELLA",
    "ALBINO",
    "MONTERO",
    "FRIDA",
    "OKTAVA",
    "TERRINE",
    "VIVACE",
    "LUMARA",
    "BRISA",
)
LINES = ("classic recipe", "since 1927", "extra fine", "no. 7", "family size", "from the valley")
SMALL_PRINT = (
    "Ingredients: water, sugar, oats, malt, salt. Store in a cool dry place. Best before: see base. Net 330 g e"
)
LAYOUTS = 5
WHITE: Ink = (246, 243, 234)
BLACK: Ink = (28, 26, 25)
KRAFT: Ink = (186, 146, 98)
TAPES: tuple[Ink, ...] = ((222, 205, 170), (206, 178, 128), (150, 104, 58), (232, 230, 224), (190, 60, 48))
"""Parcel tape: clear, buff, brown, white, red."""


@dataclass(frozen=True)
class Print:
    """What is printed: a hue in [0, 1), a ``layout`` of ``LAYOUTS`` and a ``word`` of ``WORDS``, both taken modulo."""

    hue: float
    layout: int
    word: int

    @property
    def brand(self) -> str:
        return WORDS[self.word % len(WORDS)]

    @property
    def line(self) -> str:
        return LINES[(self.word * 5 + self.layout) % len(LINES)]

    @property
    def main(self) -> Ink:
        return rgb8(self.hue, 0.78, 0.66)

    @property
    def deep(self) -> Ink:
        return rgb8(self.hue + 0.03, 0.85, 0.33)

    @property
    def accent(self) -> Ink:
        return rgb8(self.hue + (0.12 if self.layout % 2 else 0.45), 0.7, 0.92)


def pixels(picture: Image.Image) -> Image8:
    """Return (H, W, 3) uint8 sRGB."""
    return np.array(picture, dtype=np.uint8)


def lettering(
    pen: ImageDraw.ImageDraw, centre: tuple[float, float], text: str, room: tuple[float, float], fill: Ink
) -> None:
    """Write ``text`` about ``centre``, as large as fits into ``room``: width and height in pixels."""
    trial = _font(64)
    left, top, right, bottom = trial.getbbox(text)
    size = max(4, int(64 * min(room[0] / (right - left), room[1] / (bottom - top))))
    pen.text(centre, text, fill=fill, font=_font(size), anchor="mm")


@lru_cache(maxsize=64)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def barcode(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], number: int) -> None:
    """Draw bars on white; ``box`` is x0, y0, x1, y1 in pixels."""
    x0, y0, x1, y1 = box
    pen.rectangle(box, fill=(250, 250, 250))
    modules = 59
    step = (x1 - x0) / (modules + 8)
    state = number * 2654435761 + 12345
    for module in range(modules):
        state = (state * 1103515245 + 12345) % 2**31
        if module in (0, 2, 28, 30, 56, 58) or (state >> 16) % 2:
            left = x0 + (module + 4) * step
            pen.rectangle((left, y0 + 0.08 * (y1 - y0), left + step * 0.98, y1 - 0.15 * (y1 - y0)), fill=BLACK)


def paragraph(
    pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], text: str, lines: int, fill: Ink
) -> None:
    """Set ``text`` in ``lines`` lines into a box of pixels."""
    x0, y0, x1, y1 = box
    words = text.split()
    rise = (y1 - y0) / lines
    for row in range(lines):
        part = " ".join(words[row * len(words) // lines : (row + 1) * len(words) // lines])
        lettering(pen, ((x0 + x1) / 2, y0 + (row + 0.5) * rise), part, (x1 - x0, rise * 0.62), fill)


def wrap_label(width: int, height: int, design: Print) -> Image8:
    """Draw the label that goes once round a can or bottle: two fronts, small print and a barcode between them."""
    picture = Image.new("RGB", (width, height), design.main)
    pen = ImageDraw.Draw(picture)
    _backdrop(pen, width, height, design)
    for share in (0.25, 0.75):
        front(pen, (width * share, height * 0.45), width * 0.36, height, design)
    side = (width * 0.455, height * 0.16, width * 0.545, height * 0.6)
    pen.rectangle((side[0] - width * 0.01, height * 0.12, side[2] + width * 0.01, height * 0.9), fill=WHITE)
    paragraph(pen, side, SMALL_PRINT, 7, BLACK)
    barcode(pen, (width * 0.455, height * 0.64, width * 0.545, height * 0.88), design.word + 31 * design.layout)
    return pixels(picture)


def _backdrop(pen: ImageDraw.ImageDraw, width: int, height: int, design: Print) -> None:
    layout = design.layout % LAYOUTS
    if layout == 0:
        pen.rectangle((0, 0, width, height * 0.14), fill=design.deep)
        pen.rectangle((0, height * 0.80, width, height), fill=design.accent)
    elif layout == 1:
        for stripe in range(0, 24, 2):
            pen.rectangle((width * stripe / 24, 0, width * (stripe + 1) / 24, height), fill=design.deep)
    elif layout == 2:  # noqa: PLR2004 - number of a layout
        for stripe in range(-12, 24, 2):
            x = width * stripe / 12
            pen.polygon(
                [(x, height), (x + width / 12, height), (x + width / 12 + height, 0), (x + height, 0)],
                fill=design.accent,
            )
    elif layout == 3:  # noqa: PLR2004 - number of a layout
        pen.rectangle((0, 0, width, height), fill=WHITE)
        pen.rectangle((0, height * 0.78, width, height), fill=design.main)
        pen.rectangle((0, height * 0.75, width, height * 0.765), fill=design.accent)
    else:
        wave = np.arange(0, width + 8, 4)
        crest = height * (0.68 + 0.06 * elementary.sin(wave / width * 2 * np.pi * 4))
        pen.polygon([(0, height), *zip(wave.tolist(), crest.tolist(), strict=True), (width, height)], fill=design.deep)


def front(pen: ImageDraw.ImageDraw, centre: tuple[float, float], width: float, height: float, design: Print) -> None:
    """Draw a product front: a badge with the brand, a line below, a blob of accent colour."""
    x, y = centre
    badge = design.layout % LAYOUTS
    half_w, half_h = width * 0.5, min(height * 0.2, width * 0.3)
    box = (x - half_w, y - half_h, x + half_w, y + half_h)
    if badge in (0, 4):
        pen.ellipse(box, fill=WHITE, outline=design.accent, width=max(2, int(width * 0.02)))
        lettering(pen, (x, y - half_h * 0.08), design.brand, (width * 0.78, half_h * 0.9), design.deep)
    elif badge in (1, 2):
        pen.rounded_rectangle(
            box, radius=half_h * 0.3, fill=WHITE, outline=design.accent, width=max(2, int(width * 0.015))
        )
        lettering(pen, (x, y), design.brand, (width * 0.86, half_h * 1.1), design.main)
    else:
        lettering(pen, (x, y), design.brand, (width * 0.95, half_h * 1.3), design.main)
    small_y = min(y + half_h * 1.55, height * 0.93)
    pen.rounded_rectangle(
        (x - half_w * 0.8, small_y - half_h * 0.33, x + half_w * 0.8, small_y + half_h * 0.33),
        radius=half_h * 0.2,
        fill=design.accent,
    )
    lettering(pen, (x, small_y), design.line, (width * 0.66, half_h * 0.42), design.deep)
    drop = half_h * 0.42
    top = max(y - half_h * 1.75, drop * 1.1)
    pen.ellipse((x - drop, top - drop, x + drop, top + drop), fill=design.accent)
    pen.pieslice((x - drop * 0.7, top - drop * 0.7, x + drop * 0.7, top + drop * 0.7), 200, 20, fill=design.deep)


def product_panel(face: str, width: int, height: int, design: Print) -> Image.Image:
    """Draw one face of a printed product box; ``face`` as in ``boxes.FACES``, the front is -y."""
    picture = Image.new("RGB", (width, height), design.main)
    pen = ImageDraw.Draw(picture)
    if face in ("-y", "+y"):
        _backdrop(pen, width, height, design)
        front(pen, (width * 0.5, height * 0.42), width * 0.84, height, design)
    elif face in ("+x", "-x"):
        pen.rectangle((0, 0, width, height), fill=design.deep if design.layout % 2 else design.main)
        pen.rectangle((width * 0.12, height * 0.08, width * 0.88, height * 0.62), fill=WHITE)
        paragraph(pen, (width * 0.16, height * 0.1, width * 0.84, height * 0.6), SMALL_PRINT, 10, BLACK)
        if face == "+x":
            barcode(pen, (width * 0.14, height * 0.7, width * 0.86, height * 0.93), design.word)
    else:
        lettering(pen, (width / 2, height / 2), design.brand, (width * 0.7, height * 0.5), WHITE)
    return picture


def shipping_panel(face: str, width: int, height: int, design: Print, tape: float) -> Image.Image:
    """Draw one face of a corrugated shipping box, closed with tape along x; ``tape`` is the tape's width in pixels."""
    picture = Image.new("RGB", (width, height), KRAFT)
    pen = ImageDraw.Draw(picture)
    _flutes(picture)
    pen = ImageDraw.Draw(picture)
    colour = TAPES[design.layout % len(TAPES)]
    if face in ("+z", "-z"):
        pen.line((0, height / 2, width, height / 2), fill=(96, 70, 42), width=max(1, width // 250))
        pen.rectangle((0, height / 2 - tape / 2, width, height / 2 + tape / 2), fill=colour)
        pen.line((0, height / 2, width, height / 2), fill=(178, 148, 100), width=max(1, width // 300))
        if face == "+z":
            _address(pen, (width * 0.62, height * 0.62, width * 0.93, height * 0.93), design)
    elif face in ("+x", "-x"):
        pen.rectangle((width / 2 - tape / 2, 0, width / 2 + tape / 2, min(height * 0.25, tape * 1.4)), fill=colour)
        _upward(pen, (width * 0.5, height * 0.68), min(width, height) * 0.2)
    else:
        lettering(pen, (width * 0.5, height * 0.4), design.brand, (width * 0.5, height * 0.22), design.deep)
        _upward(pen, (width * 0.86, height * 0.76), min(width, height) * 0.12)
        if face == "-y":
            barcode(pen, (width * 0.06, height * 0.7, width * 0.3, height * 0.92), design.word + 7)
    return picture


def _flutes(picture: Image.Image) -> None:
    """Shade the faint vertical ridges and fibres of corrugated board."""
    width, height = picture.size
    across, down = np.arange(width), np.arange(height)
    ridges = 3.0 * elementary.sin(across * (2 * np.pi / 7.0))[None, :]
    grain = ((across[None, :] * 7919 + down[:, None] * 104729 + (across[None, :] * down[:, None]) * 31) % 17 - 8) * 0.5
    shaded = np.clip(np.asarray(picture, np.float64) + (ridges + grain)[..., None], 0, 255)
    picture.paste(Image.fromarray(shaded.astype(np.uint8)))


def _address(pen: ImageDraw.ImageDraw, box: tuple[float, float, float, float], design: Print) -> None:
    x0, y0, x1, y1 = box
    pen.rectangle(box, fill=(248, 247, 243))
    paragraph(
        pen,
        (x0 + 0.06 * (x1 - x0), y0 + 0.05 * (y1 - y0), x0 + 0.7 * (x1 - x0), y0 + 0.45 * (y1 - y0)),
        "M. Berger 14 Mill Lane 20 457 Harbour",
        3,
        BLACK,
    )
    barcode(
        pen,
        (x0 + 0.06 * (x1 - x0), y0 + 0.5 * (y1 - y0), x1 - 0.06 * (x1 - x0), y1 - 0.04 * (y1 - y0)),
        design.word + 3,
    )


def _upward(pen: ImageDraw.ImageDraw, centre: tuple[float, float], size: float) -> None:
    """Draw the two arrows and the bar of "this way up" (ISO 780)."""
    x, y = centre
    for side in (-0.5, 0.5):
        middle = x + side * size
        pen.rectangle((middle - size * 0.12, y - size * 0.3, middle + size * 0.12, y + size * 0.55), fill=BLACK)
        pen.polygon(
            [(middle - size * 0.34, y - size * 0.3), (middle + size * 0.34, y - size * 0.3), (middle, y - size * 0.8)],
            fill=BLACK,
        )
    pen.rectangle((x - size, y + size * 0.65, x + size, y + size * 0.78), fill=BLACK)


def book_cover(width: int, height: int, spine: tuple[int, int], design: Print) -> Image8:
    """Draw back cover, spine (columns ``spine``) and front cover of a book in one picture."""
    picture = Image.new("RGB", (width, height), design.main)
    pen = ImageDraw.Draw(picture)
    left, right = spine
    pen.rectangle((left, 0, right, height), fill=design.deep)
    _front_cover(pen, (right, 0, width, height), design)
    paragraph(pen, (left * 0.12, height * 0.12, left * 0.88, height * 0.55), SMALL_PRINT, 9, WHITE)
    barcode(pen, (left * 0.5, height * 0.74, left * 0.9, height * 0.92), design.word)
    across = Image.new("RGB", (int(height * 0.7), max(4, right - left)), design.deep)
    lettering(
        ImageDraw.Draw(across),
        (across.width / 2, across.height / 2),
        f"{design.brand}  {design.line}",
        (across.width * 0.95, across.height * 0.42),
        WHITE,
    )
    picture.paste(across.rotate(-90, expand=True), (left, int(height * 0.15)))
    return pixels(picture)


def _front_cover(pen: ImageDraw.ImageDraw, box: tuple[int, int, int, int], design: Print) -> None:
    x0, _, x1, height = box
    width, middle = x1 - x0, (x0 + x1) / 2
    layout = design.layout % LAYOUTS
    if layout in (0, 3):
        for ring in range(6, 0, -1):
            size = width * 0.06 * ring
            pen.ellipse(
                (middle - size, height * 0.64 - size, middle + size, height * 0.64 + size),
                fill=design.accent if ring % 2 else design.deep,
            )
    elif layout in (1, 4):
        for bar in range(7):
            top = height * (0.92 - 0.06 * ((bar * 5 + design.word) % 7 + 1))
            pen.rectangle(
                (x0 + width * (0.12 + bar * 0.11), top, x0 + width * (0.2 + bar * 0.11), height * 0.92),
                fill=design.accent,
            )
    else:
        pen.polygon([(x0, height), (x0 + width * 0.45, height * 0.48), (x1, height)], fill=design.deep)
        pen.polygon(
            [(x0 + width * 0.3, height), (x0 + width * 0.75, height * 0.58), (x1, height * 0.78), (x1, height)],
            fill=design.accent,
        )
    lettering(pen, (middle, height * 0.2), design.brand, (width * 0.8, height * 0.13), WHITE)
    lettering(pen, (middle, height * 0.31), design.line, (width * 0.55, height * 0.05), WHITE)
    pen.rectangle((x0 + width * 0.2, height * 0.36, x1 - width * 0.2, height * 0.364), fill=WHITE)


def page_edges(width: int, height: int) -> Image8:
    """Draw the edges of a block of pages, lines along the picture's width."""
    row = np.arange(height)
    tone = 226 + 14 * elementary.sin(row * 2.1) * elementary.cos(row * 0.73) - 12 * (row % 9 == 0)
    sheet = np.broadcast_to(tone[:, None, None], (height, width, 3)) * np.array([1.0, 0.97, 0.9])
    picture: Image8 = np.clip(sheet, 0, 255).astype(np.uint8)
    return picture
