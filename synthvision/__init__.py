"""synthvision: a procedural computer-vision scene renderer with exact labels.

The names below are imported when they are first used, so that ``import synthvision`` stays light.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from synthvision.errors import (
        AssetError,
        DatasetError,
        DeviceError,
        FrameError,
        PlacementError,
        RecipeError,
        RejectedError,
        RenderError,
        RunError,
        SynthvisionError,
        UsageError,
    )
    from synthvision.labels import Labels, label
    from synthvision.recipe import load_recipe
    from synthvision.recipe.model import Recipe
    from synthvision.run.cluster.engine import Cluster
    from synthvision.run.in_memory import frames
    from synthvision.run.messages import Frame
    from synthvision.run.one_frame import sample_scene
    from synthvision.run.rendering import render_dataset
    from synthvision.run.shards import Shard
    from synthvision.run.summary import Interrupted, Progress, RunSummary
    from synthvision.scene import Scene

_HOMES = {
    "synthvision.errors": (
        "AssetError",
        "DatasetError",
        "DeviceError",
        "FrameError",
        "PlacementError",
        "RecipeError",
        "RejectedError",
        "RenderError",
        "RunError",
        "SynthvisionError",
        "UsageError",
    ),
    "synthvision.labels": ("Labels", "label"),
    "synthvision.recipe": ("load_recipe",),
    "synthvision.recipe.model": ("Recipe",),
    "synthvision.run.cluster.engine": ("Cluster",),
    "synthvision.run.in_memory": ("frames",),
    "synthvision.run.messages": ("Frame",),
    "synthvision.run.one_frame": ("sample_scene",),
    "synthvision.run.rendering": ("render_dataset",),
    "synthvision.run.shards": ("Shard",),
    "synthvision.run.summary": ("Interrupted", "Progress", "RunSummary"),
    "synthvision.scene": ("Scene",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "AssetError",
    "Cluster",
    "DatasetError",
    "DeviceError",
    "Frame",
    "FrameError",
    "Interrupted",
    "Labels",
    "PlacementError",
    "Progress",
    "Recipe",
    "RecipeError",
    "RejectedError",
    "RenderError",
    "RunError",
    "RunSummary",
    "Scene",
    "Shard",
    "SynthvisionError",
    "UsageError",
    "frames",
    "label",
    "load_recipe",
    "render_dataset",
    "sample_scene",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'synthvision' has no attribute '{name}'")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
