"""What workpieces are made of."""

from __future__ import annotations

from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Material

FINISHES = 4


def aluminium(name: str, finish: int, roughness: float = 0.32) -> Material:
    """Return aluminium: 0 milled, with the tool's lines, 1 blasted, 2 as cast, with its skin of oxide and sand."""
    return (
        Material(
            name,
            (0.4, 0.405, 0.41),
            metallic=1.0,
            roughness=roughness,
            anisotropy=0.5,
            shader="brushed_metal",
            scratches=0.1,
        ),
        Material(name, (0.36, 0.365, 0.37), metallic=1.0, roughness=0.2 + roughness),
        Material(
            name, (0.25, 0.25, 0.245), metallic=0.8, roughness=0.3 + roughness, shader="concrete", shader_scale=0.35
        ),
    )[finish]


def workpiece(name: str, finish: int, hue: float = 0.58) -> Material:
    """Return one of ``FINISHES``: 0 machined steel, 1 cast iron, 2 paint of ``hue``, 3 bright zinc."""
    return (
        Material(name, (0.44, 0.445, 0.45), metallic=1.0, roughness=0.34, anisotropy=0.4, shader="brushed_metal"),
        Material(name, (0.16, 0.155, 0.15), metallic=0.7, roughness=0.62, wear=0.15),
        Material(name, hsv(hue, 0.6, 0.5), roughness=0.4, shader="painted_metal", wear=0.15),
        Material(name, (0.5, 0.51, 0.535), metallic=1.0, roughness=0.42),
    )[finish]
