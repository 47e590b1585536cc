"""Rigid bodies come to rest under gravity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.errors import PlacementError
from synthvision.sampling.physics.simulation import Simulation
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.scene.poses import Pose

Points = NDArray[np.float64]

FALL_S = 3.0
"""How long things fall and roll freely after the highest could have come down."""

CALM_S = 2.0
"""How long they are in syrup, at a time."""

CALMINGS = 3
"""How often that is tried."""

SYRUP = 12.0
"""Rate at which speed is lost in it, 1/s: enough to stop what rolls, too little to hold up what falls."""

REST_S = 0.4
"""They are at rest when nothing has moved for so long."""

STILL_M = 1e-3
STILL_SHARES = (0.01, 0.03)
"""What moves less than ``STILL_M`` in a second lies still: that, but within these shares of its size."""

_CERTAINTY = 0.5
"""The share of that which is asked for, so that it still holds in the second after."""

_FAR = 10.0
"""A body this many times its size below the lowest place there is has fallen out of the world."""


def settle(
    falling: Sequence[Falling], standing: Sequence[Standing], *, has_ground: bool, where: str
) -> tuple[Pose, ...]:
    """Let bodies fall until they rest, and return their poses (4, 4), in order.

    Args:
        falling: where they start; clear of each other and of what stands.
        standing: what does not move.
        has_ground: whether there is a plane at z = 0.
        where: for messages: the frame.

    Raises:
        PlacementError: a body falls out of the world, they do not come to rest in bounded time, or touch in too many
            places.
    """
    if not falling:
        return ()
    simulation = Simulation(falling, standing, has_ground=has_ground)
    if not _comes_to_rest(simulation, falling, where):
        limit = simulation.fall_s + FALL_S + CALMINGS * CALM_S
        restless = _restless(simulation, falling)
        raise PlacementError(
            f"{where}: dropped things must come to rest within {limit:.1f} s, got '{restless}',"
            " which still moves; drop fewer, or give them more friction or damping",
            _refusal(restless, "not at rest in time"),
        )
    return simulation.poses()


def _comes_to_rest(simulation: Simulation, falling: Sequence[Falling], where: str) -> bool:
    """Let time pass until nothing moves; at last in syrup, so that what rolls or rocks comes to an end."""
    if _rests(simulation, falling, where, simulation.fall_s + FALL_S):
        return True
    for _ in range(CALMINGS):
        _rests(simulation, falling, where, CALM_S, SYRUP)
        simulation.stop()
        if _rests(simulation, falling, where, 2 * REST_S):
            return True
    return False


def _rests(simulation: Simulation, falling: Sequence[Falling], where: str, limit_s: float, syrup: float = 0.0) -> bool:
    """Let at most so much time pass, and say whether all were at rest in the end."""
    before = simulation.places()
    still = still_m(simulation.sizes_m) * _CERTAINTY * REST_S
    for _ in range(max(1, round(limit_s / REST_S))):
        simulation.step(REST_S, syrup)
        after = simulation.places()
        _check_inside(simulation, falling, where)
        if bool((_moved(before, after, simulation) < still).all()):
            return True
        before = after
    return False


def _restless(simulation: Simulation, falling: Sequence[Falling]) -> str:
    """Return the name of the body that moves most, for what is allowed to it."""
    before = simulation.places()
    simulation.step(REST_S)
    moved = _moved(before, simulation.places(), simulation) / still_m(simulation.sizes_m)
    return falling[int(moved.argmax())].name


def still_m(sizes_m: Points) -> Points:
    """Return how far bodies of these sizes (N,) may move in a second and be said to lie still, metres."""
    least, most = STILL_SHARES
    still: Points = np.clip(STILL_M, least * sizes_m, most * sizes_m)
    return still


def _moved(before: Points, after: Points, simulation: Simulation) -> Points:
    """Return how far each body has moved (N,), metres; turning counts like moving its ends."""
    shift: Points = np.linalg.norm(after[:, :3] - before[:, :3], axis=1)
    turn = 2 * elementary.arccos(np.clip(np.abs((before[:, 3:] * after[:, 3:]).sum(axis=1)), 0.0, 1.0))
    moved: Points = shift + turn / 2 * simulation.sizes_m
    return moved


def _check_inside(simulation: Simulation, falling: Sequence[Falling], where: str) -> None:
    if simulation.is_overfull:
        raise PlacementError(
            f"{where}: dropped things must touch in no more places than there is memory for, got more;"
            " drop fewer, or simpler shapes",
            "dropped objects (place.drop: too many contacts)",
        )
    if not np.isfinite(simulation.places()).all():
        raise PlacementError(
            f"{where}: dropped things must start apart, got some that flew apart; let them fall over a larger region",
            "dropped objects (place.drop: flew apart)",
        )
    deepest = _FAR * float(simulation.sizes_m.max())
    out = np.flatnonzero(simulation.places()[:, 2] < simulation.lowest_m - deepest)
    if len(out):
        lost = falling[int(out[0])].name
        raise PlacementError(
            f"{where}: '{lost}' must come to rest on something, got out of the world falling;"
            " add a ground, or let it fall over what it shall lie in",
            _refusal(lost, "fell out of the world"),
        )


def _refusal(name: str, what: str) -> str:
    """Return what a draw counts as that this thing spoils; ``<group>/<index>`` is its name."""
    return f"objects '{name.rpartition('/')[0]}' (place.drop: {what})"
