"""Corners of checkerboards: the picture, its labels and OpenCV's projection are one geometry, to a tenth of a pixel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from synthvision.assets import Material
from synthvision.labels import Labeller, Maps
from synthvision.labels.projection import project
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.scene import Camera, Scene, World
from synthvision.scene.types import Lens
from tests.blender.scenes import at, camera, make_scene, make_store, plane, thing

SIDE_M, SQUARES = 0.05, 8
SQUARE = plane(SIDE_M)
BLACK = Material("black", (0.0, 0.0, 0.0), roughness=1.0, specular=0.0)
WHITE = replace(BLACK, name="white", emission_w_m2=(1.0, 1.0, 1.0))
VIEW = camera(eye=(0.06, -0.22, 0.33), target=(0.01, 0.0, 0.0), size=(320, 240), focal_px=260.0)
BOARDS = {
    "pinhole": VIEW,
    "barrel": replace(VIEW, cx=150.0, lens=Lens("brown_conrady", (-0.3, 0.1, 0.003, -0.002, 0.01))),
    "rational": replace(VIEW, cy=131.0, lens=Lens("brown_conrady", (0.4, -2.2, 0.0003, -0.0001, 1.3, 0.28, -2.0, 1.2))),
    "fisheye": replace(VIEW, fx=220.0, fy=225.0, lens=Lens("kannala_brandt", (0.15, -0.04, 0.01, 0.0))),
    "orthographic": replace(VIEW, fx=600.0, fy=600.0, orthographic=True),
}


@pytest.fixture(scope="module")
def fine() -> Iterator[BlenderRenderer]:
    """A renderer of 192 samples per pixel."""
    made = BlenderRenderer(RenderSettings(192, 0.0, "none", device="cpu"), make_store(SQUARE).as_store())
    yield made
    made.close()


def board(view: Camera) -> Scene:
    """A checkerboard of squares that are things of their own."""
    squares = []
    for row in range(SQUARES):
        for column in range(SQUARES):
            place = at((column + 0.5 - SQUARES / 2) * SIDE_M, (row + 0.5 - SQUARES / 2) * SIDE_M)
            squares.append(thing(f"square/{row}-{column}", SQUARE, place, WHITE if (row + column) % 2 else BLACK))
    return make_scene(*squares, lights=(), world=World((0.0, 0.0, 0.0)), view=view)


def corners_of_board(view: Camera) -> tuple[np.ndarray, np.ndarray]:
    """Return the inner corners in camera axes, and where OpenCV (pixel centres at .5 here) projects them."""
    steps = (np.arange(1, SQUARES) - SQUARES / 2) * SIDE_M
    points = np.array([(x, y, 0.0) for y in steps for x in steps])
    to_camera = np.linalg.inv(np.array(view.camera_to_world))
    seen = points @ to_camera[:3, :3].T + to_camera[:3, 3]
    matrix = np.array([[view.fx, 0, view.cx], [0, view.fy, view.cy], [0, 0, 1.0]])
    if view.orthographic:
        return seen, seen[:, :2] * (view.fx, view.fy) + (view.cx, view.cy)
    lens = view.lens or Lens("brown_conrady", (0.0, 0.0, 0.0, 0.0))
    function: Callable[..., tuple[np.ndarray, np.ndarray]] = (
        cv2.fisheye.projectPoints if lens.model == "kannala_brandt" else cv2.projectPoints
    )
    expected = function(seen[:, None], np.zeros(3), np.zeros(3), matrix, np.array(lens.coefficients))[0]
    return seen, expected.reshape(-1, 2)


def found_corners(picture: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Find corners to a fraction of a pixel in a grey picture, from the whole pixels that they are in."""
    start = np.ascontiguousarray(np.floor(near)[:, None], np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 1e-4)
    found = cv2.cornerSubPix(np.ascontiguousarray(picture * 255, np.float32), start, (4, 4), (-1, -1), criteria)
    return found.reshape(-1, 2) + 0.5


def labelled_corner(scene: Scene, labeller: Labeller, near: np.ndarray) -> np.ndarray:
    """Return where four squares' masks meet, by many rays around a point of the image."""
    size, factor = 48, 40
    view = scene.camera
    middle = np.round(near * 2) / 2
    crop = replace(
        view,
        width_px=size,
        height_px=size,
        fx=view.fx * factor,
        fy=view.fy * factor,
        cx=(view.cx - middle[0]) * factor + size / 2,
        cy=(view.cy - middle[1]) * factor + size / 2,
    )
    seen = labeller.label(replace(scene, camera=crop), maps=Maps()).scene_map
    patches = np.lib.stride_tricks.sliding_window_view(seen, (3, 3)).reshape(size - 2, size - 2, 9)
    sorted_ids = np.sort(patches, axis=2)
    meeting = np.argwhere((np.diff(sorted_ids, axis=2) > 0).sum(axis=2) == 3)
    rows, columns = meeting.mean(axis=0) + 1.5
    return middle + (np.array([columns, rows]) - size / 2) / factor


@pytest.mark.parametrize("name", BOARDS)
def test_corners_of_picture_labels_and_opencv_agree(fine: BlenderRenderer, name: str) -> None:
    scene = board(BOARDS[name])
    seen, expected = corners_of_board(scene.camera)
    inside = ((expected > 8) & (expected < np.array([320, 240]) - 8)).all(axis=1)
    assert inside.sum() >= 25
    seen, expected = seen[inside], expected[inside]
    np.testing.assert_allclose(project(scene.camera, seen), expected, atol=1e-6)

    picture = fine.render(scene).pixels.mean(axis=2)
    assert np.abs(found_corners(picture, expected) - expected).max() < 0.1

    labeller = Labeller(make_store(SQUARE).as_store())
    labelled = np.array([labelled_corner(scene, labeller, near) for near in expected])
    assert np.abs(labelled - expected).max() < 0.1
