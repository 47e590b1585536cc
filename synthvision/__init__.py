"""synthvision: a procedural computer-vision scene renderer with exact labels."""

__version__ = "0.1.0"
