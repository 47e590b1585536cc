"""BOP: ``SPLIT/000000/{rgb,depth,mask,mask_visib}``, ``scene_gt``, ``scene_gt_info``, ``scene_camera``, and ``models``.

https://github.com/thodan/bop_toolkit/blob/master/docs/bop_datasets_format.md (T. Hodaň et al., "BOP: Benchmark for 6D
Object Pose Estimation", ECCV 2018). Millimetres, OpenCV's camera axes, pixel centres at whole numbers. An object is a
mesh at a scale, since BOP's poses have none; ``models/objects.json`` says which asset and category each is.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from synthvision.assets import AssetFile, AssetStore
from synthvision.dataset.encodings import depth_to_mm
from synthvision.dataset.png import encode_png
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.errors import DatasetError
from synthvision.formats.bop_models import MM_PER_M, ObjectKey, model_info, write_model
from synthvision.formats.cameras import count_lens, integer_centred, perspective_matrix, world_pose
from synthvision.formats.frames import Tally, chosen_frames, image_path, put_image
from synthvision.formats.types import ExportOptions, ExportReport, Format, new_folder
from synthvision.object_stores import folder_of, shown_path
from synthvision.scene import Instance, Scene
from synthvision.scene.json_form import scene_from_json

Json = dict[str, Any]

SCENE_FRAMES = 1000
"""Frames of a scene folder, as in BOP's own training sets."""

DECAL = "a decal is no object, and was left out"
_DEPTH_SCALE = 1.0


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write frames, ground truth and models.

    Raises:
        DatasetError: a frame has no Scene, camera or depth; an asset's file is not found (``options.asset_root``).
        UsageError: ``options.asset_root`` is a URL with credentials, or of a store that nothing here knows.
    """
    tally = Tally()
    root = folder_of(options.asset_root)
    roots = (root, *map(folder_of, options.allowed_roots))
    store = AssetStore(root)
    objects: dict[ObjectKey, int] = {}
    with new_folder(out) as folder:
        splits: dict[str, _Split] = {}
        for record, labels in chosen_frames(dataset, options):
            name = record.split or "train_pbr"
            split = splits.setdefault(name, _Split(folder / name))
            scene = _scene(record, roots)
            poses = {one.instance_id: one for one in scene.instances if one.instance_id}
            known = tuple(label for label in labels if label.instance_id in poses)
            if len(known) < len(labels):
                tally.losses[DECAL] += len(labels) - len(known)
            tally.count(len(known))
            count_lens(record, tally)
            ids = [_object_id(objects, scene, poses[label.instance_id]) for label in known]
            split.add(dataset, record, known, ids, options)
        for split in splits.values():
            split.flush()
        _write_models(folder, dataset, objects, store)
    return tally.report()


def _scene(record: FrameRecord, roots: Sequence[Path]) -> Scene:
    """Return the scene of a frame, whose paths start in the first of ``roots`` and end in any."""
    root = roots[0]
    if not record.scene:
        raise DatasetError(
            f"frame {record.frame_index}: scene must be known for BOP, got an imported picture; leave it out with"
            " 'synthvision subset'"
        )
    scene = scene_from_json(record.scene, root)
    for source in scene.meshes.values():
        if isinstance(source, AssetFile) and not any(_lies_in(root / source.path, one) for one in roots):
            what = f"model files must lie in {shown_path(root)}, got '{source.path}'"
            remedy = "allow a folder that holds it with --allow-root, if you trust this dataset"
            raise DatasetError(f"frame {record.frame_index}: {what}; {remedy}")
    return scene


def _lies_in(path: Path, root: Path) -> bool:
    try:
        return Path(os.path.realpath(path)).is_relative_to(os.path.realpath(root))
    except ValueError:  # a name that no file can have
        return False


def _object_id(objects: dict[ObjectKey, int], scene: Scene, instance: Instance) -> int:
    """Return the number of what an instance shows, from 1 in the order of appearance."""
    scale = float(np.linalg.norm(np.array(instance.object_to_world)[:3, 0]))
    key = ObjectKey(
        instance.mesh,
        round(scale, 9),
        scene.meshes[instance.mesh],
        instance.asset,
        instance.category_id,
        scene.traits[instance.mesh].symmetries if instance.mesh in scene.traits else (),
    )
    return objects.setdefault(key, len(objects) + 1)


@dataclass
class _Split:
    """One split: its folder, and the ground truth of the scene folder that is being filled."""

    folder: Path
    frames: int = 0
    cameras: Json = field(default_factory=dict)
    truth: Json = field(default_factory=dict)
    facts: Json = field(default_factory=dict)

    def add(
        self,
        dataset: Dataset,
        record: FrameRecord,
        labels: tuple[InstanceRecord, ...],
        ids: list[int],
        options: ExportOptions,
    ) -> None:
        number = self.frames % SCENE_FRAMES
        place = self.folder / f"{self.frames // SCENE_FRAMES:06d}"
        for kind in ("rgb", "depth", "mask", "mask_visib"):
            (place / kind).mkdir(parents=True, exist_ok=True)
        depth = dataset.depth(record)
        put_image(dataset, record, place / f"rgb/{number:06d}{PurePosixPath(image_path(record)).suffix}", options)
        (place / f"depth/{number:06d}.png").write_bytes(encode_png(depth_to_mm(depth), {}))
        self.cameras[str(number)] = _camera(record)
        self.truth[str(number)] = [_pose(label, one) for label, one in zip(labels, ids, strict=True)]
        self.facts[str(number)] = [_facts(dataset, record, label, depth > 0) for label in labels]
        for index, label in enumerate(labels):
            for kind, mask in (("mask", dataset.amodal_mask), ("mask_visib", dataset.mask)):
                pixels = np.ascontiguousarray(mask(record, label), np.uint8) * np.uint8(255)
                (place / f"{kind}/{number:06d}_{index:06d}.png").write_bytes(encode_png(pixels, {}))
        self.frames += 1
        if number == SCENE_FRAMES - 1:
            self.flush()

    def flush(self) -> None:
        """Write the ground truth of a scene folder that is whole."""
        if not self.cameras:
            return
        place = self.folder / f"{(self.frames - 1) // SCENE_FRAMES:06d}"
        for name, content in (("scene_camera", self.cameras), ("scene_gt", self.truth), ("scene_gt_info", self.facts)):
            (place / f"{name}.json").write_text(_text(content))
            content.clear()


def _camera(record: FrameRecord) -> Json:
    world_to_camera = np.linalg.inv(world_pose(record, "BOP"))
    return {
        "cam_K": integer_centred(perspective_matrix(record, "BOP")).ravel().tolist(),
        "cam_R_w2c": world_to_camera[:3, :3].ravel().tolist(),
        "cam_t_w2c": (world_to_camera[:3, 3] * MM_PER_M).tolist(),
        "depth_scale": _DEPTH_SCALE,
    }


def _pose(label: InstanceRecord, number: int) -> Json:
    pose = np.array(label.object_to_camera)
    rotation = pose[:3, :3] / np.linalg.norm(pose[:3, 0])
    return {
        "cam_R_m2c": rotation.ravel().tolist(),
        "cam_t_m2c": (pose[:3, 3] * MM_PER_M).tolist(),
        "obj_id": number,
    }


def _facts(dataset: Dataset, record: FrameRecord, label: InstanceRecord, has_depth: Any) -> Json:
    """Return boxes and counts of pixels; ``px_count_all`` counts the silhouette outside the picture, too."""
    inside = label.amodal_area or 0
    outside = label.truncation or 0.0
    return {
        "bbox_obj": [int(side) for side in label.amodal_bbox or (-1, -1, -1, -1)],
        "bbox_visib": [int(side) for side in label.bbox or (-1, -1, -1, -1)],
        "px_count_all": round(inside / (1 - outside)) if outside < 1 else inside,
        "px_count_valid": int((dataset.amodal_mask(record, label) & has_depth).sum()),
        "px_count_visib": label.area,
        "visib_fract": (label.visibility or 0.0) * (1 - outside),
    }


def _write_models(folder: Path, dataset: Dataset, objects: dict[ObjectKey, int], store: AssetStore) -> None:
    (folder / "models").mkdir()
    infos, names = {}, {}
    for key, number in objects.items():
        points = write_model(folder / f"models/obj_{number:06d}.ply", key, store)
        infos[str(number)] = model_info(points, key.symmetries)
        category = dataset.manifest.categories[key.category_id - 1].name
        names[str(number)] = {"asset": key.asset, "category": category, "scale": key.scale, "mesh": key.mesh}
    (folder / "models/models_info.json").write_text(_text(infos))
    (folder / "models/objects.json").write_text(_text(names), encoding="utf-8")


def _text(content: Json) -> str:
    """Return JSON with a line for each entry, as the BOP toolkit writes it."""
    rows = ",\n".join(f'  "{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in content.items())
    return f"{{\n{rows}\n}}\n"


FORMAT = Format(
    name="bop",
    title="BOP dataset",
    cannot_carry=("decals, keypoints, crowds, lenses", "materials of the models: each instance has its own"),
    write=write,
)
