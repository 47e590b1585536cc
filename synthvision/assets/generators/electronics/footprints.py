"""Where a board's footprints are, and the pads of each. Metres about the board's centre, y up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from synthvision.assets.textures.noise import series

Point = tuple[float, float]


@dataclass(frozen=True)
class Pad:
    """A rectangular pad, or with ``drill`` (its diameter) a plated hole."""

    centre: Point
    half: Point
    drill: float = 0.0


@dataclass(frozen=True)
class Footprint:
    """The place of one part; ``reach`` is half its extent, ``outline`` half the size of its printed frame."""

    name: str
    centre: Point
    reach: Point
    pads: tuple[Pad, ...]
    outline: Point | None
    pin_1: bool

    @property
    def name_at(self) -> Point:
        return self.centre[0], self.centre[1] + self.reach[1] + 0.0011


def footprints(size: Point, holes: Sequence[Point], density: float, number: int) -> list[Footprint]:
    """Return footprints that do not overlap, large ones first; ``density`` 0…1 is how full the board gets."""
    tries = round(40 + 2.4e5 * density * size[0] * size[1])
    draws = series(5 * tries, 4111 + 97 * number).reshape(tries, 5)
    order = np.argsort(-draws[:, 0], kind="stable")
    placed: list[Footprint] = []
    for pick, x, y, turn, length in draws[order].tolist():
        centre = (_snapped((x - 0.5) * size[0]), _snapped((y - 0.5) * size[1]))
        part = _of_kind(pick, length, centre, turned=turn < 0.5, serial=len(placed))  # noqa: PLR2004 - half of them
        if _free(part, placed, holes, size):
            placed.append(part)
    return placed


def unpopulated(parts: Sequence[Footprint], number: int) -> list[Footprint]:
    """Return the few footprints that no part has been soldered to: an option left out, test points, a header.

    The rest of the board's parts are things of their own and bring their pads, so the board shows none for them.
    """
    draws = series(len(parts), 6007 + 53 * number).tolist()
    small = 0.006
    return [part for part, pick in zip(parts, draws, strict=True) if pick < (0.08 if max(part.reach) < small else 0.03)]


def _snapped(value: float) -> float:
    return round(value / 0.000635) * 0.000635


def _free(part: Footprint, placed: list[Footprint], holes: Sequence[Point], size: Point) -> bool:
    (x, y), (dx, dy), gap = part.centre, part.reach, 0.0012
    if abs(x) + dx > size[0] / 2 - 0.002 or abs(y) + dy > size[1] / 2 - 0.002 or y - dy < 0.006 - size[1] / 2:
        return False
    if any(abs(x - hx) < dx + 0.004 and abs(y - hy) < dy + 0.004 for hx, hy in holes):
        return False
    return all(
        abs(x - other.centre[0]) > dx + other.reach[0] + gap or abs(y - other.centre[1]) > dy + other.reach[1] + gap
        for other in placed
    )


def _of_kind(pick: float, length: float, centre: Point, *, turned: bool, serial: int) -> Footprint:
    """Choose the kind by ``pick``, the rarest and largest near 1."""
    if pick > 0.996:  # noqa: PLR2004 - share of quad packages
        return _quad(f"U{serial + 1}", centre, 8 + int(length * 10))
    if pick > 0.97:  # noqa: PLR2004 - share of headers
        return _header(f"J{serial + 1}", centre, 2 + int(length * 9), turned=turned)
    if pick > 0.9:  # noqa: PLR2004 - share of small-outline packages
        return _dual(f"U{serial + 1}", centre, 4 + int(length * 5), turned=turned)
    if pick > 0.85:  # noqa: PLR2004 - share of large two-terminal parts
        return _pair(f"L{serial + 1}", centre, (0.0024, 0.0011, 0.0016), turned=turned)
    letter = "R" if pick > 0.43 else "C"  # noqa: PLR2004 - as many resistors as capacitors
    small = (0.00075, 0.00045, 0.0004) if length < 0.5 else (0.00095, 0.0005, 0.00065)  # noqa: PLR2004 - 0603, 0805
    return _pair(f"{letter}{serial + 1}", centre, small, turned=turned)


def _part(name: str, centre: Point, pads: list[Pad], frame: Point | None, *, turned: bool, pin_1: bool) -> Footprint:
    """Put pads (about the origin) in place, turned by 90 degrees or not."""
    if turned:
        pads = [Pad((-pad.centre[1], pad.centre[0]), pad.half[::-1], pad.drill) for pad in pads]
        frame = frame[::-1] if frame else None
    corners = np.array([np.abs(pad.centre) + np.asarray(pad.half) for pad in pads] + ([frame] if frame else []))
    reach_x, reach_y = corners.max(axis=0).tolist()
    there = tuple(Pad((pad.centre[0] + centre[0], pad.centre[1] + centre[1]), pad.half, pad.drill) for pad in pads)
    return Footprint(name, centre, (reach_x, reach_y), there, frame, pin_1)


def _pair(name: str, centre: Point, shape: tuple[float, float, float], *, turned: bool) -> Footprint:
    offset, half_x, half_y = shape
    pads = [Pad((side * offset, 0.0), (half_x, half_y)) for side in (-1, 1)]
    frame = (offset + half_x + 0.0003, half_y + 0.0003) if name.startswith(("C", "L")) else None
    return _part(name, centre, pads, frame, turned=turned, pin_1=False)


def _dual(name: str, centre: Point, pairs: int, *, turned: bool) -> Footprint:
    xs = ((np.arange(pairs) - (pairs - 1) / 2) * 0.00127).tolist()
    pads = [Pad((x, side * 0.0027), (0.0003, 0.00078)) for side in (-1, 1) for x in xs]
    return _part(name, centre, pads, (pairs * 0.00127 / 2, 0.0016), turned=turned, pin_1=True)


def _quad(name: str, centre: Point, side: int) -> Footprint:
    places, reach = ((np.arange(side) - (side - 1) / 2) * 0.0005).tolist(), side * 0.00025 + 0.0014
    pads = [Pad((s * reach, at), (0.0007, 0.00014)) for s in (-1, 1) for at in places]
    pads += [Pad((at, s * reach), (0.00014, 0.0007)) for s in (-1, 1) for at in places]
    return _part(name, centre, pads, (reach - 0.001, reach - 0.001), turned=False, pin_1=True)


def _header(name: str, centre: Point, count: int, *, turned: bool) -> Footprint:
    xs = ((np.arange(count) - (count - 1) / 2) * 0.00254).tolist()
    pads = [Pad((x, 0.0), (0.00085, 0.00085), 0.001) for x in xs]
    return _part(name, centre, pads, (count * 0.00127, 0.00127), turned=turned, pin_1=False)
