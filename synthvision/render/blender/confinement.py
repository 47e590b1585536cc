"""Shuts this process off from files and networks that it has no need of, where the kernel can (Landlock, Linux 5.13).

System calls and structures: https://docs.kernel.org/userspace-api/landlock.html
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_ASK_VERSION, _BENEATH, _NO_NEW_PRIVILEGES = 1, 1, 38

_READING = 0b1101
"""Execute, read a file, list a folder."""

_RIGHTS_TO_FILES = {1: 13, 2: 14}
"""Version of Landlock → how many rights it knows; 15 from the third on, and those to devices are not ours to take."""

_WITH_NETWORK, _TCP = 4, 0b11

SYSTEM = ("/usr", "/lib", "/lib64", "/bin", "/etc", "/proc", "/sys", "/dev", "/nix", "/run/opengl-driver")
"""Folders that programs and their libraries are made of."""


def confine(own: Path) -> bool:
    """Allow reading of programs and modules, all in the folder ``own``, and nothing else; say whether that could be.

    It holds for every thread that begins later, and cannot be undone.
    """
    version = _call(_CREATE, None, 0, _ASK_VERSION)
    if version < 1:
        return False
    rights = (1 << _RIGHTS_TO_FILES.get(version, 15)) - 1
    network = (_TCP,) if version >= _WITH_NETWORK else ()
    attributes = struct.pack(f"<{1 + len(network)}Q", rights, *network)
    rules = _call(_CREATE, attributes, len(attributes), 0)
    if rules < 0:
        return False
    try:
        _allow(rules, [own], rights)
        _allow(rules, _modules(), _READING)
        _allow(rules, [Path("/dev")], _READING | 0b10)
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0 and _call(_RESTRICT, rules, 0) == 0
    finally:
        os.close(rules)


def _modules() -> list[Path]:
    libraries = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
    named = [*SYSTEM, sys.prefix, sys.base_prefix, *sys.path, *libraries]
    return [Path(name) for name in dict.fromkeys(named) if name and Path(name).is_dir()]


def _allow(rules: int, folders: Iterable[Path], rights: int) -> None:
    for folder in folders:
        opened = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        try:
            if _call(_ADD, rules, _BENEATH, struct.pack("<Qi", rights, opened), 0) < 0:
                raise OSError(ctypes.get_errno(), f"Landlock refuses a rule for {folder}")
        finally:
            os.close(opened)


def _call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call; -1 if it fails."""
    given = [ctypes.c_long(one) if isinstance(one, int) else ctypes.c_char_p(one) for one in arguments]
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    return int(libc.syscall(ctypes.c_long(number), *given))
