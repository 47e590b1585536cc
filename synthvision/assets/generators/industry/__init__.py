"""What stands in factories and stores: bins, conveyors, pallets, parts."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family
from synthvision.assets.generators.industry import bin_parts, handling, workpieces

FAMILIES: Mapping[str, Family] = {
    "tote_bin": Family(handling.make_tote_bin, handling.ToteBin),
    "pallet": Family(handling.make_pallet, handling.Pallet),
    "conveyor": Family(handling.make_conveyor, handling.Conveyor),
    "machined_block": Family(workpieces.make_block, workpieces.MachinedBlock),
    "flange": Family(workpieces.make_flange, workpieces.Flange),
    "sheet_bracket": Family(workpieces.make_bracket, workpieces.SheetBracket),
    "t_joint": Family(bin_parts.make_t_joint, bin_parts.TJoint),
    "hook": Family(bin_parts.make_hook, bin_parts.Hook),
    "clip": Family(bin_parts.make_clip, bin_parts.Clip),
    "l_bracket": Family(bin_parts.make_l_bracket, bin_parts.LBracket),
    "connecting_rod": Family(bin_parts.make_connecting_rod, bin_parts.ConnectingRod),
}

__all__ = ["FAMILIES"]
