"""Render frames of every bundled recipe and write the gallery page: pictures, and below them the same with labels."""

import sys
from pathlib import Path

import cv2
import numpy as np

from synthvision import Frame, frames, load_recipe
from synthvision.recipe import bundled_recipes
from synthvision.recipe.model import Recipe
from synthvision.render.overlay import annotated
from synthvision.render.strip import encoded_jpeg

FRAMES = 4
WIDTH_PX = 1600
MOST_BYTES = 220_000
GAP_PX = 6
GOOD = "render.quality=high"
SMALLER = "camera.resolution=[400, 300]"

HEAD = """# Gallery

Every recipe that comes with synthvision: pictures as they are rendered, and the same with their labels.
Made by `./scripts/write_gallery` in quality `high`; each recipe is a file of less than 120 lines in `scenes/`.
"""


def page(docs: Path, names: tuple[str, ...]) -> None:
    """Write the strips of some recipes into ``docs/gallery/``, and the page with all of them."""
    folder = docs / "gallery"
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        file = folder / f"{name}.jpg"
        file.write_bytes(encoded_jpeg(_sheet(_smaller(name)), MOST_BYTES))
        print(f"{file}: {file.stat().st_size} bytes", flush=True)
    sections = [_section(name) for name in bundled_recipes() if (folder / f"{name}.jpg").is_file()]
    (docs / "gallery.md").write_text("\n".join([HEAD, *sections]))


def _smaller(name: str) -> Recipe:
    recipe = load_recipe(name, [GOOD])
    # Recipes with several cameras, or with a real sensor's own resolution, keep theirs.
    plain = len(recipe.cameras) == 1 and recipe.cameras[0].sensor is None
    return load_recipe(name, [GOOD, SMALLER]) if plain else recipe


def _sheet(recipe: Recipe) -> np.ndarray:
    drawn = list(frames(recipe, FRAMES))
    rows = [np.concatenate(_spaced([frame.image for frame in drawn]), axis=1)]
    rows.append(np.concatenate(_spaced([_labelled(frame) for frame in drawn]), axis=1))
    sheet = np.concatenate([rows[0], np.full((GAP_PX, rows[0].shape[1], 3), 255, np.uint8), rows[1]])
    height = round(sheet.shape[0] * WIDTH_PX / sheet.shape[1])
    return cv2.resize(sheet, (WIDTH_PX, height), interpolation=cv2.INTER_AREA)


def _labelled(frame: Frame) -> np.ndarray:
    return annotated(frame.image, frame.labels)


def _spaced(pictures: list[np.ndarray]) -> list[np.ndarray]:
    gap = np.full((pictures[0].shape[0], GAP_PX, 3), 255, np.uint8)
    return [part for picture in pictures for part in (picture, gap)][:-1]


def _section(name: str) -> str:
    recipe = load_recipe(name)
    categories = ", ".join(category.name for category in recipe.categories)
    return (
        f"## {name}\n\n{recipe.info.description}. Categories: {categories}.\n\n"
        f"![Four frames of {name}, without and with labels](gallery/{name}.jpg)\n"
    )


if __name__ == "__main__":
    page(Path("docs"), tuple(sys.argv[1:]) or bundled_recipes())
