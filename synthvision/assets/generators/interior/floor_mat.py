"""A rug or a door mat lying on the floor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from synthvision.assets.generators.boxes import face_uvs, rounded_faces
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import block, centred
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Solid, join, sheet
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.types import Asset, Material, Texture

BORDER = 0.08
FRINGES = 40


@dataclass(frozen=True)
class FloorMat:
    """``fringe`` 1 gives the short sides tassels."""

    width_m: float = 1.2
    depth_m: float = 0.7
    thickness_m: float = 0.01
    fringe: int = 0
    hue: float = 0.02
    saturation: float = 0.5
    value: float = 0.5


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a mat; slots ``body``, ``border`` and ``fringe``."""
    mat = read_parameters("floor_mat", FloorMat, parameters)
    size = (mat.width_m, mat.depth_m, mat.thickness_m)
    edge = BORDER * mat.depth_m
    inner = (mat.width_m - 2 * edge, mat.depth_m - 2 * edge, 0.001)
    pieces = [_felt(size), block(inner, (0.0, 0.0, mat.thickness_m + 0.0002))]
    if mat.fringe:
        pieces += _fringe(mat)
    weave = tuple(
        Texture(
            "generated",
            "fabric",
            (
                ("hue", mat.hue + shift),
                ("second_hue", mat.hue),
                ("saturation", mat.saturation),
                ("tone", share * mat.value),
            ),
        )
        for shift, share in ((0.0, 1.0), (0.05, 0.6))
    )
    return finish(
        centred(join(*pieces)),
        [
            Material("body", (1.0, 1.0, 1.0), roughness=0.95, base_colour_texture=weave[0], uv_scale=3.0, sheen=0.4),
            Material("border", (1.0, 1.0, 1.0), roughness=0.95, base_colour_texture=weave[1], uv_scale=3.0, sheen=0.4),
            Material("fringe", hsv(0.11, 0.2, 0.8), roughness=0.95, shader="fabric"),
        ],
    )


def _felt(size: tuple[float, float, float]) -> Solid:
    faces = rounded_faces(size, 0.45 * size[2], steps=1)
    return join(*(sheet(points, slot=1, uvs=face_uvs(face, points)) for face, points in faces.items()))


def _fringe(mat: FloorMat) -> list[Solid]:
    step = mat.depth_m / FRINGES
    size = (0.03, 0.5 * step, 0.4 * mat.thickness_m)
    x = mat.width_m / 2 + size[0] / 2 + 0.0005
    return [
        block(size, (side * x, (number + 0.5) * step - mat.depth_m / 2, 0.0), slot=2)
        for side in (-1, 1)
        for number in range(FRINGES)
    ]
