"""Recipes and their files on object stores: a real S3 server that fails and stalls."""

from __future__ import annotations

import json
from pathlib import Path

import fsspec
import pytest

from synthvision import cli
from synthvision.run.stores import open_store
from tests.end_to_end.stores.objects import OPTIONS, faults, objects
from tests.unit.assets_files.small_files import cube_gltf, png, quadrants
from tests.unit.run.small import contents

ASSETS = """
version: 1
name: remote
extends: base.yaml
categories: [thing]
objects:
  - {files: "models/*.gltf", category: thing, unit_m: 0.05, place: {on: ground, within: {disc: {radius_m: 0.06}}}}
world: {backdrop: "backs/*.png"}
"""
BASE = """
version: 1
name: base
lights:
  - {type: sun, irradiance_w_m2: 3, elevation_deg: 50}
camera:
  resolution: [48, 32]
  fov_deg: 40
  position: {shell: {radius_m: [0.25, 0.3], elevation_deg: [30, 60]}}
"""


def asset_files(folder: Path) -> dict[str, bytes]:
    """A recipe of two files, with a model of two and a picture."""
    cube_gltf().gltf(folder / "box.gltf", "box.bin")
    return {
        "recipes/bin.yaml": ASSETS.encode(),
        "recipes/base.yaml": BASE.encode(),
        "recipes/models/box.gltf": (folder / "box.gltf").read_bytes(),
        "recipes/models/box.bin": cube_gltf().binary,
        "recipes/backs/a.png": png(quadrants()),
    }


def test_recipe_and_assets_on_s3_make_the_local_dataset(
    s3: str, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("FSSPEC_S3_CONFIG_KWARGS", json.dumps(OPTIONS["config_kwargs"]))
    for name, content in asset_files(tmp_path).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
        open_store(s3).write(name, content)
    arguments = ["-n", "2", "--renderer", "preview"]
    assert (
        cli.run(
            ["render", str(tmp_path / "recipes/bin.yaml"), "-o", str(tmp_path / "local"), *arguments, "--workers", "1"]
        )
        == 0
    )
    faults(server, "?fail=3&stall=1&seconds=1.5&of=GET")
    url = f"{s3}/recipes"
    assert cli.run(["render", f"{url}/bin.yaml", "-o", str(tmp_path / "all"), *arguments, "--workers", "2"]) == 0
    assert faults(server)["fail"] == 3
    (tmp_path / "alone").mkdir()
    for name in ("bin.yaml", "base.yaml"):
        (tmp_path / "recipes" / name).rename(tmp_path / "alone" / name)
    words = ["-o", str(tmp_path / "part"), "--shard", "1/2", "--files-from", url, *arguments, "--workers", "1"]
    assert cli.run(["render", str(tmp_path / "alone/bin.yaml"), *words]) == 0
    assert len(list((tmp_path / "cache" / "synthvision" / "objects").iterdir())) == len(asset_files(tmp_path))
    wanted = contents(tmp_path / "local")
    assert contents(tmp_path / "all") == wanted
    pictures = {name: content for name, content in contents(tmp_path / "part").items() if name.startswith("images/")}
    assert len(pictures) == 1
    assert pictures.items() <= wanted.items()
    assert not any(s3.encode() in content for content in wanted.values())


def test_blender_renders_assets_of_s3_onto_s3(s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, content in asset_files(tmp_path).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
        open_store(s3).write(name, content)
    few = ["-n", "1", "--workers", "1", "--set", "render.samples_per_pixel=1", "--set", "camera.resolution=[64, 64]"]
    assert cli.run(["render", f"{s3}/recipes/bin.yaml", "-o", f"{s3}/out", *few]) == 0
    assert cli.run(["render", str(tmp_path / "recipes/bin.yaml"), "-o", str(tmp_path / "out"), *few]) == 0
    wanted = contents(tmp_path / "out")
    assert objects(f"{s3}/out") == wanted
    assert json.loads(wanted["manifest.json"])["renderer"] == "blender"


def test_roots_on_s3_of_recipes_and_exports(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    here = asset_files(tmp_path)
    beside = ASSETS.replace("base.yaml", "../base.yaml").replace("models/", "../models/").replace("backs/", "../backs/")
    for name, content in {**here, "recipes/own/bin.yaml": beside.encode()}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
        open_store(s3).write(name, content)
    url = f"{s3}/recipes"
    said = {}
    for recipe, root in ((f"{url}/own/bin.yaml", url), (str(tmp_path / "recipes/own/bin.yaml"), f"{tmp_path}/recipes")):
        assert cli.run(["check", recipe]) == 2
        refusal = capsys.readouterr().err
        assert refusal.startswith(f"{recipe}:4:10: extends: extends must be inside the recipe's folder (--allow-root")
        assert cli.run(["sample", recipe, "-n", "2", "--allow-root", root]) == 0
        said[recipe] = capsys.readouterr().out
    assert len(set(said.values())) == 1
    assert cli.run(["check", str(tmp_path / "recipes/own/bin.yaml"), "--allow-root", url]) == 2
    assert capsys.readouterr().err == (
        f"{url}: allowed root must be a folder for a recipe whose files are in one, got a URL, to which no file name"
        " leads; say with --files-from at which URL its files are\n"
    )

    words = ["-o", str(tmp_path / "set"), "-n", "1", "--renderer", "preview", "--workers", "1", "--allow-root", url]
    assert cli.run(["render", f"{url}/own/bin.yaml", *words]) == 0
    for name, root in (("far", url), ("near", str(tmp_path / "recipes"))):
        words = ["export", str(tmp_path / "set"), str(tmp_path / name), "--to", "bop", "--asset-root", f"{root}/own"]
        capsys.readouterr()
        assert cli.run(words) == 1
        assert capsys.readouterr().err == (
            f"frame 0: model files must lie in {root}/own, got '../models/box.gltf'; allow a folder that holds it with"
            " --allow-root, if you trust this dataset\n"
        )
        assert cli.run([*words, "--allow-root", root]) == 0
    assert contents(tmp_path / "far") == contents(tmp_path / "near")
    assert (tmp_path / "far/models/obj_000001.ply").stat().st_size > 0
    open_store(s3).delete(["recipes/models/box.gltf"])
    words = ["export", str(tmp_path / "set"), str(tmp_path / "none"), "--to", "bop", "--asset-root", f"{url}/own"]
    capsys.readouterr()
    assert cli.run([*words, "--allow-root", url]) == 1
    assert capsys.readouterr().err == (
        f"../models/box.gltf: file must exist, got no such object {url}/own/../models/box.gltf\n"
    )


def test_assets_that_s3_does_not_give_are_one_sentence(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert cli.run(["check", f"{s3}/bin.yaml"]) == cli.run(["check", str(tmp_path / "bin.yaml")]) == 2
    assert capsys.readouterr().err == (
        f"{s3}/bin.yaml: file must exist, got no such object\n"
        f"{tmp_path}/bin.yaml: recipe must be a file that can be read, got 'No such file or directory'\n"
    )
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    s3_system = fsspec.get_filesystem_class("s3")
    s3_system.clear_instance_cache()  # it was opened with them
    status = cli.run(["check", f"{s3}/bin.yaml"])
    s3_system.clear_instance_cache()
    assert status == 2
    assert capsys.readouterr().err == (
        f"{s3}/bin.yaml: credentials must be there to read it, got none ('Unable to locate credentials');"
        " set those of the store's own tools, such as AWS_PROFILE or AWS_ACCESS_KEY_ID for s3://\n"
    )
