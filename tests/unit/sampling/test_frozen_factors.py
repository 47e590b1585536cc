"""Each factor that ``freeze`` knows, alone: what it holds is equal in all frames, and everything else is as before.

The table has a line for each of ``FACTORS``; a new factor without one fails, and so does a random value of a recipe
that no factor holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from synthvision.assets.types import Texture
from synthvision.recipe import recipe_schema
from synthvision.recipe.names import FACTORS
from synthvision.sampling import SceneSampler
from synthvision.sampling import frozen as frozen_module
from synthvision.sampling.frozen import frozen
from synthvision.sampling.streams import Uniforms
from synthvision.sampling.variables import FrameDraws
from synthvision.scene import Instance, Scene
from tests.unit.sampling.worlds import CAMERA, LAMP, THING, SmallCatalog, SmallStore, recipe

FRAMES = 6


def uniform(low: float, high: float) -> dict[str, Any]:
    return {"uniform": [low, high]}


def beside(x: float) -> dict[str, Any]:
    """A place on the ground where nothing of the other groups is, nor the camera."""
    return {"within": {"disc": {"radius_m": 0.4, "centre_m": [x, 0]}}}


# Whatever can be drawn is drawn, and nothing is in the way of anything else.
RICH: dict[str, Any] = {
    "variables": {
        "wear": uniform(0, 1),
        "tint": {"hsv": [[0, 1], [0, 1], [0, 1]]},
        "own": {"scope": "object", "of": uniform(0, 1)},
        "slotted": {"scope": "part", "of": uniform(0, 1)},
        "first": uniform(0, 1),
        "second": uniform(0, 1),
        "place": uniform(0, 1),
        "material": uniform(0, 1),
        "seed": uniform(0, 1),
        "turn": "frame / 7",
    },
    "correlations": [{"of": ["first", "second"], "rank": [[1, 0.8], [0.8, 1]]}],
    "difficulty": uniform(0.2, 0.8),
    "objects": [
        THING
        | {
            "count": {"integers": [2, 4]},
            "place": beside(-3),
            "material": {"roughness": uniform(0, 1), "kind": "wood", "wear": uniform(0, 1)},
            "decals": [{"texture": "oak", "size_m": uniform(0.01, 0.02), "roughness": uniform(0, 1)}],
            "velocity_m_s": [uniform(0, 1), 0, 0],
        },
        {"asset": "can", "name": "dealt", "category": "base", "count": 3, "place": beside(3)}
        | {"scale": {"permutation": [1, 1.1, 1.2]}, "spin_deg_s": ["10 * frame", 0, 0]},
        {"asset": "can", "name": "tinted", "category": "base", "place": {"at_m": [0, 5, 0]}}
        | {"scale": "1 + own", "material": {"colour": "tint", "roughness": "slotted"}},
        {"asset": "can", "name": "harder", "category": "base", "place": {"at_m": [0, 6, 0]}}
        | {"scale": {"easy": 1, "hard": 2}},
    ],
    "distractors": [
        {"asset": ["can", "ball"], "name": "mess", "count": {"integers": [1, 3]}, "place": beside(-5)}
        | {"material": {"roughness": uniform(0, 1)}, "rotation": "any"}
    ],
    "lights": [
        LAMP,
        {
            "type": "sun",
            "irradiance_w_m2": uniform(1, 9),
            "elevation_deg": uniform(20, 70),
            "count": {"integers": [1, 3]},
        },
        {"type": "three_point", "power_w": uniform(10, 90)},
    ],
    "world": {"hdri": ["sky"], "strength": uniform(0, 1), "rotation_deg": uniform(0, 360)},
    "ground": {"tile_m": uniform(0.5, 2), "material": {"texture": "oak", "roughness": uniform(0, 1)}},
    "camera": CAMERA
    | {
        "depth_of_field": {"f_number": uniform(2, 8)},
        "lens": {"brown_conrady": {"k1": uniform(-0.1, 0.1)}},
        "velocity_m_s": [uniform(0, 1), 0, 0],
    },
    "sensor": {
        "exposure_ev": uniform(-1, 1),
        "shot_noise": True,
        "vignetting": uniform(0, 0.5),
        "white_balance": {"temperature_k": uniform(3000, 8000)},
    },
    "depth_sensor": {"noise_px": uniform(0, 0.2), "baseline_m": uniform(0.04, 0.06)},
}


def named(scene: Scene, *names: str) -> list[Instance]:
    return [one for one in scene.instances if one.name.partition("/")[0] in names]


def poses(*names: str) -> Callable[[Scene], object]:
    return lambda scene: [
        (one.name, one.asset, one.object_to_world, one.velocity_m_s, one.spin_deg_s) for one in named(scene, *names)
    ]


def looks(*names: str) -> Callable[[Scene], object]:
    return lambda scene: [one.materials for one in named(scene, *names)]


def finishes(name: str) -> Callable[[Scene], object]:
    """What the recipe draws for materials, on whatever asset."""
    return lambda scene: {
        (one.roughness, one.wear, one.shader_seed) for it in named(scene, name) for one in it.materials
    }


def variables(*names: str) -> Callable[[Scene], object]:
    return lambda scene: [scene.variables[name] for name in names]


# Together the whole of a scene but for its numbers and its noise; see ``test_all_factors_together_hold_everything``.
PARTS: dict[str, Callable[[Scene], object]] = {
    "things": poses("thing"),
    "things' looks": looks("thing"),
    "things' finish": finishes("thing"),
    "decals": lambda scene: scene.decals,
    "dealt": poses("dealt"),
    "dealt ones' looks": looks("dealt"),
    "tinted": poses("tinted"),
    "tinted ones' looks": looks("tinted"),
    "harder": poses("harder"),
    "harder ones' looks": looks("harder"),
    "mess": poses("mess"),
    "mess's looks": looks("mess"),
    "mess's finish": finishes("mess"),
    "ground": looks("ground"),
    "lights": lambda scene: scene.lights,
    "world": lambda scene: scene.world,
    "camera": lambda scene: scene.camera,
    "sensor": lambda scene: (replace(scene.sensor, noise_seed=0), replace(scene.depth_sensor or NO_DEPTH, seed=0)),
    "variables": variables("wear", "tint", "first", "place", "material", "seed", "turn"),
    "second of two": variables("second"),
}
NO_DEPTH: Any = None

CONSTANT = {"dealt ones' looks", "harder ones' looks"}
"""What RICH does not draw."""

# Factor → the parts that it holds, and those that change with it since they are made of it in part.
HELD: dict[str, tuple[set[str], set[str]]] = {
    "objects": (
        {"things", "things' looks", "things' finish", "decals", "dealt", "tinted"},
        {"tinted ones' looks"},
    ),
    "distractors": ({"mess", "mess's looks", "mess's finish"}, set()),
    "materials": ({"things' finish", "mess's finish"}, {"things' looks", "mess's looks", "ground"}),
    "lights": ({"lights"}, set()),
    "world": ({"world"}, set()),
    "camera": ({"camera"}, set()),
    "sensor": ({"sensor"}, set()),
    "ground": ({"ground"}, set()),
    "variables": ({"variables", "second of two", "tinted", "tinted ones' looks", "harder"}, set()),
    "difficulty": ({"harder"}, set()),
}


class Painted(SmallStore):
    """Generated pictures are made, too, since decals ask for their shape."""

    def image(self, texture: Texture) -> NDArray[np.uint8]:
        return np.zeros((4, 4, 4), np.uint8)


def rich(**sections: Any) -> SceneSampler:
    return SceneSampler(recipe(**(RICH | sections)), Painted(), 3, SmallCatalog())  # type: ignore[arg-type]


@cache
def drawn(*freeze: str) -> tuple[Scene, ...]:
    made = rich(freeze=list(freeze))
    return tuple(made.draw(frame) for frame in range(FRAMES))


def test_there_is_a_line_for_every_factor() -> None:
    assert set(HELD) == set(FACTORS)
    own = frozen_module._PATTERNS  # it must not drift from the recipe's list
    assert set(own) == set(FACTORS) - {"objects", "distractors"}
    text = recipe_schema()["properties"]["freeze"]["description"]
    assert all(f"`{factor}`" in text for factor in FACTORS)


def test_everything_differs_where_nothing_is_held() -> None:
    for name, part in PARTS.items():
        found = [part(scene) for scene in drawn()]
        assert (found.count(found[0]) == FRAMES) == (name in CONSTANT), name


@pytest.mark.parametrize("factor", FACTORS)
def test_a_factor_is_equal_in_all_frames_and_nothing_else_has_moved(factor: str) -> None:
    held, touched = HELD[factor]
    for name, part in PARTS.items():
        with_it, without = [part(scene) for scene in drawn(factor)], [part(scene) for scene in drawn()]
        if name in held:
            assert with_it.count(with_it[0]) == FRAMES, name
        elif name not in touched:
            assert with_it == without, name
    for name in touched:
        assert [PARTS[name](scene) for scene in drawn(factor)] != [PARTS[name](scene) for scene in drawn()], name


def bare(scene: Scene) -> Scene:
    """A scene without what counts frames, and without its noise."""
    numbers = {"frame_index": 0, "scene_index": 0, "seed": 0}
    quiet = replace(scene.sensor, noise_seed=0)
    return replace(scene, **numbers, sensor=quiet, depth_sensor=replace(scene.depth_sensor or NO_DEPTH, seed=0))


def test_all_factors_together_hold_everything() -> None:
    scenes = drawn(*FACTORS)
    assert all(bare(scene) == bare(scenes[0]) for scene in scenes)
    assert len({scene.sensor.noise_seed for scene in scenes}) == FRAMES
    assert len({scene.depth_sensor and scene.depth_sensor.seed for scene in scenes}) == FRAMES


class Noted:
    """Random values whose names are kept."""

    def __init__(self, begun: Uniforms) -> None:
        self.begun = begun
        self.names: set[str] = set()

    def uniform(self, name: str, frame: int, attempt: int = 0) -> float:
        self.names.add(name)
        return self.begun.uniform(name, frame, attempt)


def streams() -> set[str]:
    """The name of every random value of RICH's first frames."""
    made = rich()
    noted = made._draws._streams = Noted(made._draws._streams)  # what every draw goes through
    for frame in range(FRAMES):
        made.draw(frame)
    return noted.names


def test_every_random_value_but_noise_belongs_to_a_factor() -> None:
    held = {factor: frozen(recipe(**(RICH | {"freeze": [factor]}))) for factor in FACTORS}
    names = streams()
    assert len(names) > 100
    owners = {name: [factor for factor, one in held.items() if one is not None and one.holds(name)] for name in names}
    free = {name for name, found in owners.items() if not found}
    assert {name for name in free if not name.startswith("sensor/pattern_seed")} == {
        "sensor/noise_seed",
        "depth_sensor/seed",
    }
    shared = {tuple(found) for found in owners.values() if len(found) > 1}
    assert shared == {
        ("objects", "materials"),
        ("distractors", "materials"),
        ("materials", "ground"),
        ("objects", "variables"),
        ("variables", "difficulty"),
    }


def test_a_variable_may_be_called_like_a_part_of_a_streams_name() -> None:
    held = FrameDraws(recipe(**(RICH | {"freeze": ["variables"]})), 3)
    values = [held.draws(frame).variables for frame in range(3)]
    assert {(one["place"], one["material"], one["seed"]) for one in values} == {(0.5, 0.5, 0.5)}
    materials = FrameDraws(recipe(**(RICH | {"freeze": ["materials"]})), 3)
    assert len({materials.draws(frame).variables["material"] for frame in range(3)}) == 3


def test_of_correlated_variables_one_may_be_held() -> None:
    plain, held = (FrameDraws(recipe(**(RICH | {"freeze": names})), 3) for names in ([], ["first"]))
    for frame in range(FRAMES):
        assert held.draws(frame).variables["first"] == 0.5
        assert held.draws(frame).variables["second"] == plain.draws(frame).variables["second"]
