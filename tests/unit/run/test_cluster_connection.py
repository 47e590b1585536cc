"""Connecting to a Ray cluster whose head is busy; Ray is a fake here, and real in end_to_end/test_ray.py."""

from __future__ import annotations

import sys

import pytest

from synthvision.errors import UsageError
from synthvision.run.cluster.connection import connected

LOST = "Initialization failure from server: Starting Ray client server failed. See ray_client_server_23000.err"


class FakeRay:
    """Fails to connect with one error after the other, and connects then."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.called: list[str] = []

    def is_initialized(self) -> bool:
        return False

    def init(self, address: str, **_: object) -> None:
        self.called.append(address)
        if self._errors:
            raise self._errors.pop(0)

    def shutdown(self) -> None:
        self.called.append("shutdown")


def connect(monkeypatch: pytest.MonkeyPatch, ray: FakeRay) -> None:
    monkeypatch.setitem(sys.modules, "ray", ray)
    with connected("ray://head:10001") as given:
        assert given is ray


def test_a_head_that_lost_our_server_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = FakeRay(ConnectionError(LOST), ConnectionError(LOST))
    connect(monkeypatch, ray)
    assert ray.called == ["ray://head:10001"] * 3 + ["shutdown"]


def test_it_is_not_asked_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    ray = FakeRay(*[ConnectionError(LOST)] * 9)
    with pytest.raises(UsageError, match="Starting Ray client server failed"):
        connect(monkeypatch, ray)
    assert len(ray.called) == 3


@pytest.mark.parametrize("error", [ConnectionError("ray client connection timeout"), ValueError(LOST)])
def test_other_errors_are_told_at_once(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    ray = FakeRay(error)
    with pytest.raises(UsageError) as caught:
        connect(monkeypatch, ray)
    assert str(caught.value).startswith(
        f"--cluster: it must be local, auto, or the address of a Ray cluster that runs (ray://HOST:10001), "
        f"got 'ray://head:10001': {error}; see that the head"
    )
    assert len(ray.called) == 1
