"""Cars, vans and box trucks. The front looks towards +x; the origin is under the middle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import BLACK, WHITE, WORDS, Image8, lettering, pixels
from synthvision.assets.generators.boxes import rounded_box
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, bar, block, centred, spread_over, turned
from synthvision.assets.generators.outdoors.bodywork import PAINT, TRIM, UNDER, Bodywork, body_shell
from synthvision.assets.generators.outdoors.vehicle_lines import CARS, TRUCK_CAB, VAN, stretched
from synthvision.assets.generators.outdoors.wheels import rim_picture, wheel
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, moved
from synthvision.assets.generators.surfaces import Colour, hsv, printed, rgb8, rubber
from synthvision.assets.types import Asset, Material

TYRE, RIM, PLATE = 6, 7, 8
"""Slots after those of the body."""
CARGO = 9
PAINTS: tuple[tuple[float, float, float], ...] = (
    (0.1, 0.02, 0.93),
    (0.6, 0.02, 0.62),
    (0.6, 0.05, 0.35),
    (0.6, 0.05, 0.06),
    (0.1, 0.02, 0.86),
    (0.61, 0.75, 0.45),
    (0.99, 0.88, 0.62),
    (0.58, 0.45, 0.65),
    (0.33, 0.5, 0.25),
    (0.1, 0.3, 0.62),
    (0.05, 0.85, 0.75),
    (0.14, 0.85, 0.88),
)
"""Paints as HSV: white, silver, grey, black, white, blue, red, light blue, green, beige, orange, yellow."""


@dataclass(frozen=True)
class Car:
    """``style``: 0 saloon, 1 hatchback, 2 sport utility; ``paint`` of 12; ``rim`` of 3."""

    length_m: float = 4.3
    style: int = 1
    paint: int = 6
    rim: int = 0
    plate: int = 0
    dirt: float = 0.1


@dataclass(frozen=True)
class Van:
    """A panel van; ``word`` is what is written on its sides, from 12 on nothing."""

    length_m: float = 5.4
    paint: int = 0
    word: int = 0
    hue: float = 0.6
    dirt: float = 0.15


@dataclass(frozen=True)
class Truck:
    """A truck with a box; ``box_m`` is the box's length, ``box_tone`` its brightness."""

    box_m: float = 5.6
    paint: int = 5
    box_tone: float = 0.9
    word: int = 0
    hue: float = 0.6
    dirt: float = 0.2


def make_car(parameters: Mapping[str, float]) -> Asset:
    """Return a car.

    Slots ``body``, ``glass``, ``trim``, ``lamps``, ``rear_lamps``, ``under``, ``tyres``, ``rims`` and ``plates``.
    """
    car = read_parameters("car", Car, parameters)
    body = stretched(CARS[car.style], car.length_m)
    pieces = [body_shell(body), *_running_gear(body, 0.21), *_mirrors(body), *_handles(body), *_plates(body)]
    materials, images = _materials(car.paint, car.rim, car.plate, car.dirt)
    return finish(centred(turned(join(*pieces), 2, 180)), materials, images)


def make_van(parameters: Mapping[str, float]) -> Asset:
    """Return a van; slots as a car's, and ``cargo`` for the lettering."""
    van = read_parameters("van", Van, parameters)
    body = stretched(VAN, van.length_m)
    pieces = [body_shell(body), *_running_gear(body, 0.22), *_mirrors(body), *_handles(body), *_plates(body)]
    materials, images = _materials(van.paint, 2, van.word, van.dirt)
    if van.word < len(WORDS):
        pieces += _lettered_sides(body)
    sign, more = printed("cargo", _livery(van.word, van.hue, PAINTS[van.paint]), roughness=0.35)
    return finish(centred(turned(join(*pieces), 2, 180)), [*materials, sign], {**images, **more})


def make_truck(parameters: Mapping[str, float]) -> Asset:
    """Return a truck; slots as a car's, and ``cargo`` for the box."""
    truck = read_parameters("truck", Truck, parameters)
    cab_end = TRUCK_CAB.ends[1]
    rear = cab_end + 0.12 + truck.box_m
    axle = rear - 0.3 * truck.box_m
    box = moved(rounded_box((truck.box_m, 2.5, 2.55), 0.02, steps=1, slot=CARGO), (rear - truck.box_m / 2, 0.0, 1.08))
    box = spread_over(box, (0, 2), (rear, 1.08), (rear - truck.box_m, 3.63))
    pieces = [
        body_shell(TRUCK_CAB),
        *_running_gear(TRUCK_CAB, 0.3),
        *_mirrors(TRUCK_CAB),
        *_plates(TRUCK_CAB),
        box,
        *_chassis(cab_end, rear, axle),
        *(wheel((axle, side * 0.93, 0.48), 0.48, 0.55, slots=(TYRE, RIM), columns=22) for side in (-1, 1)),
    ]
    materials, images = _materials(truck.paint, 2, truck.word, truck.dirt)
    side, more = printed("cargo", _livery(truck.word, truck.hue, (0.1, 0.02, truck.box_tone)), roughness=0.4)
    return finish(centred(turned(join(*pieces), 2, 180)), [*materials, side], {**images, **more})


def _materials(paint: int, rim: int, plate: int, dirt: float) -> tuple[list[Material], dict[str, Image8]]:
    colour: Colour = hsv(*PAINTS[paint])
    wheels, rims = printed("rims", rim_picture(rim), roughness=0.3, metallic=0.5)
    plates, numbers = printed("plates", _number_plate(plate), roughness=0.4)
    metallic = 0.5 if paint in (1, 2, 7) else 0.0
    body = Material("body", colour, metallic=metallic, roughness=0.3, coat=0.8, shader="painted_metal", dust=dirt)
    return [
        body,
        Material("glass", (0.012, 0.014, 0.015), roughness=0.04, specular=0.6, coat=0.4),
        Material("trim", hsv(0.0, 0.0, 0.12), roughness=0.55, shader="plastic"),
        Material("lamps", (0.75, 0.77, 0.8), metallic=0.3, roughness=0.08, coat=0.8),
        Material("rear_lamps", hsv(0.99, 0.95, 0.55), roughness=0.1, coat=0.7),
        Material("under", hsv(0.0, 0.0, 0.08), roughness=0.9, specular=0.2),
        rubber("tyres", hsv(0.0, 0.0, 0.11)),
        wheels,
        plates,
    ], {**rims, **numbers}


def _running_gear(body: Bodywork, width: float) -> list[Solid]:
    """Return the wheels, and what fills the room between them."""
    half = max(value for _, value in body.width)
    pieces = []
    for axle in body.axles:
        for side in (-1, 1):
            centre = (axle, side * (half - width / 2 - 0.012), body.tyre)
            pieces.append(wheel(centre, body.tyre, width, slots=(TYRE, RIM), columns=22))
        tall = body.tyre + body.arch - 0.03 - body.sill
        pieces.append(
            block((2 * body.arch - 0.02, 2 * (half - width - 0.04), tall), (axle, 0.0, body.sill), slot=UNDER)
        )
    return pieces


def _mirrors(body: Bodywork) -> list[Solid]:
    """Return the two mirrors, at the front end of the first side window."""
    x = body.sides[0][0] + 0.1
    belt, half = _value(body.belt, x), _value(body.width, x)
    size = (0.1, 0.2, 0.13)
    pieces = []
    for side in (-1, 1):
        pieces.append(moved(rounded_box(size, 0.035, steps=2, slot=PAINT), (x, side * (half + 0.09), belt + 0.02)))
        pieces.append(block((0.05, 0.12, 0.03), (x, side * (half - 0.03), belt + 0.03), slot=TRIM))
    return pieces


def _handles(body: Bodywork) -> list[Solid]:
    """Return a handle at the rear end of each door."""
    pieces = []
    for seam in body.seams[1:]:
        belt, half = _value(body.belt, seam), _value(body.width, seam)
        for side in (-1, 1):
            place = (seam - 0.13, side * (0.992 * half + 0.002), belt - 0.105)
            pieces.append(moved(rounded_box((0.17, 0.036, 0.024), 0.008, steps=1, slot=TRIM), place))
    return pieces


def _plates(body: Bodywork) -> list[Solid]:
    """Return the number plates; the front one stands at the first end."""
    first, last = body.ends
    z = body.sill + 0.14
    size = (0.02, 0.52, 0.11)
    pieces = []
    for x, side in ((first - 0.05 - 0.006, -1.0), (last + 0.05 + 0.006, 1.0)):
        plate = block(size, (x, 0.0, z if side < 0 else z + 0.1), slot=PLATE)
        base = z if side < 0 else z + 0.1
        pieces.append(spread_over(plate, (1, 2), (-side * 0.26, base), (side * 0.26, base + 0.11)))
    return pieces


def _value(line: Sequence[tuple[float, float]], x: float) -> float:
    """Return the value of the nearest point of a line before ``x``."""
    return max((pair for pair in line if pair[0] <= x), key=lambda pair: pair[0])[1]


def _chassis(front: float, rear: float, axle: float) -> list[Solid]:
    """Return frame, tank, guard rails, rear bumper with lamps."""
    middle, length = (front + rear) / 2 - 0.25, rear - front + 0.5
    rails = [block((length, 0.12, 0.26), (middle, side * 0.42, 0.74), slot=UNDER) for side in (-1, 1)]
    bumper = block((0.12, 2.3, 0.12), (rear - 0.1, 0.0, 0.48), slot=TRIM)
    lamps = [block((0.04, 0.3, 0.13), (rear + 0.01, side * 0.95, 0.9), slot=4) for side in (-1, 1)]
    guards = [
        block((axle - 0.75 - front - 0.4, 0.03, 0.12), ((axle - 0.75 + front + 0.4) / 2, side * 1.18, z), slot=TRIM)
        for side in (-1, 1)
        for z in (0.52, 0.8)
    ]
    hangers = [block((0.08, 1.6, 0.3), (rear - 0.12, 0.0, 0.6 + APART_M), slot=UNDER)]
    tank = bar((front + 0.6, -0.8, 0.68), (front + 1.5, -0.8, 0.68), 0.27, columns=16, slot=TRIM)
    flaps = [block((0.02, 0.56, 0.5), (axle + 0.62, side * 0.93, 0.28), slot=UNDER) for side in (-1, 1)]
    cooler = block((0.45, 1.5, 0.45), (front - 0.15, 0.0, 3.0), slot=UNDER)
    return [*rails, bumper, *lamps, *guards, *hangers, tank, *flaps, cooler]


def _lettered_sides(body: Bodywork) -> list[Solid]:
    """Return thin panels on the sides of a van's cargo room."""
    start, end = body.sides[0][1] + 0.45, body.ends[1] - 0.5
    half = max(value for _, value in body.width)
    size = (end - start, 0.02, 0.5)
    pieces = []
    for side in (-1, 1):
        panel = block(size, ((start + end) / 2, side * (0.985 * half + 0.004), 0.82), slot=CARGO)
        low, high = (start, end) if side < 0 else (end, start)
        pieces.append(spread_over(panel, (0, 2), (low, 0.82), (high, 1.32)))
    return pieces


def _livery(word: int, hue: float, ground: tuple[float, float, float]) -> Image8:
    """Draw the side of a box: a firm's name and a stripe, or nothing from word 12 on."""
    width, height = 768, 320
    paper = rgb8(*ground)
    picture = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(picture)
    if word < len(WORDS):
        ink = rgb8(hue, 0.8, 0.55) if sum(paper) > 300 else WHITE  # noqa: PLR2004 - light enough for dark letters
        pen.polygon([(0, 250), (width, 190), (width, 232), (0, 292)], fill=rgb8(hue + 0.1, 0.7, 0.8))
        lettering(pen, (width / 2, 112), WORDS[word], (0.8 * width, 120), ink)
        lettering(pen, (width / 2, 205), "logistics & transport", (0.5 * width, 34), ink)
    return pixels(picture)


def _number_plate(number: int) -> Image8:
    picture = Image.new("RGB", (260, 56), (240, 240, 236))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 26, 56), fill=(20, 60, 150))
    pen.rectangle((0, 0, 259, 55), outline=BLACK, width=2)
    letters = "ABCDEFGHKLMNPRSTVXYZ"
    code = f"{letters[number * 7 % 20]}{letters[number * 11 % 20]} {(number * 7919 + 1234) % 9000 + 1000}"
    lettering(pen, (144, 28), code, (205, 38), BLACK)
    return pixels(picture)
