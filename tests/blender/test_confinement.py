"""A process that has confined itself reads programs and its own folder, and nothing else."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys

CODE = """
import json, pathlib, socket, sys
from synthvision.render.blender.confinement import confine
own, other, port = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
def works(do):
    try:
        do()
    except OSError as error:
        return type(error).__name__
    return True
print(json.dumps([
    confine(own),
    works(lambda: (own / "made").write_text("x")),
    works(lambda: (own / "made").read_text()),
    works(lambda: other.read_text()),
    works(lambda: (other.parent / "new").write_text("x")),
    works(lambda: list(other.parent.iterdir())),
    works(lambda: socket.create_connection(("127.0.0.1", port), 5)),
    works(lambda: __import__("wave")),
]))
"""


def test_a_confined_process(tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "secret").write_text("x")
    words = [sys.executable, "-c", CODE, str(tmp_path / "own"), str(tmp_path / "other" / "secret"), "9"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ""})
    confined, *works = json.loads(done.stdout)
    if tuple(map(int, platform.release().split(".")[:2])) < (6, 7):  # older kernels know parts of it
        assert works[:2] == [True, True]
        return
    assert confined, "the kernel has been built without Landlock, or a sandbox hides it"
    assert works == [True, True, "PermissionError", "PermissionError", "PermissionError", "PermissionError", True]
