"""The picture of a circuit board: copper under solder mask, pads, vias, holes and silkscreen."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import BLACK, Image8, Ink, lettering, pixels
from synthvision.assets.generators.electronics.footprints import Footprint, Pad, footprints, unpopulated
from synthvision.assets.generators.electronics.routing import Trace, buses, routes, stitching
from synthvision.assets.textures.noise import fractal, series

LONG_SIDE_PX = 1280
Point = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """What is drawn: lengths in metres about the board's centre, y up."""

    size: tuple[float, float]
    holes: list[Point]
    hole_m: float
    mask: int
    gilt: int
    density: float
    number: int


@dataclass(frozen=True)
class Inks:
    """Solder mask over copper, over bare laminate and over an isolated gap; silkscreen."""

    copper: Ink
    laminate: Ink
    silk: Ink


MASKS: tuple[Inks, ...] = (
    Inks((32, 116, 60), (13, 72, 38), (236, 238, 232)),
    Inks((30, 78, 158), (12, 42, 104), (238, 240, 240)),
    Inks((46, 47, 49), (23, 23, 25), (232, 232, 228)),
    Inks((176, 34, 34), (118, 17, 20), (240, 238, 234)),
    Inks((226, 228, 224), (208, 210, 204), (30, 30, 32)),
)
TINNED: Ink = (196, 196, 190)
GILT: Ink = (218, 178, 94)
DRILLED: Ink = (18, 17, 15)


@dataclass(frozen=True)
class _Sheet:
    """A picture being drawn, and how metres become pixels."""

    pen: ImageDraw.ImageDraw
    scale: float
    size: tuple[float, float]
    inks: Inks
    metal: Ink

    def at(self, point: Point) -> Point:
        return (point[0] + self.size[0] / 2) * self.scale, (self.size[1] / 2 - point[1]) * self.scale

    def box(self, centre: Point, half: Point) -> tuple[float, float, float, float]:
        (x, y), (dx, dy) = self.at(centre), (half[0] * self.scale, half[1] * self.scale)
        return x - dx, y - dy, x + dx, y + dy


def draw_board(layout: Layout) -> Image8:
    """Return (H, W, 3) sRGB, first row at +y; drawn twice as large and reduced, for smooth edges."""
    scale = 2 * LONG_SIDE_PX / max(layout.size)
    width, height = (2 * round(side * scale / 2) for side in layout.size)
    inks = MASKS[layout.mask % len(MASKS)]
    picture = Image.new("RGB", (width, height), inks.copper)
    sheet = _Sheet(ImageDraw.Draw(picture), scale, layout.size, inks, GILT if layout.gilt else TINNED)
    parts = footprints(layout.size, layout.holes, layout.density, layout.number)
    bare = unpopulated(parts, layout.number)
    _copper(sheet, layout, parts, bare)
    for part in bare:
        _pads(sheet, part)
    for centre in layout.holes:
        _ring(sheet, centre, 0.95 * layout.hole_m, 0.5 * layout.hole_m)
    for part in bare:
        _silkscreen(sheet, part)
    _title(sheet, layout)
    return _weathered(picture.resize((width // 2, height // 2), Image.Resampling.BOX), layout)


def _copper(sheet: _Sheet, layout: Layout, parts: list[Footprint], bare: list[Footprint]) -> None:
    """Draw what lies under the mask: the pour, the gaps round traces and pads, the traces, vias."""
    pen, gap, border = sheet.pen, 0.00022, 0.0005
    (width, height), laminate = layout.size, sheet.inks.laminate
    edge = sheet.box((0.0, 0.0), (width / 2, height / 2))
    pen.rectangle(edge, outline=laminate, width=round(border * sheet.scale))
    lines = _traces(layout, parts, bare)
    for line in lines:
        pen.line(
            [sheet.at(point) for point in line.points], laminate, round((line.width + 2 * gap) * sheet.scale), "curve"
        )
    for part in bare:
        for pad in part.pads:
            pen.rectangle(sheet.box(pad.centre, (pad.half[0] + gap, pad.half[1] + gap)), fill=laminate)
    for line in lines:
        pen.line(
            [sheet.at(point) for point in line.points], sheet.inks.copper, round(line.width * sheet.scale), "curve"
        )
        for end in line.vias:
            _ring(sheet, end, 0.0003, 0.00014)
    for via in stitching(layout.size, parts, layout.number):
        _ring(sheet, via, 0.00028, 0.00013)


def _traces(layout: Layout, parts: list[Footprint], bare: list[Footprint]) -> list[Trace]:
    """Return the traces; where one would end at the pad of a part that the board does not show, it ends in a via."""
    pads = {pad.centre for part in bare for pad in part.pads}
    routed = routes(parts, layout.size, layout.number)
    kept = series(len(routed), 3301 + layout.number).tolist()
    traces = buses(layout.size, layout.density, layout.number)
    for line, pick in zip(routed, kept, strict=True):
        ends = (line.points[0], line.points[-1])
        if pads.isdisjoint(ends) and pick > 0.45:  # noqa: PLR2004 - share of those that are seen on this side
            continue
        traces.append(replace(line, vias=tuple(end for end in ends if end not in pads)))
    return traces


def _ring(sheet: _Sheet, centre: Point, outer: float, inner: float) -> None:
    sheet.pen.ellipse(sheet.box(centre, (outer, outer)), fill=sheet.metal)
    sheet.pen.ellipse(sheet.box(centre, (inner, inner)), fill=DRILLED)


def _pads(sheet: _Sheet, part: Footprint) -> None:
    for pad in part.pads:
        if pad.drill:
            _through_hole(sheet, pad, square=pad is part.pads[0])
        else:
            sheet.pen.rectangle(sheet.box(pad.centre, pad.half), fill=sheet.metal)


def _through_hole(sheet: _Sheet, pad: Pad, *, square: bool) -> None:
    if square:
        sheet.pen.rectangle(sheet.box(pad.centre, pad.half), fill=sheet.metal)
    _ring(sheet, pad.centre, pad.half[0], pad.drill / 2)


def _silkscreen(sheet: _Sheet, part: Footprint) -> None:
    line = max(2, round(0.00015 * sheet.scale))
    if part.outline is not None:
        sheet.pen.rectangle(sheet.box(part.centre, part.outline), outline=sheet.inks.silk, width=line)
    if part.pin_1:
        x, y = part.pads[0].centre
        beside = (x - part.pads[0].half[0] - 0.0006, y)
        sheet.pen.ellipse(sheet.box(beside, (0.00025, 0.00025)), fill=sheet.inks.silk)
    x, y = sheet.at(part.name_at)
    lettering(sheet.pen, (x, y), part.name, (0.004 * sheet.scale, 0.00095 * sheet.scale), sheet.inks.silk)


def _title(sheet: _Sheet, layout: Layout) -> None:
    """Print the board's name and a code patch along its lower edge, between the mounting holes."""
    width, height = layout.size
    names = ("SENSE-HUB", "MCU-32 BASE", "DRV-4CH", "POWER NODE", "IO-LINK 8", "RF-GATE", "MOTOR CTL", "AUDIO DSP")
    name = f"{names[layout.number % len(names)]} v{1 + layout.number % 3}.{layout.number % 10}"
    x, y = sheet.at((-0.1 * width, 0.0032 - height / 2))
    lettering(sheet.pen, (x, y), name, (0.34 * width * sheet.scale, 0.0019 * sheet.scale), sheet.inks.silk)
    patch = sheet.box((0.22 * width, 0.0035 - height / 2), (0.004, 0.0015))
    sheet.pen.rectangle(patch, fill=sheet.inks.silk)
    dark = BLACK if sheet.inks.silk[0] > 128 else MASKS[layout.mask % len(MASKS)].copper  # noqa: PLR2004 - half bright
    middle = ((patch[0] + patch[2]) / 2, (patch[1] + patch[3]) / 2)
    lettering(
        sheet.pen, middle, f"SN{layout.number * 7919 % 100000:05d}", (0.006 * sheet.scale, 0.0016 * sheet.scale), dark
    )


def _weathered(picture: Image.Image, layout: Layout) -> Image8:
    """Lay the weave of the laminate and a little unevenness of the mask over the picture."""
    plain = pixels(picture).astype(np.float32)
    height, width = plain.shape[:2]
    cloud = fractal(512, layout.number + 77, slope=1.6, high=40)
    tiled = np.tile(cloud, (-(-height // 512), -(-width // 512)))[:height, :width]
    return np.clip(plain * (1 + 0.02 * tiled[..., None]) + 0.5, 0, 255).astype(np.uint8)
