"""What lies under a microscope; a micrometre is modelled as a millimetre."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family
from synthvision.assets.generators.microscopy import red_cells, white_cells

FAMILIES: Mapping[str, Family] = {
    "red_blood_cell": Family(red_cells.make_red_cell, red_cells.RedCell),
    "infected_red_blood_cell": Family(red_cells.make_infected_cell, red_cells.InfectedCell),
    "white_blood_cell": Family(white_cells.make_white_cell, white_cells.WhiteCell),
    "platelet": Family(white_cells.make_platelet, white_cells.Platelet),
}

__all__ = ["FAMILIES"]
