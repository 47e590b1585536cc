"""What the labels call covered by a decal is what Cycles shows of its picture, pixel by pixel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synthvision.assets import Material, Mesh, Texture
from synthvision.labels import Labeller
from synthvision.scene import Decal
from tests.blender.colour_pass import colour_pass
from tests.blender.scenes import BALL, BOX, FakeStore, at, camera, make_scene, thing
from tests.blender.test_labels_equal_cycles import nudges

BLACK = Material("black", (0.0, 0.0, 0.0), specular=0.0)
SIZE = 200, 150


def picture(kind: str) -> np.ndarray:
    """White pictures, so that a black surface under them is as bright as they are opaque."""
    image = np.full((24, 36, 4), 255, np.uint8)
    y, x = np.mgrid[0:24, 0:36]
    if kind == "soft":
        image[:, :, 3] = np.clip(380 - 300 * np.hypot((x - 17.5) / 18, (y - 11.5) / 12), 0, 255)
    elif kind == "holes":
        image[(x // 4 + y // 4) % 2 == 0, 3] = 0
    return image


def frame(point, turn, width_m: float, height_m: float):
    """Place a decal's frame: ``turn`` (a rotation) brings z to the normal."""
    matrix = np.eye(4)
    matrix[:3, :3] = turn.as_matrix() * (width_m, height_m, 1.0)
    matrix[:3, 3] = point
    return tuple(map(tuple, matrix.tolist()))


def decal(on: str, kind: str, pose, depth_m: float, number: int = 2) -> Decal:
    return Decal(
        f"{on}/decal/{number}", on, Texture("generated", kind), pose, depth_m, instance_id=number, category_id=2
    )


FRONT = Rotation.from_euler("x", 90, degrees=True)  # z towards -Y
TILTED = Rotation.from_euler("xz", [70, 25], degrees=True)


def sheet() -> Mesh:
    """A square in the XZ plane whose triangles face +Y, away from the camera."""
    vertices = np.array([(-0.2, 0, 0), (0.2, 0, 0), (0.2, 0, 0.4), (-0.2, 0, 0.4)], np.float32)
    return Mesh(vertices, np.array([(2, 1, 0), (3, 2, 0)], np.int32), np.zeros(2, np.int16))


SHEET = sheet()
BACK = Rotation.from_euler("x", -90, degrees=True)
CASES = {
    "soft picture on a box": (BOX, 1.0, decal("thing", "soft", frame((0.02, -0.15, 0.16), FRONT, 0.2, 0.14), 0.01)),
    "holes, scaled and turned": (BOX, 1.3, decal("thing", "holes", frame((0.0, -0.15, 0.1), FRONT, 0.2, 0.14), 0.01)),
    "over the edge of a box": (BOX, 1.0, decal("thing", "full", frame((0.0, -0.15, 0.3), TILTED, 0.16, 0.16), 0.03)),
    "around a ball": (BALL, 1.1, decal("thing", "full", frame((0.0, -0.2, 0.2), FRONT, 0.3, 0.2), 0.08)),
    "cut by its slab": (BALL, 1.1, decal("thing", "soft", frame((0.0, -0.2, 0.2), FRONT, 0.36, 0.36), 0.02)),
    "seen from behind": (SHEET, 1.0, decal("thing", "holes", frame((0.0, 0.0, 0.2), BACK, 0.2, 0.3), 0.01)),
    "facing away": (SHEET, 1.0, decal("thing", "full", frame((0.0, 0.0, 0.2), FRONT, 0.2, 0.3), 0.01)),
}


@pytest.fixture(scope="module")
def store(store: FakeStore) -> FakeStore:
    store.assets |= {SHEET.content_hash: replace(store.assets[BOX.content_hash], mesh=SHEET)}
    store.images |= {kind: picture(kind) for kind in ("soft", "holes", "full")}
    return store


@pytest.mark.parametrize("case", CASES)
def test_a_decal_covers_the_pixels_that_cycles_shows(renderer, store, case: str):
    mesh, scale, one = CASES[case]
    bearer = replace(thing("thing", mesh, at(0.03, 0.0, 0.0, scale, 0.3), BLACK), instance_id=1, category_id=1)
    before = replace(thing("before", BOX, at(0.28, -0.5, 0.05, 0.4), BLACK))
    view = camera((0.35, -1.3, 0.55), (0.03, 0.0, 0.2), SIZE, focal_px=300)
    scene = replace(make_scene(bearer, before, view=view), decals=(one,))
    labeller = Labeller(store.as_store())
    maps = [labels.instance_map for labels in nudges(labeller, scene)]
    mask = labeller.label(scene).instance_map == 2
    shown = colour_pass(renderer, scene)[:, :, 0] >= 0.5
    ties = np.any([(nudged == 2) != mask for nudged in maps], axis=0)
    assert ((shown != mask) & ~ties).sum() == 0
    assert (shown != mask).sum() <= 8
    assert (mask.sum() == 0) == (case == "facing away")
    assert mask.sum() > 300 or case == "facing away"


def test_one_decal_over_another(renderer, store):
    first = decal("thing", "full", frame((0.0, -0.15, 0.15), FRONT, 0.2, 0.2), 0.01, 2)
    black = np.zeros((8, 8, 4), np.uint8)
    black[:, :, 3] = 255
    store.images["black"] = black
    second = decal("thing", "black", frame((0.05, -0.15, 0.2), FRONT, 0.2, 0.2), 0.01, 3)
    bearer = replace(thing("thing", BOX, material=BLACK), instance_id=1, category_id=1)
    scene = replace(make_scene(bearer, view=camera((0.3, -1.2, 0.5), size=SIZE)), decals=(first, second))
    labels = Labeller(store.as_store()).label(scene)
    shown = colour_pass(renderer, scene)[:, :, 0] >= 0.5
    ties = np.any([n.instance_map != labels.instance_map for n in nudges(Labeller(store.as_store()), scene)], axis=0)
    assert (((labels.instance_map == 2) != shown) & ~ties).sum() == 0
    assert (labels.instance_map == 3).sum() == labels.instances[2].mask_px > 300
    assert labels.instances[1].mask_px > (labels.instance_map == 2).sum() > 300
