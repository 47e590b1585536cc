"""The one door to Blender: every version test stands here, and ``bpy`` is imported from here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from synthvision.errors import AssetError, RenderError

try:
    import bpy  # noqa: TID251 - this is the room that may
    from mathutils import Matrix  # noqa: TID251 - likewise
except ImportError as error:
    raise RenderError(
        "Blender: the Python package 'bpy' must be importable (pip install 'synthvision[blender]', Python 3.11; "
        f"'synthvision doctor' names missing system libraries), got: {error}"
    ) from error

SUPPORTED = ((5, 0),)
"""(major, minor) of the Blender versions that the tests have passed with."""


def check_version(version: tuple[int, ...]) -> None:
    """Raise RenderError unless ``version`` is one that this room was tested with."""
    if version[:2] not in SUPPORTED:
        known = ", ".join(f"{major}.{minor}" for major, minor in SUPPORTED)
        raise RenderError(f"Blender: the version must be one of {known}, got {'.'.join(map(str, version))}")


def write_single_layer_exr(image_settings: bpy.types.ImageFormatSettings) -> None:
    """Make a render save its Combined pass as uncompressed float32 RGB: 4 ms for 640x480, and exact."""
    image_settings.media_type = "IMAGE"  # since 5.0 it decides which file formats there are
    image_settings.file_format = "OPEN_EXR"
    image_settings.color_mode = "RGB"
    image_settings.color_depth = "32"
    image_settings.exr_codec = "NONE"
    image_settings.use_preview = False


def write_layers_exr(image_settings: bpy.types.ImageFormatSettings) -> None:
    """Make a node that saves files save uncompressed float32 layers, one part of the file for each."""
    image_settings.media_type = "MULTI_LAYER_IMAGE"
    image_settings.file_format = "OPEN_EXR_MULTILAYER"
    image_settings.color_depth = "32"
    image_settings.exr_codec = "NONE"


def compile_osl(source: Path, compiled: Path) -> bool:
    """Compile a file of the Open Shading Language; return whether it succeeded."""
    import _cycles  # noqa: PLC0415 - Blender's own module, there once bpy is imported

    return bool(_cycles.osl_compile(str(source), str(compiled)))


_LEAST_HEAD_BYTES = 8
"""Of a block in a .blend; a compressed one can have any number that are empty."""


def blend_block_codes(content: BinaryIO, most_bytes: int) -> Iterator[bytes]:
    """Yield the codes of all blocks of an unpacked .blend, such as ``OB``, in order; AssetError if they end too early.

    ``most_bytes`` is what the whole may have.
    """
    from _blendfile_header import BlendFileHeader, BlendHeaderError, BlockHeader  # noqa: PLC0415 - there with bpy

    try:
        start = BlendFileHeader(content)
        read, block = 0, None
        while block is None or block.code != b"ENDB":
            block = BlockHeader(content, start.create_block_header_struct())
            read += block.size + _LEAST_HEAD_BYTES
            if read > most_bytes or block.size < 0:
                raise AssetError(f"file must have blocks of at most {most_bytes} bytes unpacked, got {read} or more")
            yield block.code
            _skip(content, block.size)
    except BlendHeaderError as error:
        raise AssetError(f"file must be a complete .blend file, got damaged data ({error})") from error


def _skip(content: BinaryIO, size: int) -> None:
    while size > 0:
        step = len(content.read(min(size, 2**20)))
        if step == 0:
            raise AssetError("file must be a complete .blend file, got one that is cut off")
        size -= step


__all__ = [
    "SUPPORTED",
    "Matrix",
    "blend_block_codes",
    "bpy",
    "check_version",
    "compile_osl",
    "write_layers_exr",
    "write_single_layer_exr",
]
