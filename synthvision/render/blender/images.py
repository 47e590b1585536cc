"""Pixel arrays into Blender images, once per texture."""

from __future__ import annotations

import errno
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass

from synthvision.assets import Asset, AssetStore
from synthvision.errors import RenderError
from synthvision.render.blender.ahead import Ahead
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.picture_files import HAS_MEMORY_FILES, MemoryFile, tiff_parts
from synthvision.render.blender.pictures import ColourSpace, Picture
from synthvision.render.blender.shelf import Shelf
from synthvision.render.blender.surroundings import SurroundingsShelf

MAX_BYTES = 1 << 30
"""Bytes of pixels kept in Blender between frames before the least recently used images are dropped."""

MAX_FILES = 512
"""Pictures of which Blender has the path of a file; when there are more, half of them go, those that came first."""

SMALL_BYTES = 1 << 20
"""A picture of fewer bytes is packed: copying it takes no longer than Blender takes for a path."""

OFTEN, EVERY = 3, 4
"""A picture that so many frames have shown is read once for all frames to come; one in so many frames, because it takes
some milliseconds, for which the device waits."""

_TOO_MANY_OPEN = (errno.EMFILE, errno.ENFILE)

_CHANNELS = 4


@dataclass(frozen=True, eq=False)
class PictureFile:
    """A picture as a file; ``cost`` is what it takes in Blender, packed and unpacked."""

    content: bytes | MemoryFile
    cost: int


@dataclass(eq=False)
class _Unread:
    """What is known of an image that each render reads for itself."""

    file: MemoryFile | None
    frame: int
    uses: int = 1


class ImageShelf:
    """Images in Blender by texture, each a file in memory: Blender has nothing to find or to miss."""

    def __init__(self, store: AssetStore, max_bytes: int = MAX_BYTES, max_files: int = MAX_FILES) -> None:
        self._store = store
        self._max_files = max_files
        self._shelf = Shelf(max_bytes)
        self._unread: dict[Hashable, _Unread] = {}
        self._closing: deque[_Unread] = deque()
        self._frame = 0
        self._read_in_frame = -EVERY
        self._ahead: Ahead[PictureFile] = Ahead(lambda file: file.cost)
        self._surroundings = SurroundingsShelf(store)

    def make_ahead(self, picture: Picture, asset: Asset | None = None) -> None:
        """Have ready what ``image`` will need for a picture; any thread may call it. Raises AssetError, RenderError."""
        self._closing.clear()  # it takes a while, and the device does not wait for this thread
        if picture.colour_space == "Linear Rec.709":
            self._surroundings.make_ahead(picture.texture)
        elif picture not in self._shelf:
            self._ahead.put(picture, lambda: self._file_of(picture, asset))

    def image(self, picture: Picture, asset: Asset | None = None) -> bpy.types.Image:
        """Return the image of a picture; call it once in a frame. Raises AssetError, RenderError.

        Of surroundings a frame has one: images of earlier frames may become it.

        Args:
            picture: to be shown.
            asset: where an embedded texture is.
        """
        if picture.colour_space == "Linear Rec.709":
            return self._surroundings.image(picture.texture)

        def make() -> tuple[bpy.types.Image, int]:
            file = self._ahead.take(picture) or self._file_of(picture, asset)
            content = file.content
            self._unread[picture] = _Unread(content if isinstance(content, MemoryFile) else None, self._frame)
            return make_image(picture.texture.key, content, picture.colour_space), file.cost

        image = self._shelf.get(picture, make)
        unread = self._unread.get(picture)
        if unread is not None and unread.frame < self._frame:
            unread.uses += 1
            unread.frame = self._frame
            if unread.uses >= OFTEN and self._frame >= self._read_in_frame + EVERY:
                self._read_in_frame = self._frame
                keep_pixels(image)
                self._closing.append(self._unread.pop(picture))
        return image

    def check(self) -> None:
        """Raise RenderError if Blender has lost pixels of surroundings. Other pictures it can always read again."""
        self._surroundings.check()

    def trim(self) -> None:
        """Drop what is too much; call it between frames."""
        self._closing.clear()  # what nobody has loaded a frame since
        dropped = self._shelf.trim(self._unwanted())
        self._closing.extend(self._unread.pop(picture) for picture in dropped if picture in self._unread)
        self._frame += 1

    def datablocks(self) -> tuple[bpy.types.Image, ...]:
        return (*self._shelf.datablocks(), *self._surroundings.datablocks())

    def _unwanted(self) -> list[Hashable]:
        """Return pictures that the latest frame did not show, if Blender has the paths of too many files."""
        if len(self._unread) <= self._max_files:
            return []
        files = {picture: unread for picture, unread in self._unread.items() if unread.file is not None}
        if len(files) <= self._max_files:
            return []
        idle = [picture for picture, unread in files.items() if unread.frame < self._frame]
        # Many at once, because Blender looks through all graphs for those that show one of them.
        return idle[: self._max_files // 2]

    def _file_of(self, picture: Picture, asset: Asset | None) -> PictureFile:
        pixels = self._store.image(picture.texture, asset)
        cost = pixels.nbytes + pixels.shape[0] * pixels.shape[1] * _CHANNELS
        parts = tiff_parts(pixels)
        if HAS_MEMORY_FILES and pixels.nbytes >= SMALL_BYTES:
            try:
                return PictureFile(MemoryFile(*parts), cost)
            except OSError as error:
                if error.errno not in _TOO_MANY_OPEN:
                    raise RenderError(
                        f"texture {picture.texture.key}: memory must have room for {pixels.nbytes} bytes, got "
                        f"{error.strerror}; lower --workers"
                    ) from error
        return PictureFile(b"".join(parts), cost)


def make_image(name: str, content: bytes | MemoryFile, colour_space: ColourSpace) -> bpy.types.Image:
    """Make an image of a file, which has to be there for as long. Blender reads it when it first needs its pixels."""
    image = bpy.data.images.new(name, 1, 1, alpha=True)
    if isinstance(content, MemoryFile):
        image.filepath_raw = str(content.path)
    else:
        image.pack(data=content, data_len=len(content))
    image.source = "FILE"
    image.colorspace_settings.name = colour_space
    # Channel-packed: colour under alpha 0 stays as it is.
    image.alpha_mode = "CHANNEL_PACKED"
    return image


def keep_pixels(image: bpy.types.Image) -> None:
    """Have the pixels of an image in Blender's memory from now on, for which its file is not needed any more."""
    if image.packed_file is None:
        image.pack()
    _ = image.size[0]
