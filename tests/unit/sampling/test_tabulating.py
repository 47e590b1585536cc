"""The table of draws agrees with what scenes are made of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from synthvision.recipe.model import Recipe
from synthvision.sampling import SceneSampler
from synthvision.sampling.draws import Draws
from synthvision.sampling.recording import RecordingDraws
from synthvision.sampling.tabulating import Tabulator
from synthvision.sampling.variables import FrameDraws
from tests.unit.sampling.test_frozen import RICH
from tests.unit.sampling.worlds import SmallCatalog, SmallStore, recipe, sampler

SCOPED = {"shine": {"scope": "object", "of": {"uniform": [0, 1]}}}
DEEP: dict[str, Any] = RICH | {
    "variables": RICH["variables"] | SCOPED,
    "difficulty": {"uniform": [0, 1]},
    "objects": [
        RICH["objects"][0] | {"material": {"roughness": "shine", "colour": {"rgb": [0, {"uniform": [0, 1]}, 0]}}}
    ],
}


def tabulator(**sections: Any) -> Tabulator:
    return Tabulator(recipe(**sections), 3, SmallCatalog())  # type: ignore[arg-type]


class Noting(FrameDraws):
    """Notes everything that a sampler draws."""

    def __init__(self, recipe: Recipe, seed: int) -> None:
        super().__init__(recipe, seed)
        self.latest: RecordingDraws | None = None

    def draws(self, frame_index: int, attempt: int = 0) -> Draws:
        self.latest = self.recorded(frame_index, attempt)
        return self.latest


def test_the_table_is_what_the_sampler_draws() -> None:
    declared = recipe(**DEEP)
    scenes = SceneSampler(declared, SmallStore(), 3, SmallCatalog())  # type: ignore[arg-type]
    noting = Noting(declared, 3)
    scenes._draws = noting
    table = tabulator(**DEEP).table(range(12), objects=True)
    compared = 0
    for row in range(12):
        scenes.draw(row)
        assert noting.latest is not None
        for name, column in table.columns.items():
            if np.isnan(column[row]) or name.startswith("camera/position"):
                continue
            assert noting.latest.record[name] == column[row], name
            compared += 1
    assert compared > 12 * 30


def test_the_table_has_the_values_of_the_scenes() -> None:
    table, scenes = tabulator(**RICH).table(range(20)), sampler(3, **RICH)
    for row in range(20):
        scene = scenes.draw(row)
        values = {name: column[row] for name, column in table.columns.items()}
        assert values["variables/wear"] == scene.variables["wear"]
        assert values["sensor/exposure_ev"] == scene.sensor.exposure_ev
        assert values["world/strength"] == scene.world.strength
        assert values["thing/count"] == sum(one.instance_id > 0 for one in scene.instances)
        assert tuple(values[f"lights/area/0/position/{axis}"] for axis in "xyz") == scene.lights[0].position_m
        assert tuple(values[f"variables/tint/{part}"] for part in ("red", "green", "blue")) == scene.variables["tint"]
        eye = tuple(column[3] for column in scene.camera.camera_to_world[:3])
        assert tuple(values[f"camera/position/{axis}"] for axis in "xyz") == eye


def test_frames_without_a_value_have_none() -> None:
    table = tabulator(**RICH).table(range(40), objects=True)
    counts = table.columns["thing/count"]
    assert np.isnan(table.columns["thing/3/scale"]).tolist() == (counts < 4).tolist()
    assert not np.isnan(table.columns["thing/1/scale"]).any()


def test_columns_that_differ_in_numbers_stand_together() -> None:
    names = [name for name in tabulator(**RICH).table(range(9), objects=True).columns if name.startswith("thing/")]
    scales = [place for place, name in enumerate(names) if name.endswith("/scale")]
    assert [names[place] for place in scales] == [f"thing/{number}/scale" for number in range(4)]
    assert scales == list(range(scales[0], scales[0] + 4))
    assert names[0] == "thing/count"


def test_without_objects_only_values_of_the_frame() -> None:
    names = tabulator(**RICH).table(range(3)).columns
    assert "thing/count" in names
    assert not any(name.startswith("thing/0") for name in names)
    assert not any(name.startswith("camera/look_at") for name in tabulator(camera=RICH_CAMERA).table(range(3)).columns)


RICH_CAMERA = {"position": {"ball": {"radius_m": 1, "centre_m": [0, 0, 3]}}, "fov_deg": 50}


def test_constants_are_left_out_and_tries_of_the_camera_are_one() -> None:
    low = {"position": {"box": {"size_m": [1, 1, 2]}}, "fov_deg": 50}
    columns = tabulator(camera=low, lights=[]).table(range(30)).columns
    camera = [name for name in columns if name.startswith("camera")]
    assert camera == ["camera/position/x", "camera/position/y", "camera/position/z"]
    assert (columns["camera/position/z"] > 0).all()


def test_constant_colours_are_left_out_and_those_with_one_random_part_are_not() -> None:
    constant = [{"rgb": [1, 0.5, 0]}, {"palette": [[1, 0, 0]]}, {"temperature_k": 4000}]
    names = [name for colour in constant for name in tabulator(world={"colour": colour}).table(range(3)).columns]
    assert not any(name.startswith("world/") for name in names)
    partly = tabulator(world={"colour": {"rgb": [1, 0.5, {"uniform": [0, 1]}]}}).table(range(3)).columns
    assert {name for name in partly if name.startswith("world/")} >= {"world/colour/red", "world/colour/blue"}


def test_tables_start_anywhere() -> None:
    whole, rest = tabulator(**RICH).table(range(10)), tabulator(**RICH).table(range(4, 10))
    for name, column in rest.columns.items():
        assert np.array_equal(column, whole.columns[name][4:], equal_nan=True)
    assert rest.frames == range(4, 10)


@pytest.mark.parametrize("objects", [False, True])
def test_no_mesh_is_made(objects: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a mesh was made")

    monkeypatch.setattr("synthvision.assets.store.AssetStore.asset", refuse)
    assert tabulator(**RICH).row(0, objects=objects)


def test_a_group_that_is_not_there_counts_0() -> None:
    night = {"night": {"choice": [0, 1]}}
    groups = [RICH["objects"][0] | {"count": 2, "when": "night > 0.5"}]
    columns = tabulator(variables=night, objects=groups, lights=[]).table(range(16)).columns
    assert (columns["thing/count"] == 2 * columns["variables/night"]).all()
    assert set(columns["thing/count"]) == {0, 2}


def test_things_that_share_looks_have_the_values_of_the_looks() -> None:
    groups = [RICH["objects"][0] | {"count": 5, "looks": 2}]
    columns = tabulator(objects=groups, variables={}, distractors=[]).table(range(3), objects=True).columns
    roughness = [name for name in columns if name.endswith("material/roughness")]
    assert roughness == ["thing/look/0/material/roughness", "thing/look/1/material/roughness"]
    assert "thing/4/scale" in columns
