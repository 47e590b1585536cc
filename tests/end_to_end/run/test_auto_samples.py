"""Datasets whose frames have as many samples as they need."""

from __future__ import annotations

import json
from pathlib import Path

from synthvision import frames, load_recipe, render_dataset
from synthvision.dataset import Dataset
from synthvision.run.display import report

RECIPE = [
    "camera.resolution=[64, 48]",
    "camera.stereo={baseline_m: 0.01}",
    "render.samples_per_pixel={target_db: 36, most: 20}",
    "render.quality=draft",
]


def test_records_say_what_was_found_and_no_byte_depends_on_the_workers(tmp_path: Path) -> None:
    recipe = load_recipe("dice", RECIPE)
    one = render_dataset(recipe, tmp_path / "one", frames=3, workers=1, device="cpu")
    two = render_dataset(recipe, tmp_path / "two", frames=3, workers=2, device="cpu")
    assert (tmp_path / "one" / "frames.jsonl").read_bytes() == (tmp_path / "two" / "frames.jsonl").read_bytes()
    found = [record.convergence for record in Dataset(tmp_path / "one")]
    assert all(each is not None and 8 <= each.samples_per_pixel <= 20 and each.target_db == 36 for each in found)
    missed = sum(each is not None and not each.met for each in found)
    assert one.progress.short == two.progress.short == missed
    told = f"{missed} of 3 frames had the most samples before their picture was as good as"
    assert (told in report(one)) == (missed > 0)
    end = json.loads((tmp_path / "one" / "run_log.jsonl").read_text().splitlines()[-1])
    assert end["short"] == missed
    frame = next(frames(recipe, 1, workers=1, device="cpu"))
    assert frame.convergence == found[0]


def test_the_preview_knows_no_samples(tmp_path: Path) -> None:
    summary = render_dataset(load_recipe("dice", RECIPE), tmp_path / "out", frames=1, workers=1, renderer="preview")
    assert summary.progress.short == 0
    assert [record.convergence for record in Dataset(tmp_path / "out")] == [None]
    assert b"convergence" not in (tmp_path / "out" / "frames.jsonl").read_bytes()
