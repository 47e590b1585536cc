"""What stands already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from synthvision.sampling.bodies import Body, near, shifted, touch
from synthvision.sampling.shapes import Points

LIFT_M = 2e-5
"""A thing is lifted by so much when it is tested against what it stands on, which it does touch."""

_FIRST = 64
"""Bodies that there is room for at first; the room doubles when it is full."""


class Arrangement:
    """The bodies that stand already, by group and in order.

    Attributes:
        bodies: all of them.
        solid: those that were not strewn.
        balls: (M, 4): centre and radius of each that was, metres.
    """

    def __init__(self) -> None:
        self.bodies: list[Body] = []
        self.solid: list[Body] = []
        self.balls: Points = np.empty((0, 4))
        self._bounds: Points = np.empty((_FIRST, 2, 3))
        self._groups: dict[str, list[Body]] = {}

    def copy(self) -> Arrangement:
        """Return another with the same bodies, to which more can be added."""
        other = Arrangement()
        other.bodies, other.solid, other.balls = [*self.bodies], [*self.solid], self.balls
        other._bounds = self._bounds.copy()
        other._groups = {name: [*bodies] for name, bodies in self._groups.items()}
        return other

    @property
    def groups(self) -> Mapping[str, Sequence[Body]]:
        """The bodies by group."""
        return self._groups

    @property
    def bounds(self) -> Points:
        """(N, 2, 3): the boxes of all bodies, metres."""
        return self._bounds[: len(self.bodies)]

    def add(self, group: str, body: Body) -> None:
        """Let a body stand where it is."""
        self.solid.append(body)
        self._add(group, [body], body.bounds[None])

    def strew(self, group: str, bodies: Sequence[Body], bounds: Points, balls: Points) -> None:
        """Let bodies lie where they are, of which only balls (N, 4: centre and radius) keep others of their kind away.

        ``bounds`` (N, 2, 3) are their boxes.
        """
        self.balls = np.concatenate([self.balls, balls])
        self._add(group, bodies, bounds)

    def _add(self, group: str, bodies: Sequence[Body], bounds: Points) -> None:
        start, end = len(self.bodies), len(self.bodies) + len(bodies)
        while end > len(self._bounds):
            self._bounds = np.concatenate([self._bounds, np.empty_like(self._bounds)])
        self._bounds[start:end] = bounds
        self.bodies.extend(bodies)
        self._groups.setdefault(group, []).extend(bodies)

    def of_group(self, group: str) -> Sequence[Body]:
        """Return the bodies of a group that stand already."""
        return self._groups.get(group, ())

    def near(self, bounds: Points, margin_m: float) -> list[Body]:
        """Return the bodies whose box comes nearer than the margin to a box (2, 3)."""
        return [self.bodies[index] for index in near(bounds, self.bounds, margin_m)]

    def is_free(
        self, body: Body, clearance_m: float, support: Body | None = None, close: Collection[Body] = ()
    ) -> bool:
        """Say whether a body would be clear of all others, and would only stand on its support.

        Those ``close`` to it may come nearer than the clearance, but not touch it.
        """
        others = (other for other in self.near(body.bounds, clearance_m) if other is not support)
        if any(touch(body, other, 0.0 if other in close else clearance_m) for other in others):
            return False
        return support is None or not touch(shifted(body, (0.0, 0.0, LIFT_M)), support)
