"""One renderer per module: starting Blender costs more than most of these renders."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from tests.blender.scenes import FakeStore, make_store


@pytest.fixture(scope="module")
def store() -> FakeStore:
    return make_store()


@pytest.fixture(scope="module")
def renderer(store: FakeStore) -> Iterator[BlenderRenderer]:
    """A renderer of 4 samples per pixel without a denoiser, on the CPU."""
    made = BlenderRenderer(RenderSettings(4, 0.0, "none", device="cpu"), store.as_store())
    yield made
    made.close()
