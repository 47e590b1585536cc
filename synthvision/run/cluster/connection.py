"""The connection to a Ray cluster."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from synthvision.errors import UsageError
from synthvision.run.machine import usable_cores

if TYPE_CHECKING:
    from types import ModuleType

EXTRA = "synthvision[ray]"

_REMEDY = (
    "; see that the head was started with --ray-client-server-port and has the same Ray and Python, and, if it wants a "
    "token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN"
)
"""Ray's client says of all of these only that it waited too long."""

_TRIES = 3
_NO_SERVER = "Starting Ray client server failed"
"""The head forks a process for each client, beside threads of gRPC; on a busy machine that one may die at once."""


@contextmanager
def connected(address: str) -> Iterator[ModuleType]:
    """Give Ray, connected to a cluster: ``local``, ``auto`` or ``ray://HOST:PORT``.

    A program that is connected already stays so. UsageError where Ray is not installed or nothing answers.
    """
    try:
        import ray  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise UsageError(f"--cluster: there must be Ray for it, got none; install '{EXTRA}'") from error
    if ray.is_initialized():  # by the calling program, which has its reasons
        yield ray
        return
    try:
        with warnings.catch_warnings(action="ignore"):  # that it waits for an answer, which the error says
            _connect(ray, address)
    except (ConnectionError, ValueError, RuntimeError, AssertionError, TimeoutError) as error:
        raise UsageError(
            "--cluster: it must be local, auto, or the address of a Ray cluster that runs (ray://HOST:10001), "
            f"got '{address}': {str(error) or 'no cluster answers'}{_REMEDY if '://' in address else ''}"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _connect(ray: ModuleType, address: str) -> None:
    """Connect; a head that answers, but has lost the process that it made for us, is asked again."""
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == "local":
        quiet |= {"num_cpus": usable_cores(), "include_dashboard": False}
    for left in reversed(range(_TRIES)):
        try:
            ray.init(address, **quiet)
        except ConnectionError as error:
            if not left or _NO_SERVER not in str(error):
                raise
        else:
            return
