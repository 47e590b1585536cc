"""What an FBX file refers to: the relative names of its pictures, as text or binary.

Binary: https://code.blender.org/2013/08/fbx-binary-file-format-specification/
"""

from __future__ import annotations

import re
import struct
from pathlib import PurePosixPath

from synthvision.assets.files.bundle import Fetch
from synthvision.assets.remote import MissingFileError
from synthvision.errors import AssetError

_BINARY = re.compile(rb"RelativeFilenameS(.{4})", re.DOTALL)
_TEXT = re.compile(rb'RelativeFilename:\s*"([^"\n]*)"')
_MOST_NAME_BYTES = 4096
_MOST_PICTURES = 4096


def collect_fbx(data: bytes, fetch: Fetch, where: str) -> None:
    """Fetch the pictures that lie beside the model.

    Files keep the folders of whoever wrote them, and may carry their pictures: a name that leads nowhere is looked for
    right beside the model, as Blender does it, and what is missing in the end is told by the conversion.
    """
    names = _names(data)
    if len(names) > _MOST_PICTURES:
        raise AssetError(f"{where}: file must refer to at most {_MOST_PICTURES} pictures, got {len(names)}")
    for name in sorted(names):
        for candidate in dict.fromkeys((name, PurePosixPath(name).name)):
            if _is_local(candidate) and _is_there(fetch, candidate):
                break


def _names(data: bytes) -> set[str]:
    found = {match[1] for match in _TEXT.finditer(data)}
    for match in _BINARY.finditer(data):
        (size,) = struct.unpack("<I", match[1])
        if size <= _MOST_NAME_BYTES:
            found.add(data[match.end() : match.end() + size])
    texts = (name.decode("utf-8", "replace").replace("\\", "/") for name in found)
    return {PurePosixPath(text).as_posix() for text in texts if text.strip("/") and "\0" not in text}


def _is_local(name: str) -> bool:
    return not name.startswith("/") and ".." not in PurePosixPath(name).parts and ":" not in name


def _is_there(fetch: Fetch, name: str) -> bool:
    try:
        fetch(name)
    except MissingFileError:
        return False
    return True
