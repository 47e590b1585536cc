"""Scene → Labels, by ray casting: see ``types`` for what each label means."""

from synthvision.labels.types import InstanceLabel, Labels, Xyxy

__all__ = ["InstanceLabel", "Labels", "Xyxy"]
