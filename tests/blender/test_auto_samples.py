"""Frames with as many samples as they need, against long renders of the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import log10

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.errors import RenderError
from synthvision.render.blender import cycles
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.error_estimate import Piece
from synthvision.render.types import Convergence, ErrorTarget, Radiance, RenderSettings
from synthvision.scene import Mix, Scene, SensorSettings
from synthvision.scene.types import Lens
from synthvision.sensor import develop, levels_per_light
from tests.blender.scenes import LARGE_LAMP, FakeStore, camera, still_life

SETTINGS = RenderSettings(64, 0.0, "fast", device="cpu", threads=2)


def lit(frame_index: int = 0) -> Scene:
    """A still life under a large lamp, whose soft shadows are noisy."""
    view = camera(size=(96, 72))
    sensor = SensorSettings(view="filmic", exposure_ev=1.0)
    return replace(still_life(frame_index, view), lights=(LARGE_LAMP,), sensor=sensor)


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


SMALL = camera(size=(64, 64))
FISHEYE = replace(SMALL, fx=26.0, fy=26.0, lens=Lens("kannala_brandt", (-0.02, 0.01, -0.003, 0.0004)))
MOVES = {"shutter_s": 0.5, "velocity_m_s": (1.0, 0.0, 0.0), "spin_deg_s": (0.0, 0.0, 40.0)}
VIEWS = {
    "fisheye": FISHEYE,
    "barrel": replace(SMALL, lens=Lens("brown_conrady", (-0.3, 0.1, 0.003, -0.002, 0.01))),
    "orthographic": replace(SMALL, fx=60.0, fy=60.0, orthographic=True),
    "depth of field": replace(SMALL, aperture_m=0.1, focus_m=0.8),
    "motion": replace(SMALL, **MOVES),
    "all of it": replace(FISHEYE, aperture_m=0.1, focus_m=0.8, **MOVES),
}
Rendered = dict[str, tuple[Radiance, list[Piece]]]


def rendered(store: FakeStore, denoiser: str, views: Sequence[str], **settings: int) -> Rendered:
    """Render a frame of each of these views in this order, and keep what it was made of."""
    found: Rendered = {}
    with opened(store, 36.0, 32, denoiser) as renderer:
        renderer._settings = replace(renderer._settings, **settings)
        whole, pieces = renderer._piece, []
        renderer._piece = lambda *which: pieces.append(whole(*which)) or pieces[-1]  # type: ignore[method-assign]
        for name in views:
            pieces.clear()
            found[name] = renderer.render(replace(lit(), camera=VIEWS[name])), list(pieces)
    return found


@pytest.fixture(scope="module", params=["fast", "none"])
def twice(request: pytest.FixtureRequest, store: FakeStore) -> tuple[str, Rendered, Rendered, Rendered]:
    """The denoiser; all views; all again, in another order and with one thread; and again in tiles."""
    forth, back = list(VIEWS), list(VIEWS)[::-1]
    first = rendered(store, request.param, forth)
    again = rendered(store, request.param, back, threads=1)
    return request.param, first, again, rendered(store, request.param, back, tile_px=32)


@pytest.mark.parametrize("name", VIEWS)
def test_every_camera_and_tiles(store: FakeStore, twice: tuple[str, Rendered, Rendered, Rendered], name: str) -> None:
    denoiser, *runs = twice
    (found, pieces), (again, _), (tiled, _) = (run[name] for run in runs)
    assert np.array_equal(found.pixels, again.pixels)
    assert told(found) == told(again)
    if denoiser == "none":
        assert np.array_equal(found.pixels, tiled.pixels)
        assert told(found) == told(tiled)
    else:  # Cycles' own rounding before and after the denoiser
        np.testing.assert_allclose(tiled.pixels, found.pixels, rtol=1e-3, atol=1e-5)
    assert found.pixels.shape == (64, 64, 3)
    assert told(found).samples_per_pixel == sum(piece.samples_per_pixel for piece in pieces) <= 32
    assert told(found).met == (told(found).estimated_db >= 36.0)
    assert told(found).met or told(found).samples_per_pixel == 32
    assert len({piece.raw.tobytes() for piece in pieces}) == len(pieces) >= 2


def test_a_piece_has_the_samples_that_it_says(store: FakeStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cycles, "_FEW_SAMPLES", 0)  # as many by themselves are spread otherwise
    made = rendered(store, "fast", ["all of it"])["all of it"][1][0]
    with opened(store, None, made.samples_per_pixel, "none") as renderer:
        fixed = renderer.render(replace(lit(), camera=VIEWS["all of it"]))
    assert np.array_equal(fixed.pixels, made.raw)


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
