"""Integrated circuits with gull-wing leads: small-outline and quad flat packages, soldered to their pads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.electronics.marking import chip_top
from synthvision.assets.generators.electronics.parts import block, epoxy, gull_wing, row, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.types import Asset

SOIC_PITCH_M = 0.00127


@dataclass(frozen=True)
class Soic:
    """``pairs`` of leads, 4 to 8; ``body_width_m`` 3.9 mm (narrow) to 7.5 mm (wide), as JEDEC MS-012 and MS-013."""

    pairs: int = 4
    body_width_m: float = 0.0039
    marking: int = 0


@dataclass(frozen=True)
class Qfp:
    """``side_leads`` on each of the four sides, ``pitch_m`` apart; the body follows from them, 1.4 mm thick."""

    side_leads: int = 16
    pitch_m: float = 0.0005
    marking: int = 0


def make_soic(parameters: Mapping[str, float]) -> Asset:
    """Return a small-outline chip, its leads along ±y; slots ``body``, ``lead`` and ``marking``."""
    chip = read_parameters("chip_soic", Soic, parameters)
    size = ((chip.pairs - 1) * SOIC_PITCH_M + 0.0011, chip.body_width_m)
    body = block(size, (0.00015, 0.0017), corner=0.00008, edge=0.00005, taper=0.00012, top_slot=2)
    lead = gull_wing(0.00105, 0.00085, 0.00042, 0.0002)
    leads = [piece for side in (1, 3) for piece in row(lead, chip.pairs, SOIC_PITCH_M, size[1] / 2, side)]
    return _chip(body, leads, size, chip.marking)


def make_qfp(parameters: Mapping[str, float]) -> Asset:
    """Return a quad flat chip; slots ``body``, ``lead`` and ``marking``."""
    chip = read_parameters("chip_qfp", Qfp, parameters)
    side = (chip.side_leads - 1) * chip.pitch_m + 0.0017
    body = block((side, side), (0.0001, 0.0015), corner=0.0003, edge=0.00004, taper=0.0001, top_slot=2)
    lead = gull_wing(0.001, 0.0008, 0.46 * chip.pitch_m, 0.00014)
    leads = [piece for turn in range(4) for piece in row(lead, chip.side_leads, chip.pitch_m, side / 2, turn)]
    return _chip(body, leads, (side, side), chip.marking)


def _chip(body: Solid, leads: list[Solid], size: tuple[float, float], number: int) -> Asset:
    density = 192 / max(size)
    top, images = printed("marking", chip_top(size, number, density), roughness=0.5)
    return finish(join(body, *leads), [epoxy(), tin(), top], images)
