"""Procedural objects: ``GENERATORS[name](parameters)`` returns an ``Asset``; ``PARAMETERS[name]`` names its parameters.

Every object is made of closed shells, stands on z = 0 with its origin at the centre of its base, and is as large as the
real thing. The same parameters give the same bytes. A wrong parameter is an ``AssetError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from synthvision.assets.generators import (
    ball,
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
    gear,
    mug,
    nut,
    plane,
    plate,
    screw,
    spring,
    washer,
)
from synthvision.assets.generators.parameters import parameter_names
from synthvision.assets.types import Asset

Generator = Callable[[Mapping[str, float]], Asset]

GENERATORS: Mapping[str, Generator] = {
    "ball": ball.make,
    "bolt": bolt.make,
    "book": book.make,
    "bottle": bottle.make,
    "bowl": bowl.make,
    "box": box.make,
    "brick": brick.make,
    "can": can.make,
    "carton": carton.make,
    "cone": cone.make,
    "crate": crate.make,
    "cup": cup.make,
    "die": die.make,
    "elbow": elbow.make,
    "gear": gear.make,
    "mug": mug.make,
    "nut": nut.make,
    "plane": plane.make,
    "plate": plate.make,
    "screw": screw.make,
    "spring": spring.make,
    "washer": washer.make,
}

PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "ball": parameter_names(ball.Ball),
    "bolt": parameter_names(bolt.Bolt),
    "book": parameter_names(book.Book),
    "bottle": parameter_names(bottle.Bottle),
    "bowl": parameter_names(bowl.Bowl),
    "box": parameter_names(box.Box),
    "brick": parameter_names(brick.Brick),
    "can": parameter_names(can.Can),
    "carton": parameter_names(carton.Carton),
    "cone": parameter_names(cone.Cone),
    "crate": parameter_names(crate.Crate),
    "cup": parameter_names(cup.Cup),
    "die": parameter_names(die.Die),
    "elbow": parameter_names(elbow.Elbow),
    "gear": parameter_names(gear.Gear),
    "mug": parameter_names(mug.Mug),
    "nut": parameter_names(nut.Nut),
    "plane": parameter_names(plane.Plane),
    "plate": parameter_names(plate.Plate),
    "screw": parameter_names(screw.Screw),
    "spring": parameter_names(spring.Spring),
    "washer": parameter_names(washer.Washer),
}

__all__ = ["GENERATORS", "PARAMETERS", "Generator"]
