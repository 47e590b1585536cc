"""Write rgb | masks | depth | boxes of one frame as a JPEG small enough for a README."""

import sys
from pathlib import Path

import cv2

from synthvision import frames, load_recipe
from synthvision.render.strip import encoded_jpeg, strip

MOST_BYTES = 300_000
WIDTH_PX = 1600


def write_strip(recipe: str, frame_index: int, file: Path, renderer: str) -> None:
    (frame,) = frames(load_recipe(recipe, ["render.quality=high"]), 1, start=frame_index, renderer=renderer)
    picture = strip(frame.image, frame.labels)
    height = round(picture.shape[0] * WIDTH_PX / picture.shape[1])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(encoded_jpeg(cv2.resize(picture, (WIDTH_PX, height), interpolation=cv2.INTER_AREA), MOST_BYTES))
    print(f"{file}: {WIDTH_PX} x {height} pixels, {file.stat().st_size} bytes")


if __name__ == "__main__":
    name, index, path, *rest = sys.argv[1:]
    write_strip(name, int(index), Path(path), rest[0] if rest else "blender")
