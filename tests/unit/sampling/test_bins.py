"""A whole bin of parts of the catalog, from the recipe to where they lie."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.recipe.model import Recipe
from synthvision.sampling import SceneSampler
from synthvision.sampling.bodies import Body, touch
from synthvision.sampling.physics import settling
from synthvision.sampling.physics.simulation import Simulation
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.sampling.shapes import Shape
from synthvision.scene import Scene
from tests.unit.sampling.falling import afloat, overlaps, tolerance_m
from tests.unit.sampling.worlds import CAMERA, LAMP

PARTS = {"l_bracket": 4, "t_joint": 3, "connecting_rod": 3, "bolt": 4, "nut": 4}
STORE = AssetStore(Path())


def recipe() -> Recipe:
    # Over a small part of the bin, so that they make a heap.
    drop = {"into": "bin", "within": {"disc": {"radius_m": 0.05}}}
    tote = {"asset": "tote_bin", "name": "bin", "variants": 1, "place": {"at_m": [0, 0, 0]}}
    return Recipe.model_validate(
        {
            "version": 1,
            "name": "bin",
            "categories": list(PARTS),
            "objects": [
                {"asset": name, "category": name, "count": count, "variants": 1, "place": {"drop": drop}}
                for name, count in PARTS.items()
            ],
            "distractors": [tote],
            "ground": {},
            "lights": [LAMP],
            "camera": CAMERA,
        }
    )


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return SceneSampler(recipe(), STORE, 3).draw(0)


@pytest.fixture(scope="module")
def bodies(scene: Scene) -> list[Body]:
    """The parts, and the bin at the end."""
    shapes = {key: Shape(STORE.asset(source).mesh) for key, source in scene.meshes.items()}
    return [Body(shapes[one.mesh], np.array(one.object_to_world)) for one in scene.instances if one.name != "ground"]


def test_parts_lie_in_the_bin_and_on_each_other(bodies: list[Body]) -> None:
    *parts, tote = bodies
    assert len(parts) == sum(PARTS.values())
    low, high = tote.bounds
    for part in parts:
        middle = part.bounds.mean(axis=0)
        assert ((middle > low) & (middle < high)).all()
    assert [number for number in afloat(bodies) if number < len(parts)] == []
    # Poured, not laid out.
    on_others = [
        part for part in parts if any(touch(part, other, tolerance_m(part)) for other in parts if other is not part)
    ]
    assert len(on_others) >= len(parts) / 3


def test_parts_are_not_in_each_other_nor_in_the_bin(bodies: list[Body]) -> None:
    assert overlaps(bodies) == []


def test_parts_stay_for_another_second(bodies: list[Body]) -> None:
    *parts, tote = bodies
    falling = [Falling(f"part/{number}", part) for number, part in enumerate(parts)]
    simulation = Simulation(falling, [Standing(tote)], has_ground=True)
    before = simulation.places()
    simulation.step(1.0, 0.0)
    moved = settling._moved(before, simulation.places(), simulation)
    assert (moved < [tolerance_m(part) for part in parts]).all()
