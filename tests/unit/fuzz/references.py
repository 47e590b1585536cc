"""Fuzzed: what finds out which files a model refers to that Blender alone reads, before Blender sees any of them.

The folder of the model has a picture and a layer, and links that lead out of it. Where those lead, and in every folder
above, lie files of the same names, with a content that nothing may return.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

from synthvision.assets.files import read_bundle
from tests.unit.assets_files.small_files import png, quadrants, usd_crate

SECRET = b"#usda 1.0 secret"
_LAYER = b"#usda 1.0\n( subLayers = [@../a.usd@] ) asset t = @../t/p.png@\n"


def references_of(suffix: str) -> Callable[[bytes, Path], None]:
    """Return what reads all that a model with this content refers to."""

    def feed(content: bytes, folder: Path) -> None:
        own = _laid_out(folder)
        (own / f"a{suffix}").write_bytes(content)
        for name, data in read_bundle(f"a{suffix}", own).parts.items():
            assert (own / name.replace("\\", "/")).resolve().is_relative_to(own.resolve()), name
            assert data != SECRET, name

    return feed


def _laid_out(folder: Path) -> Path:
    own = folder / "s" / "own"
    if own.is_dir():
        return own
    for place in (folder, folder / "s"):
        for name in ("t/p.png", "l/b.usd", "a.usd"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(SECRET)
    for name, data in {
        "t/p.png": png(quadrants()),
        "p.png": png(quadrants()),
        "l/b.usd": _LAYER,
        "a.usd": _LAYER,
    }.items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_bytes(data)
    (own / "o").symlink_to(folder)
    (own / "q.png").symlink_to(folder / "t/p.png")
    return own


def usd_files() -> list[bytes]:
    """Text with all that may stand before a path, a crate of each form, a package."""
    text = (
        b'#usda 1.0\n( doc = """an @ \\""" here""" # @no@\n  subLayers = [@l/b.usd:SDF_FORMAT_ARGS:x=1@] /* \'@ */ )\n'
        b'def X "a" ( references = @l/../l/b.usd@ ) { asset a = @@@t/p.png@@@ asset b = @https://x.org/p.png@ }\n'
    )
    return [text, usd_crate("Mesh", "points", "./t/p.png", "l/b.usd", "not.png"), _old_crate(), _package(text)]


def _old_crate() -> bytes:
    tokens = b"points\0t/p.png\0l/b.usd\0"
    section = struct.pack("<QQ", 3, len(tokens)) + tokens
    toc = struct.pack("<Q16sqq", 1, b"TOKENS", 32, len(section))
    return struct.pack("<8s8sqq", b"PXR-USDC", b"\0\x03\0", 32 + len(section), 0) + section + toc


def _package(layer: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        for name, data in {"a.usda": layer, "l/b.usd": usd_crate("Mesh", "t/p.png", "a longer name")}.items():
            file.writestr(zipfile.ZipInfo(name), data)
    return stream.getvalue()


def fbx_files() -> list[bytes]:
    """Text, and as much of the binary form as is looked at."""
    names = (b"t\\p.png", b"..\\else\\p.png", b"C:\\gone.png", b"/etc/hosts")
    rows = b"".join(b"\x10RelativeFilenameS" + struct.pack("<I", len(name)) + name for name in names)
    return [b"Kaydara FBX Binary  \0\x1a\0" + rows, b'; FBX 7.4.0\nRelativeFilename: "t/p.png"\n']
