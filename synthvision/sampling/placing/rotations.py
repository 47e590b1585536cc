"""How a thing is turned before it is put somewhere."""

from __future__ import annotations

import math
from typing import Literal

from synthvision.recipe.things import About, Angles, Rotation, Turn, UpTowards
from synthvision.sampling.bodies import Body
from synthvision.sampling.draws import Draws, rotation_about
from synthvision.sampling.groups import Thing
from synthvision.scene.poses import (
    Pose,
    multiply,
    rotation_between,
    rotation_x,
    rotation_y,
    rotation_z,
    scaling,
)

_UP = (0.0, 0.0, 1.0)


def turned(thing: Thing, default: Rotation) -> Body:
    """Return a thing with its size and rotation, its origin at the world's; ``default`` where it declares none."""
    return scaled(thing, rotation_of(thing, default))


def scaled(thing: Thing, rotation: Pose) -> Body:
    """Return a thing with its size and this rotation, its origin at the world's."""
    return Body(thing.look.shape, multiply(rotation, scaling(thing.scale)))


def rotation_of(thing: Thing, default: Rotation) -> Pose:
    """Draw the rotation of a thing."""
    declared = default if thing.rotation is None else thing.rotation
    match declared:
        case "upright" | "stable":
            yaw = rotation_z(yaw_of(thing))
            return yaw if declared == "upright" else multiply(yaw, stable_pose(thing))
        case _:
            return whole_rotation(declared, thing)


def yaw_of(thing: Thing) -> float:
    """Draw the turn about the vertical of what stands, radians."""
    return 2 * math.pi * thing.draws.uniform(f"{thing.name}/rotation/yaw")


def stable_pose(thing: Thing) -> Pose:
    """Draw one of the poses in which the mesh rests."""
    poses = thing.look.shape.stable_poses
    return poses[thing.draws.pick([pose.probability for pose in poses], f"{thing.name}/rotation/pose")].rotation


def whole_rotation(declared: Literal["any"] | Angles | About | UpTowards, thing: Thing) -> Pose:
    """Draw a rotation that has no turn of its own about the vertical."""
    name = f"{thing.name}/rotation"
    match declared:
        case Angles():
            return _by_angles(declared, thing.draws, name)
        case About(about=turn):
            return _about(turn, thing.draws, name)
        case UpTowards(up=direction):
            spin = rotation_z(2 * math.pi * thing.draws.uniform(f"{name}/yaw"))
            return multiply(rotation_between(_UP, thing.draws.direction(direction, f"{name}/up")), spin)
        case _:
            return thing.draws.rotation(name)


def _about(turn: Turn, draws: Draws, name: str) -> Pose:
    axis = draws.direction(turn.axis, f"{name}/axis")
    return rotation_about(axis, math.radians(draws.number(turn.angle_deg, f"{name}/angle_deg")))


def _by_angles(angles: Angles, draws: Draws, name: str) -> Pose:
    yaw, pitch, roll = (
        math.radians(draws.number(number, f"{name}/{part}"))
        for part, number in (
            ("yaw_deg", angles.yaw_deg),
            ("pitch_deg", angles.pitch_deg),
            ("roll_deg", angles.roll_deg),
        )
    )
    return multiply(rotation_z(yaw), rotation_y(pitch), rotation_x(roll))
