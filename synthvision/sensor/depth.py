"""From perfect depth to what a depth camera would have measured."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator, Philox  # noqa: TID251 - keyed by the frame's seed alone, so still addressed
from numpy.typing import NDArray

from synthvision import elementary
from synthvision.errors import RenderError
from synthvision.scene import Camera, DepthSensor

Depth = NDArray[np.float32]

_GRAZING_LOSS = 4.0
"""A surface seen edge-on loses so many times the share of pixels more than one seen face-on."""

_EDGE_SHARE = 0.05
"""Neighbours whose depths differ by more than this share are on two sides of an edge."""


def measure_depth(depth: Depth, camera: Camera, sensor: DepthSensor) -> Depth:
    """Return the depth (H, W) float32 that the sensor gives for a perfect depth (m, 0 where nothing is), 0 where none.

    ``stereo``: z becomes a disparity f b / z, which gets noise and is rounded to ``disparity_step_px``, so noise and
    steps of z are z² / (f b) times those (Khoshelham and Oude Elberink, Sensors 12, 2012); what the second eye,
    ``baseline_m`` to the right, does not see has none (the shadow beside edges). ``time_of_flight``: noise in
    proportion to z, as that of photons of its own lamp is, and pixels at edges that lie between both sides. Both lose
    pixels at random, more where the surface is seen at a grazing angle, and all that is out of range. The same input
    gives the same bytes.

    Raises:
        RenderError: ``stereo`` with an orthographic camera, whose rays have no disparity.
    """
    if sensor.model == "stereo" and camera.orthographic:
        raise RenderError("depth_sensor: model must be time_of_flight for an orthographic camera, got 'stereo'")
    dice = Generator(Philox(key=sensor.seed % 2**128))
    measured = _stereo(depth, camera, sensor, dice) if sensor.model == "stereo" else _flight(depth, sensor, dice)
    lost = dice.random(depth.shape, np.float32) < sensor.dropout * (1 + _GRAZING_LOSS * _grazing(depth, camera))
    out = (measured < sensor.near_m) | (measured > sensor.far_m) | (depth <= 0) | lost
    measured[out] = 0.0
    return measured


def _stereo(depth: Depth, camera: Camera, sensor: DepthSensor, dice: Generator) -> Depth:
    seen = depth > 0
    reach = np.float32(camera.fx * sensor.baseline_m)
    disparity = np.divide(reach, depth, out=np.zeros_like(depth), where=seen)
    shadow = in_shadow(disparity)
    disparity += np.float32(sensor.noise_px) * dice.standard_normal(depth.shape, dtype=np.float32)
    step = np.float32(sensor.disparity_step_px)
    steps = np.rint(disparity / step)
    return np.divide(reach, steps * step, out=np.zeros_like(depth), where=seen & ~shadow & (steps > 0))


def in_shadow(disparity: Depth) -> NDArray[np.bool_]:
    """Say for each pixel of a disparity map (H, W), pixels, whether the right eye does not see it.

    Pixel x is at x - d in the right image. It is hidden there if one further right, and nearer, lands at or before its
    place; or it is outside.
    """
    columns = np.arange(disparity.shape[1], dtype=np.float32) + np.float32(0.5)
    places = columns - disparity
    least_right = np.full_like(places, np.inf)
    least_right[:, :-1] = np.minimum.accumulate(places[:, :0:-1], axis=1)[:, ::-1]
    hidden: NDArray[np.bool_] = (least_right <= places) | (places < 0)
    return hidden


def _flight(depth: Depth, sensor: DepthSensor, dice: Generator) -> Depth:
    noise = dice.standard_normal(depth.shape, dtype=np.float32) * np.float32(sensor.noise_share)
    mix = dice.random(depth.shape, np.float32)
    measured: Depth = depth * (1 + noise)
    for shift, axis in ((1, 0), (1, 1)):
        other = np.roll(depth, shift, axis)
        other[(0,) if axis == 0 else (slice(None), 0)] = depth[(0,) if axis == 0 else (slice(None), 0)]
        edge = (np.abs(other - depth) > _EDGE_SHARE * depth) & (other > 0) & (depth > 0)
        np.copyto(measured, depth + mix * (other - depth), where=edge)
    return measured


def _grazing(depth: Depth, camera: Camera) -> Depth:
    """Return (H, W) from 0 where a surface faces the camera to 1 where it is seen edge-on, from the depth's slope."""
    down, across = np.gradient(depth)
    slope = elementary.hypot(across * camera.fx, down * camera.fy) / np.maximum(depth, 1e-6)
    grazing: Depth = (1 - 1 / np.sqrt(1 + slope**2)).astype(np.float32)
    return grazing


__all__ = ["measure_depth"]
