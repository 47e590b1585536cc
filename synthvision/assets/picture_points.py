"""Named points of pictures that are put on surfaces, such as the ends of a scratch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, model_validator
from pydantic.dataclasses import dataclass

from synthvision.assets.keypoints import Names, pair_faults
from synthvision.elementary import matmul

_STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)
_COVERED = 128
"""Least alpha where a decal's mask is."""

Uv = tuple[float, float]
Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, config=_STRICT)
class PicturePointSpec:
    """Where a keypoint is in a picture: at texture coordinates, or as far as the picture goes in a direction.

    Attributes:
        at: u and v, 0…1; v up.
        towards: the texel of opacity 0.5 or more that is furthest in this direction of u and v; of several, the one in
            their middle.
    """

    at: tuple[Share, Share] | None = None
    towards: Uv | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.at is None) == (self.towards is None):
            raise ValueError(f"must have exactly one of at and towards, got {'neither' if self.at is None else 'both'}")
        if self.towards is not None and not any(self.towards):
            raise ValueError("must have a direction of some length, got [0, 0]")
        return self


@dataclass(frozen=True, config=_STRICT, kw_only=True)
class PictureTraits:
    """What is declared of a picture: names → points, and pairs of them as in ``TraitSpecs``."""

    keypoints: Mapping[str, PicturePointSpec] = Field(default_factory=dict)
    skeleton: tuple[Names, ...] = ()
    flip: tuple[Names, ...] = ()

    @model_validator(mode="after")
    def _names(self) -> Self:
        for what, pairs in (("skeleton", self.skeleton), ("flip", self.flip)):
            for fault in pair_faults(what, pairs, self.keypoints):
                raise ValueError(fault)
        return self


def locate_in_picture(image: NDArray[np.uint8], specs: Mapping[str, PicturePointSpec]) -> dict[str, Uv]:
    """Find named points in an (H, W, 3 or 4) picture, as texture coordinates with v up.

    A picture without a texel of opacity 0.5 has none of those that are declared by a direction.
    """
    height, width, channels = image.shape
    alpha = image[:, :, 3] if channels == 4 else np.full((height, width), 255)  # noqa: PLR2004 - RGBA
    rows, columns = np.nonzero(alpha >= _COVERED)
    covered = np.stack([(columns + 0.5) / width, 1 - (rows + 0.5) / height], axis=1)
    found = {name: spec.at or _furthest(covered, spec) for name, spec in specs.items()}
    return {name: uv for name, uv in found.items() if uv is not None}


def _furthest(covered: NDArray[np.float64], spec: PicturePointSpec) -> Uv | None:
    if not len(covered):
        return None
    way = np.array(spec.towards)
    heights = matmul(covered, way / np.linalg.norm(way, axis=-1))
    extreme = covered[heights >= heights.max() - 1e-9]
    middle = (extreme.min(axis=0) + extreme.max(axis=0)) / 2
    u, v = extreme[np.linalg.norm(extreme - middle, axis=1).argmin()].tolist()
    return u, v
