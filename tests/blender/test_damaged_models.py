"""No damage to a model that Blender reads ends in a traceback, and none makes it read elsewhere."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.blender.fuzz_targets import TARGETS
from tests.unit.fuzz.damage import damaged
from tests.unit.fuzz.targets import attempt

FAST = {"deadline": None, "suppress_health_check": list(HealthCheck)}
GOOD = {"blend": slice(4), "conversion": slice(1, 2)}  # test_converted_models.py has more of them
EXAMPLES = {"blend": 100, "conversion": 3}


@pytest.mark.parametrize("name", TARGETS)
def test_good_files_are_fine(name: str, tmp_path: Path) -> None:
    seeds = TARGETS[name].seeds()[GOOD[name]]
    assert [attempt(TARGETS[name], seed, tmp_path) for seed in seeds] == ["fine"] * len(seeds)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_bytes(name: str, tmp_path: Path) -> None:
    @settings(max_examples=EXAMPLES[name], **FAST)
    @given(content=damaged(TARGETS[name].seeds()))
    def feed(content: bytes) -> None:
        attempt(TARGETS[name], content, tmp_path)

    feed()


@settings(max_examples=20, **FAST)
@given(cut=st.integers(0, 200), which=st.sampled_from([0, 1, 2, 3]))
def test_what_is_cut_off_is_said_to_be(cut: int, which: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = TARGETS["blend"].seeds()[which]
    before_its_last_block = whole[: cut % (len(whole) - 32)]
    said = attempt(TARGETS["blend"], before_its_last_block, tmp_path_factory.mktemp("cut"))
    assert said.startswith("file must be a complete .blend file, got ")


def test_empty_blocks_without_end_are_not_counted_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synthvision.render.blender.opening._MOST_UNPACKED_BYTES", 8_000)
    blocks = b"BLENDER-v405" + struct.pack("<4siQii", b"OB\0\0", 0, 1, 2, 1) * 2000
    said = attempt(TARGETS["blend"], gzip.compress(blocks), tmp_path)
    assert said == "file must have blocks of at most 8000 bytes unpacked, got 8008 or more"
