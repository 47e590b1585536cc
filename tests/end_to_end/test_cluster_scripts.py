"""``scripts/cluster``: the Slurm scripts run with a stand-in for sbatch, the manifests against Kubernetes' schemas."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import kubernetes_validate
import pytest
from ruamel.yaml import YAML

from synthvision import cli, render_dataset
from synthvision.dataset import validate
from tests.unit.run.small import contents, small_recipe, small_recipe_file

SCRIPTS = Path(__file__).parents[2] / "scripts/cluster"
BATCH = sorted((SCRIPTS / "slurm").glob("*.sbatch"))
MANIFESTS = sorted((SCRIPTS / "kubernetes").glob("*.yaml"))
OPTIONS = {
    "--job-name": r"[\w-]+",
    "--output": r"[\w-]+(%A_%a|%j)\.log",
    "--open-mode": "append",
    "--cpus-per-task": r"\d+",
    "--mem": r"\d+G",
    "--time": r"\d\d:\d\d:\d\d",
    "--requeue": "",
    "--signal": "B:TERM@60",
}

# Runs a job at once, as often as its array says, and prints its number; writes down how it was called.
SBATCH = """#!/usr/bin/env bash
set -eu
echo "$@" >> "$(dirname "$0")/called"
array=""
while [ "${1#--}" != "$1" ]; do
    case "$1" in --array=0-*) array="${1#--array=0-}" ;; esac
    shift
done
for index in $(seq 0 "${array:-0}"); do
    SLURM_ARRAY_TASK_ID="$index" SLURM_ARRAY_TASK_COUNT=1 bash "$@" >&2
done
echo 4711
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with ``sbatch`` and ``synthvision``."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "sbatch").write_text(SBATCH)
    (folder / "synthvision").write_text(f'#!/bin/sh\nexec {sys.executable} -m synthvision "$@"\n')
    for program in folder.iterdir():
        program.chmod(0o755)
    return folder


def call(programs: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    path = f"{programs}:{os.environ['PATH']}"
    return subprocess.run(list(map(str, arguments)), env={**os.environ, "PATH": path}, capture_output=True, text=True)


@pytest.mark.parametrize("script", [*BATCH, SCRIPTS / "slurm/submit"], ids=lambda path: path.name)
def test_the_slurm_scripts_are_sound(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    lines = script.read_text().splitlines()
    end = next(number for number, line in enumerate(lines) if line and not line.startswith("#"))
    assert not any(line.startswith("#SBATCH") for line in lines[end:]), "Slurm reads no options behind a command"
    for line in lines:
        if line.startswith("#SBATCH"):
            name, _, value = line.removeprefix("#SBATCH ").partition("=")
            assert re.fullmatch(OPTIONS[name], value), line


def test_the_array_job_and_its_join_make_the_dataset(tmp_path: Path, programs: Path) -> None:
    recipe, out = small_recipe_file(tmp_path), tmp_path / "out"
    arguments = [recipe, out, "5", "2", "--renderer", "preview", "--workers", "1"]
    done = call(programs, SCRIPTS / "slurm/submit", *arguments)
    assert done.returncode == 0, done.stderr
    array, join = (programs / "called").read_text().splitlines()
    assert array.startswith(f"--parsable --array=0-1 {SCRIPTS}/slurm/render.sbatch {recipe} {out} 5 2 --renderer")
    assert join == f"--dependency=afterok:4711 --kill-on-invalid-dep=yes {SCRIPTS}/slurm/join.sbatch {out}"
    assert sorted(path.name for path in (tmp_path / "out.shards").iterdir()) == ["0", "1"]
    render_dataset(small_recipe(tmp_path), tmp_path / "local", frames=5, workers=1, renderer="preview")
    assert contents(out) == contents(tmp_path / "local")
    assert "is there already" in call(programs, "bash", SCRIPTS / "slurm/join.sbatch", out).stdout


def test_submit_says_how_it_is_used(programs: Path) -> None:
    done = call(programs, SCRIPTS / "slurm/submit", "quickstart", "out")
    assert (done.returncode, done.stderr[:37]) == (2, "usage: submit RECIPE OUT FRAMES SHARD")
    assert not (programs / "called").exists()


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.name)
@pytest.mark.parametrize("version", ["1.31", "1.37"])
def test_the_manifests_are_valid(path: Path, version: str) -> None:
    kubernetes_validate.validate(manifest(path.stem), version, strict=True)


def test_a_fault_would_be_found() -> None:
    wrong = manifest("render")
    wrong["spec"]["completion"] = wrong["spec"].pop("completions")
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.31", strict=True)


def manifest(name: str) -> dict:
    return YAML(typ="safe").load((SCRIPTS / f"kubernetes/{name}.yaml").read_text())


def container(name: str) -> dict:
    (found,) = manifest(name)["spec"]["template"]["spec"]["containers"]
    return found


def test_the_indexed_job_and_its_join_make_the_dataset(tmp_path: Path, programs: Path) -> None:
    """With the arguments of the manifests, a volume in a folder here, and few shards of few, quick frames."""
    spec, data = manifest("render")["spec"], tmp_path / "data"
    assert spec["completionMode"] == "Indexed"
    *written, shard = container("render")["args"]
    assert shard == f"--shard=$(JOB_COMPLETION_INDEX)/{spec['completions']}"
    for index in range(2):
        texts = (text.replace("$(JOB_COMPLETION_INDEX)", str(index)) for text in (*written, f"--shard={index}/2"))
        arguments = [text.replace("/data/", f"{data}/") for text in texts]
        quick = ["--frames=5", "--renderer=preview", "--workers=1", "--set=camera.resolution=[48, 32]"]
        assert cli.run([*arguments, *quick]) == 0
    shell = [*container("join")["command"], *container("join")["args"]]
    done = call(programs, *(argument.replace("/data/", f"{data}/") for argument in shell))
    assert done.stdout == f"{data}/quickstart: 5 frames (0 to 4) of 2 parts of one dataset\n", done.stderr
    assert validate(data / "quickstart") == ()


def test_manifests_name_one_claim_and_one_image() -> None:
    claim = manifest("volume")["metadata"]["name"]
    for name in ("render", "join"):
        volumes = manifest(name)["spec"]["template"]["spec"]["volumes"]
        assert volumes[0]["persistentVolumeClaim"]["claimName"] == claim
        assert container(name)["image"] == "synthvision:latest"
        mounts = {mount["name"] for mount in container(name)["volumeMounts"]}
        assert mounts == {volume["name"] for volume in volumes}
