"""A rounded box with a picture on each face, all in one image."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from synthvision.assets.generators.artwork import Image8, pixels
from synthvision.assets.generators.boxes import face_uvs, rounded_faces
from synthvision.assets.generators.solids import Points, Solid, join, sheet

Draw = Callable[[str, int, int], Image.Image]
LONGEST_PX = 512
_ROWS = (("+x", "-x", "+y", "-y"), ("+z", "-z"))


def wrapped_box(size: Sequence[float], radius: float, draw: Draw) -> tuple[Solid, Image8]:
    """Return a box standing on z = 0 and its picture; ``draw(face, width_px, height_px)`` paints one face upright."""
    density = LONGEST_PX / max(size)
    faces = rounded_faces(size, radius)
    spans = {face: _span(face, size) for face in faces}
    tiles = {face: draw(face, *(max(8, round(side * density)) for side in spans[face])) for face in faces}
    width = max(sum(tiles[face].width for face in row) for row in _ROWS)
    height = sum(max(tiles[face].height for face in row) for row in _ROWS)
    picture = Image.new("RGB", (width, height))
    pieces, top = [], 0
    for row in _ROWS:
        left = 0
        for face in row:
            tile = tiles[face]
            picture.paste(tile, (left, top))
            share = _share(face, faces[face], spans[face])
            corner = np.array([left, top + tile.height], np.float64)
            inset = share * (np.array([tile.width, tile.height]) - 1.0) + 0.5
            place = (corner + inset * [1.0, -1.0]) / [width, height]
            pieces.append(sheet(faces[face], uvs=place * [1.0, -1.0] + [0.0, 1.0]))
            left += tile.width
        top += max(tiles[face].height for face in row)
    return join(*pieces), pixels(picture)


def _span(face: str, size: Sequence[float]) -> tuple[float, float]:
    x, y, z = size
    return {"x": (y, z), "y": (x, z), "z": (x, y)}[face[1]]


def _share(face: str, points: Points, span: tuple[float, float]) -> Points:
    """Return how far across and up its face each point lies, 0…1."""
    flat = face_uvs(face, points)
    lower = np.array([span[0] / 2, span[1] / 2 if face[1] == "z" else 0.0])
    share: Points = np.clip((flat + lower) / np.asarray(span), 0.0, 1.0)
    return share
