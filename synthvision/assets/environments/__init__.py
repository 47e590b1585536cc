"""Procedural surroundings: ``ENVIRONMENTS[name](parameters)`` returns linear light (H, W, 3) float32, equirectangular.

Row 0 is the zenith, the middle column is seen towards +X, columns further right towards -Y. The mean luminance over all
directions is 1, but for ``daylight``, which is as bright as the hour, and ``gradient``, which has the colours given.
``ENVIRONMENT_PARAMETERS[name]`` names its parameters; a wrong one is an ``AssetError``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from synthvision.assets.environments import daylight, gradient, rooms, sky
from synthvision.assets.generators.parameters import parameter_names

EnvironmentGenerator = Callable[[Mapping[str, float]], NDArray[np.float32]]

ENVIRONMENTS: Mapping[str, EnvironmentGenerator] = {
    "daylight": daylight.daylight,
    "gradient": gradient.gradient,
    "overcast": sky.overcast,
    "room": rooms.room,
    "studio": rooms.studio,
    "sunny": sky.sunny,
    "warehouse": rooms.warehouse,
}

ENVIRONMENT_PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "daylight": parameter_names(daylight.Daylight),
    "gradient": parameter_names(gradient.Gradient),
    "overcast": parameter_names(sky.Overcast),
    "room": parameter_names(rooms.Room),
    "studio": parameter_names(rooms.Studio),
    "sunny": parameter_names(sky.Sunny),
    "warehouse": parameter_names(rooms.Warehouse),
}

__all__ = ["ENVIRONMENTS", "ENVIRONMENT_PARAMETERS", "EnvironmentGenerator"]
