"""The process's textures as pyramids of linear light, and environments with what shading wants to know of them."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from synthvision.assets import Asset, AssetStore, Texture
from synthvision.assets.srgb import srgb_decode
from synthvision.assets.texels import opacity
from synthvision.render.preview.environment import Environment, measure_environment
from synthvision.render.preview.pyramid import Pyramid, pyramid
from synthvision.render.preview.vectors import Floats

_TEXTURE_PX = 1024
_MAX_BYTES = 256 * 2**20
_MAX_ENVIRONMENTS = 8


class PreviewTextures:
    """Keeps pyramids while there is room, least recently used first out."""

    def __init__(self, store: AssetStore) -> None:
        self._store = store
        self._pyramids: OrderedDict[tuple[Texture, bool], Pyramid] = OrderedDict()
        self._environments: OrderedDict[Texture, Environment] = OrderedDict()
        self._bytes = 0

    def colour(self, texture: Texture, asset: Asset) -> Pyramid:
        """Return the texture as linear RGB."""
        return self._pyramid(texture, asset, encoded=True)

    def data(self, texture: Texture, asset: Asset) -> Pyramid:
        """Return the texture's three channels in [0, 1] as they stand in the file."""
        return self._pyramid(texture, asset, encoded=False)

    def backdrop(self, texture: Texture) -> Pyramid:
        """Return a picture that belongs to no asset, as linear RGB."""
        return self._pyramid(texture, None, encoded=True)

    def opacity(self, texture: Texture, asset: Asset, uv: Floats) -> Floats:
        """Return the opacity (N,) of a picture that does not repeat, at (N, 2) coordinates."""
        return opacity(self._store.image(texture, asset), uv)

    def environment(self, texture: Texture) -> Environment:
        """Return a measured environment at strength 1."""
        found = self._environments.get(texture)
        if found is None:
            found = measure_environment(self._store.environment(texture))
            self._environments[texture] = found
            if len(self._environments) > _MAX_ENVIRONMENTS:
                self._environments.popitem(last=False)
        self._environments.move_to_end(texture)
        return found

    def _pyramid(self, texture: Texture, asset: Asset | None, *, encoded: bool) -> Pyramid:
        key = texture, encoded
        if key not in self._pyramids:
            image = self._store.image(texture, asset)[:, :, :3]
            built = pyramid(image, _TEXTURE_PX, _decoding(encoded=encoded))
            self._pyramids[key] = built
            self._bytes += built.texels.nbytes
            while self._bytes > _MAX_BYTES and len(self._pyramids) > 1:
                self._bytes -= self._pyramids.popitem(last=False)[1].texels.nbytes
        self._pyramids.move_to_end(key)
        return self._pyramids[key]


def _decoding(*, encoded: bool) -> Floats:
    """Return the value (256,) of each 8-bit level: linear light of sRGB if ``encoded``, else level / 255."""
    code = np.arange(256) / 255
    return (srgb_decode(code) if encoded else code).astype(np.float32)
