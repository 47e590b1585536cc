"""From light to numbers: the colour sensor and the depth sensor."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from synthvision.recipe.distributions import Number, Range
from synthvision.recipe.legal import Flag, Legal, Section


class WhiteBalance(Section):
    """By gains, or by the temperature of the light that is to look white."""

    temperature_k: Annotated[Number | None, Legal(1000, 40000)] = None
    """light of this colour becomes white"""
    red: Annotated[Number, Legal(0, open=True)] = 1.0
    """gain"""
    blue: Annotated[Number, Legal(0, open=True)] = 1.0
    """gain"""


class Sensor(Section):
    """From linear light to 8 bits. Noise is in electrons at a full well of ``full_well_e``.

    A read noise of 0 and ``shot_noise: false`` is a noiseless camera.
    """

    exposure_ev: Number = 0.0
    """brightness, in stops"""
    auto_exposure: Annotated[Number | None, Legal(0, 1, open=True)] = None
    """brings the picture's mean (logarithmic) to this linear value, before `exposure_ev`; 0.18 is middle grey"""
    white_balance: WhiteBalance | None = None
    """none by default"""
    view: Literal["srgb", "filmic", "linear"] = "filmic"
    """how bright light is shown: cut off (`srgb`), rolled off (`filmic`), or stored as it is (`linear`)"""
    shot_noise: Flag = False
    """noise of the light itself"""
    read_noise_e: Annotated[Number, Legal(0)] = 0.0
    """standard deviation of the noise of reading a pixel"""
    full_well_e: Annotated[Number, Legal(0, open=True)] = 10000.0
    """electrons of a white pixel"""
    gain_noise_share: Annotated[float, Field(strict=True, ge=0, le=1)] = 0.0
    """fixed pattern: how unequal pixels are, as a share"""
    dark_noise_e: Annotated[float, Field(strict=True, ge=0)] = 0.0
    """fixed pattern: how unequal pixels are in the dark"""
    adc_bits: Annotated[int | None, Field(strict=True, ge=4, le=16)] = None
    """bits of the converter, evenly spaced in light; an ideal one by default"""
    bayer: Literal["none", "rggb", "bggr", "grbg", "gbrg"] = "none"
    """colour filter whose mosaic is sampled and interpolated"""
    vignetting: Annotated[Number, Legal(0, 1)] = 0.0
    """share of light lost in the corners"""
    chromatic_aberration_px: Annotated[Number, Legal(-50, 50)] = 0.0
    """how far red and blue are apart in the corners"""
    defocus_px: Annotated[Number, Legal(0, 100)] = 0.0
    """radius to which every point is blurred"""
    motion_px: Annotated[Number, Legal(0, 500)] = 0.0
    """length of a shake of the camera"""
    motion_deg: Number = 0.0
    """its direction, counter-clockwise from the image's x axis"""
    sharpening: Annotated[Number, Legal(0, 5)] = 0.0
    """strength of the camera's own sharpening"""
    jpeg_quality: Annotated[Number | None, Legal(1, 100)] = None
    """leaves the artefacts of a JPEG of this quality in the picture"""


class DepthSensor(Section):
    """A depth camera at the colour camera's place, written beside the perfect depth."""

    model: Literal["stereo", "time_of_flight"] = "stereo"
    """kind of camera; structured light is `stereo`, too"""
    baseline_m: Annotated[Number, Legal(0, open=True)] = 0.05
    """between its two eyes, or eye and projector"""
    disparity_step_px: Annotated[float, Field(strict=True, gt=0)] = 0.125
    """least step of disparity"""
    noise_px: Annotated[Number, Legal(0)] = 0.1
    """noise of the disparity"""
    noise_share: Annotated[Number, Legal(0, 1)] = 0.005
    """noise of the depth of `time_of_flight`, as a share of it"""
    dropout: Annotated[Number, Legal(0, 1)] = 0.02
    """share of pixels lost at random"""
    range_m: Range = (0.1, 10.0)
    """nothing nearer or farther is measured"""

    @model_validator(mode="after")
    def _in_front(self) -> DepthSensor:
        if self.range_m[0] < 0 or self.range_m[0] == self.range_m[1]:
            raise ValueError(f"must have a range_m of 0 or above, got [{self.range_m[0]:g}, {self.range_m[1]:g}]")
        return self
