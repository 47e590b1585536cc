"""Ceramic and glass."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.shaders.surface import Place, Surface
from synthvision.render.blender.shaders.wiring import Wiring


def ceramic(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Stoneware: a glaze that lies thicker here and thinner there, wavy, with a few iron specks of the body in it."""
    pool = wiring.noise(place.point, 0.03, detail=2.0)
    cell = wiring.cells(place.point, 0.006)
    size = wiring.ramp(cell.first, 0.75, 1.0, 0.0, 0.11)
    speck = wiring.ramp(cell.distance, wiring.add(size, 0.03), size, 0.0, wiring.math("GREATER_THAN", size, 0.0))
    glaze = wiring.scaled(surface.colour, wiring.linear(pool, 0.3, 0.85))
    stained = wiring.vector("MULTIPLY", surface.colour, (0.42, 0.32, 0.24))
    normal = wiring.bump(wiring.times(wiring.noise(place.point, 0.012), 50e-6), place.size, surface.normal)
    return replace(
        surface,
        colour=wiring.mix_colour(wiring.times(speck, 0.75), glaze, stained),
        roughness=wiring.linear(pool, 0.12, wiring.add(surface.roughness, -0.06)),
        normal=normal,
        coat_normal=normal,
    )


def glass(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Pressed glass: a little wavy, with the haze of a thing that was wiped and not polished."""
    waves = wiring.noise(place.point, 0.03, detail=1.0)
    haze = wiring.ramp(waves, 0.4, 0.75, 0.0, 0.06)
    return replace(
        surface,
        roughness=wiring.add(surface.roughness, haze),
        normal=wiring.bump(wiring.times(waves, 120e-6), place.size, surface.normal),
    )
