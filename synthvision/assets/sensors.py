"""Real cameras by name, as makers' data sheets describe them: resolution, matrix and lens."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, model_validator
from pydantic.dataclasses import dataclass
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from synthvision.bundled import bundled_folder
from synthvision.errors import AssetError

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
_COEFFICIENTS = {"brown_conrady": (4, 5, 8), "kannala_brandt": (4,)}

Length = Annotated[float, Field(gt=0)]
Angle = Annotated[float, Field(gt=0, lt=180)]
_ROUNDING = 0.002
_NOMINAL = 0.04
"""How far stated focal lengths, which are rounded and of no bent lens, may be from what the picture shows."""

Side = Annotated[int, Field(ge=8, le=16384)]


@dataclass(frozen=True, config=_STRICT)
class SensorLens:
    """How a lens bends rays: a model of OpenCV's with its coefficients, in OpenCV's order."""

    model: Literal["brown_conrady", "kannala_brandt"]
    coefficients: tuple[float, ...]

    @model_validator(mode="after")
    def _right_number(self) -> Self:
        numbers = _COEFFICIENTS[self.model]
        if len(self.coefficients) not in numbers:
            raise ValueError(f"coefficients must be {' or '.join(map(str, numbers))}")
        return self


@dataclass(frozen=True, config=_STRICT)
class FieldOfView:
    """Angles, degrees, between the middles of opposite edges, or opposite corners; None where nothing is stated."""

    horizontal: Angle | None = None
    vertical: Angle | None = None
    diagonal: Angle | None = None


@dataclass(frozen=True, config=_STRICT)
class CameraSensor:
    """A real camera; all figures are nominal.

    Attributes:
        description: which camera it is, in which mode.
        resolution: width and height of its whole picture, pixels.
        k: fx, fy, cx, cy in pixels of that picture; the middle of the first pixel is at 0.5.
        pixel_um: side of a pixel of that picture, on the sensor.
        width_mm: of the part of the sensor that makes it.
        source: where the figures are from, and which of them ``k`` follows where they disagree.
        focal_mm: as stated.
        fov_deg: as stated, through the lens.
        lens: None for a straight one.
    """

    description: Annotated[str, Field(min_length=1)]
    resolution: tuple[Side, Side]
    k: tuple[Length, Length, float, float]
    pixel_um: Length
    width_mm: Length
    source: Annotated[str, Field(min_length=1)]
    focal_mm: Length | None = None
    fov_deg: FieldOfView | None = None
    lens: SensorLens | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.focal_mm is None and self.fov_deg is None:
            raise ValueError("focal_mm or fov_deg must be given, or both")
        width_mm = self.resolution[0] * self.pixel_um / 1000
        if abs(width_mm / self.width_mm - 1) > _ROUNDING:
            raise ValueError(f"width_mm must be resolution times pixel_um, {width_mm:.4g}")
        focal_mm = self.k[0] * self.pixel_um / 1000
        if self.focal_mm is not None and abs(focal_mm / self.focal_mm - 1) > _NOMINAL:
            raise ValueError(f"focal_mm must be k[0] times pixel_um, {focal_mm:.3g}, but for {_NOMINAL:.0%}")
        return self


@dataclass(frozen=True, config=_STRICT)
class _SensorFile:
    version: Literal[1]
    sensors: Mapping[str, CameraSensor]


@cache
def load_sensors(file: Path | None = None) -> Mapping[str, CameraSensor]:
    """Read real cameras by name, by default the bundled ones, in the order of the file.

    Raises:
        AssetError: the file cannot be read, or an entry is wrong; one line per fault, ``<file>: <key>: …``.
    """
    path = bundled_folder("assets") / "sensors.yaml" if file is None else file
    try:
        tree = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
        return TypeAdapter(_SensorFile).validate_python(tree).sensors
    except (OSError, UnicodeDecodeError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise AssetError(f"{path}: sensors must be a readable YAML file, got: {reason}") from error
    except ValidationError as error:
        faults = (
            f"{path}: {'.'.join(map(str, fault['loc'])) or 'sensors'}: "
            f"{fault['msg'].removeprefix('Value error, ')}, got {fault['input']}"
            for fault in error.errors()
        )
        raise AssetError("\n".join(faults)) from error
