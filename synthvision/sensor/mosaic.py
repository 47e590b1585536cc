"""The colour filter: each photosite sees one colour, and the other two are interpolated from its neighbours.

A raw image is (H, W) float32, one value per photosite. A pattern names the filters of the first two pixels of the first
two rows.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.scene.types import Bayer

Image = NDArray[np.float32]

# Along a row, as an (1, N) kernel; a column's is its transpose.
_ACROSS = np.array([[-1, 2, 2, 2, -1]], np.float32) / 4
_SLOPE = np.array([[-1, 0, 1]], np.float32)
_BEND = np.array([[-1, 0, 2, 0, -1]], np.float32)
_SQUARE = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]], np.float32) / 4
_CHANNELS = {"r": 0, "g": 1, "b": 2}

_EVEN = 1e-6
"""Square of the gradient below which a direction counts as even: a thousandth of white."""


def sample(light: Image, pattern: Bayer) -> Image:
    """Return the raw image (H, W) of (H, W, 3): at each pixel the channel that its filter lets through."""
    raw = np.empty(light.shape[:2], np.float32)
    for place, colour in enumerate(pattern):
        row, column = divmod(place, 2)
        raw[row::2, column::2] = light[row::2, column::2, _CHANNELS[colour]]
    return raw


def interpolate(raw: Image, pattern: Bayer) -> Image:
    """Return the picture (H, W, 3) of a raw image, along edges rather than across them; measured values are kept.

    Green at red and blue sites as Hamilton and Adams have it (US patent 5,629,734, 1997): the mean of two neighbours
    and half the bend of the site's own colour, in both directions; here the two are weighed by the inverse squares of
    their gradients instead of choosing one, which noise would do at random. Red and blue then come from bilinear
    interpolation of their difference to green, which changes less than they do. Colours should be balanced before.
    """
    green_sites, red_sites, blue_sites = (_sites(raw.shape, pattern, colour) for colour in "grb")
    green = np.where(green_sites, raw, _green(raw))
    full = np.empty((*raw.shape, 3), np.float32)
    full[..., 1] = green
    difference = raw - green
    for channel, sites in ((0, red_sites), (2, blue_sites)):
        full[..., channel] = green + _filtered(np.where(sites, difference, np.float32(0)), _SQUARE)
    return full


def _green(raw: Image) -> Image:
    """Return what green would be at the sites of red and blue; at those of green it means nothing."""
    across, down = (_filtered(raw, kernel) for kernel in (_ACROSS, _ACROSS.T))
    uneven_across, uneven_down = (
        np.square(np.abs(_filtered(raw, slope)) + np.abs(_filtered(raw, bend))) + np.float32(_EVEN)
        for slope, bend in ((_SLOPE, _BEND), (_SLOPE.T, _BEND.T))
    )
    share = uneven_down / (uneven_across + uneven_down)
    green: Image = down + (across - down) * share
    return green


def _sites(shape: tuple[int, ...], pattern: Bayer, colour: str) -> NDArray[np.bool_]:
    sites = np.zeros(shape, bool)
    for place, filtered in enumerate(pattern):
        sites[place // 2 :: 2, place % 2 :: 2] = filtered == colour
    return sites


def _filtered(plane: Image, kernel: Image) -> Image:
    """Filter a plane that goes on beyond its border as its mirror about the last pixels, which keeps the pattern."""
    return np.asarray(cv2.filter2D(plane, cv2.CV_32F, kernel, borderType=cv2.BORDER_REFLECT_101), np.float32)
