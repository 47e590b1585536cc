"""How our own child processes are started."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def child_environment() -> dict[str, str]:
    """Return the environment of a child: it finds modules where its parent does.

    Numerical libraries get one thread in every worker: more would fight over the cores, and their sums could then
    depend on the number of workers.
    """
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    search_path = os.pathsep.join(path or str(Path.cwd()) for path in sys.path)
    return {**os.environ, **single, "PYTHONPATH": search_path}
