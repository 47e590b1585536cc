"""Every command and snippet of the README and docs is run; one that cannot run here says why."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from synthvision import cli
from synthvision.recipe import load_recipe

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

# Beginnings of commands that a test cannot run, and what stands in for them.
NOT_RUN_HERE = {
    "./scripts/demo": "installs; its commands are the README's own, which are run",
    "./scripts/test": "is what runs this test",
    "./scripts/benchmark": "takes minutes; tests/end_to_end/test_benchmark.py runs a part of it",
    "./scripts/chaos": "takes minutes; tests/end_to_end/test_chaos.py runs it for a minute",
    "./scripts/measure_quality": "takes minutes; renders a thousand samples",
    "./scripts/test_clients": "installs 8 GB of other programs; run by hand",
    "sudo ./scripts/prove_docker": "takes minutes, root and a gigabyte of packages; run by hand",
    "./scripts/docker/lock": "asks the package registry; tests/unit/doctor/test_image.py checks what it wrote",
    "./scripts/write_": "writes committed pictures and pages",
    "./scripts/plot_": "draws committed plots",
    "pip install": "not on the package registry yet; scripts/environment.sh installs the checkout with the same extra",
    "scripts/cluster/": "there is no Slurm where the tests run; test_cluster_scripts.py runs them with a stand-in",
    "kubectl": "there is no Kubernetes where the tests run; test_cluster_scripts.py checks and runs the manifests",
    "synthvision render quickstart --out s3://": "there is no bucket; end_to_end/stores has a server of its own",
    "synthvision render s3://": "as above",
    "synthvision render recipe.yaml --files-from s3://": "as above",
    "synthvision render /shared/": "there is no cluster; test_ray.py makes one of several nodes on this machine",
    "docker build": "there is no Docker engine where the tests run",
    "docker compose": "as above; tests/unit/doctor/test_image.py reads the file",
    "docker run": "as above; the command inside the container is parsed by test_commands_inside_containers",
}


@dataclass(frozen=True)
class Snippet:
    file: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text.splitlines()[0][:50]}"


def snippets(*languages: str) -> list[Snippet]:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [
        Snippet(page.name, language, text)
        for page in pages
        for language, text in BLOCK.findall(page.read_text())
        if language in languages
    ]


def commands() -> list[Snippet]:
    return [
        Snippet(snippet.file, "sh", line.split("   #")[0].strip())
        for snippet in snippets("sh")
        for line in snippet.text.splitlines()
        if line.strip()
    ]


def test_there_is_something_to_run():
    assert len(commands()) > 10
    assert snippets("python")
    assert snippets("yaml")


def test_every_block_is_of_a_language_that_is_tested():
    assert {snippet.language for snippet in snippets("sh", "python", "yaml", "json", "bash", "console")} <= {
        "sh",
        "python",
        "yaml",
    }


@pytest.fixture(scope="module")
def workplace(tmp_path_factory) -> Path:
    """A folder in which the commands run one after the other, since later ones read what earlier ones made."""
    return tmp_path_factory.mktemp("documentation")


@pytest.mark.parametrize("snippet", commands(), ids=str)
def test_command(snippet: Snippet, workplace: Path, monkeypatch: pytest.MonkeyPatch):
    program = next((start for start in NOT_RUN_HERE if snippet.text.startswith(start)), None)
    if program is not None:
        if program.startswith(("./scripts/", "scripts/")):
            assert os.access(ROOT / snippet.text.split()[0], os.X_OK)
        return
    arguments = shlex.split(snippet.text)
    assert arguments[0] == "synthvision", f"no way to run: {snippet.text}"
    if "--cluster" in arguments:  # Ray is started once in a process
        run(["-m", *arguments], workplace)
        return
    monkeypatch.chdir(workplace)
    assert cli.run(arguments[1:]) == 0


def test_commands_inside_containers():
    inside = [
        shlex.split(snippet.text.split(" synthvision ", 1)[1])
        for snippet in commands()
        if snippet.text.startswith("docker run")
    ]
    assert inside
    for arguments in inside:
        options = {argument for argument in arguments if argument.startswith("-")}
        usage = run(["-m", "synthvision", arguments[0], "--help"], ROOT)
        assert all(option in usage for option in options), arguments


@pytest.mark.parametrize("snippet", snippets("python"), ids=str)
def test_python_snippet(snippet: Snippet, workplace: Path):
    """Beside the commands: what the README's render, as its snippet does, is not rendered again."""
    run(["-c", snippet.text], workplace)


@pytest.mark.parametrize("snippet", snippets("yaml"), ids=str)
def test_recipe_snippet(snippet: Snippet, tmp_path: Path):
    path = tmp_path / "snippet.yaml"
    path.write_text(snippet.text)
    assert load_recipe(path).categories


def run(arguments: list[str], folder: Path) -> str:
    environment = {**os.environ, "COLUMNS": "200", "TERM": "dumb", "NO_COLOR": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_the_readme_shows_a_recipe_of_twelve_lines():
    assert len(snippets("yaml")[0].text.splitlines()) == 12


def test_the_readme_s_first_screen():
    first_screen = (ROOT / "README.md").read_text().splitlines()[:10]
    assert any(line.startswith("![") for line in first_screen)
    assert any(line.startswith("./scripts/demo") for line in first_screen)
    assert (ROOT / "docs/strip.jpg").stat().st_size > 20_000
