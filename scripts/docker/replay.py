"""Carries out a Dockerfile's instructions on plain folders, each stage a file system of its own."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time  # noqa: TID251 - it is what is measured
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from docker.utils.build import exclude_paths
from dockerfile_parse import DockerfileParser

_CONTAINER = Path(__file__).with_name("container.sh")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Stage:
    """What a FROM begins: a file system, and what the image will say of itself."""

    root: Path
    environment: dict[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    arguments: dict[str, str] = field(default_factory=dict)
    folder: str = "/"
    user: str = "root"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)

    def inside(self, path: str) -> Path:
        """Where a path of the image lies here; a relative one is below WORKDIR."""
        return self.root / (Path(self.folder) / path).relative_to("/")

    def child(self, root: Path) -> Stage:
        """The beginning of a stage that is made FROM this one."""
        return Stage(root, dict(self.environment), {}, self.folder, self.user)


class Replay:
    """One pass over a Dockerfile; the methods are named for its instructions."""

    def __init__(self, context: Path, folder: Path, base: Callable[[str], Path], settings: Mapping[str, str]) -> None:
        self.context, self.folder, self.base, self.settings = context, folder, base, settings
        self.included = _included(context)
        self.arguments: dict[str, str] = {}  # before the first FROM
        self.stages: dict[str, Stage] = {}
        self.stage: Stage | None = None

    def known(self) -> dict[str, str]:
        """The variables that an instruction may name."""
        return {**self.stage.arguments, **self.stage.environment} if self.stage else self.arguments

    def do(self, instruction: str, value: str) -> None:
        started = time.monotonic()
        expand = instruction not in {"RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"}  # as in Docker: a shell expands these
        getattr(self, instruction.lower())(Template(value).substitute(self.known()) if expand else value)
        print(f"{time.monotonic() - started:7.1f} s  {instruction} {' '.join(value.split())[:100]}", flush=True)

    def arg(self, value: str) -> None:
        name, _, default = value.partition("=")
        scope = self.stage.arguments if self.stage else self.arguments
        scope[name] = default or self.arguments[name]

    def from_(self, value: str) -> None:
        origin, _, name = value.partition(" AS ")
        root = self.folder / f"stage-{len(self.stages)}"
        shutil.rmtree(root, ignore_errors=True)
        parent = self.stages.get(origin) or Stage(self.base(origin))
        subprocess.run(["cp", "--archive", "--reflink=auto", parent.root, root], check=True)
        self.stage = self.stages[name or "image"] = parent.child(root)

    def env(self, value: str) -> None:
        self.stage.environment.update(pair.split("=", 1) for pair in shlex.split(value))

    def workdir(self, value: str) -> None:
        self.stage.folder = str(Path(self.stage.folder) / value)
        self.stage.inside(".").mkdir(parents=True, exist_ok=True)

    def user(self, value: str) -> None:
        self.stage.user = value

    def entrypoint(self, value: str) -> None:
        self.stage.entrypoint = json.loads(value)

    def cmd(self, value: str) -> None:
        self.stage.command = json.loads(value)

    def healthcheck(self, value: str) -> None:
        self.stage.healthcheck = json.loads(value.partition(" CMD ")[2])

    def run(self, value: str) -> None:
        enter(self.stage, ["/bin/sh", "-c", value], settings={**self.stage.arguments, **self.settings})

    def copy(self, value: str) -> None:
        words = shlex.split(value)
        flags = [word for word in words if word.startswith("--")]
        *sources, target = [word for word in words if word not in flags]
        to = self.stage.inside(target)
        into = len(sources) > 1 or target.endswith("/") or to.is_dir()
        for source in sources:
            if flags:
                self._copy_from_stage(self.stages[flags[0].removeprefix("--from=")].inside(source), to)
            elif (self.context / source).is_dir():
                self._copy_context_folder(source, to)
            else:
                self._copy_context_file(source, to / Path(source).name if into else to)

    def _copy_from_stage(self, source: Path, to: Path) -> None:
        to.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cp", "--archive", "--reflink=auto", f"{source}/.", to], check=True)

    def _copy_context_folder(self, source: str, to: Path) -> None:
        for path in sorted(self.included):
            if path.startswith(f"{source}/") and (self.context / path).is_file():
                self._copy_context_file(path, to / Path(path).relative_to(source))

    def _copy_context_file(self, source: str, to: Path) -> None:
        if source not in self.included:
            sys.exit(f"prove_docker: COPY's source must be in the context, got {source}; see .dockerignore")
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(self.context / source, to)
        os.chown(to, 0, 0)


def replay(context: Path, folder: Path, base: Callable[[str], Path], settings: Mapping[str, str]) -> Stage:
    """Carry out ``context``'s Dockerfile below ``folder`` and return its last stage.

    ``base`` returns the file system of an image by name. ``settings`` are variables that only RUN sees.
    """
    passed = Replay(context, folder, base, settings)
    # FROM cannot be a method's name
    passed.__dict__["from"] = passed.from_
    for entry in DockerfileParser(path=str(context / "Dockerfile"), env_replace=False).structure:
        if entry["instruction"] != "COMMENT":
            passed.do(entry["instruction"], entry["value"])
    return passed.stage


def enter(
    stage: Stage,
    command: Sequence[str],
    *,
    user: str = "",
    data: Path | None = None,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Run a command in a stage's file system, as its user or as ``user``, and return what it printed.

    With ``data``, the file system is read-only but for that folder, which is the image's /data.
    """
    variables = {"HOME": "/root", **stage.environment, **(settings or {})}
    place = {
        "CONTAINER_ROOT": str(stage.root),
        "CONTAINER_USER": user or stage.user,
        "CONTAINER_FOLDER": stage.folder,
        "CONTAINER_DATA": str(data or ""),
        "CONTAINER_CERTIFICATES": variables.get("PIP_CERT", ""),
    }
    if "PIP_CERT" in variables:
        variables["PIP_CERT"] = "/dev/host-certificates.pem"  # where container.sh puts it: /dev is not in the image
    done = subprocess.run(
        ["unshare", "--mount", "--pid", "--ipc", "--uts", "--fork", "--kill-child", "/bin/sh", _CONTAINER]
        + [f"{name}={value}" for name, value in variables.items()]
        + list(command),
        env={"PATH": _PATH, **place},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(
            f"{done.stdout}\nprove_docker: the command must end with 0, got {done.returncode}: {shlex.join(command)}"
        )
    return done.stdout


def _included(context: Path) -> set[str]:
    lines = (context / ".dockerignore").read_text().splitlines()
    return exclude_paths(str(context), [line for line in lines if line.strip() and not line.startswith("#")])
