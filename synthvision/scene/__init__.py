"""The frozen hand-over between rooms: see ``types`` for what a Scene is."""

from synthvision.scene.types import (
    Camera,
    Decal,
    DepthSensor,
    Instance,
    Keypoint,
    Lens,
    Light,
    Matrix,
    Mix,
    Scene,
    SensorSettings,
    Symmetry,
    Traits,
    Vector,
    World,
)

__all__ = [
    "Camera",
    "Decal",
    "DepthSensor",
    "Instance",
    "Keypoint",
    "Lens",
    "Light",
    "Matrix",
    "Mix",
    "Scene",
    "SensorSettings",
    "Symmetry",
    "Traits",
    "Vector",
    "World",
]
