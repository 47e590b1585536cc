"""What use does to any surface: it wears, is scratched, is touched, and gathers dust, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from synthvision.assets.types import Material, Shader
from synthvision.render.blender.shaders.faces import flattened
from synthvision.render.blender.shaders.sketch import Sketch
from synthvision.render.blender.shaders.surface import Group, Place, Surface, apply_group
from synthvision.render.blender.shaders.wiring import Cells, Socket, Value, Vector, Wiring

_BARED = ("bared_colour", "bared_share", "bared_metallic", "bared_roughness")
_DUST = (0.43, 0.39, 0.33)


@dataclass(frozen=True)
class Bared:
    """What lies under a surface that is worn off: ``colour`` by ``share``, the rest the surface's own, lighter."""

    colour: tuple[float, float, float]
    share: float
    metallic: float
    roughness: float


_SUBSTANCE = Bared((0.6, 0.58, 0.55), 0.25, 0.0, 0.7)
_STEEL = Bared((0.56, 0.55, 0.53), 1.0, 1.0, 0.38)
_UNDER: Mapping[Shader, Bared] = MappingProxyType(
    {
        "painted_metal": _STEEL,
        "brushed_metal": Bared((0.7, 0.69, 0.67), 0.6, 1.0, 0.5),
        "wood": Bared((0.62, 0.48, 0.32), 0.7, 0.0, 0.75),
        "ceramic": Bared((0.62, 0.52, 0.42), 0.9, 0.0, 0.9),
        "cardboard": Bared((0.66, 0.55, 0.42), 0.6, 0.0, 0.95),
        "paper": Bared((0.85, 0.83, 0.78), 0.7, 0.0, 0.95),
        "fabric": Bared((0.7, 0.68, 0.65), 0.35, 0.0, 0.95),
        "asphalt": Bared((0.3, 0.29, 0.28), 0.6, 0.0, 0.7),
        "fruit_skin": Bared((0.3, 0.17, 0.07), 0.85, 0.0, 0.75),
    }
)


def apply_marks(wiring: Sketch, material: Material, surface: Surface, seed: Value) -> Surface:
    """Put the marks that a material has over a surface. They are as large as in life on any of them."""
    place: dict[str, Value | Vector] = {"size": 1.0, "seed": seed}
    if material.wear > 0:
        under = _UNDER.get(material.shader, _SUBSTANCE)
        bared = zip(_BARED, (under.colour, under.share, under.metallic, under.roughness), strict=True)
        given = place | {"amount": material.wear, **dict(bared)}
        surface = apply_group(wiring, Group("wear", _wear, ("amount", *_BARED)), surface, given)
    for name, shade, amount in (
        ("scratches", _scratches, material.scratches),
        ("fingerprints", _fingerprints, material.fingerprints),
        ("dust", _dust, material.dust),
    ):
        if amount > 0:
            surface = apply_group(wiring, Group(name, shade, ("amount",)), surface, place | {"amount": amount})
    return surface


def _wear(wiring: Wiring, place: Place, surface: Surface, given: Mapping[str, Socket]) -> Surface:
    """Rub off what sticks out first: where the mesh is convex, near the edges of its box, and in patches."""
    patches = wiring.noise(place.point, 0.02, detail=5.0, roughness=0.68)
    reached = wiring.add(patches, wiring.times(_exposed(wiring), 0.22))
    threshold = wiring.linear(given["amount"], -0.3, 0.73)
    worn = wiring.ramp(reached, threshold, wiring.add(threshold, 0.025))
    rim = wiring.ramp(reached, wiring.add(threshold, -0.03), threshold)
    own = wiring.mix_colour(wiring.times(rim, 0.3), surface.colour, _DUST)
    bared = wiring.mix_colour(given["bared_share"], wiring.scaled(surface.colour, 1.25), given["bared_colour"])
    return replace(
        surface,
        colour=wiring.mix_colour(worn, own, bared),
        metallic=wiring.mix(worn, surface.metallic, given["bared_metallic"]),
        roughness=wiring.mix(worn, surface.roughness, given["bared_roughness"]),
        coat_roughness=wiring.mix(worn, surface.coat_roughness, 0.5),
        transmission=wiring.linear(wiring.times(worn, surface.transmission), -0.5, surface.transmission),
    )


def _exposed(wiring: Wiring) -> Socket:
    """About 1 at edges and corners that stick out, 0 on faces."""
    generated = wiring.node("ShaderNodeTexCoord").outputs["Generated"]
    out = wiring.vector("ABSOLUTE", wiring.vector("MULTIPLY_ADD", generated, (2.0, 2.0, 2.0), (-1.0, -1.0, -1.0)))
    x, y, z = wiring.parts(out)
    least = wiring.math("MINIMUM", wiring.math("MINIMUM", x, y), z)
    most = wiring.math("MAXIMUM", wiring.math("MAXIMUM", x, y), z)
    second = wiring.math("SUBTRACT", wiring.add(x, y, z), wiring.add(least, most))
    return wiring.ramp(second, 0.8, 1.0)


def _scratches(wiring: Wiring, place: Place, surface: Surface, given: Mapping[str, Socket]) -> Surface:
    """Straight strokes, 0.1 to 0.2 mm wide and 1 to 4 cm long, in all directions; more show when looked at."""
    flat = flattened(wiring, place.point)
    strokes = [_strokes(wiring, flat, size, given["amount"]) for size in (0.009, 0.02, 0.045)]
    line = wiring.math("MAXIMUM", wiring.math("MAXIMUM", strokes[0], strokes[1]), strokes[2])
    light = wiring.vector("ADD", wiring.scaled(surface.colour, 1.2), (0.14, 0.14, 0.14))
    return replace(
        surface,
        colour=wiring.mix_colour(wiring.times(line, 0.85), surface.colour, light),
        roughness=wiring.mix(line, surface.roughness, 0.55),
        coat_roughness=wiring.mix(line, surface.coat_roughness, 0.6),
        # Relief costs each of its strokes twice more, so the middle ones stand for all.
        normal=wiring.bump(wiring.times(strokes[1], -30e-6), 1.0, surface.normal),
    )


def _strokes(wiring: Wiring, flat: Socket, size_m: float, amount: Value) -> Socket:
    """One stroke in each of some cells, through its middle at any angle."""
    cell = wiring.cells(flat, size_m, "2D")
    along, across = _turned_about(wiring, flat, cell)
    bent = wiring.math("MULTIPLY_ADD", wiring.times(along, along), wiring.linear(cell.second, 3.0, -1.5), across)
    line = wiring.ramp(wiring.math("ABSOLUTE", bent), wiring.linear(cell.third, 1.6e-4, 9e-5), 3e-5)
    inside = wiring.ramp(wiring.math("ABSOLUTE", along), 0.55 * size_m, 0.1 * size_m)
    there = wiring.math("LESS_THAN", cell.third, amount)
    return wiring.times(line, inside, there, wiring.linear(cell.second, 0.7, 0.3))


def _turned_about(wiring: Wiring, flat: Socket, cell: Cells) -> tuple[Socket, Socket]:
    """Return the coordinates (m) in a frame at the middle of the cell, turned by the cell's own angle."""
    x, y, _ = wiring.parts(wiring.vector("SUBTRACT", flat, cell.centre))
    angle = wiring.times(cell.first, 6.2831853)
    c, s = wiring.math("COSINE", angle), wiring.math("SINE", angle)
    along = wiring.add(wiring.times(c, x), wiring.times(s, y))
    return along, wiring.math("SUBTRACT", wiring.times(c, y), wiring.times(s, x))


def _fingerprints(wiring: Wiring, place: Place, surface: Surface, given: Mapping[str, Socket]) -> Surface:
    """Prints of 15 by 20 mm with whorls of ridges half a millimetre apart, and smears; seen by the gloss they take."""
    flat = flattened(wiring, place.point)
    uneven = wiring.noise(place.point, 0.007, detail=2.0)
    printed = _prints(wiring, flat, uneven, given["amount"])
    smear = wiring.ramp(wiring.noise(place.point, 0.035, detail=3.0, roughness=0.6), 0.45, 0.75)
    grease = wiring.math("MAXIMUM", printed, wiring.times(smear, given["amount"], 0.6))
    return replace(
        surface,
        colour=wiring.scaled(surface.colour, wiring.linear(grease, -0.1, 1.0)),
        roughness=wiring.mix(grease, surface.roughness, wiring.linear(surface.roughness, 0.5, 0.3)),
        coat_roughness=wiring.linear(grease, 0.4, surface.coat_roughness),
    )


def _prints(wiring: Wiring, flat: Socket, uneven: Socket, amount: Value) -> Socket:
    cell = wiring.cells(flat, 0.026, "2D", randomness=0.7)
    along, across = _turned_about(wiring, flat, cell)
    long, wide = wiring.times(along, 1 / 0.0105), wiring.times(across, 1 / 0.0078)
    reach = wiring.vector("LENGTH", wiring.joined(long, wide))
    pad = wiring.times(wiring.ramp(reach, 1.0, 0.72), wiring.ramp(uneven, 0.25, 0.5, 0.35, 1.0))
    # Ridges run around a core that lies off the middle, flatter than circles.
    core = wiring.vector("LENGTH", wiring.joined(wiring.add(along, 0.002), wiring.times(across, 1.4)))
    bent = wiring.linear(uneven, 0.003, core)
    ridges = wiring.linear(wiring.math("SINE", wiring.times(bent, 6.2831853 / 0.00055)), 0.4, 0.6)
    return wiring.times(pad, ridges, wiring.math("LESS_THAN", cell.second, amount))


def _dust(wiring: Wiring, place: Place, surface: Surface, given: Mapping[str, Socket]) -> Surface:
    """A grey film where the surface faces up in the world, thinner in patches, with lint and grains."""
    _, _, up = wiring.parts(wiring.node("ShaderNodeNewGeometry").outputs["Normal"])
    lies = wiring.ramp(up, -0.1, 0.85, 0.06, 1.0)
    film = wiring.ramp(wiring.noise(place.point, 0.03, detail=4.0, roughness=0.65), 0.25, 0.65, 0.4, 1.0)
    grain = wiring.ramp(wiring.noise(place.point, 0.0014, detail=2.0, roughness=0.7), 0.3, 0.7, 0.5, 1.3)
    cover = wiring.math("MINIMUM", wiring.times(lies, film, grain, given["amount"]), 0.95)
    return replace(
        surface,
        colour=wiring.mix_colour(cover, surface.colour, _DUST),
        metallic=wiring.linear(wiring.times(cover, surface.metallic), -1.0, surface.metallic),
        roughness=wiring.mix(wiring.math("POWER", cover, 0.6), surface.roughness, 0.95),
        coat_roughness=wiring.mix(wiring.math("POWER", cover, 0.6), surface.coat_roughness, 0.9),
        transmission=wiring.linear(wiring.times(cover, surface.transmission), -1.0, surface.transmission),
    )
