"""Pictures that show nothing, and maps with numbers that are none."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.encodings import decode_depth
from synthvision.dataset.faults import DatasetFault
from synthvision.dataset.validate_reading import Decoder, FrameFiles

_DARK, _DARK_SHARE = 8, 0.999
_BRIGHT, _BRIGHT_SHARE = 254, 0.99
_FLAT = 1.0


def finite_faults(frame: FrameFiles) -> Iterator[DatasetFault]:
    """Yield a fault for each map of floats with NaN or infinity in it."""
    for kind, name in frame.kinds.items():
        if name.endswith(".exr"):
            wrong = ~np.isfinite(frame.read(kind, decode_depth))
            if wrong.any():
                row, column = divmod(int(np.flatnonzero(wrong)[0]), frame.record.width_px)
                got = f"{int(wrong.sum())} px that are not (first at column {column}, row {row})"
                yield frame.fault(kind, f"values must be finite, got {got}", "not_finite")


def picture_faults(frame: FrameFiles, decode: Decoder) -> Iterator[DatasetFault]:
    """Yield a suspicion for a picture that is black, burnt out or of one colour; ``faults.MEANINGS`` has the limits."""
    pixels: NDArray[np.uint8] = frame.read("images", decode)
    mean, deviation = (values.ravel() for values in cv2.meanStdDev(np.ascontiguousarray(pixels)))
    # The mean says cheaply that a picture is neither: that share of it would be below, or above, another mean.
    if mean.max() <= _DARK * _DARK_SHARE + 255 * (1 - _DARK_SHARE):
        dark = float((pixels.max(axis=2) <= _DARK).mean())
        if dark >= _DARK_SHARE:
            rule = f"pixels must be above {_DARK} in more than {100 * (1 - _DARK_SHARE):.1f} % of it"
            yield frame.fault("images", f"{rule}, got {100 * (1 - dark):.2f} %", "black_image")
            return
    if mean.min() >= _BRIGHT * _BRIGHT_SHARE:
        bright = float((pixels.min(axis=2) >= _BRIGHT).mean())
        if bright >= _BRIGHT_SHARE:
            rule = f"pixels must be below {_BRIGHT} in more than {100 * (1 - _BRIGHT_SHARE):.0f} % of it"
            yield frame.fault("images", f"{rule}, got {100 * (1 - bright):.2f} %", "burnt_image")
            return
    if deviation.max() < _FLAT:
        rule = f"pixels must differ from their mean by at least {_FLAT:g} of 255"
        yield frame.fault("images", f"{rule}, got {deviation.max():.2f}", "flat_image")
