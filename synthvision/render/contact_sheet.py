"""Many small frames on one page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from synthvision.errors import UsageError
from synthvision.labels import Labels
from synthvision.render.lettering import text_size, write_text
from synthvision.render.overlay import Picture, annotated
from synthvision.render.palette import BACKGROUND, FAINT_INK, INK
from synthvision.scene import Scene

_GAP_PX = 8
_TITLE_PX = 18
_NUMBER_PX = 11


@dataclass(frozen=True, eq=False)
class Tile:
    """One frame of the sheet: an (H, W, 3) uint8 image and labels of the same size."""

    frame_index: int
    image: Picture
    labels: Labels


def shrunk(scene: Scene, width_px: int) -> Scene:
    """Return the scene seen by the same camera with fewer pixels, ``width_px`` wide; never with more."""
    camera = scene.camera
    factor = min(width_px / camera.width_px, 1.0)
    width, height = max(round(camera.width_px * factor), 1), max(round(camera.height_px * factor), 1)
    across, down = width / camera.width_px, height / camera.height_px
    small = replace(
        camera,
        width_px=width,
        height_px=height,
        fx=camera.fx * across,
        cx=camera.cx * across,
        fy=camera.fy * down,
        cy=camera.cy * down,
    )
    return replace(scene, camera=small)


def contact_sheet(tiles: Iterable[Tile], title: str, subtitle: str = "", columns: int = 4) -> Picture:
    """Return one (H, W, 3) uint8 page of annotated tiles with their frame numbers under a title line.

    Tiles are taken one at a time, so a generator may make them as they are asked for. Those of
    several cameras may be of several sizes; each is then in the middle of its place.

    Raises:
        UsageError: there is no tile.
    """
    return sheet(((tile.frame_index, annotated(tile.image, tile.labels)) for tile in tiles), title, subtitle, columns)


def sheet(frames: Iterable[tuple[int, Picture]], title: str, subtitle: str = "", columns: int = 4) -> Picture:
    """Do what ``contact_sheet`` says with frames (number, picture) on which everything is drawn already."""
    pictures = [_numbered(number, picture) for number, picture in frames]
    if not pictures:
        raise UsageError("contact sheet: the number of frames must be at least 1, got 0")
    return _with_title(_grid(pictures, min(columns, len(pictures))), title, subtitle)


def _numbered(frame_index: int, shown: Picture) -> Picture:
    picture = shown.copy()
    text = f"#{frame_index}"
    width, height = text_size(text, _NUMBER_PX)
    corner = picture[-height - 4 :, : width + 10]
    corner[:] = cv2.addWeighted(corner, 0.3, np.full_like(corner, BACKGROUND), 0.7, 0.0)
    write_text(picture, text, (5, picture.shape[0] - height - 2), _NUMBER_PX, INK)
    return picture


def _grid(pictures: Sequence[Picture], columns: int) -> Picture:
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    rows = -(-len(pictures) // columns)
    page = np.empty((rows * (height + _GAP_PX), columns * (width + _GAP_PX) + _GAP_PX, 3), np.uint8)
    page[:] = BACKGROUND
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        tall, wide = picture.shape[:2]
        y = row * (height + _GAP_PX) + (height - tall) // 2
        x = column * (width + _GAP_PX) + _GAP_PX + (width - wide) // 2
        page[y : y + tall, x : x + wide] = picture
    return page


def _with_title(page: Picture, title: str, subtitle: str) -> Picture:
    width, height = text_size(title, _TITLE_PX)
    head = np.empty((height + 2 * _GAP_PX + 4, page.shape[1], 3), np.uint8)
    head[:] = BACKGROUND
    write_text(head, title, (_GAP_PX + 2, _GAP_PX + 2), _TITLE_PX, INK)
    small_px = _TITLE_PX - 5
    _, small_height = text_size(subtitle, small_px)
    write_text(head, subtitle, (_GAP_PX + 14 + width, _GAP_PX + 1 + height - small_height), small_px, FAINT_INK)
    return np.concatenate([head, page])
