"""Heavy assets come out of the cache as they come out of the readers, to the last bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import OpenEXR
import pytest
from PIL import Image

from synthvision.assets import decoded
from synthvision.assets.cache import VARIABLE
from synthvision.assets.store import AssetStore, asset_file, texture_file
from synthvision.assets.types import Asset, Mesh
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import CUBE, cube_gltf, cube_obj, cube_ply, cube_stl, png, quadrants
from tests.unit.assets_files.test_obj import textured_square

NOISE = np.random.default_rng(0).integers(0, 256, (24, 40, 4), dtype=np.uint8)  # noqa: TID251 - a picture of no pattern


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(decoded, "HEAVY_BYTES", 1)


def entries(tmp_path: Path) -> int:
    return len(list((tmp_path / "home/synthvision").glob("decoded/*")))


def painted_square(folder: Path) -> Path:
    mtl = "newmtl painted\nKd 0.1 0.2 0.3\nNs 250\nmap_Kd a.png\nmap_d a.png\nmap_Pr b.png\nmap_Bump -bm 0.5 c.png\n"
    flat = np.full((4, 4, 3), (128, 128, 255), dtype=np.uint8)
    return textured_square(folder, mtl, a=png(NOISE), b=png(NOISE[..., :3]), c=png(flat))


def lit_cube(folder: Path) -> Path:
    document = cube_gltf()
    document.attribute("NORMAL", (CUBE * 2 - 1).astype("<f4"))
    document.attribute("TEXCOORD_0", CUBE[:, :2].astype("<f4"))
    image = {"index": document.texture(png(quadrants(alpha=True)))}
    document.material(
        name="lit", alphaMode="MASK", pbrMetallicRoughness={"baseColorTexture": image}, emissiveFactor=[1, 0, 0.5]
    )
    return document.glb(folder / "cube.glb")


MODELS = {
    "painted OBJ": painted_square,
    "PLY": lambda folder: cube_ply(folder / "cube.ply"),
    "STL": lambda folder: cube_stl(folder / "cube.stl"),
    "GLB": lit_cube,
}


def state(asset: Asset) -> list[object]:
    """Everything about an asset that a result could depend on."""
    mesh = asset.mesh
    named = [(name, getattr(mesh, name)) for name in decoded.MESH_ARRAYS] + list(asset.images.items())
    arrays = [
        (name, None if it is None else (it.shape, it.strides, it.dtype.str, it.flags.writeable, it.tobytes()))
        for name, it in named
    ]
    return [*arrays, repr(asset.materials), hash(asset.materials), mesh.content_hash, asset.content_hash]


@pytest.mark.parametrize("model", MODELS)
def test_meshes_are_the_same_with_and_without_the_cache(tmp_path, monkeypatch, model):
    path = MODELS[model](tmp_path)
    source = asset_file(path.name, tmp_path, 0.01, "y")
    with monkeypatch.context() as patch:
        patch.setenv(VARIABLE, "0")
        plain = AssetStore(tmp_path).asset(source)
    assert entries(tmp_path) == 0
    first = AssetStore(tmp_path).asset(source)
    monkeypatch.setattr(decoded, "read_asset", None)
    again = AssetStore(tmp_path).asset(source)
    assert state(plain) == state(first) == state(again)
    mesh = again.mesh
    assert Mesh(mesh.vertices, mesh.triangles, mesh.slots, mesh.uvs, mesh.normals).content_hash == mesh.content_hash
    assert entries(tmp_path) == 1


def hdr(path: Path) -> None:
    path.write_bytes(b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 24 +X 40\n" + (NOISE | 2).tobytes())


def exr(path: Path) -> None:
    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    OpenEXR.File(header, {"RGB": np.ascontiguousarray(NOISE[..., :3], np.float16)}).write(str(path))


PICTURES = {"sky.hdr": hdr, "sky.exr": exr, "sky.png": lambda path: path.write_bytes(png(NOISE))}


@pytest.mark.parametrize(
    ("what", "name"), [("image", "sky.png"), *(("environment", name) for name in PICTURES)], ids=str
)
def test_pictures_are_the_same_with_and_without_the_cache(tmp_path, monkeypatch, what, name):
    PICTURES[name](tmp_path / name)
    texture = texture_file(name, tmp_path)

    def load() -> tuple[object, ...]:
        pixels = getattr(AssetStore(tmp_path), what)(texture)
        return pixels.shape, pixels.strides, pixels.dtype.str, pixels.flags.writeable, pixels.tobytes()

    with monkeypatch.context() as patch:
        patch.setenv(VARIABLE, "0")
        plain = load()
    first = load()
    monkeypatch.setattr(decoded, f"decode_{what}", None)
    assert plain == first == load()
    assert entries(tmp_path) == 1


def test_an_image_and_an_environment_of_one_file_are_two(tmp_path):
    (tmp_path / "sky.png").write_bytes(png(NOISE))
    store, texture = AssetStore(tmp_path), texture_file("sky.png", tmp_path)
    assert store.image(texture).dtype == np.uint8
    assert store.environment(texture).dtype == np.float32
    assert entries(tmp_path) == 2


def test_jpeg_pictures_and_what_is_small_are_decoded_by_everyone(tmp_path, monkeypatch):
    Image.fromarray(NOISE[..., :3]).save(tmp_path / "a.jpg")
    store = AssetStore(tmp_path)
    store.image(texture_file("a.jpg", tmp_path))
    monkeypatch.setattr(decoded, "HEAVY_BYTES", 512 * 1024)
    (tmp_path / "a.png").write_bytes(png(NOISE))
    store.image(texture_file("a.png", tmp_path))
    store.environment(texture_file("a.png", tmp_path))
    store.asset(asset_file(cube_obj(tmp_path / "cube.obj").name, tmp_path))
    assert entries(tmp_path) == 0


def test_content_format_unit_axis_and_readers_decide_and_names_do_not(tmp_path, monkeypatch):
    cube_obj(tmp_path / "cube.obj")
    store, source = AssetStore(tmp_path), asset_file("cube.obj", tmp_path)
    store.asset(source)
    (tmp_path / "same.obj").write_bytes((tmp_path / "cube.obj").read_bytes())
    store.asset(replace(source, path="same.obj"))
    assert entries(tmp_path) == 1
    store.asset(replace(source, unit_m=0.5))
    store.asset(replace(source, up="y"))
    cube_obj(tmp_path / "other.obj", head="# another")
    store.asset(asset_file("other.obj", tmp_path))
    assert entries(tmp_path) == 4
    monkeypatch.setattr(decoded, "_readers", lambda: ("of tomorrow",))
    AssetStore(tmp_path).asset(source)
    assert entries(tmp_path) == 5


def test_readers_are_named_by_their_text_and_libraries():
    digest, *libraries = decoded._readers()
    assert len(digest) == 64
    assert [name.split()[0] for name in libraries] == ["pillow", "OpenEXR"]


def test_a_file_that_has_changed_is_refused_though_its_old_content_is_kept(tmp_path):
    cube_obj(tmp_path / "cube.obj")
    source = asset_file("cube.obj", tmp_path)
    AssetStore(tmp_path).asset(source)
    cube_obj(tmp_path / "cube.obj", head="# changed")
    with pytest.raises(
        AssetError, match=rf"^cube.obj: sha256 must be {source.sha256} \(the file as first read\), got "
    ):
        AssetStore(tmp_path).asset(source)


def test_a_damaged_file_is_named_and_not_kept(tmp_path):
    (tmp_path / "a.png").write_bytes(png(NOISE)[:-100])
    for _ in range(2):
        with pytest.raises(AssetError, match=r"^a.png: file must be a complete image, got damaged data"):
            AssetStore(tmp_path).image(texture_file("a.png", tmp_path))
    assert entries(tmp_path) == 0
