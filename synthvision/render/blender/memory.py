"""Keeps a renderer's memory flat over thousands of frames."""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h
_LARGE_BYTES = 4 << 20
_KEPT_BYTES = 64 << 20


def return_large_blocks() -> None:
    """Make the C library give every freed block of 4 MiB or more back to the system at once, and keep smaller ones.

    Left to itself glibc raises that limit as it sees such blocks freed, puts the textures and film of each frame on its
    heap, and the heap fills with holes: 439 MB and growing instead of a flat 384 MB after 1200 frames. Arrays of a
    picture's size stay on the heap, which keeps room for them: the system would have to fill their pages with zeros
    each time anew, some 10,000 pages a frame of 640x480. Concerns the whole process; does nothing where the C library
    has no such settings.
    """
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
            mallopt(_M_TRIM_THRESHOLD, _KEPT_BYTES)
