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

EVERYTHING = """\
version: 1
name: everything
categories: [mug, {name: can, surface: see_through}, scratch]
variables:
  wear: {beta: {alpha: 2, beta: 5}}
  night: {binomial: {trials: 1, chance: 0.3}}
  hour: {triangular: [0, 12, 24]}
  size: {empirical: {counts: [1, 5, 2], edges: [0.8, 0.9, 1, 1.2]}}
  measured: {empirical: {values: [0.1, 0.2, 0.4]}}
  both: {mixture: [{of: {uniform: [0, 0.2]}, weight: 3}, {of: wear / 2}]}
  shape: {piecewise_linear: {values: [0, 1, 3], densities: [0, 2, 0]}}
  gain: {log_normal: {median: 1, sigma: 0.2}}
  wait: {exponential: {mean: 2, high: 9}}
  sum: 2 * wear + 0.1 if night else wear ** 2
  tint: {hsv: [[0, 1], [0, 1], [0.3, 1]]}
  warm: {temperature_k: {uniform: [2000, 8000]}}
  own: {scope: object, of: {uniform: [0.9, 1.1]}}
  lane: {scope: object, of: index % 3}
  patch: {scope: part, of: {palette: {colours: [[1, 0, 0], [0, 1, 0]], weights: [1, 2]}}}
correlations: [{of: [wear, hour, gain], rank: [[1, 0.5, -0.2], [0.5, 1, 0], [-0.2, 0, 1]]}]
difficulty: {schedule: {frames: [0, 1000], values: [0, 1]}}
sampling: {method: latin_hypercube, frames: 500, sobol: [size, shape]}
freeze: [lights, wear, shelf]
objects:
  - name: shelf
    asset: mug
    category: mug
    count: {poisson: {mean: 2, high: 6}}
    when: not night or wear > 0.2
    scale: {easy: 1, hard: {uniform: [0.5, 2]}}
    place: {grid: {columns: 3, rows: 2, pitch_m: [0.2, 0.3], jitter_m: 0.01, heading_deg: 360 * wear}}
    rotation: {about: {axis: {cone: {angle_deg: 10}}, angle_deg: {uniform: [0, 360]}}}
    material:
      - {kind: painted_metal, colour: patch, wear: both, pattern_scale: own, when: night > 0.5}
      - {slots: [body], colour: {temperature_k: 3000}, transmission: 0.5}
    decals: [{category: scratch, texture: [wood, tiles], count: {integers: [0, 2]}, size_m: 0.01 * own, side: top}]
    velocity_m_s: [0, wear, 0]
  - {asset: can, category: can, place: {shelf: {of: shelf, facings: {integers: [1, 3]}}}, scale: 0.9 + 0.01 * index}
  - {asset: can, category: can, place: {stack: {height: {choice: [1, 2]}}}, rotation: {up: {hemisphere: [0, 0, 1]}}}
  - {asset: mug, category: mug, place: {poisson_disk: {spacing_m: 0.1}}, rotation: {up: {towards: [wear, 0, 1]}}}
  - {asset: mug, category: mug, place: {in: {frustum: {depth_m: [0.5, 1]}}}, rotation: {up: {sphere: true}}}
  - {asset: mug, category: mug, place: {in: {easy: {disc: {radius_m: 1, height_m: 1}}, hard: {on_surface: {of: bin}}}}}
distractors:
  - {asset: bolt, name: bin, scale: {permutation: [1, 2, 3]}}
  - {asset: bolt, count: 30, place: {drop: {into: bin}}, physics: {mass_kg: {uniform: [0.1, 0.2]}}, looks: 3}
  - {asset: bolt, count: 3000, place: {scatter: {within: {rectangle: {size_m: [1, 2]}}, overlap: 0.2}}}
lights:
  - {type: three_point, power_w: {sequence: [10, 20]}, count: 2, temperature_k: 5000}
  - {type: ring, name: ring, power_w: 5 * own, lamps: 6, when: hour > 12}
  - {type: strip, power_w: 10, colour: warm}
  - {type: window, power_w: 10}
world:
  sky: {latitude_deg: 47, day: {integers: [1, 365]}, hour: hour}
camera:
  - name: left
    k: {fx: 500, fy: 500, cx: 320, cy: 240}
    lens: {brown_conrady: {k1: {uniform: [-0.1, 0.1]}}}
    position: {shell: {radius_m: [1, 2], elevation_deg: [20, 80]}}
    depth_of_field: {f_number: 2.8}
    stereo: {baseline_m: 0.1}
    shutter_s: 0.01
  - {name: eye, fov_deg: 150, lens: {kannala_brandt: {k1: 0.01}}, position: {at_m: [0, 0, 2]}}
randomizers: [{use: shake, options: {strength: 0.1, names: [a, b], none: null}}]
require:
  - {overlap: {iou: {max: 0.6}}}
  - {nearest: {distance_m: {min: 0.2}}}
  - {categories: {count: {min: 2}}}
  - {coverage: {category: scratch, share: {max: 0.5}}}
  - {balance: {shares: {mug: 2, can: 1}}}
  - {instances: {category: scratch, count: {min: 4}}}
sensor: {auto_exposure: 0.18, white_balance: {temperature_k: 5000}, bayer: rggb, jpeg_quality: {integers: [40, 95]}}
depth_sensor: {model: stereo, range_m: [0.2, 5]}
"""
"""One of every form of every section."""


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


def everything() -> Recipe:
    return recipe_from_text(EVERYTHING, Path())
