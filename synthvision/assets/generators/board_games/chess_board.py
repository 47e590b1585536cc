"""A chess board: squares of two woods, or printed vinyl, in a border."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from synthvision.assets.generators.artwork import Image8, Ink, lettering, pixels
from synthvision.assets.generators.boxes import face_uvs, rounded_faces
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import join, sheet
from synthvision.assets.generators.surfaces import printed
from synthvision.assets.srgb import srgb_decode_value
from synthvision.assets.textures.noise import Field, fractal, picture, series
from synthvision.assets.types import Asset, Material

SQUARES = 8
TOP_PX = 896
GRAIN_PX = 512
COLOURS: tuple[tuple[Ink, Ink, Ink], ...] = (
    ((226, 190, 136), (122, 78, 46), (104, 64, 38)),
    ((236, 206, 150), (140, 62, 36), (120, 50, 30)),
    ((232, 212, 172), (58, 44, 38), (50, 38, 34)),
    ((214, 172, 112), (150, 100, 56), (198, 154, 98)),
    ((236, 228, 200), (50, 102, 68), (236, 228, 200)),
    ((240, 238, 230), (34, 36, 40), (240, 238, 230)),
)
"""Light squares, dark squares, border: walnut, mahogany, wenge, plain beech; green and black vinyl."""
FIRST_VINYL = 4


@dataclass(frozen=True)
class ChessBoard:
    """``border`` is a share of a square; with ``notation`` 1 it bears a-h and 1-8. ``colours`` of ``COLOURS``."""

    square_m: float = 0.055
    border: float = 0.45
    thickness_m: float = 0.014
    colours: int = 0
    notation: int = 1
    grain: float = 0.5
    gloss: float = 0.4
    variant: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a board centred on the origin, its square a1 (dark) at -x and -y; slots ``top`` and ``sides``."""
    board = read_parameters("chess_board", ChessBoard, parameters)
    side = board.square_m * (SQUARES + 2 * board.border)
    edge = min(0.0015, 0.3 * board.thickness_m)
    pieces = []
    for face, points in rounded_faces((side, side, board.thickness_m), edge).items():
        flat = face_uvs(face, points)
        uvs = np.clip(flat / side + 0.5, 0.0, 1.0) if face == "+z" else flat
        pieces.append(sheet(points, slot=int(face != "+z"), uvs=uvs))
    vinyl = board.colours >= FIRST_VINYL
    top, images = printed("top", _picture(board), roughness=0.6 - 0.4 * board.gloss, coat=0.0 if vinyl else 0.3)
    border = COLOURS[board.colours % len(COLOURS)][2]
    red, green, blue = (srgb_decode_value(channel / 255) for channel in border)
    sides = Material("sides", (red, green, blue), roughness=0.6 - 0.3 * board.gloss)
    return finish(join(*pieces), [top, sides if vinyl else replace(sides, shader="wood")], images)


def _picture(board: ChessBoard) -> Image8:
    """Draw the top, north (rank 8) above."""
    light, dark, border = COLOURS[board.colours % len(COLOURS)]
    lines = np.round(TOP_PX * (board.border + np.arange(SQUARES + 1)) / (SQUARES + 2 * board.border)).astype(int)
    shade = _grain(board, lines)
    tone = np.empty((TOP_PX, TOP_PX, 3), np.float32)
    tone[:] = border
    for row in range(SQUARES):
        for column in range(SQUARES):
            place = slice(lines[row], lines[row + 1]), slice(lines[column], lines[column + 1])
            tone[place] = light if (row + column) % 2 == 0 else dark
    sheet_image = Image.fromarray(picture(tone * shade[..., None]))
    pen = ImageDraw.Draw(sheet_image)
    ink = dark if sum(border) > sum(dark) else light
    pen.rectangle((lines[0] - 4, lines[0] - 4, lines[-1] + 3, lines[-1] + 3), outline=ink, width=2)
    if board.notation:
        _notation(pen, lines, ink)
    return pixels(sheet_image)


def _notation(pen: ImageDraw.ImageDraw, lines: NDArray[np.int64], ink: Ink) -> None:
    room = float(lines[0]) * 0.5
    middles = (lines[1:] + lines[:-1]) / 2
    near, far = lines[0] * 0.5, TOP_PX - lines[0] * 0.5
    for number, middle in enumerate(middles.tolist()):
        for across in (near, far):
            lettering(pen, (middle, across), "abcdefgh"[number], (room, room), ink)
            lettering(pen, (across, middle), str(SQUARES - number), (room, room), ink)


def _grain(board: ChessBoard, lines: NDArray[np.int64]) -> Field:
    """Return brightness about 1 (TOP_PX, TOP_PX): each square its own piece of wood, grain along the files."""
    shade = np.ones((TOP_PX, TOP_PX), np.float32)
    if board.colours >= FIRST_VINYL:
        return shade
    fibre = fractal(GRAIN_PX, board.variant + 5, slope=0.6, high=90, stretch=(1.0, 16.0))
    broad = fractal(GRAIN_PX, board.variant + 9, slope=1.4, high=20, stretch=(1.0, 6.0))
    wood = np.float32(0.05) * fibre + np.float32(0.06) * broad
    chance = series(3 * SQUARES * SQUARES, board.variant + 1).reshape(3, SQUARES, SQUARES)
    span = int(np.diff(lines).max())
    shade += np.float32(board.grain) * np.resize(wood, shade.shape)
    for row in range(SQUARES):
        for column in range(SQUARES):
            x, y = (chance[:2, row, column] * (GRAIN_PX - span)).astype(int)
            high, wide = lines[row + 1] - lines[row], lines[column + 1] - lines[column]
            piece = wood[y : y + high, x : x + wide] + np.float32(0.14) * (chance[2, row, column] - np.float32(0.5))
            place = slice(lines[row], lines[row + 1]), slice(lines[column], lines[column + 1])
            shade[place] = 1 + np.float32(board.grain) * piece
    return shade
