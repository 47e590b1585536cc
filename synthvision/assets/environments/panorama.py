"""The geometry of an equirectangular picture: directions, solid angles, luminance.

Row 0 is the zenith. The middle column is seen towards +X, columns further right towards -Y (see ``scene.types.World``).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from synthvision import elementary

Field = NDArray[np.float32]
ROWS = 512
COLUMNS = 1024
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Weights of linear Rec.709."""


@cache
def directions() -> Field:
    """Return the unit direction (H, W, 3) in which each pixel is seen; read-only."""
    elevation = (np.pi / 2 - (np.arange(ROWS) + 0.5) * (np.pi / ROWS))[:, None]
    turn = (((np.arange(COLUMNS) + 0.5) / COLUMNS - 0.5) * 2 * np.pi)[None, :]
    parts = (
        elementary.cos(elevation) * elementary.cos(turn),
        -elementary.cos(elevation) * elementary.sin(turn),
        elementary.sin(elevation) + 0 * turn,
    )
    towards: Field = np.stack(parts, axis=2).astype(np.float32)
    towards.setflags(write=False)
    return towards


def direction(azimuth_deg: float, elevation_deg: float) -> Field:
    """Return a unit vector (3,); azimuth counter-clockwise from +X."""
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    parts = (
        elementary.cos(elevation) * elementary.cos(azimuth),
        elementary.cos(elevation) * elementary.sin(azimuth),
        elementary.sin(elevation),
    )
    return np.array(parts, np.float32)


def solid_angles() -> Field:
    """Return the solid angle of the pixels of each row, (H, 1), steradians; over the whole picture they sum to 4π."""
    bounds = elementary.cos(np.linspace(0.0, np.pi, ROWS + 1))
    angles: Field = ((bounds[:-1] - bounds[1:]) * (2 * np.pi / COLUMNS)).astype(np.float32)[:, None]
    return angles


def mean_luminance(radiance: Field) -> float:
    """Return the mean of the luminance over all directions."""
    return float((elementary.matmul(radiance, LUMINANCE) * solid_angles()).sum(dtype=np.float64) / (4 * np.pi))


def balanced(radiance: Field) -> Field:
    """Scale to a mean luminance of 1, so that environments can be exchanged at one exposure."""
    return (radiance / np.float32(mean_luminance(radiance))).astype(np.float32)
