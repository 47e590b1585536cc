from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh
from scipy.spatial import ConvexHull

from synthvision.assets.cache import VARIABLE
from synthvision.sampling.physics import convex
from synthvision.sampling.physics.convex import STANDING, Fineness, convex_parts
from synthvision.sampling.shapes import Points, Shape
from tests.unit.sampling.worlds import SOLIDS, mesh_of

ROOT = Path(__file__).parents[3]
ALMOST_M = 3e-5
"""CoACD moves cuts a little to keep clear of corners."""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


def cache_folder() -> Path:
    return Path(os.environ["XDG_CACHE_HOME"]) / "synthvision/convex"


def shape(name: str) -> Shape:
    return Shape(mesh_of(SOLIDS[name]({})))


def bytes_of(parts: tuple[Points, ...]) -> bytes:
    return b"|".join(part.tobytes() for part in parts)


def outside(parts: tuple[Points, ...], points: Points) -> float:
    """Return how far the farthest of points is outside all parts, metres."""
    hulls = [ConvexHull(part).equations for part in parts]
    return float(np.min([(points @ hull[:, :3].T + hull[:, 3]).max(axis=1) for hull in hulls], axis=0).max())


def test_what_is_convex_is_one_part_and_needs_no_file() -> None:
    for name in ("box", "can", "ball"):
        (part,) = shape(name).convex_parts
        assert ConvexHull(part).volume == pytest.approx(SOLIDS[name]({}).volume, rel=1e-5)
    assert not cache_folder().exists()


def test_every_board_of_a_thing_made_of_boards_is_one_part() -> None:
    boards = [trimesh.creation.box((1, 1, 0.1)).apply_translation((0, 0, z)) for z in (0.05, 0.16, 0.55)]
    parts = Shape(mesh_of(trimesh.util.concatenate(boards))).convex_parts
    assert [ConvexHull(part).volume for part in parts] == pytest.approx([0.1] * 3, rel=1e-5)
    assert not cache_folder().exists()


@pytest.mark.parametrize("name", ["ring", "cup"])
def test_parts_enclose_a_concave_mesh_and_leave_its_hole_free(name: str) -> None:
    concave = shape(name)
    parts = concave.convex_parts
    assert 2 <= len(parts) <= convex.FALLING.most_parts
    assert outside(parts, concave.points) < ALMOST_M
    middle = concave.bounds.mean(axis=0)[None]
    assert outside(parts, middle) > 0.02


def test_what_stands_is_followed_more_closely() -> None:
    cup = shape("cup")
    volume = cup.solid.volume_m3
    coarse, fine = (sum(ConvexHull(part).volume for part in parts) for parts in (cup.convex_parts, cup.fine_parts))
    assert volume < fine < coarse
    assert fine < 1.35 * volume


def test_flat_open_and_inside_out_meshes_have_parts() -> None:
    (sheet,) = convex_parts(np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0.0]]), np.array([[0, 1, 2], [0, 2, 3]]))
    assert 0 < ConvexHull(sheet).volume < 0.01
    cut = SOLIDS["ring"]({})
    cut.update_faces(np.arange(len(cut.faces)) > 0)
    lidless = Shape(mesh_of(cut))
    parts = convex_parts(lidless.points, lidless.triangles, Fineness(0.3, 4))
    assert outside(parts, lidless.points) < 0.01 * 0.14
    turned = SOLIDS["ring"]({})
    turned.invert()
    assert outside(Shape(mesh_of(turned)).convex_parts, shape("ring").points) < ALMOST_M


def test_parts_are_read_from_the_cache_to_the_last_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv(VARIABLE, "0")
        plain = shape("ring").convex_parts
    made = bytes_of(shape("ring").convex_parts)
    assert made == bytes_of(plain)
    assert all(part.flags.c_contiguous for part in plain), "sums over parts are rounded as over those of the cache"
    assert len(list(cache_folder().iterdir())) == 1

    def no_work(*_: object) -> None:
        raise AssertionError("it is in the cache")

    monkeypatch.setattr(convex, "_cut", no_work)
    assert bytes_of(shape("ring").convex_parts) == made


def test_an_entry_that_was_cut_short_is_made_anew() -> None:
    made = bytes_of(shape("ring").convex_parts)
    (entry,) = cache_folder().iterdir()
    file = entry / "corners.npy"
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert bytes_of(shape("ring").convex_parts) == made
    assert file.read_bytes() == whole
    assert list(cache_folder().iterdir()) == [entry], "nothing half-written is left"


def test_finenesses_and_meshes_have_their_own_files() -> None:
    ring = shape("ring")
    convex_parts(ring.points, ring.triangles)
    convex_parts(ring.points, ring.triangles, STANDING)
    convex_parts(ring.points * 1.5, ring.triangles)
    assert len(list(cache_folder().iterdir())) == 3


def test_a_folder_that_cannot_be_made_costs_time_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bytes_of(shape("ring").convex_parts)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(in_the_way))
    assert bytes_of(shape("ring").convex_parts) == made
    assert in_the_way.read_text() == "not a folder"


def test_processes_at_once_and_any_number_of_threads_make_the_same_and_say_nothing(tmp_path: Path) -> None:
    script = (
        "import hashlib\nfrom tests.unit.sampling.test_convex import bytes_of, shape\n"
        "print(hashlib.sha256(bytes_of(shape('ring').convex_parts)).hexdigest())"
    )
    # Two share a folder and run at the same time.
    running = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=os.environ | {"OMP_NUM_THREADS": threads, "XDG_CACHE_HOME": str(tmp_path / folder)},
        )
        for threads, folder in (("1", "shared"), ("1", "shared"), ("3", "own"))
    ]
    said = [process.communicate()[0] for process in running]
    assert len(said[0]) == 65
    assert said == [said[0]] * 3
    assert len(list((tmp_path / "shared" / "synthvision" / "convex").iterdir())) == 1
