"""How well frames cover their recipe: shares by hand, and what frames were drawn as against their scenes."""

from pathlib import Path

import numpy as np
import pytest

from synthvision.curation import merge_datasets, subset_dataset
from synthvision.dataset import Dataset
from synthvision.report.coverage import DRAWS, PARTS, Sampling, covered, sampling_of
from synthvision.report.statistics import gather
from tests.unit.report.samples import boxes_alone, rendered


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("coverage"), 8)


def sampling(folder: Path) -> Sampling:
    dataset = Dataset(folder)
    return sampling_of(folder, dataset.manifest, gather(dataset).drawn)


def values(folder: Path) -> dict[str, np.ndarray]:
    return {value.name: value.values for value in sampling(folder).values}


def test_shares_by_hand() -> None:
    uniform = np.linspace(0, 1, 2001)
    assert covered(uniform, uniform) == 1
    assert covered(np.linspace(0, 0.499, 100), uniform) == pytest.approx(10 / PARTS)
    assert covered(np.array([0.01, 0.02, 0.99]), uniform) == pytest.approx(2 / 3)  # three frames meet three at most
    assert covered(np.array([5.0]), uniform) == 1  # beyond the last edge is in the last part
    assert covered(np.array([]), uniform) == 0


def test_choices_have_as_many_parts_as_members() -> None:
    dice = np.repeat(np.arange(1.0, 7), 100)
    assert covered(np.arange(1.0, 7), dice) == 1
    assert covered(np.array([1.0, 1, 1, 1, 1, 1, 1, 2]), dice) == pytest.approx(2 / 6)
    coin = np.array([0.0] * 75 + [1.0] * 25)
    assert covered(np.zeros(9), coin) == 0.5
    assert covered(np.array([0.0, 1.0]), coin) == 1


def test_frames_are_drawn_again_as_they_were(folder: Path) -> None:
    dataset, found = Dataset(folder), values(folder)
    scenes = [record.scene for record in dataset]
    assert any(scene["attempt"] for scene in scenes), "a refused draw must be among them, or this shows nothing"
    assert found["variables/hue"] == pytest.approx([scene["variables"]["hue"] for scene in scenes])
    for axis, name in enumerate("xyz"):
        places = [record.camera_to_world[axis][3] for record in dataset]
        assert found[f"camera/position/{name}"] == pytest.approx(places)
    for thing in ("brick", "die"):
        counts = [sum(row["name"].startswith(f"{thing}/") for row in scene["instances"]) for scene in scenes]
        assert list(found[f"{thing}/count"]) == counts
    assert set(found) >= {"world/colour/red", "ground/material/roughness"}


def test_what_frames_have_is_within_what_the_recipe_draws(folder: Path) -> None:
    for value in sampling(folder).values:
        assert len(value.possible) == DRAWS
        width = np.ptp(value.possible)
        assert width > 0
        assert value.possible.min() - 0.05 * width <= value.values.min(), value.name
        assert value.values.max() <= value.possible.max() + 0.05 * width, value.name
        assert 0 < value.share <= 1


def test_a_subset_has_the_recipe_of_its_source(tmp_path: Path, folder: Path) -> None:
    whole = values(folder)
    subset_dataset(folder, tmp_path / "some", "frame >= 5", link=False)
    assert {name: list(found) for name, found in values(tmp_path / "some").items()} == {
        name: list(found[5:]) for name, found in whole.items()
    }


def test_why_coverage_is_not_known(tmp_path: Path, folder: Path) -> None:
    other = rendered(tmp_path, 1, "other", "camera.fov_deg=55", "name=other")
    merge_datasets(tmp_path / "both", [folder, other], link=False)
    assert sampling(tmp_path / "both").reason == "frames are of several recipes"
    assert sampling(boxes_alone(tmp_path)).reason == "no frame was rendered"
    (other / "recipe.yaml").unlink()
    assert (
        sampling(other).reason == "recipe.yaml: recipe must be a file that can be read, got 'No such file or directory'"
    )
