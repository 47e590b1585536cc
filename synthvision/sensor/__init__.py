"""Linear light → camera image, and perfect depth → measured depth."""

from synthvision.sensor.depth import measure_depth
from synthvision.sensor.develop import develop

__all__ = ["develop", "measure_depth"]
