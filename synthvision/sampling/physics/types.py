"""What goes into the physics: bodies that fall, and bodies that stand."""

from __future__ import annotations

from dataclasses import dataclass

from synthvision.sampling.bodies import Body


@dataclass(frozen=True, eq=False)
class Falling:
    """A body about to fall.

    Attributes:
        name: ``<group>/<index>``, for messages.
        body: its shape where it starts, clear of everything else.
        mass_kg: None to take density times volume.
        density_kg_m3: of the material.
        friction: sliding friction; of two bodies the greater counts, the ground has none of its own.
        damping: rate at which it loses speed by itself, 1/s.
    """

    name: str
    body: Body
    mass_kg: float | None = None
    density_kg_m3: float = 1000.0
    friction: float = 0.5
    damping: float = 0.01


@dataclass(frozen=True, eq=False)
class Standing:
    """A body that never moves."""

    body: Body
    friction: float = 0.5
