"""Rigid bodies come to rest under gravity (MuJoCo).

The world is simulated enlarged, so that what falls is about ten centimetres large, under a gravity enlarged as much:
the motion is the same, and the solver's softness, which is made for things of that size, stays far below a hundredth of
theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from synthvision.errors import PlacementError
from synthvision.sampling.bodies import Body
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.scene.poses import Pose

Points = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
SIMULATED_SIZE = 0.1
"""Median longest side of the falling bodies in the simulation, metres."""

STEP_S = 0.002
FALL_S = 3.0
"""How long things fall and roll freely."""

CALM_S = 2.0
"""How long they are in syrup, at a time."""

CALMINGS = 3
"""How often that is tried."""

SYRUP = 12.0
"""Rate at which speed is lost in it, 1/s: enough to stop what rolls, too little to hold up what falls."""

REST_S = 0.4
"""They are at rest when nothing has moved for so long."""

REST_SHARE = 4e-3
"""What moves less than this share of its size in ``REST_S`` is at rest."""

_MARGIN = 2e-4
"""Bodies keep this distance in the simulation, so that its softness does not make them overlap."""

_SLEEPY_M_S = 0.01
"""Heaps that move no faster than this, in the simulation, are put to sleep until something hits them."""

_FAR = 50.0
"""A body this many times its size below the lowest place there is has fallen out of the world."""


@dataclass(frozen=True, eq=False)
class _Mesh:
    """A convex part in the simulation: its name there, corners (N, 3), volume and centre."""

    name: str
    volume: float


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
        PlacementError: a body falls out of the world, or they do not come to rest in bounded time.
    """
    if not falling:
        return ()
    simulation = _Simulation(falling, standing, has_ground=has_ground)
    simulation.run(where)
    return simulation.poses()


class _Simulation:
    """One world in MuJoCo."""

    def __init__(self, falling: Sequence[Falling], standing: Sequence[Standing], *, has_ground: bool) -> None:
        import mujoco  # noqa: PLC0415 (heavy; only where things fall)

        self._mujoco = mujoco
        self._falling = falling
        sizes = np.array([_size(one.body) for one in falling])
        self._zoom = SIMULATED_SIZE / float(np.median(sizes))
        self._sizes = sizes * self._zoom
        self._spec = mujoco.MjSpec()
        self._meshes: dict[tuple[int, float], tuple[_Mesh, ...]] = {}
        self._set_options()
        if has_ground:
            self._spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1], **self._surface(0.5))
        for number, still in enumerate(standing):
            self._add(self._spec.worldbody.add_body(name=f"standing{number}"), still.body, still.friction, None)
        for number, one in enumerate(falling):
            body = self._spec.worldbody.add_body(name=f"falling{number}")
            body.add_freejoint()
            self._add(body, one.body, one.friction, _mass(one))
        self._model = self._spec.compile()
        self._data = mujoco.MjData(self._model)
        self._model.dof_damping[:] = self._dampings()
        lows = [still.body.bounds[0, 2] for still in standing]
        highest = max(one.body.bounds[1, 2] for one in falling)
        lowest = min([0.0, *lows] if has_ground or not lows else lows)
        self._fastest = float(np.sqrt(2 * GRAVITY_M_S2 * max(highest - lowest, 0.0))) * self._zoom
        self._lowest = lowest * self._zoom

    def run(self, where: str) -> None:
        """Step until nothing moves; after ``FALL_S`` in syrup, so that what rolls or rocks comes to an end."""
        if self._come_to_rest(where, FALL_S, 0.0):
            return
        for _ in range(CALMINGS):
            self._come_to_rest(where, CALM_S, SYRUP)
            self._data.qvel[:] = 0.0
            if self._come_to_rest(where, 2 * REST_S, 0.0):
                return
        raise PlacementError(
            f"{where}: dropped things must come to rest within {FALL_S + CALMINGS * CALM_S:g} s, got some that still"
            " move; drop fewer, or give them more friction or damping"
        )

    def _come_to_rest(self, where: str, limit_s: float, syrup: float) -> bool:
        """Step for at most so long, losing speed at a rate of ``syrup`` per second; say whether all were at rest."""
        before = self._places()
        for _ in range(round(limit_s / REST_S)):
            for _ in range(round(REST_S / STEP_S)):
                self._mujoco.mj_step(self._model, self._data)
                self._limit_speed(1.0 - syrup * STEP_S)
            after = self._places()
            self._check_inside(where, after)
            if self._moved(before, after) < REST_SHARE:
                return True
            before = after
        return False

    def poses(self) -> tuple[Pose, ...]:
        """Return where the falling bodies are now, with their scale, in the world's own size."""
        found = []
        for number, one in enumerate(self._falling):
            place = self._data.body(f"falling{number}")
            pose = np.eye(4)
            pose[:3, :3] = place.xmat.reshape(3, 3) * one.body.scale
            pose[:3, 3] = place.xpos / self._zoom
            found.append(pose)
        return tuple(found)

    def _limit_speed(self, factor: float) -> None:
        """Slow everything down by a factor, and what is faster than a fall can make it to that speed.

        Convex parts are a little larger than the mesh, so things can start with an overlap, which would throw them.
        """
        speeds = self._data.qvel.reshape(-1, 6)
        for part, limit in ((speeds[:, :3], self._fastest), (speeds[:, 3:], self._fastest / (SIMULATED_SIZE / 2))):
            pace = np.linalg.norm(part, axis=1, keepdims=True)
            part *= factor * np.minimum(1.0, limit / np.maximum(pace, limit))

    def _set_options(self) -> None:
        option, mujoco = self._spec.option, self._mujoco
        option.timestep = STEP_S
        option.gravity = [0.0, 0.0, -GRAVITY_M_S2 * self._zoom]
        option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        # With elliptic cones, or with more of a hurry against slipping, heaps of small parts never stop trembling.
        option.cone = mujoco.mjtCone.mjCONE_PYRAMIDAL
        option.impratio = 10.0

    def _surface(self, friction: float) -> dict[str, Any]:
        return {
            "condim": 6,
            "friction": [friction, 0.005, 0.002],
            "margin": _MARGIN,
            "solref": [2.5 * STEP_S, 1.0],
            "solimp": [0.95, 0.99, 0.0005, 0.5, 2.0],
        }

    def _add(self, body: Any, placed: Body, friction: float, mass_kg: float | None) -> None:
        """Put a body into the simulation: position, rotation and one geom per convex part."""
        rotation = placed.pose[:3, :3] / placed.scale
        body.pos = placed.pose[:3, 3] * self._zoom
        quaternion = np.empty(4)
        self._mujoco.mju_mat2Quat(quaternion, rotation.ravel())
        body.quat = quaternion
        parts = self._parts(placed)
        whole = sum(part.volume for part in parts)
        for part in parts:
            geom = body.add_geom(
                type=self._mujoco.mjtGeom.mjGEOM_MESH, meshname=part.name, **self._surface(friction)
            )
            if mass_kg is not None:
                geom.mass = mass_kg * part.volume / whole

    def _parts(self, placed: Body) -> tuple[_Mesh, ...]:
        """Return the convex parts of a body at its scale, each in the simulation once."""
        key = id(placed.shape), placed.scale
        if key not in self._meshes:
            size = placed.scale * self._zoom
            made = []
            for number, corners in enumerate(placed.shape.convex_parts):
                mesh = self._spec.add_mesh(name=f"mesh{len(self._meshes)}-{number}")
                mesh.uservert = (corners * size).ravel()
                mesh.inertia = self._mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
                made.append(_Mesh(mesh.name, ConvexHull(corners * size).volume))
            self._meshes[key] = tuple(made)
        return self._meshes[key]

    def _dampings(self) -> Points:
        """Return a damping per degree of freedom: rate times mass, or times moment of inertia."""
        inertias = self._model.body_inertia[-len(self._falling) :]
        masses = self._model.body_mass[-len(self._falling) :]
        rates = np.array([one.damping for one in self._falling])
        linear = np.repeat((rates * masses)[:, None], 3, axis=1)
        turning = np.repeat((rates * inertias.mean(axis=1))[:, None], 3, axis=1)
        damping: Points = np.concatenate([linear, turning], axis=1).ravel()
        return damping

    def _places(self) -> Points:
        """Return position and quaternion (N, 7) of the falling bodies."""
        places: Points = self._data.qpos.reshape(-1, 7).copy()
        return places

    def _moved(self, before: Points, after: Points) -> float:
        """Return how far the fastest body has moved, as a share of its size; turning counts like moving its ends."""
        shift = np.linalg.norm(after[:, :3] - before[:, :3], axis=1) / self._sizes
        turn = 2 * np.arccos(np.clip(np.abs((before[:, 3:] * after[:, 3:]).sum(axis=1)), 0.0, 1.0))
        return float((shift + turn / 2).max())

    def _check_inside(self, where: str, places: Points) -> None:
        if not np.isfinite(places).all():
            raise PlacementError(f"{where}: physics must stay finite, got a body that flew apart; start them farther apart")
        out = np.flatnonzero(places[:, 2] < self._lowest - _FAR * SIMULATED_SIZE)
        if len(out):
            name = self._falling[int(out[0])].name
            raise PlacementError(
                f"{where}: '{name}' must come to rest on something, got out of the world falling;"
                " add a ground, or let it fall over what it shall lie in"
            )


def _size(body: Body) -> float:
    """Return the longest side of a body, metres."""
    low, high = body.shape.bounds
    return float((high - low).max()) * body.scale


def _mass(one: Falling) -> float:
    """Return the mass in kg; without one, density times the volume of the convex parts."""
    if one.mass_kg is not None:
        return one.mass_kg
    volume = sum(ConvexHull(part).volume for part in one.body.shape.convex_parts) * one.body.scale**3
    return one.density_kg_m3 * volume
