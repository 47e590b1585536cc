"""The file that Blender saves to, with and without a memory file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import OpenEXR
import pytest

from synthvision.errors import RenderError
from synthvision.render.blender import film


@pytest.fixture(params=["linux", "elsewhere"])
def blank_film(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> film.Film:
    if request.param == "elsewhere":
        monkeypatch.setattr(film.sys, "platform", "elsewhere")
    elif film.sys.platform != "linux":
        pytest.skip("memory files are Linux's")
    made = film.Film()
    made.blank()
    return made


def expose(path: Path, pixels: np.ndarray) -> None:
    header = {"compression": OpenEXR.NO_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"RGB": pixels}).write(str(path))


def test_what_was_saved_is_developed_once(blank_film: film.Film) -> None:
    for level, shape in ((1.5, (40, 30, 3)), (0.25, (4, 3, 3))):  # the second is smaller: nothing of the first is left
        pixels = np.full(shape, level, np.float32)
        expose(blank_film.path, pixels)
        assert np.array_equal(blank_film.develop(), pixels)
    with pytest.raises(RenderError, match="it must be an OpenEXR file"):
        blank_film.develop()
    blank_film.close()


def test_closing_leaves_nothing(blank_film: film.Film) -> None:
    path = blank_film.path
    assert path.exists()
    blank_film.close()
    assert not path.exists()
    blank_film.close()
