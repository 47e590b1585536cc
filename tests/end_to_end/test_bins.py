"""A whole bin of parts of the catalog, from the recipe to where they lie; everything is measured on the meshes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.recipe.model import Recipe
from synthvision.sampling import SceneSampler
from synthvision.sampling.bodies import Body, shifted
from synthvision.sampling.physics.types import Falling, Standing
from synthvision.sampling.shapes import Shape
from synthvision.scene import Scene
from tests.unit.sampling.falling import contacts, drift, overlaps, tolerance_m
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


def test_parts_lie_in_the_bin(bodies: list[Body]) -> None:
    *parts, tote = bodies
    assert len(parts) == sum(PARTS.values()) >= 15
    low, high = tote.bounds
    for part in parts:
        middle = part.bounds.mean(axis=0)
        assert ((middle > low) & (middle < high)).all()
        assert part.bounds[0, 2] > low[2]


def test_each_part_touches_what_bears_it(bodies: list[Body]) -> None:
    parts = len(bodies) - 1
    touched = [contacts(bodies, number) for number in range(parts)]
    assert [number for number in range(parts) if not touched[number]] == []
    # Poured, not laid out.
    on_others = [number for number in range(parts) if set(touched[number]) - {-1, parts, number}]
    assert len(on_others) >= parts / 3


def test_parts_are_not_in_each_other_nor_in_the_bin(bodies: list[Body]) -> None:
    assert overlaps(bodies) == []


def test_parts_stay_for_another_second(bodies: list[Body]) -> None:
    *parts, tote = bodies
    falling = [Falling(f"part/{number}", part) for number, part in enumerate(parts)]
    assert (drift(falling, parts, [Standing(tote)]) < 1).all()


def test_the_measures_see_a_part_that_floats_or_is_in_another(bodies: list[Body]) -> None:
    highest = max(range(len(bodies) - 1), key=lambda number: bodies[number].bounds[1, 2])
    part = bodies[highest]
    others = [body for body in bodies if body is not part]
    assert contacts([shifted(part, (0.0, 0.0, 3 * tolerance_m(part) + 0.01)), *others], 0) == []
    sunk = shifted(part, (0.0, 0.0, -2.5 * tolerance_m(part)))
    assert any(0 in pair[:2] for pair in overlaps([sunk, *others]))
