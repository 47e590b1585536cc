"""Small recipes, scenes and labels made by hand, and a whole dataset of them."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from synthvision.assets.types import GeneratedAsset, Material
from synthvision.dataset import FrameWriter, open_dataset
from synthvision.formats import write_coco
from synthvision.labels.types import InstanceLabel, Labels
from synthvision.recipe.model import Recipe
from synthvision.scene.types import Camera, Instance, Scene, World

HEIGHT, WIDTH = 48, 64
IDENTITY = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
CATEGORIES = [{"name": "mug"}, {"name": "Schlüssel 扳手", "supercategory": "mug"}]


def make_recipe(**sections) -> Recipe:
    camera = {"resolution": [WIDTH, HEIGHT], "position": {"at_m": [0, 0, 1]}}
    licence = {"name": "CC0-1.0", "url": "https://creativecommons.org/publicdomain/zero/1.0/"}
    base = {"version": 1, "name": "hand-made", "categories": CATEGORIES, "camera": camera, "licence": licence}
    return Recipe.model_validate(base | sections)


def box_around(mask):
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1) if len(rows) else None


FOCAL_PX, DEPTH_M = 70.0, 0.65


def corners_around(box):
    """Return the corners of a 3-D box (8, 3) about depth 0.65 m, whose picture holds a 2-D box.

    Round one as large as the image, the camera is inside: corners 0 to 3 are behind it.
    """
    near, far = (-0.1 if box == (0, 0, WIDTH, HEIGHT) else 0.6), 0.7
    x0, y0, x1, y1 = np.subtract(box, (WIDTH / 2, HEIGHT / 2) * 2) / FOCAL_PX
    x, y = ((min(a * 0.6, a * far), max(b * 0.6, b * far)) for a, b in ((x0, x1), (y0, y1)))
    return np.array([(x[i & 1], y[i >> 1 & 1], (near, far)[i >> 2]) for i in range(8)])


def pixels_of(points_m):
    with np.errstate(divide="ignore", invalid="ignore"):
        pixels = FOCAL_PX * points_m[:, :2] / points_m[:, 2:] + (WIDTH / 2, HEIGHT / 2)
    pixels[points_m[:, 2] <= 0] = np.nan
    return pixels


def make_label(instance_id, category_id, mask, amodal) -> InstanceLabel:
    box = box_around(amodal)
    x0, y0, x1, y1 = box or (0, 0, 0, 0)
    left, top, right, bottom = box_around(mask) or (0, 0, 0, 0)
    corners_m = corners_around(box or (0, 0, 1, 1))
    return InstanceLabel(
        name=f"thing/{instance_id}",
        category=CATEGORIES[category_id - 1]["name"],
        category_id=category_id,
        instance_id=instance_id,
        bbox=box_around(mask),
        mask=mask[top:bottom, left:right],
        amodal_bbox=box,
        amodal_mask=amodal[y0:y1, x0:x1],
        mask_px=int(mask.sum()),
        amodal_px=int(amodal.sum()),
        visibility=mask.sum() / amodal.sum() if amodal.any() else 0.0,
        truncation=0.125,
        hidden_by={"other/0": int((amodal & ~mask).sum())},
        object_to_camera=np.eye(4) / 3,
        corners_m=corners_m,
        corners_px=pixels_of(corners_m),
        distance_m=2 / 3,
        size_m=np.linalg.norm(corners_m[[1, 2, 4]] - corners_m[0], axis=1),
    )


def make_labels(instances, height=HEIGHT, width=WIDTH) -> Labels:
    """``instances``: (instance_id, category_id, mask, amodal mask), the masks disjoint."""
    instance_map = np.zeros((height, width), np.uint16)
    category_map = np.zeros((height, width), np.uint16)
    for instance_id, category_id, mask, _ in instances:
        instance_map[mask], category_map[mask] = instance_id, category_id
    depth = np.linspace(0.5, 80, height * width, dtype=np.float32).reshape(height, width)
    depth[:4] = 0
    depth[instance_map > 0] = DEPTH_M
    normals = np.zeros((height, width, 3), np.float32)
    normals[instance_map > 0] = np.float32([0.6, 0.0, -0.8])
    return Labels(
        instance_map=instance_map,
        category_map=category_map,
        depth=depth,
        normals=normals,
        scene_map=instance_map.astype(np.int32) - 1,
        instances=tuple(make_label(*instance) for instance in instances),
    )


def make_scene(frame_index, split="", height=HEIGHT, width=WIDTH, seed=7) -> Scene:
    thing = Instance("thing/1", "ab" * 32, IDENTITY, (Material(),), 1, 1, "mug", "mug")
    camera = Camera(width, height, 70.0, 70.0, width / 2, height / 2, IDENTITY)
    meshes = {"ab" * 32: GeneratedAsset("mug", (("radius_m", 0.04),))}
    return Scene(frame_index, 0, seed, meshes, (thing,), (), World(), camera, split=split, scene_index=frame_index)


def rectangle(x, y, width, height):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y : y + height, x : x + width] = True
    return mask


def frames_by_hand() -> Mapping[int, list]:
    """Masks with a hole, of several parts, of one pixel in the corner, with id 300, hidden; and an empty image."""
    ring = rectangle(5, 5, 12, 10) & ~rectangle(8, 8, 4, 4)
    parts = rectangle(30, 4, 6, 6) | rectangle(40, 4, 6, 6) | rectangle(46, 10, 1, 1)
    amodal_parts = parts | rectangle(36, 4, 4, 6)
    corner = rectangle(WIDTH - 1, HEIGHT - 1, 1, 1)
    columns = rectangle(20, 0, 3, HEIGHT)
    hidden = rectangle(0, 0, 64, 48)
    nothing = rectangle(0, 0, 0, 0)
    return {
        0: [(1, 1, ring, ring), (2, 2, parts, amodal_parts), (300, 1, corner, corner)],
        1: [],
        2: [(1, 2, columns, columns), (2, 1, nothing, hidden), (3, 1, nothing, nothing)],
        12: [(65535, 2, rectangle(0, 0, WIDTH, HEIGHT), rectangle(0, 0, WIDTH, HEIGHT))],
    }


def picture(frame_index, height=HEIGHT, width=WIDTH):
    grid = np.arange(height * width * 3, dtype=np.uint32).reshape(height, width, 3)
    return ((grid * 7 + frame_index * 31) % 251).astype(np.uint8)


def make_dataset(folder: Path, recipe=None, order=None, splits=None, *, coco=True) -> Path:
    recipe = recipe or make_recipe()
    frames = frames_by_hand()
    splits = splits or {}
    with open_dataset(folder, recipe, 7, "preview") as dataset:
        for frame_index in order or frames:
            if frame_index not in dataset.journal:
                scene = make_scene(frame_index, splits.get(frame_index, ""))
                labels = make_labels(frames[frame_index])
                record = FrameWriter(folder, recipe).write(scene, labels, picture(frame_index), (frame_index, 0))
                dataset.journal.append(record)
        dataset.journal.finish()
        if coco:
            write_coco(folder)
    return folder


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
