"""Writes the files of one frame. Runs in worker processes: it touches nothing but the frame's own files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.coverage_file import encode_coverage
from synthvision.dataset.disk import write_whole
from synthvision.dataset.encodings import (
    depth_to_mm,
    encode_depth,
    encode_disparity,
    encode_image,
    encode_normals,
    encode_object_coordinates,
    encode_uv,
)
from synthvision.dataset.layout import frame_files, written_outputs
from synthvision.dataset.painting import provenance_text
from synthvision.dataset.png import encode_png
from synthvision.dataset.records import FileRecord, FrameRecord, frame_record
from synthvision.errors import DatasetError
from synthvision.labels.normals import world_normals
from synthvision.labels.types import Labels
from synthvision.recipe.model import Recipe
from synthvision.render.types import Convergence
from synthvision.scene.types import Scene
from synthvision.sensor import measure_depth

T = TypeVar("T")


def _required(made: T | None, what: str, scene: Scene) -> T:
    if made is None:
        raise DatasetError(f"frame {scene.frame_index}: labels must have {what}, got none")
    return made


def _world_normals(labels: Labels, scene: Scene, text: Mapping[str, str]) -> bytes:
    return encode_normals(world_normals(_required(labels.normals, "normals", scene), scene.camera), text)


_Encoder = Callable[[Labels, Scene, Mapping[str, str]], bytes]


def _as_asked(name: str, encode: Callable[[NDArray[Any], Mapping[str, str]], bytes]) -> _Encoder:
    return lambda labels, scene, text: encode(_required(getattr(labels, name), name, scene), text)


_ENCODERS: Mapping[str, _Encoder] = {
    "instances": _as_asked("instance_map", encode_png),
    "semantic": _as_asked("category_map", encode_png),
    "normals": _as_asked("normals", encode_normals),
    "world_normals": _world_normals,
    "object_coordinates": _as_asked("object_coordinates", encode_object_coordinates),
    "uv": _as_asked("uv", encode_uv),
    "parts": _as_asked("parts", encode_png),
    "disparity": _as_asked("disparity", encode_disparity),
    "stereo_mask": _as_asked("stereo_mask", encode_png),
}


class FrameWriter:
    """Writes frames of one recipe into one dataset folder."""

    def __init__(self, folder: Path, recipe: Recipe) -> None:
        self._folder = folder
        self._recipe = recipe

    def write(
        self,
        scene: Scene,
        labels: Labels,
        image: NDArray[np.uint8],
        refusals: Sequence[int] = (),
        misplaced: Mapping[str, int] | None = None,
        convergence: Convergence | None = None,
    ) -> FrameRecord:
        """Write every file of a frame, each atomically, and return its record for the journal.

        Args:
            scene: of the frame.
            labels: of that scene.
            image: (H, W, 3) uint8 sRGB.
            refusals: for each rule of ``require:``, how many draws it refused.
            misplaced: who found no place → how many draws were refused for it.
            convergence: how the number of samples was found, where the recipe does not give it.

        Raises:
            DatasetError: an image of another size than the camera's, a full disk, a folder that cannot be written or is
                gone.
        """
        expected = (scene.camera.height_px, scene.camera.width_px, 3)
        if image.shape != expected or image.dtype != np.uint8:
            got = f"{image.shape} {image.dtype}"
            raise DatasetError(f"frame {scene.frame_index}: image must be {expected} uint8, got {got}")
        paths = frame_files(written_outputs(self._recipe), scene.frame_index, scene.split)
        contents = self._encode(scene, labels, image, paths)
        files = {paths[kind]: FileRecord(len(c), hashlib.sha256(c).hexdigest()) for kind, c in contents.items()}
        record = frame_record(scene, labels, refusals, files)
        record = replace(record, misplaced=misplaced or {}, convergence=convergence)
        for kind, content in contents.items():
            write_whole(self._folder / paths[kind], content, within=self._folder)
        return record

    def _encode(
        self, scene: Scene, labels: Labels, image: NDArray[np.uint8], kinds: Mapping[str, str]
    ) -> dict[str, bytes]:
        text = provenance_text(self._recipe.name, scene.seed, scene.frame_index)
        contents = {"images": encode_image(image, self._recipe.outputs, text)}
        if "depth" in kinds:
            contents["depth"] = encode_depth(labels.depth, self._recipe.outputs, text)
        if "measured_depth" in kinds and scene.depth_sensor is not None:
            measured = measure_depth(labels.depth, scene.camera, scene.depth_sensor)
            contents["measured_depth"] = encode_png(depth_to_mm(measured), text)
        contents |= {kind: _ENCODERS[kind](labels, scene, text) for kind in kinds if kind in _ENCODERS}
        if "coverage" in kinds:
            soft = _required(labels.coverage, "coverage", scene)
            contents["coverage"] = encode_coverage(soft, self._recipe.outputs.coverage, text)
        return contents
