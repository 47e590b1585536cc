"""Python randomizers: their draws, what they may do, and how they fail."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synthvision.dataset.manifest import make_manifest
from synthvision.errors import FrameError, UsageError
from synthvision.sampling.randomizers import RandomizerDraws
from synthvision.sampling.streams import Streams
from synthvision.scene import Scene
from tests.unit.sampling.worlds import recipe, sampler

CODE = """
from dataclasses import replace

def fog(scene, draws, options):
    strength = draws.number(options.get("strength", {"uniform": [5, 6]}), "strength")
    return replace(scene, world=replace(scene.world, strength=strength + options.get("more", 0)))

def noted(scene, draws, options):
    return replace(scene, world=replace(scene.world, strength=draws.uniform("u")))

def wrong(scene, draws, options):
    return scene.world

def broken(scene, draws, options):
    return options["missing"]

def later(scene, draws, options):
    return replace(scene, frame_index=scene.frame_index + 1)

def fewer(scene, draws, options):
    return replace(scene, instances=scene.instances[1:])

constant = 3
"""
ENTRY_POINTS = """[synthvision.randomizers]
fog = weather_of_tests:fog
noted = weather_of_tests:noted
wrong = weather_of_tests:wrong
broken = weather_of_tests:broken
later = weather_of_tests:later
fewer = weather_of_tests:fewer
constant = weather_of_tests:constant
gone = weather_of_tests:gone
"""


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small distribution, as pip would install it."""
    (tmp_path / "weather_of_tests.py").write_text(CODE)
    info = tmp_path / "weather_of_tests-1.2.3.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: weather-of-tests\nVersion: 1.2.3\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "weather_of_tests", raising=False)


def drawn(*used: str | Mapping[str, Any], frame: int = 0, **sections: Any) -> Scene:
    listed = [{"use": one} if isinstance(one, str) else one for one in used]
    return sampler(randomizers=listed, **sections).draw(frame)


def test_a_randomizer_changes_the_scene_with_draws_of_its_own() -> None:
    scene, plain = drawn("fog", frame=7), sampler().draw(7)
    assert scene.world.strength == 5 + Streams(0).uniform("randomizers/fog/strength", 7)
    assert replace(scene, world=plain.world) == plain
    assert drawn("fog", frame=7) == scene


def test_options_and_order_count() -> None:
    constant = {"use": "fog", "options": {"strength": 1, "more": 2}}
    assert drawn(constant).world.strength == 3
    assert drawn("fog", constant).world.strength == 3
    assert drawn(constant, "noted").world.strength == Streams(0).uniform("randomizers/noted/u", 0)


def test_the_second_of_a_name_has_streams_of_its_own() -> None:
    assert drawn("noted", "noted").world.strength == Streams(0).uniform("randomizers/noted-2/u", 0)


def test_its_numbers_are_as_in_a_recipe() -> None:
    scene = drawn({"use": "fog", "options": {"strength": "2 * wear"}}, variables={"wear": 0.25})
    assert scene.world.strength == 0.5
    with pytest.raises(FrameError, match=r"randomizer 'fog': randomizers/fog/strength: number must be as in a recipe"):
        drawn({"use": "fog", "options": {"strength": {"unifrm": [0, 1]}}})


def test_draws_have_nothing_else() -> None:
    assert {name for name in vars(RandomizerDraws) if not name.startswith("_")} == {"uniform", "number"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("wrong", "it must return a scene, got World"),
        ("broken", "it must return a scene, got KeyError: 'missing'"),
        ("later", "frame_index must stay 0, got 1"),
        ("fewer", "labelled instances must keep their ids and categories, got others"),
    ],
)
def test_what_it_must_not_do_is_named(name: str, text: str) -> None:
    with pytest.raises(FrameError) as caught:
        drawn(name)
    assert str(caught.value) == f"frame 0: randomizer '{name}': {text}"


def test_one_that_is_not_there_is_named_before_any_frame() -> None:
    with pytest.raises(
        UsageError, match=r"use must be one that is installed \(.*fog.*\), got 'fgo'; did you mean 'fog'"
    ):
        sampler(randomizers=[{"use": "fgo"}])
    with pytest.raises(UsageError, match=r"^randomizers: 'gone' must be something to import, got: .*gone"):
        sampler(randomizers=[{"use": "gone"}])
    with pytest.raises(UsageError, match=r"^randomizers: 'constant' must be callable, got int$"):
        sampler(randomizers=[{"use": "constant"}])


def test_the_manifest_names_its_distribution() -> None:
    versions = make_manifest(recipe(randomizers=[{"use": "fog"}, {"use": "noted"}]), 0, "preview").versions
    assert versions["weather-of-tests"] == "1.2.3"
    assert "weather-of-tests" not in make_manifest(recipe(), 0, "preview").versions
