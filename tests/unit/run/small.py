"""A recipe whose frames cost milliseconds."""

from __future__ import annotations

from pathlib import Path

from synthvision.recipe import Recipe, load_recipe

TEXT = """
version: 1
name: small
categories: [brick, die]
objects:
  - asset: brick
    category: brick
    variants: 1
    count: {integers: [1, 2]}
    place: {on: ground, within: {disc: {radius_m: 0.06}}}
  - asset: die
    category: die
    variants: 1
    count: {integers: [0, 2]}
    place: {on: ground, within: {disc: {radius_m: 0.06}}}
lights:
  - {type: sun, irradiance_w_m2: 3, elevation_deg: 50}
world: {colour: {hsv: [[0, 1], [0, 0.1], [0.5, 0.6]]}}
camera:
  resolution: [48, 32]
  fov_deg: 40
  position: {shell: {radius_m: [0.25, 0.3], elevation_deg: [30, 60]}}
require:
  - {instances: {category: brick, visibility: {min: 0.5}, count: {min: 1}}}
"""


def small_recipe_file(folder: Path, text: str = TEXT) -> Path:
    path = folder / "small.yaml"
    path.write_text(text)
    return path


def small_recipe(folder: Path, *overrides: str) -> Recipe:
    return load_recipe(small_recipe_file(folder), overrides)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a dataset but the run log, which tells times."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "run_log.jsonl")
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}
