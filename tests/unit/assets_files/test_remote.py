"""Assets and recipes on object stores, on fsspec's memory: names, freshness, and one sentence for whatever fails."""

from __future__ import annotations

import sys
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from synthvision.assets import remote
from synthvision.assets.files import read_bundle
from synthvision.assets.files.bundle import read_file
from synthvision.assets.remote import matching_remote
from synthvision.assets.store import AssetStore, asset_file, texture_file
from synthvision.errors import AssetError, RecipeError, UsageError
from synthvision.object_stores import folder_of, is_remote, shown_path
from synthvision.recipe import load_recipe
from synthvision.recipe.names import matching_paths
from synthvision.recipe.writing import file_hashes, recipe_yaml
from tests.unit.assets_files.small_files import cube_gltf, cube_obj, png, quadrants

RECIPE = """
version: 1
name: remote
extends: base.yaml
categories: [thing]
objects:
  - files: models/*.gltf
    category: thing
lights:
  - {type: sun, irradiance_w_m2: 3, elevation_deg: 50}
world: {backdrop: "backs/**/*.png"}
camera: {resolution: [48, 32], position: {at_m: [1, 1, 1]}}
"""
BASE = "version: 1\nname: base\n"


@pytest.fixture(autouse=True)
def _private_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def bucket(tmp_path) -> str:
    """A folder of its own in fsspec's memory."""
    return f"memory://{tmp_path.name}/assets"


def put(url: str, files: dict[str, bytes]) -> None:
    system, root = fsspec.core.url_to_fs(url)
    for name, content in files.items():
        system.pipe_file(f"{root}/{name}", content)


def gltf_files(tmp_path: Path) -> dict[str, bytes]:
    cube_gltf().gltf(tmp_path / "box.gltf", "box.bin")
    return {"models/box.gltf": (tmp_path / "box.gltf").read_bytes(), "models/box.bin": cube_gltf().binary}


def refusal(call) -> str:
    with pytest.raises((AssetError, UsageError, RecipeError)) as caught:
        call()
    return str(caught.value)


def test_urls_are_paths_that_no_disk_has():
    folder = folder_of("s3://bucket/all/assets/")
    assert is_remote(folder)
    assert not is_remote(Path("s3:/bucket"))
    assert not is_remote(folder_of("file:///data/assets"))
    assert folder_of("file:///data/assets") == Path("/data/assets")
    assert shown_path(folder / "a b.glb") == "s3://bucket/all/assets/a b.glb"
    assert folder_of(shown_path(folder)) == folder


@pytest.mark.parametrize("url", ["https://me:secret@host/x", "https://host/x?signature=secret", "s3://me@bucket/x"])
def test_urls_with_credentials_are_refused(url):
    assert refusal(lambda: folder_of(url)) == (
        f"{url.partition(':')[0]}://…: URL must be without credentials, '?' and '#', got one with them;"
        " give credentials as the store's own tools take them, such as AWS_PROFILE"
    )


def test_a_recipe_on_a_store_is_the_local_one(tmp_path, bucket):
    files = {
        **gltf_files(tmp_path),
        "backs/a.png": png(quadrants()),
        "backs/deep/er/b.png": png(quadrants()),
        "bin.yaml": RECIPE.encode(),
        "base.yaml": BASE.encode(),
    }
    put(bucket, files)
    for name, content in files.items():
        (tmp_path / "local" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "local" / name).write_bytes(content)
    there, here = load_recipe(f"{bucket}/bin.yaml"), load_recipe(tmp_path / "local" / "bin.yaml")
    from_elsewhere = load_recipe(tmp_path / "local" / "bin.yaml", files_from=bucket)
    assert file_hashes(there) == file_hashes(here) == file_hashes(from_elsewhere)
    assert set(file_hashes(here)) == {"models/box.gltf", "backs/a.png", "backs/deep/er/b.png"}
    assert recipe_yaml(there) == recipe_yaml(here)
    assert "memory" not in recipe_yaml(there)
    source = asset_file("models/box.gltf", there.folder)
    far, near = AssetStore(there.folder).asset(source), AssetStore(here.folder).asset(source)
    assert far.content_hash == near.content_hash
    texture = texture_file("backs/a.png", there.folder)
    assert (AssetStore(there.folder).image(texture) == AssetStore(here.folder).image(texture)).all()


NAMES = ("a.glb", "b.png", ".hidden.glb", "x/a.glb", "x/y/c.glb", "x/.z/d.glb", "x/y/odd[1].glb")


@pytest.mark.parametrize(
    "pattern",
    [
        *("*.glb", "**/*.glb", "x/*", "x/**", "x/*/*.glb", "?.glb", "[!b].*", ".*.glb", "x/y/odd[1].glb", "a.glb"),
        *("no.glb", "x/../*.png", "x/.z/*", "none/*"),
    ],
)
def test_patterns_match_as_on_a_disk(tmp_path, bucket, pattern):
    put(bucket, dict.fromkeys(NAMES, b"1"))
    for name in NAMES:
        (tmp_path / "disk" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "disk" / name).write_bytes(b"1")
    assert matching_paths(folder_of(bucket), pattern) == matching_paths(tmp_path / "disk", pattern)


def test_a_file_is_fetched_once_and_again_when_it_changes(tmp_path, bucket, monkeypatch):
    read: list[str] = []
    whole = MemoryFileSystem._open
    monkeypatch.setattr(
        MemoryFileSystem, "_open", lambda self, path, *a, **k: (read.append(path), whole(self, path, *a, **k))[1]
    )
    put(bucket, {"a.bin": b"first"})
    read.clear()
    path = folder_of(bucket) / "a.bin"
    assert [read_file(path, "a.bin") for _ in range(3)] == [b"first"] * 3
    assert len(read) == 1
    put(bucket, {"a.bin": b"other"})
    read.clear()
    assert [read_file(path, "a.bin") for _ in range(2)] == [b"other"] * 2
    assert len(read) == 1
    monkeypatch.setenv("SYNTHVISION_CACHE_BYTES", "0")
    assert [read_file(path, "a.bin") for _ in range(2)] == [b"other"] * 2
    assert len(read) == 3


def test_a_file_that_changes_while_it_is_read_is_not_kept(bucket, monkeypatch):
    put(bucket, {"a.bin": b"first"})
    whole = remote._download

    def changed_meanwhile(path, where, most):
        content = whole(path, where, most)
        put(bucket, {"a.bin": b"other!"})
        return content

    monkeypatch.setattr(remote, "_download", changed_meanwhile)
    assert refusal(lambda: read_file(folder_of(bucket) / "a.bin", "a.bin")) == (
        f"a.bin: file must stay as it is while it is read, got another {bucket}/a.bin"
    )


def test_names_stay_in_the_folder(tmp_path, bucket):
    put(bucket, gltf_files(tmp_path))
    put(bucket.removesuffix("/assets"), {"secret.glb": b"1"})
    for name in ("../secret.glb", "models/../../*.glb", "/etc/hosts", "https://example.org/a.glb"):
        text = RECIPE.replace("models/*.gltf", name).replace("extends: base.yaml\n", "")
        put(bucket, {"bin.yaml": text.replace('"backs/**/*.png"', "models/box.gltf").encode()})
        got = refusal(lambda: load_recipe(f"{bucket}/bin.yaml"))
        assert got.startswith(
            f"{bucket}/bin.yaml:6:12: objects[0].files: files must be inside the recipe's folder"
        ) or (
            name.startswith("https")
            and got.endswith("files must be a file, got 'https://example.org/a.glb', and there is none")
        )
    put(bucket, {"models/out.obj": b"mtllib ../../secret.mtl\nv 0 0 0\n"})
    assert refusal(lambda: read_bundle("models/out.obj", folder_of(bucket))) == (
        "models/out.obj: references must stay in the asset's own folder, got '../../secret.mtl'"
    )


def test_a_local_name_is_never_an_address(tmp_path, monkeypatch):
    cube_obj(tmp_path / "a.obj")
    monkeypatch.chdir(tmp_path)
    text = RECIPE.replace("models/*.gltf", "memory://x/a.obj").replace("extends: base.yaml\n", "")
    (tmp_path / "bin.yaml").write_text(text)
    assert "files must be a file, got 'memory://x/a.obj', and there is none" in refusal(lambda: load_recipe("bin.yaml"))


def test_missing_objects_are_named(tmp_path, bucket):
    put(bucket, gltf_files(tmp_path))
    folder = folder_of(bucket)
    assert refusal(lambda: asset_file("models/bax.gltf", folder)) == (
        f"models/bax.gltf: file must exist, got no such object {bucket}/models/bax.gltf; did you mean 'box.gltf'?"
    )
    assert refusal(lambda: load_recipe(f"{bucket}/bin.yaml")) == (
        f"{bucket}/bin.yaml: file must exist, got no such object"
    )
    fsspec.filesystem("memory").rm_file(f"{bucket.removeprefix('memory://')}/models/box.bin")
    assert refusal(lambda: asset_file("models/box.gltf", folder)).startswith(
        f"models/box.gltf: 'box.bin' that it refers to: file must exist, got no such object {bucket}/models/box.bin"
    )


class NoCredentialsError(Exception):
    """As botocore names it."""


FAILURES = {
    "forbidden": (PermissionError("Forbidden"), "object must be yours to read, got 'Forbidden'; check the credentials"),
    "anonymous": (
        NoCredentialsError("Unable to locate credentials"),
        (
            "credentials must be there to read it, got none ('Unable to locate credentials');"
            " set those of the store's own tools, such as AWS_PROFILE or AWS_ACCESS_KEY_ID for s3://"
        ),
    ),
    "unreachable": (
        ConnectionError("refused"),
        "object store must answer, got 'ConnectionError: refused' for 0.1 s; check the URL and the network",
    ),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_a_store_that_fails_is_one_sentence(bucket, monkeypatch, kind):
    error, text = FAILURES[kind]
    asked = []

    def fails(self, path, **options):
        asked.append(path)
        raise error

    monkeypatch.setattr(remote, "PATIENCE_S", 0.1)
    monkeypatch.setattr(MemoryFileSystem, "info", fails)
    folder = folder_of(bucket)
    assert refusal(lambda: asset_file("a.glb", folder)) == f"a.glb: {bucket}/a.glb: {text}"
    assert refusal(lambda: load_recipe(f"{bucket}/bin.yaml")) == f"{bucket}/bin.yaml: {text}"
    assert refusal(lambda: matching_remote(folder, "a.glb")) == f"{bucket}/a.glb: {text}"
    assert (len(asked) > 3) == (kind == "unreachable")


def test_what_passes_is_tried_again(bucket, monkeypatch):
    put(bucket, {"a.bin": b"there"})
    failures = [ConnectionError("lost"), OSError("500")]
    whole = MemoryFileSystem.info

    def fails_twice(self, path, **options):
        if failures:
            raise failures.pop()
        return whole(self, path, **options)

    monkeypatch.setattr(MemoryFileSystem, "info", fails_twice)
    assert read_file(folder_of(bucket) / "a.bin", "a.bin") == b"there"
    assert not failures


def test_stores_that_are_not_installed(monkeypatch):
    assert refusal(lambda: load_recipe("s4://bucket/bin.yaml")).startswith(
        "s4://bucket/bin.yaml: folder of the recipe's files must be a folder or a URL that fsspec knows, got '"
    )
    monkeypatch.setitem(sys.modules, "tenacity", None)
    assert refusal(lambda: load_recipe("s3://bucket/bin.yaml")) == (
        "s3://bucket/bin.yaml: folder of the recipe's files must be a folder without the extra 'synthvision[cloud]',"
        " got a URL; install it"
    )


def test_sizes_are_judged_before_anything_is_fetched(bucket, monkeypatch):
    put(bucket, {"big.yaml": b"#" * (2**20 + 1)})
    monkeypatch.setattr(remote, "_download", None)
    assert refusal(lambda: load_recipe(f"{bucket}/big.yaml")) == (
        f"{bucket}/big.yaml: file must be at most 1048576 bytes, got 1048577"
    )
