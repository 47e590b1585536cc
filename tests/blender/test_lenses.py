"""Labels through lenses and of orthographic cameras equal what Cycles sees, ray by ray."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synthvision.assets import Texture
from synthvision.errors import RenderError
from synthvision.labels import Labeller, Maps
from synthvision.render.blender.osl_camera import check_lens
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.scene import World
from synthvision.scene.types import Lens
from tests.blender.index_pass import index_pass
from tests.blender.scenes import FakeStore, camera, make_scene, still_life

SMALL = camera(size=(160, 120))
BARREL = Lens("brown_conrady", (-0.3, 0.1, 0.003, -0.002, 0.01))
FOLDED = Lens("brown_conrady", (-0.35, 0.0, 0.0, 0.0))
RATIONAL = Lens("brown_conrady", (0.4, -2.2, 0.0003, -0.0001, 1.3, 0.28, -2.0, 1.2))
FISHEYE = Lens("kannala_brandt", (-0.02, 0.01, -0.003, 0.0004))
CAMERAS = {
    "barrel": replace(SMALL, lens=BARREL),
    "folded": replace(SMALL, fx=90.0, fy=100.0, cx=70.3, lens=FOLDED),
    "rational": replace(SMALL, fx=90.0, fy=90.0, cy=63.5, lens=RATIONAL),
    "fisheye": replace(SMALL, fx=40.0, fy=41.0, cx=83.0, lens=FISHEYE),
    "equidistant": replace(SMALL, fx=60.0, fy=60.0, lens=Lens("kannala_brandt", (0.0, 0.0, 0.0, 0.0))),
    "orthographic": replace(SMALL, fx=130.0, fy=130.0, cx=85.2, cy=55.1, orthographic=True),
    "orthographic_tall": replace(SMALL, fx=130.0, fy=100.0, cx=77.0, orthographic=True),
}
TIE_PX = 0.01


@pytest.mark.parametrize("name", CAMERAS)
def test_labels_equal_the_index_pass(renderer: BlenderRenderer, store: FakeStore, name: str) -> None:
    scene = still_life(view=CAMERAS[name])
    labeller = Labeller(store.as_store())
    labels = labeller.label(scene)
    index, depth = index_pass(renderer, scene)
    differs = index != labels.scene_map
    # As in test_labels_equal_cycles: what differs must be a tie, that a hundredth of a pixel decides.
    nudged = []
    for dx in (-TIE_PX, 0, TIE_PX):
        for dy in (-TIE_PX, 0, TIE_PX):
            view = replace(scene.camera, cx=scene.camera.cx + dx, cy=scene.camera.cy + dy)
            nudged.append(labeller.label(replace(scene, camera=view), maps=Maps()).scene_map)
    ties = differs & np.any([one == index for one in nudged], axis=0)
    assert (differs & ~ties).sum() == 0
    assert ties.sum() <= 3
    assert len(np.unique(index)) == 3 + (index < 0).any()
    # Of a camera of our own Cycles' depth pass is the distance along the ray.
    ours = labels.depth if scene.camera.orthographic else labels.distance
    near = (index >= 0) & ~differs & (ours < 5)
    np.testing.assert_allclose(depth[near], ours[near], atol=1e-3)


def test_what_a_lens_does_not_see_is_black(renderer: BlenderRenderer, store: FakeStore) -> None:
    scene = make_scene(view=CAMERAS["folded"], lights=(), world=World((1.0, 1.0, 1.0)))
    pixels = renderer.render(scene).pixels
    radius = np.hypot(*np.meshgrid((np.arange(160) + 0.5 - 70.3) / 90, (np.arange(120) + 0.5 - 60) / 100))
    limit = (1 / 1.05) ** 0.5 * 2 / 3
    assert (pixels[radius > limit + 0.03] == 0).all()
    np.testing.assert_allclose(pixels[radius < limit - 0.03], 1, rtol=1e-5)
    assert 0.3 < (radius < limit).mean() < 0.9


@pytest.mark.parametrize("name", ["barrel", "orthographic"])
def test_nothing_is_seen_nearer_than_the_clip_distance(renderer: BlenderRenderer, store: FakeStore, name: str) -> None:
    scene = still_life(view=CAMERAS[name])
    # Without the ground: the box lies on it, and cut open shows both at one depth.
    scene = replace(scene, instances=scene.instances[1:])
    cut = replace(scene, camera=replace(scene.camera, clip_m=1.7))
    labels = Labeller(store.as_store()).label(cut)
    index, _ = index_pass(renderer, cut)
    assert (labels.depth != Labeller(store.as_store()).label(scene).depth).sum() > 200
    assert (index != labels.scene_map).sum() <= 3


@pytest.mark.parametrize("name", CAMERAS)
def test_a_backdrop_fills_the_image_whatever_the_lens(renderer: BlenderRenderer, store: FakeStore, name: str) -> None:
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[:, :, 0] = np.linspace(0, 255, 160).astype(np.uint8)
    picture[:, :, 1] = np.linspace(0, 255, 120).astype(np.uint8)[:, None]
    store.images["backdrop"] = picture
    world = World(backdrop=Texture("file", "backdrop"))
    plain, seen = (
        renderer.render(make_scene(view=view, lights=(), world=world)).pixels for view in (SMALL, CAMERAS[name])
    )
    middle = np.s_[40:80, 55:105]
    assert plain[middle].max() > 0.3
    np.testing.assert_allclose(seen[middle], plain[middle], atol=1e-5)


def test_a_lens_needs_a_device_for_it() -> None:
    check_lens(CAMERAS["barrel"], "cpu")
    check_lens(SMALL, "cuda")
    with pytest.raises(RenderError, match=r"^camera: a lens must be rendered on one of cpu, optix, got cuda$"):
        check_lens(CAMERAS["barrel"], "cuda")


def test_lenses_leave_nothing_behind(renderer: BlenderRenderer, store: FakeStore) -> None:
    plain = still_life(view=SMALL)
    before = renderer.render(plain).pixels
    through = renderer.render(still_life(view=CAMERAS["fisheye"])).pixels
    renderer.render(still_life(view=CAMERAS["orthographic_tall"]))
    assert np.array_equal(renderer.render(plain).pixels, before)
    assert np.array_equal(renderer.render(still_life(view=CAMERAS["fisheye"])).pixels, through)
