"""The colour filter and its interpolation: exact where it can be, and better than bilinear where it cannot."""

import cv2
import numpy as np
import pytest

from synthvision.render.types import Radiance
from synthvision.scene import SensorSettings
from synthvision.sensor import develop
from synthvision.sensor.mosaic import interpolate, sample

PATTERNS = ["rggb", "bggr", "grbg", "gbrg"]
FINE = 8
GREY_EDGE = ((0.1, 0.1, 0.1), (0.8, 0.8, 0.8))
COLOUR_EDGE = ((0.6, 0.15, 0.1), (0.1, 0.3, 0.6))


def chart(law, size=(120, 160)):
    """Return (H, W, 3) light: the mean of law(x, y) → (..., 3) over each pixel; (0, 0) is the middle."""
    height, width = size
    y, x = ((np.arange(n * FINE) + 0.5) / FINE - n / 2 for n in (height, width))
    values = law(x[None, :], y[:, None])
    return values.reshape(height, FINE, width, FINE, 3).mean(axis=(1, 3)).astype(np.float32)


def edge(colours, degrees):
    angle = np.radians(degrees)
    return chart(lambda x, y: np.where((x * np.cos(angle) + y * np.sin(angle) > 0)[..., None], *colours))


def zone_plate():
    light = chart(lambda x, y: (0.5 + 0.4 * np.cos((x * x + y * y) * np.pi / 280))[..., None].repeat(3, axis=2))
    return light * np.array([1.0, 0.9, 0.7], np.float32)


def print_on_paper():
    """Return dark, red and green letters, as they are on a label."""
    page = np.full((960, 1280, 3), (230, 220, 200), np.uint8)
    lines = ("Hamburgefonstiv", (20, 20, 40)), ("0123456789 AQRW", (160, 30, 30)), ("the quick brown", (20, 90, 20))
    for row, (text, colour) in enumerate(lines):
        cv2.putText(page, text, (30, 200 + 280 * row), cv2.FONT_HERSHEY_DUPLEX, 4, colour, 12, cv2.LINE_AA)
    return cv2.resize((page / 255) ** 2.2, (160, 120), interpolation=cv2.INTER_AREA).astype(np.float32)


def bilinear(raw, pattern):
    """The mean of the nearest two or four photosites of each colour, the simplest method and the yardstick here."""
    full = np.empty((*raw.shape, 3), np.float32)
    for channel, colour in enumerate("rgb"):
        sites = np.zeros(raw.shape, np.float32)
        for place, filtered in enumerate(pattern):
            sites[place // 2 :: 2, place % 2 :: 2] = filtered == colour
        kernel = np.array([[0, 1, 0], [1, 4, 1], [0, 1, 0]] if colour == "g" else [[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 4
        full[..., channel] = cv2.filter2D(raw * sites, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101)
    return full


def psnr(picture, truth):
    """Return dB of the picture as it is shown: encoded with a gamma of 2.2, without the border."""
    shown, wanted = (np.clip(part[4:-4, 4:-4], 0, 1) ** (1 / 2.2) for part in (picture, truth))
    return -10 * np.log10(np.square(shown - wanted).mean())


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("size", [(8, 8), (11, 14), (12, 9), (31, 17)])
def test_plain_colour_survives_exactly(pattern, size):
    colour = np.array([0.2, 0.5, 0.7], np.float32)
    light = np.broadcast_to(colour, (*size, 3)).copy()
    raw = sample(light, pattern)
    assert raw.shape == size
    for place, name in enumerate(pattern):
        assert (raw[place // 2 :: 2, place % 2 :: 2] == colour["rgb".index(name)]).all()
    np.testing.assert_allclose(interpolate(raw, pattern), light, atol=1e-6)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("slope", [(0.0, 1.0), (1.0, 0.0), (0.6, 0.8)])
def test_a_ramp_is_interpolated_exactly_inside(pattern, slope):
    y, x = np.mgrid[:33, :47].astype(np.float32)
    ramp = (slope[0] * y + slope[1] * x)[..., None] * np.array([0.01, 0.008, 0.005], np.float32) + np.float32(0.05)
    inside = interpolate(sample(ramp, pattern), pattern)[3:-3, 3:-3]
    np.testing.assert_allclose(inside, ramp[3:-3, 3:-3], atol=1e-6)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_was_measured_is_kept(pattern):
    light = np.random.default_rng(1).random((21, 26, 3), np.float32)  # noqa: TID251 - fixed numbers
    raw = sample(light, pattern)
    np.testing.assert_allclose(sample(interpolate(raw, pattern), pattern), raw, atol=1e-6)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(
    ("light", "gain_db"),
    [
        (edge(GREY_EDGE, 8), 20.0),
        (edge(GREY_EDGE, 30), 7.0),
        (edge(GREY_EDGE, 45), 1.0),
        (edge(GREY_EDGE, 83), 20.0),
        (edge(((0.7, 0.05, 0.05), (0.8, 0.8, 0.8)), 70), 4.0),
        (zone_plate(), 4.5),
        (print_on_paper(), 5.5),
    ],
    ids=["edge 8", "edge 30", "edge 45", "edge 83", "red edge", "zone plate", "print"],
)
def test_it_is_better_than_bilinear_by_so_much(pattern, light, gain_db):
    raw = sample(light, pattern)
    assert psnr(interpolate(raw, pattern), light) > psnr(bilinear(raw, pattern), light) + gain_db


@pytest.mark.parametrize("pattern", PATTERNS)
def test_between_opposite_colours_it_is_hardly_worse(pattern):
    """Where green falls as red rises, no method that relies on both going together can gain."""
    light = edge(COLOUR_EDGE, 8)
    raw = sample(light, pattern)
    assert psnr(interpolate(raw, pattern), light) > psnr(bilinear(raw, pattern), light) - 0.8


def test_an_edge_is_no_zipper():
    """Along an upright grey edge, all rows show the same, and grey: zippers alternate and are tinted."""
    light = edge(GREY_EDGE, 0)
    light[:, 80] = 0.4
    for method, least, most in ((interpolate, 0.0, 1e-3), (bilinear, 0.05, 1.0)):
        column = method(sample(light, "rggb"), "rggb")[20:100, 77:84]
        zipper = np.abs(np.diff(column, axis=0)).max()
        tint = np.ptp(column, axis=2).max()
        assert least <= zipper <= most
        assert least <= tint <= most


def test_noise_is_not_made_stronger():
    dice = np.random.default_rng(3)  # noqa: TID251 - fixed numbers
    raw = np.float32(0.3) + np.float32(0.02) * dice.standard_normal((200, 200), np.float32)
    assert (interpolate(raw, "rggb").std(axis=(0, 1)) < 0.02).all()


def test_edges_of_a_grey_thing_have_no_fringes_under_a_cast_that_white_balance_takes_away():
    """Balance comes before interpolation: after it, the fringes would be of 90 levels."""
    light = edge(GREY_EDGE, 20) * np.array([0.5, 1.0, 0.4], np.float32)
    settings = SensorSettings(view="linear", bayer="rggb", white_balance=(2.0, 1.0, 2.5))
    tints = np.ptp(develop(Radiance(light), settings)[4:-4, 4:-4].astype(int), axis=2)
    assert tints.max() <= 15
    assert tints.mean() < 0.5
