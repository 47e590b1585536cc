"""Linear light → camera image, and perfect depth → measured depth."""

from synthvision.sensor.depth import measure_depth
from synthvision.sensor.develop import develop
from synthvision.sensor.slope import levels_per_light

__all__ = ["develop", "levels_per_light", "measure_depth"]
