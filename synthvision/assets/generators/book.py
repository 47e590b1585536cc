"""A hardback book lying on its back cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision.assets.generators.artwork import Print, book_cover, page_edges
from synthvision.assets.generators.boxes import face_uvs, rounded_faces
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.outlines import filleted
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, moved, sheet
from synthvision.assets.generators.surfaces import paper, printed
from synthvision.assets.types import Asset

BOARD_M = 0.0028
SQUARE_M = 0.0035
"""How far the cover stands out over the pages."""


@dataclass(frozen=True)
class Book:
    """``width_m`` along x with the spine at -x, ``height_m`` along y with the top of the page at +y."""

    width_m: float = 0.15
    height_m: float = 0.22
    thickness_m: float = 0.03
    label_hue: float = 0.0
    label_layout: int = 0
    label_word: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a book of two shells; slots ``cover`` (printed outside), ``lining`` (inside and edges) and ``pages``."""
    book = read_parameters("book", Book, parameters)
    outer, length = _cover_line(book, 0.0)
    height_px = 700
    per_metre = height_px / book.height_m
    total = int(length[-1] * per_metre)
    spine = (int((book.width_m - BOARD_M) * per_metre), int((length[-1] - book.width_m + BOARD_M) * per_metre))
    design = Print(book.label_hue, book.label_layout, book.label_word)
    cover, images = printed("cover", book_cover(total, height_px, spine, design), roughness=0.4)
    pages, more = printed("pages", page_edges(64, 256), roughness=0.9)
    solid = join(_cover(book, outer, length), _pages(book))
    return finish(solid, [cover, paper("lining", (0.75, 0.72, 0.66)), pages], {**images, **more})


def _cover_line(book: Book, inset: float) -> tuple[Points, Points]:
    """Return the cover's line in (x, z), from the lower right edge round the spine, and the length along it."""
    left, right = -book.width_m / 2 + inset, book.width_m / 2
    low, high = inset, book.thickness_m - inset
    bulge = 0.0025
    line = filleted(
        [
            (right, low, 0.0),
            (left + bulge, low, 0.003),
            (left, (low + high) / 2, 10.0),
            (left + bulge, high, 0.003),
            (right, high, 0.0),
        ],
        steps=6,
    )
    return line, np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])


def _cover(book: Book, outer: Points, length: Points) -> Solid:
    """Return the case: outside and inside run along the line, its edges join them."""
    inner, _ = _cover_line(book, BOARD_M)
    half = book.height_m / 2
    back, front = _raised(outer, half), _raised(outer, -half)
    inner_back, inner_front = _raised(inner, half), _raised(inner, -half)
    share = length / length[-1]
    uvs = np.stack([np.stack([share, 0 * share], axis=1), np.stack([share, 0 * share + 1], axis=1)])
    outside = sheet(np.stack([front, back]), uvs=uvs)
    inside = sheet(np.stack([inner_back, inner_front]), slot=1)
    edges = [
        sheet(np.stack([inner_front, front]), slot=1),
        sheet(np.stack([back, inner_back]), slot=1),
        sheet(np.stack([np.stack([inner_front[0], front[0]]), np.stack([inner_back[0], back[0]])]), slot=1),
        sheet(np.stack([np.stack([front[-1], inner_front[-1]]), np.stack([back[-1], inner_back[-1]])]), slot=1),
    ]
    return join(outside, inside, *edges)


def _raised(line: Points, y: float) -> Points:
    return np.stack([line[:, 0], np.full(len(line), y), line[:, 1]], axis=1)


def _pages(book: Book) -> Solid:
    """Return the block of pages, a hair away from the boards."""
    thick = book.thickness_m - 2 * BOARD_M - 0.0002
    size = (book.width_m - BOARD_M - SQUARE_M - 0.004, book.height_m - 2 * SQUARE_M, thick)
    pieces = []
    for face, points in rounded_faces(size, 0.0004, 1).items():
        uvs = face_uvs(face, points) * [4.0, 1.0 / thick]
        pieces.append(sheet(points, slot=2, uvs=uvs))
    shift = (book.width_m / 2 - SQUARE_M - size[0] / 2, 0.0, BOARD_M + 0.0001)
    return moved(join(*pieces), shift)
