"""Models that only Blender reads: a process of its own makes a GLB of them, once per machine and file.

That process sees the model and what it refers to in a private folder, gets no more of the environment than it needs,
limits itself, and ends with the one that started it (``synthvision.render.blender.converting``). Nothing here imports
Blender.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePath

from synthvision.assets.cache import Entry, Kind, kept
from synthvision.assets.files.bundle import Bundle, Fetch, local_path, read_file
from synthvision.assets.files.gltf_scene import read_gltf
from synthvision.assets.files.parts import Floats, Model, Part
from synthvision.errors import AssetError
from synthvision.search_path import module_search_path
from synthvision.swept_folders import swept_folder

MODULE = "synthvision.render.blender.converting"
TIMEOUT_S = 1200
_REFUSED = 3
_PASSED_ON = ("LD_LIBRARY_PATH",)
_LOG_BYTES = 4 * 1024**2
_LEFT_OUT = re.compile(
    r"(?:Couldn't open image file|Could not load sublayer|Could not open asset) ['@](.*?)['@](?: |$)"
)
_REMEDY = "open it in Blender and export it there as .glb"
_SOURCES = ("compat", "confinement", "converting", "exporting", "opening")


def collect_blend(data: bytes, fetch: Fetch, where: str) -> None:
    """Fetch the textures and fonts of a .blend that are not packed into it."""
    key = hashlib.sha256("\n".join((*converter(where), "list", hashlib.sha256(data).hexdigest())).encode()).hexdigest()
    found = kept(_REFERENCES, key, lambda: tuple(json.loads(_run("list", Bundle(where, data, {})))))
    for reference in found:
        fetch(reference)


def read_converted(bundle: Bundle) -> Model:
    """Read what a render of the file would show, in metres and Blender's axes (Z up)."""
    model = read_gltf(Bundle(bundle.name, _run("glb", bundle), {}))
    return replace(model, parts=tuple(_in_blenders_axes(part) for part in model.parts))


def converter(where: str) -> tuple[str, ...]:
    """Name what decides a conversion beside the file; AssetError where there is no Blender."""
    try:
        return (f"bpy {version('bpy')}", _own_text())
    except PackageNotFoundError:
        raise AssetError(
            f"{where}: Blender's module must be installed to read {PurePath(where).suffix} files, got none;"
            f" pip install 'synthvision[blender]' on Python 3.11, or {_REMEDY.removeprefix('open it in Blender and ')}"
        ) from None


@cache
def _own_text() -> str:
    """Hash the modules that convert, which nobody then has to number."""
    folder = Path(__file__).parents[2] / "render" / "blender"
    digest = hashlib.sha256()
    for name in _SOURCES:
        digest.update((folder / f"{name}.py").read_bytes())
    return digest.hexdigest()


def _in_blenders_axes(part: Part) -> Part:
    return replace(
        part,
        positions=_turned(part.positions),
        normals=None if part.normals is None else _turned(part.normals),
    )


def _turned(array: Floats) -> Floats:
    """From glTF's axes to Blender's: y was up, -z is forward."""
    turned: Floats = array[..., [0, 2, 1]] * (1.0, -1.0, 1.0)
    return turned


def _run(task: str, bundle: Bundle) -> bytes:
    """Run the process on a copy of the bundle and return what it made; AssetError whatever it did instead."""
    converter(bundle.name)
    with swept_folder("convert") as folder:
        name = PurePath(bundle.name).name
        _lay_out(folder / "files", name, bundle)
        status = _ended(task, folder, name, bundle.name)
        if status == _REFUSED:
            raise AssetError(f"{bundle.name}: {read_file(folder / 'refusal', bundle.name).decode()}")
        log = _log(folder)
        missing = next((match[1] for line in log if (match := _LEFT_OUT.search(line))), None)
        if missing is not None:  # Blender would go on without it
            raise AssetError(
                f"{bundle.name}: '{missing}' that it refers to: file must exist, got no such file beside it"
            )
        if status != 0 or not (folder / "result").is_file():
            raise AssetError(
                f"{bundle.name}: file must be one that Blender reads, got {_cause(status, log)}; {_REMEDY}"
            )
        return read_file(folder / "result", bundle.name)


def _lay_out(folder: Path, name: str, bundle: Bundle) -> None:
    folder.mkdir()
    for reference, data in {**bundle.parts, name: bundle.data}.items():
        place = local_path(reference, folder, bundle.name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def _ended(task: str, folder: Path, name: str, where: str) -> int:
    with (folder / "log").open("wb") as log:
        try:
            return subprocess.run(  # noqa: S603 - our own module, and no shell
                [sys.executable, "-P", "-m", MODULE, task, str(folder), name, str(os.getpid())],
                env=_environment(folder),
                cwd=folder / "files",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=TIMEOUT_S,
                check=False,
            ).returncode
        except subprocess.TimeoutExpired:
            raise AssetError(
                f"{where}: conversion must take at most {TIMEOUT_S} s, got more; make it simpler, or {_REMEDY}"
            ) from None


def _environment(folder: Path) -> Mapping[str, str]:
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    private = {"HOME": str(folder), "TMPDIR": str(folder), "XDG_CACHE_HOME": str(folder / "cache")}
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONPATH": module_search_path(), **private, **passed}


def _log(folder: Path) -> list[str]:
    """Return the last lines that Blender printed."""
    with (folder / "log").open("rb") as file:
        file.seek(max(0, (folder / "log").stat().st_size - _LOG_BYTES))
        text = file.read().decode("utf-8", "replace").replace(str(folder / "files") + os.sep, "")
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _cause(status: int, log: list[str]) -> str:
    if status == -signal.SIGXCPU:
        return "one that takes longer than it may"
    if status < 0:
        return f"one on which it ended by {signal.Signals(-status).name}"
    return f"damaged data ({log[-1][:300] if log else 'it said nothing'})"


def _pack(references: tuple[str, ...]) -> Entry:
    return Entry({}, {"references": list(references)})


def _unpack(entry: Entry) -> tuple[str, ...]:
    return tuple(entry.facts["references"])


_REFERENCES = Kind("references", _pack, _unpack)
