"""What looks at the scene: cameras, lenses, movement, stereo pairs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag, model_validator

from synthvision.recipe.distributions import Number, Numbers, Position
from synthvision.recipe.legal import Legal, NotNegative, Positive, Section, Whole, form, own_tags, tag_of_keys
from synthvision.recipe.things import Label, Names

Side = Annotated[Whole, Field(ge=8, le=16384)]
MOST_PIXELS = 2**26
"""Pixels that an image may have."""

DEFAULT_RESOLUTION = (640, 480)
DEFAULT_FOV_DEG = 50.0
DEFAULT_SENSOR_WIDTH_MM = 36.0


class LookAt(Section):
    """Where the camera looks: ``at_m`` moved by a uniform jitter in a ball of ``jitter_m``.

    Z is up in the image, then ``roll_deg``.
    """

    at_m: Numbers = (0.0, 0.0, 0.0)
    """the point looked at"""
    jitter_m: NotNegative = 0.0
    """radius of the ball in which that point is moved"""
    roll_deg: Number = 0.0
    """turn about the line of sight"""


class Intrinsics(Section):
    """The camera matrix in pixels of an image of ``resolution``."""

    fx: Annotated[Number, Legal(0, open=True)]
    """focal length along x"""
    fy: Annotated[Number, Legal(0, open=True)]
    """focal length along y"""
    cx: Number
    """principal point; the middle of the first pixel is at 0.5"""
    cy: Number
    """principal point"""


class BrownConradyCoefficients(Section):
    """Radial and tangential coefficients, as OpenCV's ``calibrateCamera`` gives them."""

    k1: Number = 0.0
    """radial"""
    k2: Number = 0.0
    """radial"""
    p1: Number = 0.0
    """tangential"""
    p2: Number = 0.0
    """tangential"""
    k3: Number = 0.0
    """radial"""
    k4: Number = 0.0
    """of the rational model"""
    k5: Number = 0.0
    """of the rational model"""
    k6: Number = 0.0
    """of the rational model"""


class BrownConrady(Section):
    """An ordinary lens."""

    brown_conrady: BrownConradyCoefficients
    """its coefficients"""


class KannalaBrandtCoefficients(Section):
    """Coefficients of the angle, as OpenCV's ``fisheye.calibrate`` gives them."""

    k1: Number = 0.0
    """of the third power"""
    k2: Number = 0.0
    """of the fifth power"""
    k3: Number = 0.0
    """of the seventh power"""
    k4: Number = 0.0
    """of the ninth power"""


class KannalaBrandt(Section):
    """A fisheye lens; with all coefficients 0 it is equidistant."""

    kannala_brandt: KannalaBrandtCoefficients
    """its coefficients"""


_LENSES = own_tags("brown_conrady", "kannala_brandt")
LENS_KEYS = tuple(_LENSES)


def _lens_tag(value: Any) -> str | None:
    return tag_of_keys(value, _LENSES)


Lens = Annotated[
    Annotated[BrownConrady, Tag("<brown_conrady>")] | Annotated[KannalaBrandt, Tag("<kannala_brandt>")],
    form("lens", "a mapping that says how the lens bends rays", _lens_tag),
]
"""How the lens bends rays."""


class DepthOfField(Section):
    """Only one distance is in focus."""

    f_number: Annotated[Number, Legal(0, open=True)] = 2.8
    """focal length over the aperture's diameter"""
    sensor_width_mm: Positive | None = None
    """width of the sensor, which with the field of view gives the focal length; 36 (full frame) by default, or as the
    camera's `sensor` has it"""
    focus_m: Annotated[Number | None, Legal(0, open=True)] = None
    """distance in focus; by default that of the point looked at"""


class Stereo(Section):
    """A second camera at the right of the first, with the same matrix and lens: views ``left`` and ``right``."""

    baseline_m: Annotated[Number, Legal(0, open=True)]
    """distance between the two, along the image's x axis"""


class Camera(Section):
    """A camera. Its field of view is given by at most one of ``fov_deg``, ``k``, ``sensor`` and ``orthographic_m``."""

    name: Label | None = None
    """its own name, where there are several cameras"""
    resolution: tuple[Side, Side] | None = None
    """width and height of the image in pixels; 640 by 480 by default, or as the `sensor` has it, whose whole picture is
    scaled to this"""
    fov_deg: Annotated[Number | None, Legal(0, 180, open=True)] = None
    """horizontal field of view (of the pinhole, without the lens); 50 by default"""
    k: Intrinsics | None = None
    """camera matrix"""
    sensor: Names | None = None
    """a real camera by name, or a list of which one is drawn in each scene: its resolution, matrix and lens"""
    orthographic_m: Annotated[Number | None, Legal(0, open=True)] = None
    """width of the image in the world: an orthographic camera"""
    lens: Lens | None = None
    """how the lens bends rays; straight by default"""
    position: Position
    """where it is"""
    look_at: LookAt = LookAt()
    """where it looks"""
    clip_m: Positive = 0.01
    """nothing nearer than this is seen"""
    depth_of_field: DepthOfField | None = None
    """everything is in focus by default"""
    shutter_s: Annotated[Number, Legal(0)] = 0.0
    """how long the shutter is open; movement blurs meanwhile"""
    velocity_m_s: Numbers = (0.0, 0.0, 0.0)
    """movement while the shutter is open, in the camera's axes: right, down, forward"""
    spin_deg_s: Numbers = (0.0, 0.0, 0.0)
    """turning while the shutter is open, about the camera's axes"""
    stereo: Stereo | None = None
    """makes it a pair"""

    @model_validator(mode="after")
    def _one_field_of_view(self) -> Camera:
        given = [name for name in ("fov_deg", "k", "sensor", "orthographic_m") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"must have at most one of fov_deg, k, sensor, orthographic_m, got {' and '.join(given)}")
        for name in ("lens", "depth_of_field"):
            if self.orthographic_m is not None and getattr(self, name) is not None:
                raise ValueError(f"must have no {name} beside orthographic_m, got both")
        if self.sensor is not None and self.lens is not None:
            raise ValueError("must have no lens beside a sensor, which has its own, got both")
        return self
