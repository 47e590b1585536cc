"""The base image's file system from debootstrap, and where this machine gets its packages from."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

_BASE = re.compile(r"debian:([a-z]+)-slim(@sha256:[0-9a-f]+)?")

# What Docker's Debian images change in Debian, so that packages are installed as they would be in them.
_SLIM_FOLDERS = ("doc", "info", "linda", "lintian", "locale", "man")
_CHANGES = {
    "etc/dpkg/dpkg.cfg.d/docker": "".join(f"path-exclude /usr/share/{name}/*\n" for name in _SLIM_FOLDERS)
    + "path-include /usr/share/doc/*/copyright\n",
    "etc/apt/apt.conf.d/docker": 'Acquire::Languages "none";\nAcquire::GzipIndexes "true";\n'
    'Dir::Cache::pkgcache "";\nDir::Cache::srcpkgcache "";\nApt::AutoRemove::SuggestsImportant "false";\n',
    "usr/sbin/policy-rc.d": "#!/bin/sh\nexit 101\n",
}


def make_base(name: str, root: Path) -> Path:
    """Return the file system of ``debian:<suite>-slim`` below ``root``, made unless it is there."""
    match = _BASE.fullmatch(name)
    if match is None:
        sys.exit(f"prove_docker: the base image must be debian:<suite>-slim, got {name}")
    if root.is_dir():
        return root
    sources = _sources(match[1])
    unfinished = root.with_name("base.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    mirror = next(uri for uri, suite, _ in sources if suite == match[1])
    subprocess.run(["debootstrap", "--variant=minbase", match[1], unfinished, mirror], check=True, stdout=sys.stderr)
    _change(unfinished, "".join(f"deb {uri} {suite} {component}\n" for uri, suite, component in sources))
    return unfinished.rename(root)


def _change(root: Path, sources: str) -> None:
    for name in ("pkgcache.bin", "srcpkgcache.bin"):
        (root / "var/cache/apt" / name).unlink(missing_ok=True)
    for path, text in {**_CHANGES, "etc/apt/sources.list": sources}.items():
        (root / path).write_text(text)
    (root / "usr/sbin/policy-rc.d").chmod(0o755)
    for name in _SLIM_FOLDERS:
        for path in (root / "usr/share" / name).rglob("*"):
            if not path.is_dir() and path.name != "copyright":
                path.unlink()
    shutil.rmtree(root / "var/cache/apt/archives", ignore_errors=True)
    shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)


def _sources(suite: str) -> list[tuple[str, str, str]]:
    """Mirror, suite and component of everything that this machine's own apt would take the suite from."""
    listed = subprocess.check_output(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(RELEASE) $(COMPONENT)", "Created-By: Packages"],
        text=True,
    )
    lines = sorted({tuple(line.split()) for line in listed.splitlines()})
    wanted = {suite, f"{suite}-updates", f"{suite}-security"}
    found = [
        (uri, release, component) for uri, release, component in lines if release in wanted and component == "main"
    ]
    if suite not in {release for _, release, _ in found}:
        sys.exit(
            f"prove_docker: this machine's apt must know a mirror of {suite}, got {lines or 'none'}; "
            f"add one to its sources and run apt-get update"
        )
    return found


def pip_settings() -> dict[str, str]:
    """How this machine's own pip reaches its index, as environment variables; empty where it needs nothing special."""
    settings = {
        f"PIP_{name.upper().replace('-', '_')}": value
        for name in ("index-url", "cert", "trusted-host")
        if (value := os.environ.get(f"PIP_{name.upper().replace('-', '_')}") or _configured(name))
    }
    proxies = {name: os.environ[name] for name in ("http_proxy", "https_proxy", "no_proxy") if name in os.environ}
    return {**settings, **proxies}


def _configured(name: str) -> str:
    """A setting of pip's own configuration, or nothing: then pip says so and ends with 1."""
    command = [sys.executable, "-m", "pip", "config", "get", f"global.{name}"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
