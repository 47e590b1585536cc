"""Write the chart of shaders and marks: a ball and a box of each, lit by a window in a studio."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore, Material, Texture
from synthvision.assets.types import GeneratedAsset
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.lettering import write_text
from synthvision.render.strip import encoded_jpeg
from synthvision.render.types import RenderSettings
from synthvision.sampling.materials import KINDS, of_kind
from synthvision.scene import Camera, Instance, Light, Matrix, Scene, SensorSettings, World
from synthvision.scene.poses import as_matrix, look_at_camera
from synthvision.sensor import develop

MOST_BYTES = 200_000
TILE_PX = (300, 176)
COLUMNS = 5
EXPOSURE_EV = -0.4
BALL = GeneratedAsset("ball", (("diameter_m", 0.06),))
BOX = GeneratedAsset("box", (("depth_m", 0.05), ("height_m", 0.04), ("width_m", 0.06)))
PLANE = GeneratedAsset("plane", (("size_m", 4.0),))
GROUND = Material("ground", (0.32, 0.32, 0.33), roughness=0.8, specular=0.2)
COLOURS = ((0.45, 0.06, 0.04), (0.72, 0.66, 0.55), (0.05, 0.13, 0.32))
NATURAL = {
    "brushed_metal": ((0.78, 0.78, 0.79), (0.9, 0.66, 0.3), (0.85, 0.5, 0.36)),
    "metal": ((0.78, 0.78, 0.79), (0.9, 0.66, 0.3), (0.85, 0.5, 0.36)),
    "wood": ((0.46, 0.29, 0.15), (0.66, 0.49, 0.3), (0.2, 0.1, 0.055)),
    "glass": ((0.95, 0.97, 0.96), (0.25, 0.55, 0.3), (0.6, 0.3, 0.06)),
    "rubber": ((0.03, 0.03, 0.032), (0.3, 0.04, 0.03), (0.25, 0.26, 0.27)),
    "concrete": ((0.4, 0.39, 0.37), (0.5, 0.47, 0.42), (0.26, 0.26, 0.27)),
    "asphalt": ((0.09, 0.09, 0.093), (0.16, 0.155, 0.15), (0.05, 0.05, 0.052)),
    "soil": ((0.13, 0.08, 0.05), (0.22, 0.15, 0.09), (0.06, 0.042, 0.03)),
    "fruit_skin": ((0.5, 0.04, 0.02), (0.75, 0.5, 0.06), (0.28, 0.42, 0.05)),
    "paper": ((0.8, 0.79, 0.76), (0.75, 0.62, 0.3), (0.4, 0.55, 0.7)),
    "cardboard": ((0.42, 0.28, 0.16), (0.5, 0.36, 0.22), (0.62, 0.6, 0.56)),
}
MARKED = {"wear": "painted_metal", "dust": "plastic", "fingerprints": "metal", "scratches": "plastic"}


def tiles() -> dict[str, list[Material]]:
    """Return the three materials of each tile, by its title."""
    shown = [kind for kind in KINDS if kind != "paint"]  # which is painted metal by another name
    made = {kind: [coloured(kind, colour) for colour in NATURAL.get(kind, COLOURS)] for kind in shown}
    for mark, kind in MARKED.items():
        base = replace(coloured(kind, NATURAL.get(kind, COLOURS[::-1])[0]), roughness=0.25)
        made[f"{mark} 0, 0.4, 0.8"] = [replace(base, **{mark: strength}) for strength in (0.0, 0.4, 0.8)]
    return made


def coloured(kind: str, colour: tuple[float, float, float]) -> Material:
    return replace(of_kind(Material("body"), KINDS[kind]), base_colour=colour, shader_seed=0.37)


def tile_scene(store: AssetStore, materials: list[Material]) -> Scene:
    """Return three balls before three boxes."""
    names = {source: store.asset(source).mesh.content_hash for source in (BALL, BOX, PLANE)}
    instances = [Instance("ground", names[PLANE], as_matrix(np.eye(4)), (GROUND,))]
    for index, material in enumerate(materials):
        x = 0.078 * (index - 1)
        instances.append(Instance(f"ball/{index}", names[BALL], pose(x, -0.035, 0.0), (material,)))
        instances.append(Instance(f"box/{index}", names[BOX], pose(x, 0.04, 0.4), (material,)))
    window = Light("window", "area", 1.6, (1.0, 0.97, 0.92), (-0.5, -0.35, 0.6), (0.58, 0.41, -0.7), 0.3)
    sky = World(environment=Texture("generated", "studio"), strength=0.7)
    meshes = {name: source for source, name in names.items()}
    return Scene(0, 0, 0, meshes, tuple(instances), (window,), sky, camera())


def pose(x: float, y: float, turn_rad: float) -> Matrix:
    c, s = float(np.cos(turn_rad)), float(np.sin(turn_rad))
    return (c, -s, 0.0, x), (s, c, 0.0, y), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0)


def camera() -> Camera:
    width, height = TILE_PX
    focal = 2.45 * width
    to_world = as_matrix(look_at_camera((0.0, -0.52, 0.36), (0.0, 0.0, 0.022)))
    return Camera(width, height, focal, focal, width / 2, height / 2, to_world)


def write_chart(file: Path, samples_per_pixel: int) -> None:
    store = AssetStore(Path())
    renderer = BlenderRenderer(RenderSettings(samples_per_pixel, 0.0, "accurate", device="cpu"), store)
    pictures: list[NDArray[np.uint8]] = []
    for title, materials in tiles().items():
        picture = develop(renderer.render(tile_scene(store, materials)), SensorSettings(exposure_ev=EXPOSURE_EV))
        write_text(picture, title.replace("_", " "), (6, 4), 15, (255, 255, 255))
        pictures.append(picture)
    renderer.close()
    pictures += [np.zeros_like(pictures[0])] * (-len(pictures) % COLUMNS)
    rows = [np.concatenate(pictures[start : start + COLUMNS], 1) for start in range(0, len(pictures), COLUMNS)]
    chart = np.concatenate(rows, axis=0)
    file.write_bytes(encoded_jpeg(chart, MOST_BYTES))
    print(f"{file}: {chart.shape[1]} x {chart.shape[0]} pixels, {file.stat().st_size} bytes")


if __name__ == "__main__":
    path, samples = sys.argv[1:]
    write_chart(Path(path), int(samples))
