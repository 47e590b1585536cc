"""Datasets of many small frames, with several cameras per scene, variables and classes of different rarity."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from synthvision.dataset import FrameWriter, open_dataset
from synthvision.formats import write_coco
from tests.unit.dataset.hand_made import make_labels, make_recipe, make_scene, picture, rectangle


def classes_of(scene: int) -> list[int]:
    """Category 1 everywhere, 2 in every fifth scene."""
    return [1, 2] if scene % 5 == 0 else [1]


def make_many(folder: Path, frames: int, views: int = 1, name: str = "many", seed: int = 7, start: int = 0) -> Path:
    recipe = make_recipe(name=name)
    with open_dataset(folder, recipe, seed, "preview") as dataset:
        for index in range(start, start + frames):
            scene_index = index // views
            camera = replace(make_scene(0).camera, name=("left", "right", "top")[index % views] if views > 1 else "")
            variables = {"night": (scene_index % 10) / 10, "sky": (0.1, 0.2, 0.3)}
            scene = replace(make_scene(index, seed=seed), scene_index=scene_index, camera=camera, variables=variables)
            masks = [rectangle(4 + 20 * place, 6, 9, 9 + scene_index % 7) for place in range(2)]
            things = [
                (n, category, masks[n - 1], masks[n - 1]) for n, category in enumerate(classes_of(scene_index), 1)
            ]
            pixels = np.roll(picture(index), index + seed, axis=1)
            pixels[0, 0] = index % 256, index // 256, seed
            dataset.journal.append(FrameWriter(folder, recipe).write(scene, make_labels(things), pixels))
        dataset.journal.finish()
        write_coco(folder)
    return folder
