"""The main job, as users do it: every bundled recipe and the real models, rendered small by Blender, read as COCO."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from synthvision import cli
from synthvision.dataset import validate
from synthvision.recipe import bundled_recipes
from tests.real import REAL, needs_real_models, real_recipe

SMALL = ["--quality", "draft", "--set", "camera.resolution=[128, 96]"]


def synthvision(*arguments: str | Path) -> None:
    """Run the program, in this process; its workers, and with them Blender, have their own."""
    assert cli.run([str(argument) for argument in arguments]) == 0


def render_and_check(folder: Path, recipe: str | Path, *options: str | Path) -> Path:
    out = folder / "out"
    # One worker: each of them starts Blender and makes the assets for itself, which costs more than the frames.
    synthvision("render", recipe, "-o", out, "-n", "3", "--workers", "1", *SMALL, *options)
    assert validate(out) == ()
    files = sorted((out / "annotations").iterdir())  # one for each split, of which some may have none of three frames
    seen = [file for file in files if json.loads(file.read_text())["annotations"]]
    assert seen
    for file in seen:
        assert_scores_one(file)
    images = [cv2.imread(str(path)) for path in sorted((out / "images").rglob("*.png"), key=lambda path: path.name)]
    assert len(images) == 3
    for image in images:
        assert image.shape == (96, 128, 3)
        assert 15 < image.mean() < 240, "neither black nor burnt"
        assert image.std() > 5, "something is to be seen"
        assert (image == 255).all(axis=2).mean() < 0.4
    assert np.abs(images[0].astype(float) - images[1]).mean() > 5, "frames differ"
    return out


def assert_scores_one(coco_file: Path) -> None:
    """The ground truth as its own detections has an average precision of 1."""
    truth = COCO(str(coco_file))
    annotations = truth.dataset["annotations"]
    assert annotations
    assert truth.dataset["info"]["synthetic"] is True
    detections = truth.loadRes([{**annotation, "score": 1.0} for annotation in annotations])
    for kind in ("bbox", "segm"):
        evaluation = COCOeval(truth, detections, kind)
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
        assert evaluation.stats[0] == pytest.approx(1.0)


@pytest.mark.parametrize("name", bundled_recipes())
def test_bundled_recipe(tmp_path: Path, name: str):
    render_and_check(tmp_path, name)


@needs_real_models
def test_real_models(tmp_path: Path):
    out = render_and_check(tmp_path, real_recipe(tmp_path), "--allow-root", REAL)
    lines = [json.loads(line) for line in (out / "frames.jsonl").read_text().splitlines()]
    seen = {instance["category_id"] for line in lines for instance in line["labels"] if instance["visibility"] > 0}
    assert seen == {1, 2, 3, 4, 5, 6, 7}, "every model is seen"


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run_log.jsonl"
    }


def test_bytes_do_not_depend_on_workers_order_or_interruption(tmp_path: Path):
    whole, other = tmp_path / "whole", tmp_path / "other"
    synthvision("render", "dice", "-o", whole, "-n", "6", "--workers", "1", *SMALL)
    for start, count, workers in ((4, 2, 1), (0, 6, 2)):
        options = ["-n", str(count), "--start", str(start), "--workers", str(workers), *SMALL]
        synthvision("render", "dice", "-o", other, *options)
    assert files_of(other) == files_of(whole)


def test_another_seed_makes_other_pictures_and_zero_is_a_seed(tmp_path: Path):
    for seed in ("0", "1"):
        options = ["-n", "1", "--seed", seed, "--renderer", "preview", *SMALL]
        synthvision("render", "dice", "-o", tmp_path / seed, *options)
    zero, one = files_of(tmp_path / "0"), files_of(tmp_path / "1")
    assert zero["images/000000.png"] != one["images/000000.png"]
    assert json.loads(zero["manifest.json"])["seed"] == 0
