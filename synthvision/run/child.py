"""How our own child processes are started."""

from __future__ import annotations

import os

from synthvision.search_path import module_search_path

SINGLE_THREADED = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Gives numerical libraries one thread; they read it when they are first imported."""


def child_environment() -> dict[str, str]:
    """Return the environment of a child: it finds modules where its parent does.

    Numerical libraries get one thread in every worker: more would fight over the cores, and their sums could then
    depend on the number of workers.
    """
    return {**os.environ, **SINGLE_THREADED, "PYTHONPATH": module_search_path()}
