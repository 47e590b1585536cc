"""What lies on an object store, and the faults of one."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import fsspec

from synthvision import render_dataset
from tests.unit.run.small import small_recipe

FRAMES = 7
OPTIONS = {"config_kwargs": {"connect_timeout": 5, "read_timeout": 0.7, "retries": {"max_attempts": 1}}}


def faults(server: str, query: str = "") -> dict[str, int]:
    with urllib.request.urlopen(f"{server}/faults{query}", timeout=5) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def objects(url: str, *, log: bool = False) -> dict[str, bytes]:
    system, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    found = {path.strip("/").removeprefix(root.strip("/")).strip("/"): path for path in system.find(root)}
    return {name: system.cat_file(path) for name, path in found.items() if log or name != "run_log.jsonl"}


def log_of(url: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in objects(url, log=True)["run_log.jsonl"].splitlines()]


def render(folder: Path, url: str, frames: int = FRAMES, **options):
    return render_dataset(small_recipe(folder), url, frames=frames, workers=1, renderer="preview", **options)
