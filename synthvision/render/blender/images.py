"""Pixel arrays into Blender images, once per texture."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from synthvision.assets import Asset, AssetStore
from synthvision.render.blender.ahead import Ahead
from synthvision.render.blender.compat import bpy
from synthvision.render.blender.packed import tiff_bytes
from synthvision.render.blender.pictures import ColourSpace, Picture
from synthvision.render.blender.shelf import Shelf
from synthvision.render.blender.surroundings import SurroundingsShelf

MAX_BYTES = 1 << 30
"""Bytes of pixels kept in Blender between frames before the least recently used images are dropped."""

_CHANNELS = 4


@dataclass(frozen=True, eq=False)
class Packed:
    """A picture as bytes of a file; ``cost`` is what it takes in Blender, packed and unpacked."""

    content: bytes
    cost: int


class ImageShelf:
    """Images in Blender by texture. Made of arrays, they lie in memory: Blender has nothing to find or to miss."""

    def __init__(self, store: AssetStore, max_bytes: int = MAX_BYTES) -> None:
        self._store = store
        self._shelf = Shelf(max_bytes)
        self._new: set[Hashable] = set()
        self._packed: set[Hashable] = set()
        self._has_unpacked = False
        self._ahead: Ahead[Packed] = Ahead(lambda packed: len(packed.content))
        self._surroundings = SurroundingsShelf(store)

    def make_ahead(self, picture: Picture, asset: Asset | None = None) -> None:
        """Have ready what ``image`` will need for a picture; any thread may call it. Raises AssetError."""
        if picture.colour_space == "Linear Rec.709":
            self._surroundings.make_ahead(picture.texture)
        elif picture not in self._shelf:
            self._ahead.put(picture, lambda: self._packed_picture(picture, asset))

    def image(self, picture: Picture, asset: Asset | None = None) -> bpy.types.Image:
        """Return the image of a picture; ``asset`` is where an embedded one is. Raises AssetError.

        Of surroundings a frame has one: images of earlier frames may become it.
        """
        if picture.colour_space == "Linear Rec.709":
            return self._surroundings.image(picture.texture)

        def make() -> tuple[bpy.types.Image, int]:
            self._new.add(picture)
            packed = self._ahead.take(picture) or self._packed_picture(picture, asset)
            return make_image(picture.texture.key, packed.content, picture.colour_space), packed.cost

        image = self._shelf.get(picture, make)
        if picture in self._packed and not self._has_unpacked:
            # A render that finds it packed unpacks it for itself. What comes again is unpacked once for all of them,
            # but one in a frame: the device waits meanwhile.
            self._packed.remove(picture)
            self._has_unpacked = True
            unpack(image)
        return image

    def check(self) -> None:
        """Raise RenderError if Blender has lost pixels of surroundings. Those of packed pictures it has still."""
        self._surroundings.check()

    def trim(self) -> None:
        """Drop what is too much; call it between frames."""
        self._packed |= self._new
        self._new.clear()
        self._has_unpacked = False
        self._packed.difference_update(self._shelf.trim())

    def datablocks(self) -> tuple[bpy.types.Image, ...]:
        return (*self._shelf.datablocks(), *self._surroundings.datablocks())

    def _packed_picture(self, picture: Picture, asset: Asset | None) -> Packed:
        pixels = self._store.image(picture.texture, asset)
        return Packed(tiff_bytes(pixels), pixels.nbytes + pixels.shape[0] * pixels.shape[1] * _CHANNELS)


def make_image(name: str, content: bytes, colour_space: ColourSpace) -> bpy.types.Image:
    """Make an image of the bytes of a file. Blender unpacks it when it first needs its pixels."""
    image = bpy.data.images.new(name, 1, 1, alpha=True)
    image.pack(data=content, data_len=len(content))
    image.source = "FILE"
    image.colorspace_settings.name = colour_space
    # Channel-packed: colour under alpha 0 stays as it is.
    image.alpha_mode = "CHANNEL_PACKED"
    return image


def unpack(image: bpy.types.Image) -> None:
    """Have the pixels of a packed image in Blender's memory from now on."""
    _ = image.size[0]
