"""How a backdrop fills an image."""

from __future__ import annotations


def backdrop_scale(picture: tuple[int, int], image: tuple[int, int]) -> tuple[float, float]:
    """Return which shares of a picture's width and height are seen, about its middle, when it fills an image.

    Both sizes are (width, height); one of the shares is 1.
    """
    picture_aspect, image_aspect = picture[0] / picture[1], image[0] / image[1]
    return min(1.0, image_aspect / picture_aspect), min(1.0, picture_aspect / image_aspect)
