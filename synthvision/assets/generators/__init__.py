"""Procedural objects: ``GENERATORS[name](parameters)`` returns an ``Asset``; ``PARAMETERS[name]`` names its parameters.

Every object is made of closed shells, stands on z = 0 with its origin at the centre of its base, and is as large as the
real thing. The same parameters give the same bytes. A wrong parameter is an ``AssetError``.
"""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators import (
    ball,
    board_games,
    bolt,
    book,
    bottle,
    bowl,
    box,
    brick,
    can,
    carton,
    cone,
    crate,
    cup,
    die,
    elbow,
    electronics,
    fruit,
    gear,
    industry,
    interior,
    microscopy,
    mug,
    nut,
    outdoors,
    plane,
    plate,
    retail,
    screw,
    spring,
    washer,
)
from synthvision.assets.generators.families import Family, Generator
from synthvision.assets.generators.parameters import parameter_names

_BASICS: Mapping[str, Family] = {
    "ball": Family(ball.make, ball.Ball),
    "bolt": Family(bolt.make, bolt.Bolt),
    "book": Family(book.make, book.Book),
    "bottle": Family(bottle.make, bottle.Bottle),
    "bowl": Family(bowl.make, bowl.Bowl),
    "box": Family(box.make, box.Box),
    "brick": Family(brick.make, brick.Brick),
    "can": Family(can.make, can.Can),
    "carton": Family(carton.make, carton.Carton),
    "cone": Family(cone.make, cone.Cone),
    "crate": Family(crate.make, crate.Crate),
    "cup": Family(cup.make, cup.Cup),
    "die": Family(die.make, die.Die),
    "elbow": Family(elbow.make, elbow.Elbow),
    "gear": Family(gear.make, gear.Gear),
    "mug": Family(mug.make, mug.Mug),
    "nut": Family(nut.make, nut.Nut),
    "plane": Family(plane.make, plane.Plane),
    "plate": Family(plate.make, plate.Plate),
    "screw": Family(screw.make, screw.Screw),
    "spring": Family(spring.make, spring.Spring),
    "washer": Family(washer.make, washer.Washer),
}

FAMILIES: Mapping[str, Family] = {
    **_BASICS,
    **board_games.FAMILIES,
    **electronics.FAMILIES,
    **fruit.FAMILIES,
    **industry.FAMILIES,
    **interior.FAMILIES,
    **microscopy.FAMILIES,
    **outdoors.FAMILIES,
    **retail.FAMILIES,
}

GENERATORS: Mapping[str, Generator] = {name: family.make for name, family in FAMILIES.items()}

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    name: parameter_names(family.parameters) for name, family in FAMILIES.items()
}

__all__ = ["FAMILIES", "GENERATORS", "PARAMETERS", "Family", "Generator"]
