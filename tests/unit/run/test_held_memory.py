"""What a worker holds of the memory is all that it can run out of."""

from __future__ import annotations

import mmap
import os
import sys
from contextlib import closing
from pathlib import Path

import pytest

from synthvision.run.machine import held_bytes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells, and has files in memory")

MUCH = 64 << 20


def test_files_in_memory_are_held_and_files_on_disk_are_not(tmp_path: Path) -> None:
    before = held_bytes()
    with (tmp_path / "file").open("wb") as on_disk:
        on_disk.truncate(MUCH)
        assert held_bytes() - before < MUCH // 2
        with os.fdopen(os.memfd_create("picture"), "wb") as in_memory:
            in_memory.truncate(MUCH)
            assert held_bytes() - before > MUCH // 2
    assert held_bytes() - before < MUCH // 2


def test_memory_that_is_used_is_held() -> None:
    before = held_bytes()
    with closing(mmap.mmap(-1, MUCH)) as memory:
        memory.write(b"x" * MUCH)
        assert held_bytes() - before > MUCH // 2


def test_a_system_that_does_not_tell_has_none(tmp_path: Path) -> None:
    assert held_bytes(tmp_path / "statm") == 0


def test_a_file_that_is_closed_meanwhile_is_not_held(tmp_path: Path) -> None:
    statm = tmp_path / "statm"
    statm.write_text("9 2 0 0 0 0 0")
    open_files = tmp_path / "fd"
    open_files.mkdir()
    (open_files / "3").symlink_to("/memfd:picture (deleted)")
    assert held_bytes(statm, open_files) == 2 * os.sysconf("SC_PAGE_SIZE")
