"""A shaded ray-cast without Blender: fast enough to look at a recipe, on the same radiance scale as Cycles."""

from synthvision.render.preview.renderer import PreviewRenderer

__all__ = ["PreviewRenderer"]
