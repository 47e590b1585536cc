"""Prints the SHA-256 of everything procedural, and of some frames with their previews: see test_processors.py."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from synthvision.assets.catalog import load_catalog
from synthvision.assets.environments import ENVIRONMENTS
from synthvision.assets.generators import GENERATORS
from synthvision.assets.textures import PICTURES
from synthvision.recipe import load_recipe
from synthvision.run.messages import Job
from synthvision.run.stages import FrameStages
from tests.unit.assets_generated.drawing import scattered

FRAMES = (("quickstart", 1), ("quickstart", 2), ("fruit_on_a_table", 2), ("dice", 0), ("tabletop", 0), ("pcb", 0))
"""Things that fall, stand and lie, decals, keypoints; fruit and dice settle by physics."""


def parts(thing: Any) -> Iterator[bytes]:
    """Yield every number and text in a value of plain data."""
    if isinstance(thing, np.ndarray):
        yield f"{thing.shape} {thing.dtype}".encode()
        yield thing.tobytes()
    elif is_dataclass(thing):
        yield from parts([getattr(thing, field.name) for field in fields(thing)])
    elif isinstance(thing, Mapping):
        yield from parts([list(pair) for pair in thing.items()])
    elif isinstance(thing, list | tuple):
        for one in thing:
            yield from parts(one)
    else:
        yield repr(thing).encode()


def digest(thing: Any) -> str:
    return hashlib.sha256(b"\0".join(parts(thing))).hexdigest()


def everything() -> Iterator[tuple[str, str]]:
    angles = np.linspace(-9, 9, 5000)
    yield "sines of numpy", digest([np.tan(angles), np.exp(angles), np.arctan2(angles, angles[::-1])])
    catalog, at = load_catalog(), scattered(7)
    for name, model in catalog.models.items():
        source = model.source(at)
        yield name, digest(GENERATORS[source.generator](dict(source.parameters)))
    for name, texture in catalog.textures.items():
        picture = texture.source(at)
        yield f"texture {name}", digest(PICTURES[picture.key](dict(picture.parameters)))
    for name, environment in catalog.environments.items():
        light = environment.source(at)
        yield f"environment {name}", digest(ENVIRONMENTS[light.key](dict(light.parameters)))
    for name, frame_index in FRAMES:
        stages = FrameStages(Job(load_recipe(name), 0, None, "preview"))
        accepted = stages.accept(frame_index)
        picture = stages.develop(accepted, stages.render(accepted.scene)).image
        for what, made in (("scene", accepted.scene), ("labels", accepted.labels), ("preview", picture)):
            yield f"{what} {name} {frame_index}", digest(made)


if __name__ == "__main__":
    json.dump(dict(everything()), sys.stdout)
