"""Concrete, asphalt and soil."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.shaders.surface import Place, Surface
from synthvision.render.blender.shaders.wiring import Socket, Wiring


def concrete(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Fair-faced concrete: clouds of cement, grains of sand, and air holes of 1 to 4 mm."""
    clouds = wiring.noise(place.point, 0.09, detail=4.0, roughness=0.68)
    sand = wiring.noise(place.point, 0.0014, detail=1.0)
    cell = wiring.cells(place.point, 0.01)
    reach = wiring.ramp(cell.first, 0.4, 1.0, -0.03, 0.16)
    hole = wiring.ramp(cell.distance, wiring.add(reach, 0.03), reach)
    tone = wiring.add(wiring.linear(clouds, 1.5, 0.27), wiring.linear(sand, 0.5, -0.25))
    relief = wiring.linear(sand, 60e-6, wiring.times(hole, -0.0012))
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, wiring.times(tone, wiring.linear(hole, -0.55, 1.0))),
        roughness=wiring.linear(clouds, 0.2, wiring.add(surface.roughness, -0.1)),
        normal=wiring.bump(relief, place.size, surface.normal),
    )


def asphalt(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Stones of 3 to 8 mm, worn bare on top, some light and most dark, in bitumen."""
    cell = wiring.cells(_broken(wiring, place.point, 0.0035, 0.0035), 0.006)
    sunk = wiring.times(wiring.ramp(cell.distance, 0.75, 0.3), wiring.linear(cell.second, 0.6, 0.4))
    bare = wiring.ramp(sunk, 0.25, 0.5)
    grit = wiring.noise(place.point, 0.0015, detail=1.0, roughness=0.7)
    stone = wiring.linear(wiring.math("POWER", cell.first, 3.0), 2.0, 0.85)
    wide = wiring.linear(wiring.noise(place.point, 0.25, detail=1.0), 0.6, 0.7)
    tone = wiring.times(wiring.mix(bare, 0.68, stone), wiring.linear(grit, 1.2, 0.4), wide)
    relief = wiring.linear(sunk, 0.0014, wiring.times(grit, 0.0007))
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, tone),
        roughness=wiring.add(surface.roughness, wiring.linear(bare, 0.15, -0.12)),
        normal=wiring.bump(relief, place.size, surface.normal),
    )


def soil(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Turned earth: clods down to crumbs, damp in the hollows, with a few small stones."""
    clods = wiring.noise(place.point, 0.014, detail=3.0, roughness=0.72)
    crumb = wiring.cells(_broken(wiring, place.point, 0.004, 0.004), 0.0055)
    heap = wiring.linear(wiring.ramp(crumb.distance, 0.8, 0.1), 0.5, wiring.linear(clods, 2.0, -0.5))
    stone = wiring.times(wiring.math("GREATER_THAN", crumb.first, 0.93), wiring.ramp(crumb.distance, 0.5, 0.4))
    earth = wiring.scaled(surface.colour, wiring.linear(heap, 1.0, 0.3))
    grey = wiring.vector("ADD", wiring.scaled(surface.colour, 1.2), (0.08, 0.08, 0.08))
    return replace(
        surface,
        colour=wiring.mix_colour(stone, earth, wiring.scaled(grey, wiring.linear(crumb.second, 0.8, 0.5))),
        roughness=wiring.add(surface.roughness, wiring.times(stone, -0.2)),
        normal=wiring.bump(wiring.times(heap, 0.0035), place.size, surface.normal),
    )


def _broken(wiring: Wiring, point: Socket, size_m: float, by_m: float) -> Socket:
    """Shift points about, so that round cells get the ragged outlines of broken stone."""
    shift = wiring.linear(wiring.noise(point, size_m), by_m, -by_m / 2)
    return wiring.vector("ADD", point, wiring.scaled((1.3, -1.0, 0.7), shift))
