"""Files that appear whole or not at all."""

from __future__ import annotations

from pathlib import Path

from synthvision.dataset.disk import open_whole


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    """Two machines may make the same frame at once, and their processes may have the same number."""
    path = tmp_path / "image.png"
    with open_whole(path) as one:
        one.write(b"whole")
        with open_whole(path) as other:
            other.write(b"who")
            other.flush()
            assert not path.exists()
            other.write(b"le")
        assert path.read_bytes() == b"whole"
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]
