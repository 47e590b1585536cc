"""What one thread makes for another before that needs it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

MAX_BYTES = 128 << 20
"""Bytes that wait before what came first is dropped; what came last is kept however large it is."""

Value = TypeVar("Value")


class Ahead(Generic[Value]):
    """Things made ahead that wait to be taken, by key. Whoever finds none makes it: it is the same.

    Args:
        size_of: bytes of a thing.
        max_bytes: of all that wait.
    """

    def __init__(self, size_of: Callable[[Value], int], max_bytes: int = MAX_BYTES) -> None:
        self._size_of = size_of
        self._max_bytes = max_bytes
        self._waiting: OrderedDict[Hashable, Value] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def put(self, key: Hashable, make: Callable[[], Value]) -> None:
        """Make a thing, unless it waits already."""
        if key in self._waiting:
            return
        value = make()
        with self._lock:
            if key not in self._waiting:
                self._waiting[key] = value
                self._bytes += self._size_of(value)
            while self._bytes > self._max_bytes and len(self._waiting) > 1:
                _, dropped = self._waiting.popitem(last=False)
                self._bytes -= self._size_of(dropped)

    def take(self, key: Hashable) -> Value | None:
        """Return a thing, which waits no more; None if there is none."""
        with self._lock:
            value = self._waiting.pop(key, None)
            self._bytes -= 0 if value is None else self._size_of(value)
        return value
