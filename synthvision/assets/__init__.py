"""Meshes, textures and environments: the catalog, our own generators, and files."""

from synthvision.assets.catalog import (
    Catalog,
    CatalogEnvironment,
    CatalogModel,
    CatalogTexture,
    ParameterRange,
    load_catalog,
)
from synthvision.assets.images import decode_environment, decode_image
from synthvision.assets.sensors import CameraSensor, SensorLens, load_sensors
from synthvision.assets.store import AssetStore, asset_file, texture_file
from synthvision.assets.types import (
    Asset,
    AssetFile,
    AssetSource,
    GeneratedAsset,
    Material,
    Mesh,
    Texture,
    UpAxis,
)

__all__ = [
    "Asset",
    "AssetFile",
    "AssetSource",
    "AssetStore",
    "CameraSensor",
    "Catalog",
    "CatalogEnvironment",
    "CatalogModel",
    "CatalogTexture",
    "GeneratedAsset",
    "Material",
    "Mesh",
    "ParameterRange",
    "SensorLens",
    "Texture",
    "UpAxis",
    "asset_file",
    "decode_environment",
    "decode_image",
    "load_catalog",
    "load_sensors",
    "texture_file",
]
