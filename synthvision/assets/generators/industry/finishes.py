"""What workpieces are made of."""

from __future__ import annotations

from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Material

FINISHES = 4


def machined(name: str, *, roughness: float = 0.32) -> Material:
    """Return milled aluminium."""
    return Material(name, (0.72, 0.73, 0.74), metallic=1.0, roughness=roughness, shader="brushed_metal", wear=0.1)


def workpiece(name: str, finish: int, hue: float = 0.58) -> Material:
    """Return one of ``FINISHES``: 0 machined steel, 1 cast iron, 2 paint of ``hue``, 3 bright zinc."""
    return (
        Material(name, (0.5, 0.51, 0.52), metallic=1.0, roughness=0.34, shader="brushed_metal"),
        Material(name, (0.16, 0.155, 0.15), metallic=0.7, roughness=0.62, wear=0.15),
        Material(name, hsv(hue, 0.6, 0.5), roughness=0.4, shader="painted_metal", wear=0.15),
        Material(name, (0.66, 0.67, 0.7), metallic=1.0, roughness=0.42),
    )[finish]
