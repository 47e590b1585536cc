"""Datasets on object stores: a real S3 server that fails and stalls, and fsspec's memory for the rest."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time  # noqa: TID251 - waiting for a server
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from synthvision import cli, render_dataset
from synthvision.dataset import validate
from synthvision.errors import DatasetError, UsageError
from synthvision.run import staging
from synthvision.run.shards import Shard
from synthvision.run.stores import FolderStore, UrlStore, open_store
from tests.unit.assets_files.small_files import cube_gltf, png, quadrants
from tests.unit.run.small import contents, small_recipe, small_recipe_file

FRAMES = 7
OPTIONS = {"config_kwargs": {"connect_timeout": 5, "read_timeout": 0.7, "retries": {"max_attempts": 1}}}


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("local")
    render_dataset(small_recipe(folder), folder / "out", frames=FRAMES, workers=1, renderer="preview")
    return contents(folder / "out")


@pytest.fixture(autouse=True)
def small_commits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staging, "FRAMES_PER_COMMIT", 2)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = Path(__file__).with_name("faulty_s3.py")
    process = subprocess.Popen(
        [sys.executable, program, str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                faults(f"http://127.0.0.1:{port}")
                break
            except OSError:
                assert time.monotonic() < end
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def s3(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """A new bucket."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setitem(fsspec.config.conf, "s3", OPTIONS)
    bucket = re.sub(r"[^a-z0-9]+", "-", tmp_path.name.lower()).strip("-")
    faults(server, "?fail=0&stall=0&seconds=0")
    fsspec.filesystem("s3").mkdir(bucket)
    return f"s3://{bucket}/data/set"


@pytest.fixture
def memory(tmp_path: Path) -> str:
    return f"memory://{tmp_path.name}/set"


def faults(server: str, query: str = "") -> dict[str, int]:
    with urllib.request.urlopen(f"{server}/faults{query}", timeout=5) as answer:  # noqa: S310 - our own server
        return json.load(answer)


def objects(url: str, *, log: bool = False) -> dict[str, bytes]:
    system, root = fsspec.core.url_to_fs(url, use_listings_cache=False)
    found = {path.strip("/").removeprefix(root.strip("/")).strip("/"): path for path in system.find(root)}
    return {name: system.cat_file(path) for name, path in found.items() if log or name != "run_log.jsonl"}


def render(folder: Path, url: str, frames: int = FRAMES, **options):
    return render_dataset(small_recipe(folder), url, frames=frames, workers=1, renderer="preview", **options)


def test_on_s3_that_fails_and_stalls_it_is_the_local_dataset(
    s3: str, server: str, tmp_path: Path, local: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    faults(server, "?fail=7&stall=1&seconds=1.5")
    arguments = ["-n", str(FRAMES), "--renderer", "preview", "--workers", "1"]
    assert cli.run(["render", str(small_recipe_file(tmp_path)), "--out", s3, *arguments]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{s3}: {FRAMES} of {FRAMES} frames are there; pictures in {s3}/images\n")
    done = faults(server)
    assert (done["fail"], done["stall"]) == (7, 1)
    assert objects(s3) == local
    events = [json.loads(line)["event"] for line in objects(s3, log=True)["run_log.jsonl"].splitlines()]
    assert (events[0], events[-1], events.count("frame")) == ("begin", "end", FRAMES)

    system, root = fsspec.core.url_to_fs(s3)
    system.get(root, str(tmp_path / "copy"), recursive=True)
    assert validate(tmp_path / "copy") == ()
    assert render(tmp_path, s3).progress.made == 0


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


def test_a_killed_run_goes_on_from_its_commits(s3: str, server: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    code = (
        "import sys; from synthvision import cli; from synthvision.run import staging; staging.FRAMES_PER_COMMIT = 2;"
        "sys.exit(cli.run(sys.argv[1:]))"
    )
    arguments = ["render", str(small_recipe_file(tmp_path)), "--out", s3, "-n", "400", "--renderer", "preview"]
    environment = {**os.environ, "FSSPEC_S3_CONFIG_KWARGS": json.dumps(OPTIONS["config_kwargs"])}
    run = subprocess.Popen([sys.executable, "-c", code, *arguments, "--workers", "1"], env=environment)
    commits = open_store(s3)
    end = time.monotonic() + 60
    while len(commits.names(".shards")) < 2 and time.monotonic() < end:
        time.sleep(0.05)
    run.send_signal(signal.SIGKILL)
    run.wait()
    committed = 2 * len(commits.names(".shards"))
    assert 4 <= committed < 400
    assert "frames.jsonl" not in objects(s3)

    frames = committed + 1
    summary = render(tmp_path, s3, frames)
    assert (summary.progress.before, summary.progress.made) == (committed, 1)
    render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=frames, workers=1, renderer="preview")
    there, wanted = objects(s3), contents(tmp_path / "out")
    assert {name: there[name] for name in wanted} == wanted
    orphans = {name for name in there if name not in wanted}
    assert all(int(Path(name).stem) >= frames for name in orphans), "files of frames in work when it was killed"


def test_shards_of_many_machines_share_one_folder(memory: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    for number in (2, 0, 1):
        assert render(tmp_path, memory, shard=Shard(number, 3)).exit_code == 0
    assert "frames.jsonl" not in objects(memory)
    summary = render(tmp_path, memory)
    assert (summary.progress.before, summary.progress.made) == (FRAMES, 0)
    assert objects(memory) == local
    log = [json.loads(line) for line in objects(memory, log=True)["run_log.jsonl"].splitlines()]
    assert [line["shard"] for line in log if line["event"] == "begin" and "shard" in line] == ["0/3", "1/3", "2/3"]
    assert len(log) >= 4 * 2 + FRAMES


def test_it_can_be_extended(memory: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    render(tmp_path, memory, 3)
    render(tmp_path, memory, 2, start=5)
    summary = render(tmp_path, memory)
    assert (summary.progress.before, summary.progress.made) == (5, 2)
    assert objects(memory) == local


def test_another_dataset_and_other_files_are_refused(memory: str, tmp_path: Path) -> None:
    render(tmp_path, memory, 1)
    with pytest.raises(DatasetError, match=rf"^{memory}: seed must be 0, as the dataset was begun, got 5; choose"):
        render(tmp_path, memory, 1, seed=5)
    fsspec.filesystem("memory").pipe_file(f"{tmp_path.name}/other/mine.txt", b"mine")
    with pytest.raises(DatasetError) as caught:
        render(tmp_path, f"memory://{tmp_path.name}/other")
    assert str(caught.value) == (
        f"memory://{tmp_path.name}/other: folder must be empty or a synthvision dataset, got one with 'mine.txt'; "
        "choose another folder"
    )


def test_a_damaged_commit_is_named(memory: str, tmp_path: Path) -> None:
    render(tmp_path, memory, 2, shard=Shard(0, 1))
    store = open_store(memory)
    (name,) = (name for name in store.names(".shards") if "run_log" not in name)
    store.write(name, store.read(name)[:-10])
    with pytest.raises(DatasetError, match=rf"^{memory}/{name}: SHA-256 must begin with [0-9a-f]{{16}} as the name"):
        render(tmp_path, memory, 2)


def test_a_store_that_does_not_answer_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, s3: str, server: str
) -> None:
    with pytest.raises(
        DatasetError, match=r"^s3://no-such-bucket-of-ours/x/recipe.yaml: bucket must exist, got 'The spec"
    ):
        render(tmp_path, "s3://no-such-bucket-of-ours/x")
    monkeypatch.setattr("synthvision.run.stores._PATIENCE_S", 0.5)
    faults(server, "?fail=1000&stall=0&seconds=0")
    with pytest.raises(DatasetError) as caught:
        render(tmp_path, s3)
    assert re.match(
        rf"{s3}/recipe.yaml: object store must answer, got 'OSError: .*' for 0.5 s; cure", str(caught.value)
    )


def test_unknown_urls_and_missing_extras_are_wrong_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match=r"^s4://b/x: output must be a folder or a URL that fsspec knows, got '.*s4"):
        render(tmp_path, "s4://b/x")
    monkeypatch.setitem(sys.modules, "tenacity", None)
    with pytest.raises(UsageError) as caught:
        render(tmp_path, "s3://b/x")
    text = "s3://b/x: output must be a folder without the extra 'synthvision[cloud]', got a URL; install it"
    assert str(caught.value) == text


def test_file_urls_are_folders(tmp_path: Path) -> None:
    render(tmp_path, f"file://{tmp_path}/out", 1)
    assert (tmp_path / "out/images/000000.png").is_file()


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_every_store_does_the_same(kind: str, tmp_path: Path, memory: str) -> None:
    store = open_store(tmp_path / "store" if kind == "folder" else memory)
    assert isinstance(store, FolderStore if kind == "folder" else UrlStore)
    assert (store.read("a/x"), store.names(), store.names("a"), store.download("a/x", tmp_path / "y")) == (
        None,
        (),
        (),
        False,
    )
    store.write("a/x", b"1")
    (tmp_path / "file").write_bytes(b"2")
    store.put({"a/y": tmp_path / "file", "z": tmp_path / "file"})
    assert (store.names(), store.names("a")) == (("a", "z"), ("a/x", "a/y"))
    assert (store.read("a/x"), store.download("a/y", tmp_path / "y")) == (b"1", True)
    assert (tmp_path / "y").read_bytes() == b"2"
    store.delete(["a/x", "a/none", "a/y"])
    assert store.names("a") == ()
