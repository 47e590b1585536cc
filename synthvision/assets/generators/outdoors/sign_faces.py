"""What is painted on road signs. Each picture covers its plate's bounds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8, Ink, pixels
from synthvision.assets.textures.noise import fractal

SIDE = 512
RED: Ink = (186, 18, 32)
WHITE: Ink = (240, 240, 238)
YELLOW: Ink = (248, 196, 20)
BLACK: Ink = (22, 22, 24)
SYMBOLS = 7
_TRIANGLE_HEIGHT = 0.866
_BORDER = 0.1

Pairs = Sequence[tuple[float, float]]


def stop() -> Image8:
    """Return white letters on red within a white border."""
    picture = Image.new("RGB", (SIDE, SIDE), WHITE)
    pen = ImageDraw.Draw(picture)
    _regular(pen, 8, 22.5, 0.475 * SIDE, RED)
    _bold(pen, (SIDE / 2, SIDE / 2), "STOP", (0.82 * SIDE, 0.36 * SIDE), WHITE, 0.05)
    return pixels(picture)


def give_way() -> Image8:
    """Return a white triangle on its tip with a red border."""
    height = int(SIDE * _TRIANGLE_HEIGHT)
    picture = Image.new("RGB", (SIDE, height), RED)
    ImageDraw.Draw(picture).polygon(_inner_triangle(height, upward=False), fill=WHITE)
    return pixels(picture)


def speed(limit: int) -> Image8:
    """Return a number within a red ring."""
    picture = Image.new("RGB", (SIDE, SIDE), WHITE)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((4, 4, SIDE - 4, SIDE - 4), fill=RED)
    pen.ellipse((0.125 * SIDE, 0.125 * SIDE, 0.875 * SIDE, 0.875 * SIDE), fill=WHITE)
    text = str(limit)
    room = (0.58 * SIDE, 0.42 * SIDE) if len(text) < 3 else (0.62 * SIDE, 0.34 * SIDE)  # noqa: PLR2004 - three digits
    _bold(pen, (SIDE / 2, SIDE / 2), text, room, BLACK, 0.045)
    return pixels(picture)


def warning(symbol: int, *, yellow: bool) -> Image8:
    """Return a symbol of ``SYMBOLS`` (taken modulo) in a triangle with a red border."""
    height = int(SIDE * _TRIANGLE_HEIGHT)
    picture = Image.new("RGB", (SIDE, height), RED)
    pen = ImageDraw.Draw(picture)
    pen.polygon(_inner_triangle(height, upward=True), fill=YELLOW if yellow else WHITE)
    paint = (_danger, _bend, _pedestrian, _works, _crossing, _lights, _bump)[symbol % SYMBOLS]
    paint(pen, _Frame(SIDE / 2, 0.65 * height, 0.2 * SIDE))
    return pixels(picture)


def aged(image: Image8, faded: float, dirt: float) -> Image8:
    """Bleach the colours towards grey-white and lay streaks of dirt over them."""
    size = max(image.shape[:2])
    light = image.astype(np.float32)
    grey = light.mean(axis=2, keepdims=True)
    bleached = light + 0.55 * faded * (0.45 * grey + 118 - light)
    streaks = fractal(size, 41, slope=1.2, high=60, stretch=(0.5, 2.5))[: image.shape[0], : image.shape[1], None]
    cover = np.clip(0.18 * (streaks + 0.6), 0.0, 0.6) * dirt
    soiled: Image8 = np.clip(bleached + cover * (np.array([92, 84, 70]) - bleached), 0, 255).astype(np.uint8)
    return soiled


class _Frame:
    """Where a symbol stands: centre and half size in pixels; symbols are drawn in units of the half size, y down."""

    def __init__(self, x: float, y: float, half: float) -> None:
        self.x, self.y, self.half = x, y, half

    def points(self, pairs: Pairs) -> list[tuple[float, float]]:
        return [(self.x + self.half * px, self.y + self.half * py) for px, py in pairs]

    def ball(self, px: float, py: float, radius: float) -> tuple[float, float, float, float]:
        x, y = self.x + self.half * px, self.y + self.half * py
        reach = self.half * radius
        return (x - reach, y - reach, x + reach, y + reach)

    def wide(self, share: float) -> int:
        return max(1, round(self.half * share))


def _danger(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    pen.polygon(frame.points([(-0.2, -1.05), (0.2, -1.05), (0.12, 0.35), (-0.12, 0.35)]), fill=BLACK)
    pen.ellipse(frame.ball(0.0, 0.68, 0.18), fill=BLACK)


def _bend(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    pen.line(
        frame.points([(-0.35, 0.95), (-0.35, 0.2), (-0.2, -0.15), (0.1, -0.4)]), fill=BLACK, width=frame.wide(0.26)
    )
    pen.polygon(frame.points([(-0.08, -0.72), (0.52, -0.75), (0.28, -0.18)]), fill=BLACK)


def _pedestrian(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    pen.ellipse(frame.ball(0.05, -0.95, 0.17), fill=BLACK)
    limb = frame.wide(0.17)
    pen.polygon(frame.points([(-0.14, -0.72), (0.22, -0.72), (0.16, 0.1), (-0.12, 0.1)]), fill=BLACK)
    for line in ([(-0.02, 0.0), (-0.3, 0.45), (-0.42, 0.92)], [(0.08, 0.0), (0.28, 0.42), (0.46, 0.9)]):
        pen.line(frame.points(line), fill=BLACK, width=limb, joint="curve")
    for line in ([(-0.08, -0.62), (-0.38, -0.2)], [(0.14, -0.62), (0.42, -0.28)]):
        pen.line(frame.points(line), fill=BLACK, width=frame.wide(0.13))
    for stripe in range(5):
        x = -0.95 + 0.45 * stripe
        pen.rectangle(frame.points([(x, 0.97), (x + 0.22, 1.08)]), fill=BLACK)


def _works(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    """A man with a shovel before a heap."""
    pen.ellipse(frame.ball(-0.12, -0.9, 0.17), fill=BLACK)
    pen.polygon(frame.points([(-0.3, -0.7), (0.0, -0.72), (-0.18, 0.08), (-0.52, 0.05)]), fill=BLACK)
    limb = frame.wide(0.18)
    for line in ([(-0.4, 0.0), (-0.28, 0.45), (-0.5, 0.95)], [(-0.3, 0.0), (0.02, 0.4), (-0.02, 0.95)]):
        pen.line(frame.points(line), fill=BLACK, width=limb, joint="curve")
    pen.line(frame.points([(-0.12, -0.6), (0.16, -0.25), (0.3, -0.02)]), fill=BLACK, width=frame.wide(0.14))
    pen.line(frame.points([(-0.1, -0.2), (0.6, 0.35)]), fill=BLACK, width=frame.wide(0.09))
    pen.pieslice(frame.ball(0.62, 0.98, 0.5), 180, 360, fill=BLACK)


def _crossing(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    for line in ([(-0.62, -0.62), (0.62, 0.78)], [(0.62, -0.62), (-0.62, 0.78)]):
        pen.line(frame.points(line), fill=BLACK, width=frame.wide(0.3))


def _lights(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    pen.rectangle(frame.points([(-0.3, -0.95), (0.3, 0.95)]), fill=BLACK)
    for y, ink in ((-0.6, (214, 30, 34)), (0.0, (244, 176, 20)), (0.6, (24, 140, 70))):
        pen.ellipse(frame.ball(0.0, y, 0.23), fill=ink)


def _bump(pen: ImageDraw.ImageDraw, frame: _Frame) -> None:
    along = np.linspace(-1.0, 1.0, 41)
    top = 0.5 - 0.75 * elementary.exp(-((along / 0.32) ** 2))
    pen.polygon(frame.points([(-1.0, 0.75), *zip(along.tolist(), top.tolist(), strict=True), (1.0, 0.75)]), fill=BLACK)


def _inner_triangle(height: int, *, upward: bool) -> list[tuple[float, float]]:
    """Return the triangle within the border, whose width is ``_BORDER`` of a side."""
    border = _BORDER * SIDE
    half, base, apex = SIDE / 2 - border * 3**0.5, height - border, 2 * border
    points = [(SIDE / 2 - half, base), (SIDE / 2 + half, base), (SIDE / 2, apex)]
    return points if upward else [(x, height - y) for x, y in points]


def _regular(pen: ImageDraw.ImageDraw, sides: int, first_deg: float, apothem: float, fill: Ink) -> None:
    angle = np.radians(first_deg) + np.arange(sides) * (2 * np.pi / sides)
    reach = apothem / elementary.cos(np.pi / sides)
    points = [(SIDE / 2 + reach * elementary.cos(a), SIDE / 2 + reach * elementary.sin(a)) for a in angle]
    pen.polygon([(float(x), float(y)) for x, y in points], fill=fill)


def _bold(
    pen: ImageDraw.ImageDraw,
    centre: tuple[float, float],
    text: str,
    room: tuple[float, float],
    fill: Ink,
    stroke: float,
) -> None:
    """Write text that fills ``room``, its letters thickened by ``stroke`` of their height."""
    font = ImageFont.load_default(size=200)
    thick = round(200 * stroke)
    left, top, right, bottom = font.getbbox(text, stroke_width=thick)
    size = (int(right - left) + 8, int(bottom - top) + 8)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).text((4 - left, 4 - top), text, fill=255, font=font, stroke_width=thick)
    fitted = mask.resize((int(room[0]), int(room[1])), Image.Resampling.LANCZOS)
    at = (round(centre[0] - fitted.width / 2), round(centre[1] - fitted.height / 2))
    pen.bitmap(at, fitted, fill=fill)
