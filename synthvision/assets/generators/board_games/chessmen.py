"""What all chessmen share: sides, woods and plastics, and the foot that they are turned with.

Shapes follow the Staunton pattern (N. Cooke and J. Jaques, 1849). Their files draw them in millimetres, for a set whose
king is 95 mm high; ``turned_piece`` scales them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.artwork import Image8
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.solids import Points, Solid, join, loft
from synthvision.assets.generators.surfaces import Colour, hsv, plastic, printed, rgb8
from synthvision.assets.textures.noise import fractal, mixed, picture, series, smooth
from synthvision.assets.types import Asset, Material

COLUMNS = 48
MM = 0.001
GRAIN_PX = 192
FELT_MM = 0.6
FELTS: tuple[Colour, ...] = (hsv(0.38, 0.75, 0.3), hsv(0.99, 0.75, 0.4), hsv(0.1, 0.4, 0.12), hsv(0.08, 0.5, 0.45))
"""Green, red, black and leather brown."""


@dataclass(frozen=True)
class Chessman:
    """``width`` widens the piece against the pattern. ``side``: 0 white, 1 black. ``plastic``: 0 wood, 1 plastic.

    ``tone`` goes through what is sold: box to honey and ebony to rosewood; ivory to white and brown to black.
    """

    height_m: float = 0.095
    width: float = 1.0
    side: int = 0
    plastic: int = 0
    tone: float = 0.4
    gloss: float = 0.6
    felt: int = 0
    variant: int = 0


def turned_piece(man: Chessman, solid: Solid, height_mm: float) -> Asset:
    """Scale a piece drawn in millimetres to its height and give it its surface; slots ``body`` and ``felt``."""
    scale = man.height_m / height_mm
    sized = replace(solid, corners=solid.corners * [man.width * scale, man.width * scale, scale])
    material, images = _surface(man)
    cloth = Material("felt", FELTS[man.felt % len(FELTS)], roughness=0.95, specular=0.1, sheen=0.3)
    return finish(sized, [material, cloth], images)


def _surface(man: Chessman) -> tuple[Material, dict[str, Image8]]:
    seed = float(series(1, man.variant)[0])
    if man.plastic:
        white = hsv(0.12, 0.22 - 0.18 * man.tone, 0.86 + 0.06 * man.tone)
        black = hsv(0.05, 0.4 - 0.35 * man.tone, 0.13 - 0.04 * man.tone)
        body = plastic("body", black if man.side else white, 0.5 - 0.38 * man.gloss)
        return replace(body, shader="plastic", shader_seed=seed), {}
    material, images = printed(
        "body", _grain(man), roughness=0.55 - 0.35 * man.gloss, coat=0.5 * max(0.0, man.gloss - 0.3)
    )
    return replace(material, shader="wood", shader_seed=seed, shader_scale=0.5), images


def _grain(man: Chessman) -> Image8:
    """Draw fine grain that runs upwards, in the colours of turned wood."""
    if man.side:
        light = rgb8(0.02 + 0.02 * man.tone, 0.35 + 0.35 * man.tone, 0.15 + 0.33 * man.tone)
        dark = rgb8(0.01 + 0.02 * man.tone, 0.3 + 0.4 * man.tone, 0.1 + 0.16 * man.tone)
    else:
        light = rgb8(0.118 - 0.02 * man.tone, 0.34 + 0.24 * man.tone, 0.93 - 0.06 * man.tone)
        dark = rgb8(0.1 - 0.02 * man.tone, 0.44 + 0.24 * man.tone, 0.8 - 0.12 * man.tone)
    fibre = fractal(GRAIN_PX, man.variant + 3, slope=0.5, high=70, stretch=(1.0, 14.0))
    broad = fractal(GRAIN_PX, man.variant + 7, slope=1.5, high=12, stretch=(1.0, 5.0))
    share = smooth(np.float32(0.45) + np.float32(0.17) * fibre + np.float32(0.2) * broad, 0.0, 1.0)
    return picture(mixed(share, light, dark))


def felt_disc(radius: float) -> Solid:
    """Return the underside and the rim of the felt below a foot of this radius, millimetres, up to z = ``FELT_MM``."""
    rim = 0.95 * radius
    return ring_solid(np.array([(0.0, 0.0), (rim, 0.0), (rim, FELT_MM)]), COLUMNS, slot=1)


def ring_solid(profile: Points, columns: int, slot: int = 0) -> Solid:
    """Turn a profile (P, 2) of (radius, z)."""
    angle = np.arange(columns) * (2 * np.pi / columns)
    return loft(rings_at(profile, angle), slot=slot, crease_deg=32)


def rings_at(profile: Points, angle: Points) -> Points:
    """Return the rings (P, N, 3) of a profile of (radius, z) at angles (N,), radians."""
    rings = np.empty((len(profile), len(angle), 3))
    rings[..., 0] = profile[:, :1] * elementary.cos(angle)
    rings[..., 1] = profile[:, :1] * elementary.sin(angle)
    rings[..., 2] = profile[:, 1:]
    return rings


def foot(radius: float) -> Points:
    """Return the profile of a foot from the felt's rim up to its shoulder, (P, 2) millimetres: plinth, bead, ogee."""
    return filleted(
        [
            (0.95 * radius, FELT_MM, 0.0),
            (radius, FELT_MM, 0.5),
            (radius, 0.27 * radius, 1.6),
            (0.86 * radius, 0.33 * radius, 0.5),
            (0.9 * radius, 0.37 * radius, 0.4),
            (0.87 * radius, 0.47 * radius, 1.6),
            (0.66 * radius, 0.6 * radius, 1.2),
            (0.64 * radius, 0.66 * radius, 0.0),
        ],
        steps=2,
    )


def stem(start: tuple[float, float], end: tuple[float, float], hollow: float = 2.6, steps: int = 9) -> Points:
    """Return the hollow line from the shoulder of a foot to the collar, without its two ends, (P, 2) millimetres."""
    share = np.linspace(0.0, 1.0, steps)[1:-1]
    radius = end[0] + (start[0] - end[0]) * elementary.power(1 - share, hollow)
    return np.stack([radius, start[1] + (end[1] - start[1]) * share], axis=1)


def collar(neck: float, radius: float, z: float, thickness: float) -> Points:
    """Return the profile of a disc round a neck, with a sharp rounded edge, (P, 2) millimetres."""
    return filleted(
        [
            (neck, z, 0.0),
            (radius - 0.35 * thickness, z + 0.12 * thickness, 0.4),
            (radius, z + 0.5 * thickness, 0.35 * thickness),
            (radius - 0.35 * thickness, z + 0.88 * thickness, 0.4),
            (neck, z + thickness, 0.0),
        ],
        steps=2,
    )


def ball(radius: float, centre_z: float, from_deg: float, steps: int = 10) -> Points:
    """Return the profile of a ball from a latitude (degrees, -90 is its bottom) to its top, (P, 2) millimetres."""
    latitude = np.radians(np.linspace(from_deg, 90.0, steps))
    line: Points = np.stack([radius * elementary.cos(latitude), centre_z + radius * elementary.sin(latitude)], axis=1)
    line[-1, 0] = 0.0
    return line


def line_through(*parts: Points | Sequence[tuple[float, float]]) -> Points:
    """Join pieces of a profile, leaving out points that repeat the one before."""
    line = np.concatenate([np.asarray(part, np.float64) for part in parts])
    apart = np.concatenate([[True], np.linalg.norm(np.diff(line, axis=0), axis=1) > 0.02])  # noqa: PLR2004 - millimetres
    kept: Points = line[apart]
    return kept


def lower_part(radius: float, neck: tuple[float, float], hollow: float = 2.6) -> Points:
    """Return foot and stem up to a neck of (radius, z), (P, 2) millimetres."""
    base = foot(radius)
    shoulder = (float(base[-1, 0]), float(base[-1, 1]))
    return line_through(base, stem(shoulder, neck, hollow), [neck])


def stood(profile: Points, radius: float, *more: Solid) -> Solid:
    """Turn a profile that begins at the felt's rim, and put felt under it."""
    return join(felt_disc(radius), ring_solid(profile, COLUMNS), *more)
