"""Scanned, artist-made and CAD models and captured environments, where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

REAL = Path(__file__).parents[2] / "shared" / "real"
needs_real_models = pytest.mark.skipif(
    not REAL.is_dir(), reason="the real models are not part of the repository and not beside this checkout"
)

# One recipe over everything that lies there: textured scans, glTF with embedded textures, bare meshes, CAD, HDRIs.
REAL_RECIPE = """
version: 1
name: real_models
categories: [duck, truck, banana, scissors, bunny, cow, part]
objects:
  - files: models/Duck.glb
    category: duck
    size_m: 0.12
    count: {integers: [1, 2]}
    place: &table {on: ground, within: {disc: {radius_m: 0.3}}}
  - {files: models/CesiumMilkTruck.glb, category: truck, size_m: 0.2, place: *table}
  - {files: models/ycb_banana/*.obj, category: banana, count: {integers: [1, 2]}, place: *table, rotation: stable}
  - {files: models/ycb_scissors/*.obj, category: scissors, place: *table, rotation: stable}
  - {files: models/stanford-bunny.obj, category: bunny, up: y, place: *table, material: {kind: ceramic}}
  - files: models/spot.obj
    category: cow
    up: y
    size_m: 0.15
    place: *table
    material: {kind: plastic, colour: {hsv: [[0, 1], [0, 0.5], [0.5, 1]]}}
  - {files: models/featuretype.STL, category: part, unit_m: 0.0254, place: *table, material: {kind: metal}}
ground: {size_m: 4, tile_m: 0.8, material: {kind: matte, texture: [wood, concrete]}}
world: {hdri: hdri/*.hdr, rotation_deg: {uniform: [0, 360]}}
camera:
  resolution: [160, 120]
  fov_deg: {uniform: [40, 50]}
  position: {shell: {radius_m: [0.7, 1], elevation_deg: [25, 60]}}
  look_at: {at_m: [0, 0, 0.05], jitter_m: 0.05}
render: {quality: draft}
"""


def real_recipe(folder: Path) -> Path:
    """Write the recipe into ``folder``, with links to the models and environments beside it."""
    path = folder / "real_models.yaml"
    path.write_text(REAL_RECIPE)
    for kind in ("models", "hdri"):
        (folder / kind).symlink_to(REAL / kind)
    return path
