"""AssetStore: hashes are checked, memory is bounded, threads load once."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import numpy as np
import pytest

from synthvision.assets import store as store_module
from synthvision.assets.generators import GENERATORS
from synthvision.assets.store import AssetStore, asset_file, texture_file
from synthvision.assets.types import GeneratedAsset, Texture
from synthvision.errors import AssetError
from tests.unit.assets_files.small_files import cube_obj, cube_stl, png, quadrants
from tests.unit.assets_files.test_obj import textured_square


def test_file_hash_covers_what_it_refers_to(tmp_path):
    mtl = "newmtl painted\nmap_Kd a.png\n"
    path = textured_square(tmp_path, mtl, a=png(quadrants()))
    first = asset_file("square.obj", tmp_path)
    own, library, picture = (
        hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("square.obj", "square.mtl", "a.png")
    )
    listing = f"{own}\n{library}  square.mtl\n{picture}  a.png\n"
    assert first.sha256 == hashlib.sha256(listing.encode()).hexdigest()
    assert asset_file(str(path), tmp_path).sha256 == first.sha256
    (tmp_path / "a.png").write_bytes(png(quadrants()[::-1]))
    assert asset_file("square.obj", tmp_path).sha256 != first.sha256
    with pytest.raises(AssetError) as caught:
        AssetStore(tmp_path).asset(first)
    assert str(caught.value).startswith(f"square.obj: sha256 must be {first.sha256} (the file as first read), got ")


def test_plain_file_has_its_plain_hash(tmp_path):
    path = cube_stl(tmp_path / "cube.stl")
    assert asset_file("cube.stl", tmp_path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("unit_m", "up", "message"),
    [
        (0.0, "z", "cube.stl: unit_m must be a length above 0, got 0.0"),
        (float("inf"), "z", "cube.stl: unit_m must be a length above 0, got inf"),
        (1.0, "w", "cube.stl: up must be one of x, y, z, auto, got 'w'"),
    ],
)
def test_wrong_unit_or_axis(tmp_path, unit_m, up, message):
    cube_stl(tmp_path / "cube.stl")
    with pytest.raises(AssetError) as caught:
        asset_file("cube.stl", tmp_path, unit_m, up)
    assert str(caught.value) == message


def test_assets_are_kept_read_only(tmp_path):
    cube_obj(tmp_path / "cube.obj")
    store = AssetStore(tmp_path)
    source = asset_file("cube.obj", tmp_path, 0.5)
    asset = store.asset(source)
    assert store.asset(source) is asset
    assert np.ptp(asset.mesh.bounds, axis=0).tolist() == [0.5, 0.5, 0.5]
    assert store.asset(replace(source, unit_m=1.0)) is not asset
    with pytest.raises(ValueError, match="read-only"):
        asset.mesh.vertices[0] = 0


def test_images_of_every_kind(tmp_path):
    path = textured_square(tmp_path, "newmtl painted\nmap_Kd a.png\n", a=png(quadrants()))
    store = AssetStore(tmp_path)
    asset = store.asset(asset_file(path.name, tmp_path))
    embedded = asset.materials[0].base_colour_texture
    assert embedded is not None
    assert np.array_equal(store.image(embedded, asset), quadrants())
    file = texture_file("a.png", tmp_path)
    assert np.array_equal(store.image(file), quadrants())
    assert store.image(file) is store.image(file)
    with pytest.raises(AssetError, match=r"texture .*: image must be in its asset, got none"):
        store.image(embedded)
    with pytest.raises(AssetError, match=r"a.png: sha256 must be 00 \(the file as first read\), got "):
        store.image(replace(file, sha256="00"))
    with pytest.raises(AssetError, match=r"texture must be one of .*, got 'wod'; did you mean 'wood'"):
        store.image(Texture("generated", "wod"))


def test_environments(tmp_path):
    (tmp_path / "sky.png").write_bytes(png(np.full((2, 4, 3), 255, dtype=np.uint8)))
    store = AssetStore(tmp_path)
    assert store.environment(texture_file("sky.png", tmp_path)).tolist() == np.ones((2, 4, 3)).tolist()
    with pytest.raises(AssetError, match=r"environment must be one of .*, got 'overcat'; did you mean 'overcast'"):
        store.environment(Texture("generated", "overcat"))
    with pytest.raises(AssetError, match="environment x: must be generated or a file, got an embedded image"):
        store.environment(Texture("embedded", "x"))


def test_generated_assets(tmp_path):
    store = AssetStore(tmp_path)
    source = GeneratedAsset("plane", (("size_m", 2.0),))
    made = store.asset(source)
    assert made.mesh.content_hash == GENERATORS["plane"]({"size_m": 2.0}).mesh.content_hash
    with pytest.raises(AssetError, match=r"generator must be one of .*, got 'plan'; did you mean 'plane'"):
        store.asset(GeneratedAsset("plan"))


def test_parameters_of_which_nothing_can_be_made_are_named(tmp_path):
    store = AssetStore(tmp_path)
    rule = r"^asset mug: parameters must be of a thing that can be made, got \{height_m: 100\} \(IndexError: .*\)"
    with pytest.raises(AssetError, match=rule + r"; keep them nearer to the catalog's$") as caught:
        store.asset(GeneratedAsset("mug", (("height_m", 100.0),)))
    assert isinstance(caught.value.__cause__, IndexError)


def test_oldest_go_first_and_the_newest_stays(tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.png").write_bytes(png(np.zeros((10, 10, 3), dtype=np.uint8)))
    a, b, c = (texture_file(f"{name}.png", tmp_path) for name in "abc")
    store = AssetStore(tmp_path, capacity_bytes=700)
    first, second = store.image(a), store.image(b)
    assert store.kept_bytes == 600
    assert store.image(a) is first
    store.image(c)
    assert store.image(a) is first
    assert store.image(b) is not second
    assert store.kept_bytes == 600
    tiny = AssetStore(tmp_path, capacity_bytes=1)
    assert tiny.image(a) is tiny.image(a)
    tiny.image(b)
    assert tiny.kept_bytes == 300


def test_threads_load_a_thing_once(tmp_path, monkeypatch):
    cube_obj(tmp_path / "cube.obj")
    source = asset_file("cube.obj", tmp_path)
    loads = []
    read = store_module.read_bundle
    monkeypatch.setattr(store_module, "read_bundle", lambda path, root: (loads.append(path), read(path, root))[1])
    store = AssetStore(tmp_path)
    barrier = Barrier(4)

    def use(_: int) -> int:
        barrier.wait()
        return id(store.asset(source))

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(use, range(4)))) == 1
    assert loads == ["cube.obj"]


def test_a_failed_load_fails_again_and_leaves_no_lock(tmp_path):
    store = AssetStore(tmp_path)
    for _ in range(2):
        with pytest.raises(AssetError, match=r"gone.png: file must exist, got no such file"):
            store.image(Texture("file", "gone.png"))
    (tmp_path / "gone.png").write_bytes(png(quadrants()))
    assert np.array_equal(store.image(texture_file("gone.png", tmp_path)), quadrants())
