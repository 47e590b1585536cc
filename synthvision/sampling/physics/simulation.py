"""A world of rigid bodies in MuJoCo.

It is simulated enlarged, so that what falls is about ten centimetres large and weighs about a tenth of a kilogram, and
as much slower as such things fall (William Froude's similarity: times go with the square root of sizes). The motion is
the same, and the solver's softness, which is made for such things, stays far below a hundredth of their size.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from synthvision.elementary import matmul
from synthvision.sampling.bodies import Body
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.scene.poses import Pose

Points = NDArray[np.float64]

GRAVITY_M_S2 = 9.81
GROUND_FRICTION = 0.0
"""Of two bodies the greater friction counts: on the ground a thing has its own."""

SIMULATED_SIZE = 0.1
"""Median longest side of the falling bodies in the simulation, metres."""

SIMULATED_MASS = 0.1
"""Median mass of the falling bodies in the simulation, kg: blood cells would vanish in rounding."""

STEP_S = 0.001
"""With twice as long steps heaps of small parts never stop trembling."""

_MEMORY = 2**29
"""Bytes at most for the contacts of a step."""

_MARGIN = 2e-4
"""Bodies keep this distance in the simulation, so that its softness does not make them overlap."""

_STRIDE = 0.25
"""Share of the thinnest body's thickness that anything moves in one step: more, and thin things pass through others."""

_LEAST_STRIDE = 2.5e-3
"""The same at least, as a share of the simulated size, so that sheets fall in bounded time."""


class Simulation:
    """One world, and where its falling bodies are in it. Its seconds are those of things ten centimetres large.

    Attributes:
        sizes_m: (N,): longest side of each falling body, metres in the world.
        fall_s: how long the highest body needs to fall to the lowest place at the greatest speed.
        lowest_m: height of that place, metres in the world.
        is_overfull: whether a step had more contacts than there is memory for; where things are is worth nothing then.
    """

    def __init__(self, falling: Sequence[Falling], standing: Sequence[Standing], *, has_ground: bool) -> None:
        import mujoco  # noqa: PLC0415 (heavy; only where things fall)

        mujoco.set_mju_user_warning(_unheard)
        self._mujoco = mujoco
        self._falling = falling
        self.is_overfull = False
        self.sizes_m: Points = np.array([size_of(one.body) for one in falling])
        self._zoom = SIMULATED_SIZE / float(np.median(self.sizes_m))
        masses = np.array([mass_of(one) for one in falling])
        masses *= SIMULATED_MASS / float(np.median(masses))
        self._spec = mujoco.MjSpec()
        self._meshes: dict[tuple[int, float], list[str]] = {}
        self._set_options()
        if has_ground:
            surface = self._surface(GROUND_FRICTION)
            self._spec.worldbody.add_geom(type=mujoco.mjtGeom.mjGEOM_PLANE, size=[0, 0, 1], **surface)
        for number, still in enumerate(standing):
            self._add(f"standing{number}", still.body, still.friction, still.body.shape.fine_parts)
        for number, (one, mass) in enumerate(zip(falling, masses.tolist(), strict=True)):
            body = self._add(f"falling{number}", one.body, one.friction, one.body.shape.convex_parts)
            body.add_freejoint()
            self._weigh(body, one.body, mass)
        self._model = self._spec.compile()
        self._data = mujoco.MjData(self._model)
        self._model.dof_damping[:] = self._dampings()
        floors = [float(still.body.bounds[0, 2]) for still in standing] + ([0.0] if has_ground else [])
        self.lowest_m = min(floors, default=0.0)
        drop_m = max(float(one.body.bounds[1, 2]) for one in falling) - self.lowest_m
        self._fastest = self._pace(drop_m * self._zoom)
        self.fall_s = max(drop_m, 0.0) * self._zoom / self._fastest

    def step(self, seconds: float, syrup: float = 0.0) -> None:
        """Let time pass; speed is lost at a rate of ``syrup`` per second."""
        for _ in range(round(seconds / STEP_S)):
            self._step()
            if self.is_overfull:
                return
            self._limit_speed(1.0 - syrup * STEP_S)

    def _step(self) -> None:
        """Take one step. Without memory for a contact MuJoCo would go on, and things would pass through others."""
        full = self._mujoco.mjtWarning.mjWARN_CONTACTFULL, self._mujoco.mjtWarning.mjWARN_CNSTRFULL
        try:
            self._mujoco.mj_step(self._model, self._data)
        except self._mujoco.FatalError:
            self.is_overfull = True
        else:
            self.is_overfull = any(self._data.warning[kind].number for kind in full)

    def stop(self) -> None:
        """Take all speed from all bodies."""
        self._data.qvel[:] = 0.0

    def places(self) -> Points:
        """Return position in the world, metres, and quaternion (N, 7) of the falling bodies."""
        places: Points = self._data.qpos.reshape(-1, 7).copy()
        places[:, :3] /= self._zoom
        return places

    def poses(self) -> tuple[Pose, ...]:
        """Return the poses (4, 4) of the falling bodies in the world, with their scale."""
        return tuple(self._pose(number, one) for number, one in enumerate(self._falling))

    def _pose(self, number: int, one: Falling) -> Pose:
        place = self.places()[number]
        rotation = np.empty(9)
        self._mujoco.mju_quat2Mat(rotation, place[3:] / np.linalg.norm(place[3:], axis=-1))
        pose = np.eye(4)
        pose[:3, :3] = rotation.reshape(3, 3) * one.body.scale
        pose[:3, 3] = place[:3]
        return pose

    def _set_options(self) -> None:
        option, mujoco = self._spec.option, self._mujoco
        option.timestep = STEP_S
        option.gravity = [0.0, 0.0, -GRAVITY_M_S2]
        option.integrator = mujoco.mjtIntegrator.mjINT_IMPLICITFAST
        option.cone = mujoco.mjtCone.mjCONE_ELLIPTIC
        # Friction harder than contact: heaps stop creeping. Much harder than this, and the solver takes long.
        option.impratio = 30.0
        # Address space, of which only what contacts need is used; heaps of thousands of contacts need more than usual.
        self._spec.memory = _MEMORY
        # The tensor of a thin sheet is impossible by rounding.
        self._spec.compiler.balanceinertia = True

    def _surface(self, friction: float) -> dict[str, Any]:
        return {
            "condim": 6,
            "friction": [friction, 0.005, 0.002],
            "margin": _MARGIN,
            "solref": [2.5 * STEP_S, 1.0],
            "solimp": [0.95, 0.99, 0.0005, 0.5, 2.0],
        }

    def _add(self, name: str, placed: Body, friction: float, parts: Sequence[Points]) -> Any:
        """Put a body into the simulation: position, rotation and one geom per convex part."""
        body = self._spec.worldbody.add_body(name=name)
        body.pos = placed.pose[:3, 3] * self._zoom
        quaternion = np.empty(4)
        self._mujoco.mju_mat2Quat(quaternion, (placed.pose[:3, :3] / placed.scale).ravel())
        body.quat = quaternion
        surface = self._surface(friction)
        for mesh in self._mesh_names(placed, parts):
            body.add_geom(type=self._mujoco.mjtGeom.mjGEOM_MESH, meshname=mesh, **surface)
        return body

    def _mesh_names(self, placed: Body, parts: Sequence[Points]) -> list[str]:
        """Return the names of the convex parts of a body at its scale, each in the simulation once."""
        key = id(parts), placed.scale
        if key not in self._meshes:
            self._meshes[key] = [f"mesh{len(self._meshes)}-{number}" for number in range(len(parts))]
            for name, corners in zip(self._meshes[key], parts, strict=True):
                mesh = self._spec.add_mesh(name=name)
                mesh.uservert = (corners * (placed.scale * self._zoom)).ravel()
                mesh.inertia = self._mujoco.mjtMeshInertia.mjMESH_INERTIA_CONVEX
        return self._meshes[key]

    def _weigh(self, body: Any, placed: Body, mass: float) -> None:
        """Give a body its mass, and spread it as in the mesh."""
        solid, size = placed.shape.solid, placed.scale * self._zoom
        tensor = solid.inertia * (mass / solid.volume_m3 * size**2)
        body.explicitinertial = True
        body.mass = mass
        body.ipos = solid.centre * size
        body.fullinertia = [*np.diag(tensor), tensor[0, 1], tensor[0, 2], tensor[1, 2]]

    def _dampings(self) -> Points:
        """Return a damping per degree of freedom: rate times mass, or times moment of inertia."""
        inertias = self._model.body_inertia[-len(self._falling) :].mean(axis=1)
        masses = self._model.body_mass[-len(self._falling) :]
        rates = np.array([one.damping for one in self._falling])[:, None] / np.sqrt(self._zoom)
        per_body = np.repeat(np.stack([masses, inertias], axis=1), 3, axis=1)
        damping: Points = (rates * per_body).ravel()
        return damping

    def _pace(self, drop_m: float) -> float:
        """Return the greatest speed in the simulation, m/s: that of the longest fall, but none that leaps through."""
        shapes = {id(one.body.shape): one.body for one in self._falling}
        thinnest = min(_thickness(body.shape.convex_parts) * body.scale for body in shapes.values()) * self._zoom
        leap = max(_STRIDE * thinnest, _LEAST_STRIDE * SIMULATED_SIZE) / STEP_S
        return min(leap, float(np.sqrt(2 * GRAVITY_M_S2 * max(drop_m, SIMULATED_SIZE))))

    def _limit_speed(self, factor: float) -> None:
        """Slow everything down by a factor, and what is faster than the greatest speed to that speed.

        That also tames what starts with an overlap of its convex parts, and would be thrown.
        """
        speeds = self._data.qvel.reshape(-1, 6)
        radii = self.sizes_m * (self._zoom / 2)
        for first, limits in ((0, np.full(len(radii), self._fastest)), (3, self._fastest / radii)):
            pace = np.linalg.norm(speeds[:, first : first + 3], axis=1)
            slower = factor * np.minimum(1.0, limits / np.maximum(pace, limits))
            speeds[:, first : first + 3] *= slower[:, None]


def _unheard(_text: str) -> None:
    """Take MuJoCo's warnings, which it would write to a file in the working folder; ``is_overfull`` tells those that
    matter.
    """


def size_of(body: Body) -> float:
    """Return the longest side of a body, metres."""
    low, high = body.shape.bounds
    return float((high - low).max()) * body.scale


def mass_of(one: Falling) -> float:
    """Return the mass in kg; where none is given, density times the volume of the mesh."""
    if one.mass_kg is not None:
        return one.mass_kg
    return one.density_kg_m3 * one.body.shape.solid.volume_m3 * one.body.scale**3


def _thickness(parts: Sequence[Points]) -> float:
    """Return how thick the convex parts of a mesh are, across their faces, in the median."""
    return float(np.median([_least_width(part) for part in parts]))


def _least_width(part: Points) -> float:
    normals = ConvexHull(part).equations[:, :3]
    heights = matmul(part, normals.T)
    return float(np.ptp(heights, axis=0).min())
