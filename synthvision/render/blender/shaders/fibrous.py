"""Fabric, paper and cardboard."""

from __future__ import annotations

from dataclasses import replace

from synthvision.render.blender.shaders.faces import facing, flattened
from synthvision.render.blender.shaders.surface import Place, Surface
from synthvision.render.blender.shaders.wiring import Socket, Wiring

_THREAD_M = 0.0008
_FLUTE_M = 0.0066
"""Pitch of B flute, the common kind."""


def fabric(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Plain weave of threads 0.8 mm apart, each a little lighter or darker than the next."""
    flat = flattened(wiring, place.point)
    drawn = wiring.scaled((0.0006, -0.0005, 0.0), wiring.noise(flat, 0.006))
    threads = wiring.scaled(wiring.vector("ADD", flat, drawn), 1 / _THREAD_M)
    height, over = _weave(wiring, threads)
    u, v, _ = wiring.parts(wiring.vector("FLOOR", threads))
    yarn = wiring.mix(over, wiring.white(wiring.joined(u, 0.5)), wiring.white(wiring.joined(0.5, v)))
    worn = wiring.noise(place.point, 0.05, detail=2.0)
    tone = wiring.times(
        wiring.linear(height, 0.9, 0.62), wiring.linear(yarn, 0.35, 0.82), wiring.linear(worn, 0.3, 0.85)
    )
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, tone),
        normal=wiring.bump(wiring.times(height, 0.00022), place.size, surface.normal),
    )


def _weave(wiring: Wiring, threads: Socket) -> tuple[Socket, Socket]:
    """Return the height in [0, 1], and whether the thread along v lies over the one along u; 1 is one thread."""
    u, v, _ = wiring.parts(threads)
    across = wiring.math("ABSOLUTE", wiring.math("SINE", wiring.times(u, 3.14159265)))
    along = wiring.math("ABSOLUTE", wiring.math("SINE", wiring.times(v, 3.14159265)))
    both = wiring.add(wiring.math("FLOOR", u), wiring.math("FLOOR", v))
    over = wiring.math("FLOORED_MODULO", both, 2.0)
    narrow, wide = wiring.mix(over, along, across), wiring.mix(over, across, along)
    return wiring.times(narrow, wiring.math("POWER", wide, 0.4)), over


def paper(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Fibres lying crosswise, and the clouds that one sees against the light (formation)."""
    fibres = _fibres(wiring, place.point, 0.0004)
    clouds = wiring.noise(place.point, 0.005, detail=2.0)
    tone = wiring.add(wiring.linear(fibres, 0.3, 0.85), wiring.linear(clouds, 0.16, -0.08))
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, tone),
        roughness=wiring.linear(fibres, 0.2, wiring.add(surface.roughness, -0.1)),
        normal=wiring.bump(wiring.times(fibres, 40e-6), place.size, surface.normal),
    )


def cardboard(wiring: Wiring, place: Place, surface: Surface) -> Surface:
    """Kraft liner over flutes: dark and light fibres, blotches, and the corrugation showing faintly through."""
    fibres = _fibres(wiring, place.point, 0.0007)
    blotches = wiring.noise(place.point, 0.03, detail=3.0, roughness=0.6)
    flutes = _flutes(wiring, place.point)
    tone = wiring.add(
        wiring.linear(fibres, 0.7, 0.65), wiring.linear(blotches, 0.4, -0.2), wiring.linear(flutes, 0.05, -0.025)
    )
    relief = wiring.linear(flutes, 130e-6, wiring.times(fibres, 60e-6))
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, tone),
        roughness=wiring.linear(fibres, 0.2, wiring.add(surface.roughness, -0.1)),
        normal=wiring.bump(relief, place.size, surface.normal),
    )


def _fibres(wiring: Wiring, point: Socket, size_m: float) -> Socket:
    """Two sheets of noise stretched ten to one, across each other; about 0.5."""
    first = wiring.noise(wiring.vector("MULTIPLY", point, (0.12, 1.0, 0.8)), size_m, detail=1.0)
    second = wiring.noise(wiring.vector("MULTIPLY", point, (1.0, 0.15, 0.12)), size_m, detail=1.0)
    return wiring.times(wiring.add(first, second), 0.5)


def _flutes(wiring: Wiring, point: Socket) -> Socket:
    """Upright waves at the sides, from 0 to 1; along y on top."""
    face = facing(wiring)
    x, y, _ = wiring.parts(point)
    across = wiring.mix(wiring.times(face.sideways, wiring.math("SUBTRACT", 1.0, face.up)), x, y)
    return wiring.linear(wiring.math("SINE", wiring.times(across, 6.2831853 / _FLUTE_M)), 0.5, 0.5)
