"""Vehicle bodies: cross sections lofted from the front (-x) to the rear, with windows, arches, seams and lights.

A body is a grid of points. Its rows are sections across the vehicle; its columns run round each section,
counter-clockwise seen from the rear: along the underside, up the left flank, over the roof and down the right flank.
What a cell is made of is told by where it lies. Both ends are grids as well, of ``ACROSS`` by ``UP`` cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.assets.generators.solids import Points, Solid, join, loft, sheet

PAINT, GLASS, TRIM, LAMP, REAR_LAMP, UNDER = range(6)
"""Slots of a body."""
SILL, LOWER, UPPER, SHOULDER, FOOT, PANE = range(6)
"""Cells of a flank, from below; the rails of the roof are the outermost cells across."""
UP = 6
SHARES = np.array([-1.0, -0.91, -0.6, -0.22, 0.22, 0.6, 0.91, 1.0])
"""Points across, from the right to the left, in half widths."""
ACROSS = len(SHARES) - 1
SEAM_M = 0.008
STEP_M = 0.16

Line = Sequence[tuple[float, float]]
"""(x, value) pairs, x rising, joined by a curve that does not overshoot them."""
Slots = NDArray[np.int64]


@dataclass(frozen=True)
class Bodywork:
    """Lines along x, metres.

    Attributes:
        sill: height of the lower edge.
        belt: height of the flank's upper edge: the foot of the windows, or the bonnet's edge.
        roof: height of the middle line over bonnet, windscreen, roof and boot; everywhere above the belt.
        width: half the width.
        roof_width: half the width at the roof's edge, over that of the flank.
        axles, tyre, arch: x of the axles, radius of the tyres and of the openings above them.
        windscreen, rear: spans in x of the panes across the roof line; None where the pane stands in the end itself.
        sides: spans in x of the side windows.
        pane: lower and upper end of side windows, in shares from belt to roof.
        seams: x of the gaps between doors and bumpers.
        lamps: how far the lamps reach along the flanks, from the front and from the rear.
    """

    sill: float
    belt: Line
    roof: Line
    width: Line
    roof_width: Line
    axles: tuple[float, ...]
    tyre: float
    arch: float
    windscreen: tuple[float, float] | None
    rear: tuple[float, float] | None
    sides: tuple[tuple[float, float], ...]
    pane: tuple[float, float] = (0.1, 0.88)
    seams: tuple[float, ...] = ()
    lamps: tuple[float, float] = (0.25, 0.16)

    @property
    def ends(self) -> tuple[float, float]:
        return self.belt[0][0], self.belt[-1][0]

    def lower_edge(self, x: float) -> float:
        """Return the height of the sill, or of the arch above a wheel."""
        for axle in self.axles:
            away = abs(x - axle)
            if away < self.arch:
                return max(self.sill, self.tyre + float(np.sqrt(self.arch**2 - away**2)))
        return self.sill


def body_shell(body: Bodywork) -> Solid:
    """Return the closed shell of a body."""
    stations = _stations(body)
    rings = _rings(body, stations)
    around = _slots_around(body, (stations[1:] + stations[:-1]) / 2)
    pieces = [loft(rings, slot=slot, crease_deg=30, keep=around == slot) for slot in np.unique(around).tolist()]
    ends = [(_end_grid(rings[0], -1.0)[:, ::-1], _nose(body)), (_end_grid(rings[-1], 1.0), _tail(body))]
    for grid, slots in ends:
        pieces += [sheet(grid, slot=slot, crease_deg=30, keep=slots == slot) for slot in np.unique(slots).tolist()]
    return join(*pieces)


def _stations(body: Bodywork) -> Points:
    """Return where the sections stand: evenly, densely round the arches, and on both sides of seams and panes."""
    first, last = body.ends
    fixed = {first, last, first + body.lamps[0], last - body.lamps[1], first + 0.05, last - 0.05}
    for seam in body.seams:
        fixed.update((seam - SEAM_M / 2, seam + SEAM_M / 2))
    for span in (*body.sides, body.windscreen, body.rear):
        fixed.update(span or ())
    for axle in body.axles:
        # Just inside the opening, so that the flank has an upright edge where the arch meets the sill.
        fixed.update(axle + side * reach for side in (-1, 1) for reach in (body.arch, body.arch - 0.004))
        fixed.update((axle - 0.93 * body.arch * elementary.cos(np.linspace(0.0, np.pi, 9))).tolist())
    even = np.linspace(first, last, max(2, round((last - first) / STEP_M)))
    kept = [x for x in even if min(abs(x - other) for other in fixed) > 0.35 * STEP_M]
    xs = np.array(sorted([*fixed, *kept]))
    xs = xs[(xs >= first) & (xs <= last)]
    apart: Points = xs[np.concatenate([[True], np.diff(xs) > 1e-3])]  # noqa: PLR2004 - a millimetre
    return apart


def _along(line: Line, x: Points) -> Points:
    from scipy.interpolate import PchipInterpolator  # noqa: PLC0415 - slow to load, and every worker waits for what stands at the top

    xs, values = zip(*line, strict=True)
    along: Points = PchipInterpolator(xs, values)(x)
    return along


def _rings(body: Bodywork, x: Points) -> Points:
    """Return the sections, (R, 2·(ACROSS + UP), 3)."""
    belt, top = _along(body.belt, x), _along(body.roof, x)
    width = _along(body.width, x)
    edge = width * _along(body.roof_width, x)
    low = np.array([body.lower_edge(float(at)) for at in x])
    high = top - belt
    middle = np.maximum(body.sill + 0.56 * (belt - body.sill), low + 0.02)
    shoulder = np.maximum(belt - 0.07, middle + 0.02)
    left = np.stack(  # (R, UP + 1, 2): half width and height, from below
        [
            (0.955 * width, low),
            (0.985 * width, low + 0.35 * (middle - low)),
            (width, middle),
            (0.985 * width, shoulder),
            (0.94 * width, belt),
            (0.94 * width + body.pane[0] * (edge - 0.94 * width), belt + body.pane[0] * high),
            (0.94 * width + 0.93 * (edge - 0.94 * width), belt + body.pane[1] * high),
        ],
        axis=0,
    ).transpose(2, 0, 1)
    across = SHARES[None, :]
    below = np.stack([across * left[:, :1, 0], np.broadcast_to(low[:, None], (len(x), ACROSS + 1))], axis=2)
    rise = (top - left[:, -1, 1])[:, None] * (1 - elementary.power(np.abs(across), 2.4))
    above = np.stack([across * left[:, -1:, 0], left[:, -1:, 1] + rise], axis=2)
    right = left * [-1.0, 1.0]
    section = np.concatenate([below[:, :-1], left[:, :-1], above[:, :0:-1], right[:, :0:-1]], axis=1)
    return np.concatenate([np.broadcast_to(x[:, None, None], (*section.shape[:2], 1)), section], axis=2)


def _slots_around(body: Bodywork, x: Points) -> Slots:
    """Return what each cell between two sections is made of, (R - 1, 2·(ACROSS + UP))."""
    slots = np.full((len(x), 2 * (ACROSS + UP)), PAINT)
    slots[:, :ACROSS] = UNDER
    first, last = body.ends
    for row, at in enumerate(x.tolist()):
        if any(abs(at - seam) < SEAM_M / 2 for seam in body.seams):
            for cell in (SILL, LOWER, UPPER, SHOULDER):
                slots[row, _flanks(cell)] = TRIM
        if any(low < at < high for low, high in body.sides):
            slots[row, _flanks(PANE)] = GLASS
        if any(span and span[0] < at < span[1] for span in (body.windscreen, body.rear)):
            slots[row, ACROSS + UP + 1 : 2 * ACROSS + UP - 1] = GLASS
        if at < first + body.lamps[0]:
            slots[row, _flanks(UPPER)] = LAMP
        if at > last - body.lamps[1]:
            slots[row, _flanks(UPPER)] = REAR_LAMP
        slots[row, _flanks(SILL)] = TRIM
    return slots


def _flanks(cell: int) -> list[int]:
    """Return a flank cell's columns, left and right."""
    return [ACROSS + cell, 2 * (ACROSS + UP) - 1 - cell]


def _end_grid(ring: Points, outward: float) -> Points:
    """Return an end's points, (UP + 1, ACROSS + 1, 3), from the right to the left and from below."""
    left, top = ACROSS, ACROSS + UP
    columns = len(ring)
    rows = []
    for level in range(UP + 1):
        start, end = ring[(columns - level) % columns], ring[left + level]
        rows.append(start + (SHARES[:, None] + 1) / 2 * (end - start))
    grid: Points = np.stack(rows)
    grid[-1] = ring[top : top + ACROSS + 1][::-1]
    # Seen from above an end is a little round.
    grid[1:-1, :, 0] += outward * 0.05 * (1 - SHARES**2)
    return grid


def _nose(body: Bodywork) -> Slots:
    """Return what the front is made of, (UP, ACROSS): grilles in the middle, lamps at the sides."""
    slots = np.full((UP, ACROSS), PAINT)
    slots[SILL] = TRIM
    slots[LOWER, 2:-2] = TRIM
    slots[UPPER, 3:-3] = TRIM
    slots[UPPER, [0, 1, -2, -1]] = LAMP
    if body.windscreen is None:
        slots[PANE] = GLASS
    return slots


def _tail(body: Bodywork) -> Slots:
    slots = np.full((UP, ACROSS), PAINT)
    slots[SILL] = TRIM
    slots[UPPER, [0, 1, -2, -1]] = REAR_LAMP
    if body.rear is None:
        slots[PANE, [2, -3]] = GLASS
    return slots
