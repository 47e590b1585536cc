"""Scene → Labels, by ray casting: see ``types`` for what each label means."""

from synthvision.labels.labeller import Labeller, label
from synthvision.labels.tracing import Hits
from synthvision.labels.types import InstanceLabel, Labels, Xyxy

__all__ = ["Hits", "InstanceLabel", "Labeller", "Labels", "Xyxy", "label"]
