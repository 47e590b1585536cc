"""Lenses against OpenCV's own functions, and against what a lens must be: one ray for a point, or none."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from synthvision.scene.lenses import MOST_RAD, distort, largest_slope, undistort
from synthvision.scene.types import Lens

BROWN_CONRADY = {
    "barrel": (-0.3, 0.1, 0.001, -0.002, 0.01),
    "pincushion": (0.15, 0.05, -0.003, 0.002),
    "rational": (0.5, -2.72, 0.0005, -0.0002, 1.59, 0.374, -2.54, 1.52),
    "depth_camera": (5.3, 3.6, 0.001, 0.0, 0.18, 5.6, 5.6, 0.97),
}
KANNALA_BRANDT = {
    "equidistant": (0.0, 0.0, 0.0, 0.0),
    "calibrated": (-0.02, 0.01, -0.003, 0.0004),
    "strong": (0.1, -0.03, 0.002, 0.0),
}
ROWS, COLUMNS = np.mgrid[-0.45:0.45:31j, -0.6:0.6:41j]
IMAGE = np.stack([COLUMNS.ravel(), ROWS.ravel()], axis=1)
NO_MOTION = np.zeros(3), np.zeros(3), np.eye(3)


@pytest.mark.parametrize("name", BROWN_CONRADY)
def test_brown_conrady_is_opencvs(name: str) -> None:
    lens, coefficients = Lens("brown_conrady", BROWN_CONRADY[name]), np.array(BROWN_CONRADY[name])
    rays = undistort(lens, IMAGE)
    identity = np.eye(3)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 500, 1e-13)
    theirs = cv2.undistortPointsIter(IMAGE[:, None], identity, coefficients, identity, identity, criteria)[:, 0]
    np.testing.assert_allclose(rays, theirs, atol=1e-6)
    points = np.concatenate([rays, np.ones((len(rays), 1))], axis=1)
    projected = cv2.projectPoints(points, *NO_MOTION, coefficients)[0][:, 0]
    np.testing.assert_allclose(distort(lens, rays), projected, atol=1e-12)
    np.testing.assert_allclose(distort(lens, rays), IMAGE, atol=1e-9)


@pytest.mark.parametrize("name", KANNALA_BRANDT)
def test_kannala_brandt_is_opencvs(name: str) -> None:
    lens, coefficients = Lens("kannala_brandt", KANNALA_BRANDT[name]), np.array(KANNALA_BRANDT[name])
    image = 2 * IMAGE  # out to 86 degrees
    rays = undistort(lens, image)
    theirs = cv2.fisheye.undistortPoints(image[None], np.eye(3), coefficients)[0]
    seen = ~np.isnan(rays[:, 0])
    assert seen.mean() > 0.95
    np.testing.assert_allclose(rays[seen], theirs[seen], rtol=1e-6, atol=1e-6)
    theirs = cv2.fisheye.distortPoints(rays[seen][None], np.eye(3), coefficients)[0]
    np.testing.assert_allclose(distort(lens, rays[seen]), theirs, atol=1e-12)
    np.testing.assert_allclose(distort(lens, rays[seen]), image[seen], atol=1e-9)


def test_the_middle_of_the_image_sees_along_the_axis() -> None:
    for lens in (Lens("brown_conrady", (-0.3, 0.1, 0.0, 0.0)), Lens("kannala_brandt", (0.1, 0.0, 0.0, 0.0))):
        assert undistort(lens, np.zeros((1, 2))).tolist() == [[0.0, 0.0]]
        assert distort(lens, np.zeros((1, 2))).tolist() == [[0.0, 0.0]]


def test_beyond_the_fold_there_is_no_ray() -> None:
    lens = Lens("brown_conrady", (-0.35, 0.0, 0.0, 0.0))
    fold = math.sqrt(1 / (3 * 0.35))  # where r - 0.35 r³ stops growing
    furthest = fold - 0.35 * fold**3
    assert largest_slope(lens) == pytest.approx(fold, rel=1e-12)
    inside, outside = undistort(lens, np.array([[0.999 * furthest, 0.0], [1.001 * furthest, 0.0]]))
    assert 0.9 * fold < inside[0] < fold
    assert np.isnan(outside).all()
    # Without that, a ray further out would be seen a second time, nearer to the middle.
    assert np.isnan(distort(lens, np.array([[1.01 * fold, 0.0]]))).all()


def test_a_fisheye_sees_to_89_degrees_or_its_own_fold() -> None:
    equidistant = Lens("kannala_brandt", (0.0, 0.0, 0.0, 0.0))
    assert largest_slope(equidistant) == pytest.approx(math.tan(MOST_RAD))
    rays = undistort(equidistant, np.array([[math.radians(88.9), 0.0], [math.radians(89.1), 0.0]]))
    assert rays[0, 0] == pytest.approx(math.tan(math.radians(88.9)), rel=1e-9)
    assert np.isnan(rays[1]).all()
    folded = Lens("kannala_brandt", (-0.3, 0.0, 0.0, 0.0))  # 1 - 0.9 a² = 0
    assert largest_slope(folded) == pytest.approx(math.tan(math.sqrt(1 / 0.9)))


def test_a_pole_of_the_rational_model_ends_it() -> None:
    lens = Lens("brown_conrady", (0.0, 0.0, 0.0, 0.0, 0.0, -0.5, 0.0, 0.0))
    assert largest_slope(lens) == pytest.approx(math.sqrt(2))
