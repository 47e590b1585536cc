"""Recipes that load, for the tests of this room."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from synthvision.recipe import Recipe, recipe_from_text

TABLETOP = """\
version: 1
name: tabletop
categories: [mug, can, bolt]
variables:
  wear: {uniform: [0, 1]}
  tint: {rgb: [wear, 0.2, {choice: {values: [0.1, 0.9], weights: [1, 3]}}]}
objects:
  - asset: mug
    category: mug
    count: {integers: [1, 4]}
    scale: {normal: {mean: 1, std: 0.05, low: 0.85, high: 1.15}}
    place: {on: ground, within: {disc: {radius_m: 0.5}}}
    material: {kind: ceramic, colour: {hsv: [[0, 1], [0.2, 0.9], [0.3, 1]]}, roughness: {uniform: [0.1, 0.6]}}
  - {asset: can, category: can, count: {choice: [0, 2]}, place: {on: mug}, material: [{colour: tint}, {kind: metal}]}
  - {asset: {bolt: 2, mug: 1}, category: bolt, rotation: {yaw_deg: {uniform: [0, 360]}}, place: {at_m: [0, 0, 1]}}
distractors:
  - {asset: [bolt, can], count: 3, rotation: any, place: {in: {box: {size_m: [1, 1, 1]}}}}
lights:
  - type: area
    power_w: {log_uniform: [20, 400]}
    temperature_k: {uniform: [2700, 6500]}
    position: {shell: {radius_m: [1, 3], elevation_deg: [20, 90]}}
  - {type: sun, irradiance_w_m2: 3}
camera:
  resolution: [640, 480]
  fov_deg: {uniform: [35, 60]}
  position: {shell: {radius_m: [0.7, 1.6], elevation_deg: [15, 75]}}
  look_at: {jitter_m: 0.1}
require:
  - {instances: {category: mug, visibility: {min: 0.2}, count: {min: 1}}}
  - {each_instance: {truncation: {max: 0.5}}}
render: {quality: standard}
splits: {val: 1, train: 9}
"""


def read(text: str) -> Any:
    """Return what another YAML reader makes of a text."""
    return YAML(typ="safe", pure=True).load(text)


def smallest(**changes: Any) -> dict[str, Any]:
    """Return the smallest recipe as plain data, with some of its sections replaced."""
    data: dict[str, Any] = {
        "version": 1,
        "name": "smallest",
        "categories": ["mug"],
        "objects": [{"asset": "mug", "category": "mug"}],
        "camera": {"position": {"at_m": [0, 0, 1]}},
    }
    return data | changes


def tabletop() -> Recipe:
    return recipe_from_text(TABLETOP, Path())
