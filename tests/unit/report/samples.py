"""Datasets for the tests of pictures, page and data card."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from synthvision.curation import import_dataset
from synthvision.dataset import FrameWriter, open_dataset
from synthvision.formats import write_coco
from synthvision.recipe import load_recipe
from synthvision.run.rendering import render_dataset
from tests.unit.dataset.hand_made import make_labels, make_recipe, make_scene
from tests.unit.run.small import TEXT

RENDERED = (
    TEXT.replace("name: small", "name: small\nvariables: {hue: {uniform: [0.2, 0.6]}}")
    .replace("camera:\n", "ground: {material: {roughness: {uniform: [0.3, 0.9]}}}\ncamera:\n")
    .replace("count: {min: 1}", "count: {min: 2}")
    .replace("count: {integers: [0, 2]}", "count: {integers: [1, 2]}")
)
"""A recipe with keypoints, a variable, choices and a rule that refuses about every second draw."""


def rendered(folder: Path, frames: int = 6, name: str = "rendered", *overrides: str) -> Path:
    """Frames of the preview renderer, with everything that a dataset can have."""
    (folder / "rendered.yaml").write_text(RENDERED)
    recipe = load_recipe(folder / "rendered.yaml", overrides)
    render_dataset(recipe, folder / name, frames=frames, renderer="preview", workers=1)
    return folder / name


def with_pictures(folder: Path, pictures: Sequence[np.ndarray], things: Sequence[list] = (), **sections) -> Path:
    """A dataset of 64x48 pictures, all in the first split; ``things`` of each as ``make_labels`` takes them."""
    recipe = make_recipe(**sections)
    split = next(iter(recipe.splits), "")
    with open_dataset(folder, recipe, 7, "preview") as dataset:
        for index, picture in enumerate(pictures):
            labels = make_labels(things[index] if things else [])
            dataset.journal.append(FrameWriter(folder, recipe).write(make_scene(index, split), labels, picture))
        dataset.journal.finish()
        write_coco(folder)
    return folder


def textured(number: int, brightness: float = 0.5, height: int = 48, width: int = 64) -> np.ndarray:
    """A noisy picture, another for each number."""
    noise = np.random.default_rng(number).normal(0, 0.08, (height, width, 3))  # noqa: TID251 - data of a test
    return np.rint(np.clip(brightness + noise, 0, 1) * 255).astype(np.uint8)


def boxes_alone(folder: Path, sizes: Sequence[tuple[int, int]] = ((80, 40), (30, 60), (64, 48))) -> Path:
    """Photographs of several sizes (width, height), imported from YOLO boxes."""
    source = folder / "yolo"
    for kind in ("images", "labels"):
        (source / kind / "train").mkdir(parents=True)
    for number, (width, height) in enumerate(sizes):
        cv2.imwrite(str(source / f"images/train/{number}.png"), textured(100 + number, 0.3, height, width))
        (source / f"labels/train/{number}.txt").write_text("0 0.5 0.5 0.5 0.25\n1 0.25 0.25 0.2 0.2\n")
    (source / "data.yaml").write_text("train: images/train\nval: images/train\nnames: {0: mug, 1: cat}\n")
    import_dataset("yolo", source, folder / "photographs", images=None, link=False)
    return folder / "photographs"


def change_lines(folder: Path, change: Callable[[dict], None]) -> Path:
    """Change every line of a dataset's frames."""
    lines = [json.loads(line) for line in (folder / "frames.jsonl").read_text().splitlines()]
    for line in lines:
        change(line)
    text = "".join(json.dumps(line, sort_keys=True, separators=(",", ":")) + "\n" for line in lines)
    (folder / "frames.jsonl").write_text(text)
    return folder


def change_manifest(folder: Path, change: Callable[[dict], None]) -> Path:
    """Change a dataset's manifest."""
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))
    return folder
