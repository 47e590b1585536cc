"""The scenes that a peer program renders, as one JSON file of plain words, with a mesh file for each shape beside it.

All that a foreign renderer needs is in them: no word of a recipe, no asset, no texture. ``conventions`` in the file
says what its numbers mean.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.assets.types import Material, Mesh
from synthvision.recipe import load_recipe
from synthvision.recipe.model import Recipe
from synthvision.scene import Camera, Instance, Light, Scene, SensorSettings

Json = dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """One comparison: how many frames, with how many samples, denoised or not, and what its figures are called."""

    name: str
    samples: int
    frames: int
    denoise: bool = False


# Ten things on a table. All frames show the same ones, at other places and under another light, so that a peer may load
# them once and give each a pose per frame, which is the fastest way for most.
THINGS = {
    "mug": ("vessel", (0.7, 0.1, 0.1)),
    "can": ("vessel", (0.1, 0.2, 0.6)),
    "carton": ("vessel", (0.8, 0.8, 0.7)),
    "bottle": ("vessel", (0.1, 0.4, 0.2)),
    "bowl": ("vessel", (0.8, 0.6, 0.2)),
    "gear": ("part", (0.4, 0.4, 0.45)),
    "nut": ("part", (0.6, 0.5, 0.3)),
    "bolt": ("part", (0.5, 0.5, 0.5)),
    "die": ("part", (0.9, 0.9, 0.9)),
    "brick": ("part", (0.6, 0.25, 0.15)),
}
THING = """
  - asset: {asset}
    category: {category}
    variants: 1
    size_m: 0.2
    place: {{on: ground, within: {{disc: {{radius_m: 0.6}}}}}}
    material: {{kind: matte, colour: {{rgb: [{colour}]}}, roughness: 0.5}}"""
RECIPE = """
version: 1
name: peer
categories: [vessel, part]
objects:{things}
ground: {{size_m: 8, material: {{kind: matte, colour: {{rgb: [0.5, 0.45, 0.4]}}, roughness: 0.8}}}}
world: {{colour: {{rgb: [0.6, 0.7, 0.8]}}, strength: 0.3}}
lights:
  - {{type: area, power_w: 60, position: {{shell: {{radius_m: [1.5, 2.5], elevation_deg: [40, 80]}}}}}}
camera:
  resolution: [{width}, {height}]
  fov_deg: 45
  position: {{shell: {{radius_m: [1.4, 1.8], elevation_deg: [30, 60]}}}}
render: {{samples_per_pixel: {samples}, denoise: {denoise}}}
outputs: {{depth: exr, semantic: true}}
"""
LIGHT_PATHS = {"max": 8, "diffuse": 8, "glossy": 8, "transmission": 8, "transparent": 128, "volume": 0}
OUTPUTS = ("rgb", "depth", "instance_segmentation", "category_segmentation", "coco_annotations")
CONVENTIONS = {
    "world": "right-handed, z up, metres",
    "matrices": "4x4, row by row, acting on column vectors",
    "camera": "x right, y down, looks along +z; K is in pixels, with the middle of the first at (0.5, 0.5)",
    "light": "shines along its own -z; an area light is a disc, and size is its diameter in metres; power in watts",
    "colours": "linear Rec. 709",
    "ids": "instance_id and category_id 0: not labelled",
    "denoiser": "none, or openimagedenoise with albedo and normals, at its highest quality",
}


def peer_recipe(folder: Path, variant: Variant, width: int = 640, height: int = 480) -> Recipe:
    """Return the recipe of a variant's scenes."""
    things = "".join(
        THING.format(asset=asset, category=category, colour=", ".join(map(str, colour)))
        for asset, (category, colour) in THINGS.items()
    )
    denoise = str(variant.denoise).lower()
    path = folder / "peer.yaml"
    path.write_text(RECIPE.format(things=things, width=width, height=height, samples=variant.samples, denoise=denoise))
    return load_recipe(path)


def plain(scene: Scene) -> Scene:
    """Reduce a drawn scene to what the JSON file says: one surface for each thing, and a sensor without faults."""
    return replace(scene, instances=tuple(map(_plain_instance, scene.instances)), sensor=SensorSettings(), decals=())


def _plain_instance(instance: Instance) -> Instance:
    look = instance.materials[0]
    surface = Material(base_colour=look.base_colour, metallic=look.metallic, roughness=look.roughness)
    return replace(instance, materials=tuple(surface for _ in instance.materials))


def write_scene_json(folder: Path, recipe: Recipe, scenes: Sequence[Scene], variant: Variant, threads: int) -> Path:
    """Write ``scenes.json`` and the mesh files that it names, relative to itself; return its path."""
    folder.mkdir(parents=True)
    store = AssetStore(recipe.folder)
    files: dict[str, str] = {}
    for scene in scenes:
        for name, source in scene.meshes.items():
            if name not in files:
                files[name] = f"mesh_{len(files):03d}.obj"
                (folder / files[name]).write_text(obj_text(store.asset(source).mesh))
    path = folder / "scenes.json"
    path.write_text(json.dumps(scene_json(recipe, scenes, files, variant, threads), indent=1))
    return path


def scene_json(
    recipe: Recipe, scenes: Sequence[Scene], files: Mapping[str, str], variant: Variant, threads: int
) -> Json:
    """Describe plain scenes in words of the field; ``files``: content hash of a mesh → its file."""
    return {
        "conventions": CONVENTIONS,
        "settings": {
            "samples_per_pixel": variant.samples,
            "adaptive_threshold": 0.0,
            "denoiser": "openimagedenoise" if variant.denoise else "none",
            "light_bounces": LIGHT_PATHS,
            "clamp_indirect": 10.0,
            "caustics": False,
            "device": "cpu",
            "threads": threads,
            "outputs": list(OUTPUTS),
        },
        "categories": [{"id": index, "name": one.name} for index, one in enumerate(recipe.categories, 1)],
        "frames": [_frame_json(scene, files) for scene in scenes],
    }


def _frame_json(scene: Scene, files: Mapping[str, str]) -> Json:
    return {
        "frame_index": scene.frame_index,
        "camera": _camera_json(scene.camera),
        "instances": [_instance_json(one, files) for one in scene.instances],
        "lights": [_light_json(light) for light in scene.lights],
        "world": {"colour": list(scene.world.colour), "strength": scene.world.strength},
    }


def _camera_json(camera: Camera) -> Json:
    return {
        "width_px": camera.width_px,
        "height_px": camera.height_px,
        "K": [[camera.fx, 0.0, camera.cx], [0.0, camera.fy, camera.cy], [0.0, 0.0, 1.0]],
        "camera_to_world": [list(row) for row in camera.camera_to_world],
        "clip_m": camera.clip_m,
    }


def _instance_json(instance: Instance, files: Mapping[str, str]) -> Json:
    surface = instance.materials[0]
    return {
        "name": instance.name,
        "instance_id": instance.instance_id,
        "category_id": instance.category_id,
        "mesh": files[instance.mesh],
        "object_to_world": [list(row) for row in instance.object_to_world],
        "material": {
            "base_colour": list(surface.base_colour),
            "metallic": surface.metallic,
            "roughness": surface.roughness,
        },
    }


def _light_json(light: Light) -> Json:
    return {
        "name": light.name,
        "type": light.type,
        "power": light.power_w,
        "colour": list(light.colour),
        "size": light.size,
        "light_to_world": aimed(light).tolist(),
    }


def aimed(light: Light) -> NDArray[np.float64]:
    """Return the 4x4 pose of a light that shines along its own -z; it is round, so how it is rolled does not matter."""
    z = -np.asarray(light.direction)
    x = np.cross([0.0, 1.0, 0.0] if abs(z[1]) < 0.9 else [1.0, 0.0, 0.0], z)  # noqa: PLR2004 - any axis not along z
    x /= np.linalg.norm(x)
    pose = np.eye(4)
    pose[:3] = np.column_stack([x, np.cross(z, x), z, light.position_m])
    return pose


def obj_text(mesh: Mesh) -> str:
    """Write a mesh as Wavefront OBJ: in its own frame (z up, metres), with shading normals per corner if it has any."""
    lines = [f"v {x!r} {y!r} {z!r}" for x, y, z in mesh.vertices.tolist()]
    corners = (mesh.triangles + 1).tolist()
    if mesh.normals is None:
        return "\n".join([*lines, *(f"f {a} {b} {c}" for a, b, c in corners)]) + "\n"
    normals, of_corner = np.unique(mesh.normals.reshape(-1, 3), axis=0, return_inverse=True)
    lines += [f"vn {x!r} {y!r} {z!r}" for x, y, z in normals.tolist()]
    smooth = (of_corner.reshape(-1, 3) + 1).tolist()
    lines += [f"f {a}//{na} {b}//{nb} {c}//{nc}" for (a, b, c), (na, nb, nc) in zip(corners, smooth, strict=True)]
    return "\n".join(lines) + "\n"
