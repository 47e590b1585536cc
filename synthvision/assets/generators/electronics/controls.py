"""What is pressed, turned or switched: tactile switches, trimmers, relays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import Image8, lettering
from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.electronics.marking import MAKERS, OHMS, grainy
from synthvision.assets.generators.electronics.parts import block, gull_wing, in_slot, row, tin
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import turned
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, lathe, moved
from synthvision.assets.generators.surfaces import hsv, printed, rgb8
from synthvision.assets.generators.wrapping import wrapped_box
from synthvision.assets.types import Asset, Material


@dataclass(frozen=True)
class TactSwitch:
    """A switch of 6 × 6 mm, ``height_m`` to its button's top; ``cap`` 0 black, 1 white, 2 red, 3 yellow, 4 blue."""

    height_m: float = 0.005
    cap: int = 0
    gull_wings: int = 1


@dataclass(frozen=True)
class Trimmer:
    """Single-turn trimming potentiometer with a cross slot, ``size_m`` wide; ``angle_deg`` is where it is set."""

    size_m: float = 0.0066
    height: float = 0.6
    angle_deg: float = 40.0
    value: int = 0


@dataclass(frozen=True)
class Relay:
    """Sugar-cube relay; the print names its coil. ``hue`` 0.58 to 0.62 is the usual blue, ``tone`` its lightness."""

    length_m: float = 0.019
    height_m: float = 0.0155
    hue: float = 0.6
    tone: float = 0.62
    value: int = 0


TRIMMER_HSV = (0.6, 0.77, 0.62)
CAPS = ((0.0, 0.0, 0.09), (0.1, 0.03, 0.9), (0.0, 0.82, 0.72), (0.14, 0.85, 0.9), (0.6, 0.75, 0.7))


def make_tact_switch(parameters: Mapping[str, float]) -> Asset:
    """Return a switch; slots ``body``, ``lead`` (cover and leads) and ``button``."""
    switch = read_parameters("tact_switch", TactSwitch, parameters)
    side, base, grid = 0.006, 0.0032, (-0.0021, 0.0021)
    body = block((side, side), (0.0001, base), corner=0.0005, edge=0.0001)
    plate = (0.97 * side, 0.97 * side)
    cover = block(plate, (base - 0.0001, base + 0.0003), corner=0.0006, edge=0.0001, slot=1)
    rivet = _stud(0.00045, 0.0003, 10)
    rivets = [moved(rivet, (x, y, base + 0.0001)) for x in grid for y in grid]
    button = in_slot(moved(_stud(0.00172, switch.height_m - base, 28), (0.0, 0.0, base)), 2)
    lead = gull_wing(0.0016 if switch.gull_wings else 0.0006, 0.0009, 0.0007, 0.0003)
    leads = [piece for turn in (0, 2) for piece in row(lead, 2, 0.0045, side / 2, turn)]
    plastic = Material("body", (0.014, 0.014, 0.015), roughness=0.5)
    push = Material("button", hsv(*CAPS[switch.cap]), roughness=0.38)
    return finish(join(body, cover, *rivets, button, *leads), [plastic, tin(roughness=0.36), push])


def _stud(radius: float, height: float, columns: int) -> Solid:
    edge = min(0.2 * radius, 0.3 * height)
    profile = filleted([(0.0, 0.0, 0), (radius, 0.0, 0), (radius, height, edge), (0.0, height, 0)], 2)
    return lathe(profile, columns)


def make_trimmer(parameters: Mapping[str, float]) -> Asset:
    """Return a trimmer; slots ``body``, ``lead``, ``rotor``, ``marking`` and ``slit``."""
    pot = read_parameters("trimmer", Trimmer, parameters)
    size, height = pot.size_m, pot.height * pot.size_m
    mark, images = printed("marking", _trimmer_print(size, OHMS[pot.value % len(OHMS)]), roughness=0.4)
    body = block((size, size), (0.0001, height), corner=0.05 * size, edge=0.02 * size, top_slot=3)
    rotor = in_slot(moved(_stud(0.3 * size, 0.06 * size, 24), (0.0, 0.1 * size, height - 0.01 * size)), 2)
    lead = gull_wing(0.2 * size, 0.0006, 0.0006, 0.0002)
    leads = [*row(lead, 2, 0.5 * size, size / 2, 1), *row(lead, 1, 1.0, size / 2, 3)]
    slit = in_slot(rounded_box((0.42 * size, 0.08 * size, 0.01 * size), 0.002 * size, steps=1), 4)
    cross = [turned(slit, 2, pot.angle_deg), moved(turned(slit, 2, pot.angle_deg + 90), (0.0, 0.0, 0.0005 * size))]
    raised = [moved(piece, (0.0, 0.1 * size, height + 0.042 * size)) for piece in cross]
    materials = [
        Material("body", hsv(*TRIMMER_HSV), roughness=0.4),
        tin(),
        Material("rotor", (0.72, 0.7, 0.64), roughness=0.45),
        mark,
        Material("slit", (0.03, 0.03, 0.03), roughness=0.8),
    ]
    return finish(join(body, rotor, *raised, *leads), materials, images)


def _trimmer_print(size: float, text: str) -> Image8:
    picture = Image.new("RGB", (96, 96), rgb8(*TRIMMER_HSV))
    lettering(ImageDraw.Draw(picture), (48, 84), text, (46, 13), (236, 236, 236))
    return grainy(picture, 0.03, round(size * 1e6))


def make_relay(parameters: Mapping[str, float]) -> Asset:
    """Return a relay along x; slot ``body``."""
    relay = read_parameters("relay", Relay, parameters)
    size = (relay.length_m, 0.0153, relay.height_m)
    solid, image = wrapped_box(size, 0.0004, lambda face, wide, high: _relay_face(face, wide, high, relay))
    body, images = printed("body", image, roughness=0.36)
    return finish(solid, [body], images)


def _relay_face(face: str, width: int, height: int, relay: Relay) -> Image.Image:
    picture = Image.new("RGB", (width, height), rgb8(relay.hue, 0.78, relay.tone))
    pen, ink = ImageDraw.Draw(picture), (240, 241, 242)
    volts = (5, 12, 24)[relay.value % 3]
    maker = MAKERS[relay.value % len(MAKERS)]
    lines = [maker, f"SRD-{volts:02d}VDC", "10A 250VAC", "10A 30VDC"] if face in {"+z", "-y"} else []
    for place, text in enumerate(lines):
        room = (0.66 * width, (0.15 if place < 2 else 0.09) * height)  # noqa: PLR2004 - two large lines
        lettering(pen, (width / 2, height * (0.24, 0.47, 0.66, 0.79)[place]), text, room, ink)
    return picture
