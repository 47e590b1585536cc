"""Wood and the skin of fruit."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.shaders.surface import Place, Shade, Surface
from synthvision.render.blender.shaders.wiring import Cells, Socket, Wiring

_RING_M = 0.0035


def wood_along(axis: int) -> Shade:
    """Return wood whose trunk ran along axis 0, 1 or 2 of the mesh."""

    def wood(wiring: Wiring, place: Place, surface: Surface) -> Surface:
        """A board: rings of light early and dark late wood, fibres of 0.3 mm, and open pores of 0.2 by 4 mm."""
        own, point = _turned(wiring, place.own, axis), _turned(wiring, place.point, axis)
        fibres = wiring.noise(_shortened(wiring, point, 60.0), 0.0005, detail=1.0)
        pores = wiring.cells(_shortened(wiring, point, 20.0), 0.0011)
        pore = _pore(wiring, pores)
        late = _late_wood(wiring, own, point, place.seed)
        early = wiring.vector("MULTIPLY", surface.colour, (1.14, 1.16, 1.18))
        dark = wiring.vector("MULTIPLY", surface.colour, (0.8, 0.7, 0.58))
        tone = wiring.linear(wiring.noise(_shortened(wiring, point, 6.0), 0.05), 0.4, 0.82)
        grain = wiring.times(wiring.linear(fibres, 0.5, 0.77), tone, wiring.linear(pore, -0.45, 1.0))
        return replace(
            surface,
            colour=wiring.scaled(wiring.mix_colour(late, early, dark), grain),
            roughness=wiring.add(surface.roughness, wiring.times(pore, 0.2), wiring.linear(fibres, 0.16, -0.08)),
            normal=wiring.bump(wiring.times(pore, -60e-6), place.size, surface.normal),
        )

    return wood


def _turned(wiring: Wiring, point: Socket, axis: int) -> Socket:
    """Return the point with the trunk along x."""
    if axis == 0:
        return point
    parts = wiring.parts(point)
    return wiring.joined(parts[axis], parts[(axis + 1) % 3], parts[(axis + 2) % 3])


def _shortened(wiring: Wiring, point: Socket, times: float) -> Socket:
    return wiring.vector("MULTIPLY", point, (1 / times, 1.0, 1.0))


def _pore(wiring: Wiring, pores: Cells) -> Socket:
    open_ = wiring.math("GREATER_THAN", pores.first, 0.45)
    return wiring.ramp(pores.distance, 0.24, 0.12, 0.0, open_)


def _late_wood(wiring: Wiring, own: Socket, point: Socket, seed: Socket) -> Socket:
    """Return how late in its year the wood grew: slowly up to 1, then at once 0. The board was sawn 4 to 10 cm out."""
    out = wiring.joined(0.0, wiring.linear(wiring.math("FRACT", wiring.times(seed, 7.0)), 0.06, 0.04), 0.017)
    _, y, z = wiring.parts(wiring.vector("ADD", own, out))
    radius = wiring.vector("LENGTH", wiring.joined(y, z))
    bent = wiring.linear(wiring.noise(_shortened(wiring, point, 9.0), 0.035, detail=1.0), 0.03, radius)
    year = wiring.math("FRACT", wiring.times(bent, 1 / _RING_M))
    return wiring.times(wiring.ramp(year, 0.2, 0.9), wiring.ramp(year, 1.0, 0.93))


def fruit_skin(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Peel: lenticels of half a millimetre, lighter than the skin, on fine bumps, and a blush that comes and goes."""
    cell = wiring.cells(place.point, 0.0032)
    reach = wiring.linear(cell.first, 0.1, 0.04)
    lenticel = wiring.ramp(cell.distance, wiring.add(reach, 0.07), reach, 0.0, cell.second)
    blush = wiring.noise(place.point, 0.025, detail=3.0)
    skin = wiring.scaled(surface.colour, wiring.linear(blush, 0.6, 0.68))
    pale = wiring.vector("ADD", wiring.scaled(surface.colour, 1.35), (0.06, 0.05, 0.03))
    normal = wiring.bump(wiring.times(wiring.noise(place.point, 0.0016, detail=1.0), 60e-6), place.size, surface.normal)
    return replace(
        surface,
        colour=wiring.mix_colour(wiring.times(lenticel, 0.7), skin, pale),
        roughness=wiring.linear(blush, 0.2, wiring.add(surface.roughness, -0.1)),
        normal=normal,
        coat_normal=normal,
    )
