"""Traces between pads, and the vias that stitch the ground pour. Metres about the board's centre, y up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.electronics.footprints import Footprint, Pad
from synthvision.assets.textures.noise import series

Point = tuple[float, float]


@dataclass(frozen=True)
class Trace:
    """A line of copper; ``vias`` are those of its ends that dive to another layer."""

    points: tuple[Point, ...]
    width: float
    vias: tuple[Point, ...] = ()


def routes(parts: list[Footprint], size: Point, number: int) -> list[Trace]:
    """Return a trace from most pads: to a pad of a near footprint, or a short way out to a via."""
    pads = [(part, pad) for part in parts for pad in part.pads]
    draws = series(3 * len(pads), 977 + 31 * number).reshape(-1, 3).tolist()
    made = []
    for (part, pad), (kind, pick, reach) in zip(pads, draws, strict=True):
        near = sorted(parts, key=lambda other: _distance(part.centre, other.centre))[1:6]
        if kind < 0.42 and near:  # noqa: PLR2004 - share of traces that end at another pad
            other = near[int(pick * len(near))]
            end = min(other.pads, key=lambda there: _distance(pad.centre, there.centre))
            made.append(Trace(_bent(pad.centre, end.centre), 0.0002 if pick < 0.8 else 0.0004))  # noqa: PLR2004 - power
        elif kind < 0.85:  # noqa: PLR2004 - share of traces that end in a via
            made.append(_escape(part, pad, 0.0012 + 0.006 * reach, size, turn=pick))
    return made


def buses(size: Point, density: float, number: int) -> list[Trace]:
    """Return bundles of parallel traces, half a millimetre apart, with a bend of 45 degrees and vias at both ends."""
    pitch, limit = 0.0005, (size[0] / 2 - 0.0025, size[1] / 2 - 0.007)
    draws = series(7 * round(5 + 16 * density), 2203 + 41 * number).reshape(-1, 7).tolist()
    made = []
    for x, y, turn, lanes, reach, bend, side in draws:
        count, way = 3 + int(8 * lanes), 1.0 if side < 0.5 else -1.0  # noqa: PLR2004 - either way
        run, rise = 0.003 + 0.012 * reach, way * (0.001 + 0.006 * bend)
        for lane in range(count):
            across = (lane - (count - 1) / 2) * pitch
            # In a bundle the outer lane turns later: by the tangent of half the angle for each pitch.
            corner = run - way * across * 0.4142
            line = [(-run, across), (corner - run, across), (corner - run + abs(rise), across + rise)]
            line.append((run, across + rise))
            stagger = 0.0004 * (lane % 2)
            line[0], line[-1] = (
                (line[0][0] - stagger, line[0][1]),
                (max(line[-1][0], line[2][0]) + stagger, line[-1][1]),
            )
            turned = line if turn < 0.5 else [(v, u) for u, v in line]  # noqa: PLR2004 - half of them
            points = [((x - 0.5) * 1.8 * limit[0] + u, (y - 0.5) * 1.8 * limit[1] + v) for u, v in turned]
            if all(abs(u) < limit[0] and abs(v) < limit[1] for u, v in points):
                made.append(Trace(tuple(points), 0.0002, (points[0], points[-1])))
    return made


def _distance(first: Point, second: Point) -> float:
    return abs(first[0] - second[0]) + abs(first[1] - second[1])


def _bent(start: Point, end: Point) -> tuple[Point, ...]:
    """Run straight along the longer side, then at 45 degrees, then straight on."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    slant = min(abs(dx), abs(dy))
    lead = (abs(dx) - slant) / 2 if abs(dx) > abs(dy) else (abs(dy) - slant) / 2
    along = (np.sign(dx) * lead, 0.0) if abs(dx) > abs(dy) else (0.0, np.sign(dy) * lead)
    first = (start[0] + float(along[0]), start[1] + float(along[1]))
    second = (first[0] + float(np.sign(dx)) * slant, first[1] + float(np.sign(dy)) * slant)
    return (start, first, second, end)


def _escape(part: Footprint, pad: Pad, reach: float, size: Point, *, turn: float) -> Trace:
    """Lead a pad out of its footprint, bend, and end in a via."""
    dx, dy = pad.centre[0] - part.centre[0], pad.centre[1] - part.centre[1]
    out = (float(np.sign(dx)), 0.0) if abs(dx) / part.reach[0] > abs(dy) / part.reach[1] else (0.0, float(np.sign(dy)))
    side = (1.0 if turn > 0.5 else -1.0) * 0.6 * reach  # noqa: PLR2004 - to either side
    middle = (pad.centre[0] + out[0] * reach, pad.centre[1] + out[1] * reach)
    end = (middle[0] + out[0] * abs(side) + out[1] * side, middle[1] + out[1] * abs(side) + out[0] * side)
    limit = (size[0] / 2 - 0.0015, size[1] / 2 - 0.0015)
    kept = [(_within(x, limit[0]), _within(y, limit[1])) for x, y in (middle, end)]
    return Trace((pad.centre, *kept), 0.0002, (kept[-1],))


def _within(value: float, limit: float) -> float:
    return min(max(value, -limit), limit)


def stitching(size: Point, parts: list[Footprint], number: int) -> list[Point]:
    """Return vias along the border, and scattered ones that keep off the footprints."""
    width, height = size[0] / 2 - 0.0011, size[1] / 2 - 0.0011
    across, upward = np.arange(0.006 - width, width - 0.005, 0.004), np.arange(0.006 - height, height - 0.005, 0.004)
    border = [(float(x), side * height) for x in across for side in (-1, 1)]
    border += [(side * width, float(y)) for y in upward for side in (-1, 1)]
    draws = (series(240, 55 + 13 * number).reshape(-1, 2) - 0.5) * (np.asarray(size) - 0.008)
    inside = [(float(x), float(y)) for x, y in draws if all(_clear((x, y), part) for part in parts)]
    return border + inside


def _clear(point: Point, part: Footprint) -> bool:
    away = np.abs(np.subtract(point, part.centre)) - part.reach
    return bool((away > 0.0006).any())  # noqa: PLR2004 - metres
