"""The frozen hand-over between rooms: see ``types`` for what a Scene is."""

from synthvision.scene.types import (
    Camera,
    Decal,
    DepthSensor,
    Instance,
    Lens,
    Light,
    Matrix,
    Scene,
    SensorSettings,
    Vector,
    World,
)

__all__ = [
    "Camera",
    "Decal",
    "DepthSensor",
    "Instance",
    "Lens",
    "Light",
    "Matrix",
    "Scene",
    "SensorSettings",
    "Vector",
    "World",
]
