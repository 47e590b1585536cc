"""What killed workers leave is taken away, and nothing else."""

from __future__ import annotations

from pathlib import Path

from synthvision.run.sweeping import sweep


def test_sweep_deletes_files_of_unfinished_frames_only(tmp_path: Path) -> None:
    goes = [
        "images/000002.png",
        "images/train/000003.jpg",
        "depth/000002.exr",
        "coverage/000002.npz",
        "images/.000001.png.77.tmp",
    ]
    stays = [
        "images/000001.png",
        "images/train/000004.jpg",
        "images/notes.txt",
        "images/my/deep/000002.png",
        "000002.png",
    ]
    stays += ["annotations/000002.png", "manifest.json"]
    for name in goes + stays:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    sweep(tmp_path, {1, 4})
    left = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert left == set(stays)
