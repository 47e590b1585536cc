"""Scene → Labels, by ray casting: see ``types`` for what each label means."""

from synthvision.labels.labeller import Labeller, label
from synthvision.labels.normals import world_normals
from synthvision.labels.points import back_projected
from synthvision.labels.tracing import Hits
from synthvision.labels.types import (
    ALL_MAPS,
    SURFACE_MAPS,
    Coverage,
    InstanceLabel,
    KeypointLabel,
    Labels,
    Maps,
    Xyxy,
)

__all__ = [
    "ALL_MAPS",
    "SURFACE_MAPS",
    "Coverage",
    "Hits",
    "InstanceLabel",
    "KeypointLabel",
    "Labeller",
    "Labels",
    "Maps",
    "Xyxy",
    "back_projected",
    "label",
    "world_normals",
]
