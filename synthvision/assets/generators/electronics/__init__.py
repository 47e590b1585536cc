"""Printed circuit boards and what is soldered to them."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.electronics import (
    board,
    chips,
    coils,
    connectors,
    controls,
    electrolytic,
    led,
    passives,
)
from synthvision.assets.generators.families import Family

FAMILIES: Mapping[str, Family] = {
    "pcb": Family(board.make, board.Board),
    "chip_soic": Family(chips.make_soic, chips.Soic),
    "chip_qfp": Family(chips.make_qfp, chips.Qfp),
    "resistor_smd": Family(passives.make_resistor, passives.Resistor),
    "capacitor_smd": Family(passives.make_ceramic_capacitor, passives.CeramicCapacitor),
    "capacitor_electrolytic": Family(electrolytic.make, electrolytic.Electrolytic),
    "led": Family(led.make, led.Led),
    "connector_header": Family(connectors.make_header, connectors.Header),
    "usb_port": Family(connectors.make_usb_port, connectors.UsbPort),
    "terminal_block": Family(connectors.make_terminal_block, connectors.TerminalBlock),
    "inductor": Family(coils.make_inductor, coils.Inductor),
    "crystal": Family(coils.make_crystal, coils.Crystal),
    "tact_switch": Family(controls.make_tact_switch, controls.TactSwitch),
    "trimmer": Family(controls.make_trimmer, controls.Trimmer),
    "relay": Family(controls.make_relay, controls.Relay),
}

__all__ = ["FAMILIES"]
