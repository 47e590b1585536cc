"""What a USD file refers to: text (.usda), crates (.usdc) and packages (.usdz), read without composing anything.

Crates: OpenUSD, ``pxr/usd/sdf/crateFile.cpp``. Their paths stand among all other tokens, so what looks like a path of
a layer or a picture is taken for one, and fetched where it is there.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath

from synthvision.assets.files.bundle import Fetch, check_text
from synthvision.assets.remote import MissingFileError
from synthvision.errors import AssetError

_CRATE, _ZIP = b"PXR-USDC", b"PK\x03\x04"
_LAYERS = (".usd", ".usda", ".usdc", ".usdz")
_PICTURES = (".png", ".jpg", ".jpeg", ".exr", ".hdr", ".tif", ".tiff", ".tga", ".bmp", ".webp", ".mtlx")
_NIBBLE, _BYTE = 15, 255
"""What says in LZ4 that a length goes on in the next byte."""

_MOST_LAYERS = 256
_MOST_TOKEN_BYTES = 16 * 1024**2
_MOST_NESTED = 4

# Strings and comments come first: an @ in one of them opens no path. A string that is not closed goes to the end of its
# line or of the file, as such a file is none: to look for another meaning from each of its quotes would take for ever.
_TEXT = re.compile(
    rb'"""(?:\\.|[^\\])*?(?:"""|\\?\Z)'
    rb"|'''(?:\\.|[^\\])*?(?:'''|\\?\Z)"
    rb'|"(?:\\.|[^"\\\n])*(?:"|\\?\Z|(?=\n))'
    rb"|'(?:\\.|[^'\\\n])*(?:'|\\?\Z|(?=\n))"
    rb"|#[^\n]*|//[^\n]*|/\*.*?(?:\*/|\Z)"
    rb"|@@@(?P<long>.*?)@@@"
    rb"|@(?P<short>[^@\n]*)@",
    re.DOTALL,
)


def collect_usd(data: bytes, fetch: Fetch, where: str) -> None:
    """Fetch all layers and pictures; AssetError for one outside the folder, or made up by an expression."""
    waiting = [(PurePosixPath(), data)]
    met: set[str] = set()
    while waiting:
        folder, content = waiting.pop(0)
        for written, certain in _paths(content, where):
            name = _inside(folder, written, where)
            if name is None or name in met:
                continue
            met.add(name)
            if len(met) > _MOST_LAYERS:
                raise AssetError(f"{where}: file must refer to at most {_MOST_LAYERS} files, got more")
            found = _fetched(fetch, name, certain=certain)
            if found is not None and name.lower().endswith(_LAYERS):
                waiting.append((PurePosixPath(name).parent, found))


def _fetched(fetch: Fetch, name: str, *, certain: bool) -> bytes | None:
    try:
        return fetch(name)
    except MissingFileError:
        if certain:
            raise
        return None


def _paths(data: bytes, where: str, nested: int = 0) -> Iterator[tuple[str, bool]]:
    """Yield each path that a layer or package has, and whether it is certainly one; ``nested`` is in how many."""
    if data.startswith(_ZIP):
        _check_package(data, where, nested)
    elif data.startswith(_CRATE):
        yield from ((token, False) for token in _tokens(data, where) if _looks_like_a_path(token))
    else:
        check_text(data, where, remedy="use .usdc")
        for match in _TEXT.finditer(data):
            found = match["long"] or match["short"]
            if found:
                yield found.decode("utf-8", "replace"), True


def _looks_like_a_path(token: str) -> bool:
    return _plain(token).lower().endswith((*_LAYERS, *_PICTURES)) or token.startswith("`")


def _plain(written: str) -> str:
    """Return a path without the arguments of its format and the place inside a package."""
    return written.partition(":SDF_FORMAT_ARGS:")[0].partition("[")[0].replace("\\", "/")


def _inside(folder: PurePosixPath, written: str, where: str) -> str | None:
    """Return a path from the model's folder; None for what no file can be, such as an address."""
    if written.startswith("`"):
        raise AssetError(f"{where}: references must be plain paths, got the expression '{written}'")
    plain = _plain(written)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", plain) and not plain.lower().startswith("file:"):
        return None
    steps: list[str] = []
    for step in (folder / plain).parts:
        if step == ".." and steps and steps[-1] != "..":
            steps.pop()
        else:
            steps.append(step)
    if not plain or plain.startswith("/") or ".." in steps or plain.lower().startswith("file:"):
        raise AssetError(f"{where}: references must stay in the asset's own folder, got '{written}'")
    return PurePosixPath(*steps).as_posix()


def _check_package(data: bytes, where: str, nested: int) -> None:
    """Refuse a package that is packed, or whose layers lead out of it."""
    if nested == _MOST_NESTED:
        raise AssetError(f"{where}: packages must lie at most {_MOST_NESTED} in one another, got more")
    with zipfile.ZipFile(BytesIO(data)) as package:
        total = sum(entry.file_size for entry in package.infolist())
        if total > len(data):  # some would be read again and again
            raise AssetError(f"{where}: files in a .usdz must lie side by side, got {total} bytes in {len(data)}")
        for entry in package.infolist():
            if entry.compress_type != zipfile.ZIP_STORED:
                raise AssetError(f"{where}: a .usdz must be stored without compression, got '{entry.filename}' packed")
            if entry.filename.lower().endswith(_LAYERS):
                for written, _ in _paths(package.read(entry), where, nested + 1):
                    _inside(PurePosixPath(entry.filename).parent, written, where)


def _tokens(data: bytes, where: str) -> Iterator[str]:
    """Return all tokens of a crate, which may be many millions."""
    (contents,) = struct.unpack_from("<q", data, 16)
    (count,) = struct.unpack_from("<Q", data, contents)
    for index in range(min(count, 64)):
        name, start, _ = struct.unpack_from("<16sqq", data, contents + 8 + 32 * index)
        if name.rstrip(b"\0") == b"TOKENS":
            return _split(_token_section(data, start, data[8:11], where))
    return iter(())


def _token_section(data: bytes, start: int, form: bytes, where: str) -> bytes:
    _, size = struct.unpack_from("<QQ", data, start)
    if size > _MOST_TOKEN_BYTES:
        raise AssetError(f"{where}: names in the file must have at most {_MOST_TOKEN_BYTES} bytes, got {size}")
    if form < b"\0\x04\0":  # not packed before 0.4.0
        return data[start + 16 : start + 16 + size]
    (packed,) = struct.unpack_from("<Q", data, start + 16)
    return _unpacked(data[start + 24 : start + 24 + packed], size)


def _split(tokens: bytes) -> Iterator[str]:
    return (match[0].decode("utf-8", "replace") for match in re.finditer(rb"[^\0]+", tokens))


def _unpacked(packed: bytes, most: int) -> bytes:
    """Undo USD's compression: a number of LZ4 blocks, or 0 for one without a length before it."""
    if packed[0] == 0:
        return _lz4(packed[1:], most)
    at, whole = 1, b""
    for _ in range(packed[0]):
        (size,) = struct.unpack_from("<i", packed, at)
        whole += _lz4(packed[at + 4 : at + 4 + size], most - len(whole))
        at += 4 + size
    return whole


def _lz4(block: bytes, most: int) -> bytes:
    """Decode one LZ4 block (https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md) of at most ``most`` bytes."""
    made, at = bytearray(), 0
    while at < len(block):
        literals, matched = block[at] >> 4, block[at] & _NIBBLE
        literals, at = _length(block, at + 1, literals)
        if len(made) + literals > most:
            raise ValueError(f"{literals} bytes more than the {most} there are to be")
        made += block[at : at + literals]
        at += literals
        if at >= len(block):
            break
        (back,) = struct.unpack_from("<H", block, at)
        matched, at = _length(block, at + 2, matched)
        matched += 4
        if not 0 < back <= len(made) or len(made) + matched > most:
            raise ValueError(f"a match of {matched} bytes {back} back")
        start = len(made) - back
        seen = bytes(made[start : start + matched])  # less where the match reaches into itself, and then repeated
        made += (seen * (matched // len(seen) + 1))[:matched]
    return bytes(made)


def _length(block: bytes, at: int, length: int) -> tuple[int, int]:
    more = length == _NIBBLE
    while more:
        length, more, at = length + block[at], block[at] == _BYTE, at + 1
    return length, at
