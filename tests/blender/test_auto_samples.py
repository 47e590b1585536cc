"""Frames with as many samples as they need, against long renders of the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import log10

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.errors import RenderError
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import Convergence, ErrorTarget, Radiance, RenderSettings
from synthvision.scene import Light, Mix, Scene, SensorSettings
from synthvision.sensor import develop, levels_per_light
from tests.blender.scenes import FakeStore, camera, still_life

SETTINGS = RenderSettings(64, 0.0, "fast", device="cpu", threads=2)
LAMP = Light("lamp", "area", 30.0, (1.0, 1.0, 1.0), (0.8, -0.4, 1.2), (-0.53, 0.27, -0.8), size=0.9)


def lit(frame_index: int = 0) -> Scene:
    """A still life under a large lamp, whose soft shadows are noisy."""
    view = camera(size=(96, 72))
    sensor = SensorSettings(view="filmic", exposure_ev=1.0)
    return replace(still_life(frame_index, view), lights=(LAMP,), sensor=sensor)


@contextmanager
def opened(
    store: FakeStore, target_db: float | None, most: int = 128, denoiser: str = "fast"
) -> Iterator[BlenderRenderer]:
    target = None if target_db is None else ErrorTarget(target_db, most, levels_per_light)
    made = BlenderRenderer(replace(SETTINGS, denoiser=denoiser, samples_per_pixel=most), store.as_store(), target)
    yield made
    made.close()


def told(radiance: Radiance) -> Convergence:
    assert radiance.convergence is not None
    return radiance.convergence


@pytest.fixture(scope="module")
def long(store: FakeStore) -> NDArray[np.uint8]:
    with opened(store, None, 1024, "none") as renderer:
        return develop(renderer.render(replace(lit(), seed=5)), lit().sensor)


@pytest.mark.parametrize("denoiser", ["fast", "accurate", "none"])
def test_estimate_is_the_real_error_and_a_higher_target_costs_more(
    store: FakeStore, long: NDArray[np.uint8], denoiser: str
) -> None:
    found = []
    for target_db in (34.0, 44.0):
        with opened(store, target_db, 512, denoiser) as renderer:
            radiance = renderer.render(lit())
        error = np.mean((develop(radiance, lit().sensor).astype(np.float64) - long) ** 2)
        real_db = 10 * log10(255**2 / error)
        assert told(radiance).met
        assert told(radiance).target_db == target_db
        assert target_db - 0.5 <= real_db
        assert told(radiance).estimated_db == pytest.approx(real_db - 0.5, abs=1.7)  # it errs on the safe side
        found.append((told(radiance).samples_per_pixel, real_db))
    assert found[0] < found[1]
    assert found[0][1] < found[1][1]


def test_other_frames_and_threads_change_no_bit(store: FakeStore) -> None:
    frames = [lit(index) for index in range(2)]
    with opened(store, 36.0) as renderer:
        forth = [renderer.render(frame) for frame in frames]
    with opened(store, 36.0) as renderer:
        renderer._settings = replace(renderer._settings, threads=1)
        renderer.prepare(frames[1])
        back = [renderer.render(frames[1]), renderer.render(frames[0])][::-1]
    for first, second in zip(forth, back, strict=True):
        assert np.array_equal(first.pixels, second.pixels)
        assert told(first) == told(second)
    assert not np.array_equal(forth[0].pixels, forth[1].pixels)


def test_the_most_samples_are_an_end(store: FakeStore) -> None:
    with opened(store, 50.0, most=12) as renderer:
        found = told(renderer.render(lit()))
    assert found.samples_per_pixel == 12
    assert found.estimated_db < 50
    assert not found.met


def test_a_renderer_with_a_number_of_samples_tells_of_none(renderer: BlenderRenderer) -> None:
    assert renderer.render(lit()).convergence is None


def test_mixed_light_is_refused(store: FakeStore) -> None:
    mixed = replace(lit(), mix=Mix(0, (1.0,), 1.0, 1.0))
    with opened(store, 30.0) as renderer, pytest.raises(RenderError) as caught:
        renderer.render(mixed)
    assert str(caught.value) == "frame 0: its light must not be mixed where samples are auto, got a mix"
