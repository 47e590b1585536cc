"""What the doctor says of the folders that a run writes to."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from synthvision.doctor import examine
from synthvision.doctor.machine import Machine, can_write, run_program
from tests.unit.doctor.machines import MACHINE, finding


def showing(**changes: object) -> Machine:
    return replace(MACHINE, **changes)


def test_ram_disk_of_docker_s_default_size(tmp_path: Path) -> None:
    small = showing(ram_disk=tmp_path, free_bytes=lambda folder: 67_108_864 if folder == tmp_path else 50_000_000_000)
    examination = examine(small)
    assert finding(examination, "RAM disk") == (
        "poor",
        f"67 MB free in {tmp_path}: torch's loader and Ray need 256 MB or more",
        f"docker run --shm-size 1g …; elsewhere mount -o remount,size=1g {tmp_path}",
    )
    assert examination.healthy, "our own workers do not use it"


def test_ram_disk_that_nobody_may_write_to(tmp_path: Path) -> None:
    refused = showing(ram_disk=tmp_path, can_write=lambda folder: folder != tmp_path)
    assert finding(examine(refused), "RAM disk") == (
        "poor",
        f"{tmp_path} cannot be written to: torch's loader and Ray need it",
        f"chmod 1777 {tmp_path}, or mount -o remount,rw {tmp_path}",
    )


def test_ram_disk_that_is_large_enough(tmp_path: Path) -> None:
    assert finding(examine(showing(ram_disk=tmp_path)), "RAM disk") == ("good", f"50.0 GB free in {tmp_path}", "")


@pytest.mark.parametrize(
    ("environment", "what"),
    [
        ({"HOME": "/home/me"}, "/home/me"),
        ({}, "an unnamed home"),
        ({"HOME": "/home/me", "XDG_CACHE_HOME": "/scratch"}, "/home/me"),
        ({"HOME": "/scratch", "XDG_CACHE_HOME": "/home/me/.cache"}, "/home/me/.cache"),
        ({"XDG_CACHE_HOME": "/a", "CUDA_CACHE_PATH": "/b"}, "/a and /b"),
    ],
)
def test_read_only_home(environment: dict[str, str], what: str) -> None:
    examination = examine(showing(environment=environment, can_write=lambda folder: folder == Path("/scratch")))
    lost = "every worker compiles its kernels, cuts its convex parts and decodes heavy assets anew"
    assert finding(examination, "home") == (
        "poor",
        f"{what} cannot be written to: {lost}",
        "set HOME to a folder that can be written to, or mount one there",
    )
    assert examination.healthy


def test_read_only_home_does_not_matter_where_the_caches_lie_elsewhere() -> None:
    environment = {"HOME": "/home/me", "XDG_CACHE_HOME": "/scratch", "CUDA_CACHE_PATH": "/scratch"}
    machine = showing(environment=environment, can_write=lambda folder: folder == Path("/scratch"))
    assert finding(examine(machine), "home")[0] == "good"


def test_no_temporary_folder() -> None:
    def none() -> str:
        raise FileNotFoundError("No usable temporary directory found")

    examination = examine(showing(temporary_folder=none))
    assert finding(examination, "temporary folder") == (
        "bad",
        "none that can be written to",
        "set TMPDIR to a folder that can be written to; docker run --tmpfs /tmp …",
    )
    assert not examination.healthy


def test_folder_that_is_not_there_yet_is_judged_by_the_first_above_it(tmp_path: Path) -> None:
    assert can_write(tmp_path / "a/b")
    (tmp_path / "file").touch()
    assert not can_write(tmp_path / "file/a")


def test_programs_that_are_not_there_or_fail() -> None:
    assert run_program(["synthvision-no-such-program"]) is None
    answer = run_program([os.path.realpath("/bin/sh"), "-c", "echo out; echo err >&2; exit 3"])
    assert answer is not None
    assert (answer.status, answer.text) == (3, "out\nerr\n")
