from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from synthvision.scene.poses import as_array
from tests.unit.sampling.worlds import group, sampler


def turns(rotation: Any, frames: int = 256) -> np.ndarray:
    """The rotation (N, 3, 3) of a thing in each frame."""
    drawn = sampler(objects=[group(asset="can", rotation=rotation, place={"at_m": [0, 0, 1]})])
    return np.array([as_array(drawn.draw(frame).instances[0].object_to_world)[:3, :3] for frame in range(frames)])


def test_any_is_uniform_on_so3() -> None:
    drawn = turns("any", 512)
    # Moments of the Haar measure: each entry has mean 0 and variance 1/3; two different ones are uncorrelated.
    assert drawn.mean(axis=0) == pytest.approx(np.zeros((3, 3)), abs=0.05)
    entries = drawn.reshape(-1, 9)
    assert entries.T @ entries / len(entries) == pytest.approx(np.eye(9) / 3, abs=0.05)
    # The angle has the density (1 - cos a) / pi: E[trace] = 0 and E[trace^2] = 1.
    traces = np.trace(drawn, axis1=1, axis2=2)
    assert (traces.mean(), (traces**2).mean()) == pytest.approx((0, 1), abs=0.1)


def test_about_turns_by_the_angle_about_the_axis() -> None:
    (turn,) = turns({"about": {"axis": {"towards": [0, 0, 2]}, "angle_deg": 90}}, 1)
    assert turn @ (1, 0, 0) == pytest.approx((0, 1, 0))
    drawn = turns({"about": {"axis": {"sphere": True}, "angle_deg": {"uniform": [20, 40]}}})
    angles = np.degrees(np.arccos((np.trace(drawn, axis1=1, axis2=2) - 1) / 2))
    assert np.sort(angles) == pytest.approx(20 + 20 * (np.arange(256) + 0.5) / 256, abs=0.1)
    axes = np.stack(
        [drawn[:, 2, 1] - drawn[:, 1, 2], drawn[:, 0, 2] - drawn[:, 2, 0], drawn[:, 1, 0] - drawn[:, 0, 1]], axis=1
    )
    axes /= np.linalg.norm(axes, axis=1, keepdims=True)
    # Uniform on the sphere: each coordinate is uniform on [-1, 1] (Archimedes).
    assert np.sort(axes[:, 2]) == pytest.approx(-1 + 2 * (np.arange(256) + 0.5) / 256, abs=0.02)


def test_up_brings_the_assets_up_axis_into_a_direction_and_spins_it() -> None:
    drawn = turns({"up": {"cone": {"angle_deg": 25, "axis": [1, 0, 0]}}})
    up = drawn[:, :, 2]
    assert up[:, 0].min() >= np.cos(np.radians(25))
    # Uniform in solid angle: the cosine is uniform.
    cosines = np.cos(np.radians(25)) + (1 - np.cos(np.radians(25))) * (np.arange(256) + 0.5) / 256
    assert np.sort(up[:, 0]) == pytest.approx(cosines, abs=1e-3)
    assert np.abs(drawn[:, :, 0].mean(axis=0)).max() < 0.1
    (exact,) = turns({"up": {"towards": [0, -3, 0]}}, 1)
    assert exact @ (0, 0, 1) == pytest.approx((0, -1, 0))
    assert np.linalg.det(exact) == pytest.approx(1)
