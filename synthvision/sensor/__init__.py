"""Linear light → camera image: exposure, shot and read noise, the view transform, 8 bits."""

from synthvision.sensor.develop import develop

__all__ = ["develop"]
