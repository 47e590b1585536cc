"""No damage to any file that we read ends in a traceback: only in an error that can be shown, or well."""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.fuzz.damage import damaged, grafted
from tests.unit.fuzz.targets import TARGETS, attempt

SLOW = frozenset({"frames", "repaired_frames", "manifest", "bundled_recipe"})
FAST = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@cache
def seeds(name: str) -> list[bytes]:
    return list(TARGETS[name].seeds())


@pytest.mark.parametrize("name", TARGETS)
def test_good_files_are_fine(name: str, tmp_path: Path) -> None:
    assert [attempt(TARGETS[name], seed, tmp_path) for seed in seeds(name)] == ["fine"] * len(seeds(name))


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_bytes(name: str, tmp_path: Path) -> None:
    @settings(max_examples=12 if name in SLOW else 60, **FAST)
    @given(content=damaged(seeds(name)))
    def feed(content: bytes) -> None:
        attempt(TARGETS[name], content, tmp_path)

    feed()


@pytest.mark.parametrize("name", [name for name, target in TARGETS.items() if target.is_json])
def test_other_values_in_trees(name: str, tmp_path: Path) -> None:
    @settings(max_examples=20 if name in SLOW else 100, **FAST)
    @given(content=grafted([json.loads(seed) for seed in seeds(name)]))
    def feed(content: bytes) -> None:
        attempt(TARGETS[name], content, tmp_path)

    feed()


def test_other_values_in_the_lines_of_frames(tmp_path: Path) -> None:
    lines = [json.loads(line) for line in seeds("frames")[0].splitlines()]
    rest = seeds("frames")[0].split(b"\n", 1)[1]

    @settings(max_examples=25, **FAST)
    @given(line=grafted(lines[:1]), twice=st.booleans())
    def feed(line: bytes, *, twice: bool) -> None:
        attempt(TARGETS["frames"], line + b"\n" + (line + b"\n" if twice else b"") + rest, tmp_path)

    feed()


def test_an_entry_of_an_archive_that_is_no_array(tmp_path: Path) -> None:
    """NumPy gives its bytes (found by atheris)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in ("ids", "boxes", "shares", "rays"):
            archive.writestr(f"{name}.npy", b"none")
    said = attempt(TARGETS["soft_masks"], stream.getvalue(), tmp_path)
    assert said == "a.npz: array ids must be uint16 of 1 dimensions, got |S4 of 0"
