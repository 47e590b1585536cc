"""Patterns that lie flat on a surface, on meshes of any shape: seen along the axis that the surface faces most."""

from __future__ import annotations

from dataclasses import dataclass

from synthvision.render.blender.shaders.wiring import Socket, Wiring

_TOP = 0.7
"""A surface faces along z from here on, the z of its normal; about 45°."""


@dataclass(frozen=True)
class Facing:
    """The mesh's own normal, and 1 or 0 for whether it is nearest to z, and for whether to x rather than to y."""

    normal: Socket
    up: Socket
    sideways: Socket


def facing(wiring: Wiring) -> Facing:
    """Return where the mesh's surface faces in its own frame."""
    normal = wiring.node("ShaderNodeTexCoord").outputs["Normal"]
    x, y, z = wiring.parts(wiring.vector("ABSOLUTE", normal))
    return Facing(normal, wiring.math("GREATER_THAN", z, _TOP), wiring.math("GREATER_THAN", x, y))


def flattened(wiring: Wiring, point: Socket) -> Socket:
    """Return (u, v, 0) on the face of the box around the point: (x, y) on top, (x, z) or (y, z) at the sides."""
    face = facing(wiring)
    x, y, z = wiring.parts(point)
    side = wiring.mix(face.sideways, x, y)
    return wiring.joined(wiring.mix(face.up, side, x), wiring.mix(face.up, z, y))
