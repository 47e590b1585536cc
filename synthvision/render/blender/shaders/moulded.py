"""Plastic and rubber: the grain of the mould, and little else."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.shaders.surface import Place, Surface
from synthvision.render.blender.shaders.wiring import Wiring


def plastic(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Injection moulding: an eroded grain of 0.4 mm, deeper where the surface is duller (VDI 3400), over sink marks."""
    grain = wiring.times(wiring.noise(place.point, 0.0004, detail=1.0), surface.roughness, 40e-6)
    relief = wiring.linear(wiring.noise(place.point, 0.025), 60e-6, grain)
    flow = wiring.noise(place.point, 0.03, detail=2.0)
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, wiring.linear(flow, 0.12, 0.94)),
        roughness=wiring.linear(flow, 0.14, wiring.add(surface.roughness, -0.07)),
        normal=wiring.bump(relief, place.size, surface.normal),
    )


def rubber(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Moulded rubber: dull, faintly grainy, with the blotches that bloom and handling leave."""
    bloom = wiring.noise(place.point, 0.02, detail=4.0, roughness=0.65)
    grain = wiring.noise(place.point, 0.0005, detail=1.0)
    tone = wiring.add(wiring.linear(bloom, 0.8, 0.6), wiring.linear(grain, 0.25, -0.125))
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, tone),
        roughness=wiring.linear(bloom, 0.5, wiring.add(surface.roughness, -0.25)),
        normal=wiring.bump(wiring.times(grain, 70e-6), place.size, surface.normal),
    )
