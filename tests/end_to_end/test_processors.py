"""A processor with fewer instructions draws the same scenes, and labels them alike, to the last bit.

NumPy, OpenCV and OpenBLAS can be told to do with fewer; Embree, whose depth differs in its last bit, cannot.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from numpy.core._multiarray_umath import __cpu_dispatch__, __cpu_features__  # what NPY_DISABLE_CPU_FEATURES knows

DIGESTS = Path(__file__).with_name("digests.py")
BEYOND_AVX2 = [name for name in __cpu_dispatch__ if __cpu_features__[name] and name.startswith("AVX512")]
FEWER = {
    "NPY_DISABLE_CPU_FEATURES": " ".join(BEYOND_AVX2),
    "OPENCV_CPU_DISABLE": "AVX512-SKX",
    "OPENBLAS_CORETYPE": "Haswell",
}
MORE = {"OPENBLAS_CORETYPE": "SkylakeX"}


def digests(cache: Path, surroundings: dict[str, str]) -> subprocess.Popen[str]:
    cleared = {name: value for name, value in os.environ.items() if name not in {*FEWER, *MORE}}
    return subprocess.Popen(
        [sys.executable, DIGESTS],
        stdout=subprocess.PIPE,
        text=True,
        env={**cleared, **surroundings, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": os.pathsep.join(sys.path)},
    )


@pytest.mark.skipif(not BEYOND_AVX2, reason="this processor has nothing beyond AVX2 to be told not to use")
def test_fewer_instructions_make_the_same_scenes_labels_and_previews(tmp_path: Path) -> None:
    running = [digests(tmp_path / "more", MORE), digests(tmp_path / "fewer", FEWER)]
    more, fewer = (json.loads(one.communicate()[0]) for one in running)
    assert more.pop("sines of numpy") != fewer.pop("sines of numpy"), "they must differ in something"
    assert len(more) > 150
    assert [name for name in more if more[name] != fewer[name]] == []
