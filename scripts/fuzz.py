"""Fuzzing by coverage (atheris, which is libFuzzer): see scripts/fuzz."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.fuzz.targets import Target

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "out/fuzz"
IN_PROCESS = "--in-process"
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of its own in there; datasets sync what they write
MOST_BYTES = 4096
MOST_MIB = 4096
READERS = (
    "synthvision.recipe",
    "synthvision.assets.files",
    "synthvision.assets.images",
    "synthvision.assets.rgbe",
    "synthvision.curation",
    "synthvision.dataset",
    "synthvision.scene",
    "synthvision.render.blender.compat",
    "synthvision.render.blender.opening",
    "_blendfile_header",
)
"""What is told of its coverage: all that reads."""


def main() -> int:
    """Run every target, or be one of the processes that do."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", help="names in tests/unit/fuzz/targets.py and tests/blender; all without")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == [IN_PROCESS]:
        return fuzz_here(*sys.argv[2:4], sys.argv[4:])
    arguments = parser.parse_args()
    targets = all_targets()
    names = arguments.targets or list(targets)
    if unknown := set(names) - set(targets):
        parser.error(f"targets must be of {', '.join(targets)}, got {', '.join(sorted(unknown))}")
    results = {name: fuzz(name, targets[name], arguments.seconds) for name in names}
    print(json.dumps(results, indent=2))
    return int(any(result["findings"] for result in results.values()))


def all_targets() -> dict[str, Target]:
    """Return those without Blender, and those with it."""
    from tests.blender.fuzz_targets import TARGETS as WITH_BLENDER  # noqa: PLC0415 - after the path is set
    from tests.unit.fuzz.targets import TARGETS  # noqa: PLC0415 - as above

    return TARGETS | WITH_BLENDER


def fuzz(name: str, target: Target, seconds: int) -> dict[str, object]:
    """Fuzz a target in a process of its own, from its good files on, and say what came of it."""
    seeds = target.seeds()
    with TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as folder:
        corpus, broken, work = (Path(folder, part) for part in ("corpus", "broken", "work"))
        for part in (corpus, broken, work):
            part.mkdir()
        for seed in seeds:
            (corpus / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={max(MOST_BYTES, *(2 * len(seed) for seed in seeds))}",
            f"-rss_limit_mb={MOST_MIB}",
            f"-timeout={target.slow_s}",
            f"-artifact_prefix={broken}/",
            "-print_final_stats=1",
        ]
        own = [sys.executable, __file__, IN_PROCESS, name, str(work), *options, str(corpus)]
        done = subprocess.run(own, check=False, capture_output=True, text=True, errors="replace", cwd=ROOT)
        found = kept(name, broken)
        if done.returncode and not found:
            raise SystemExit(f"{name}: the fuzzer itself failed:\n{done.stderr[-2000:]}")
        for line in done.stderr.splitlines()[-40:] if found else ():
            print(line, file=sys.stderr)
        counted = re.findall(r"number_of_executed_units: (\d+)|^#(\d+)", done.stderr, re.MULTILINE)
        return {"executions": int("".join(counted[-1])) if counted else 0, "findings": found}


def kept(name: str, broken: Path) -> list[str]:
    """Take what broke a target out of the temporary folder."""
    found = []
    for file in sorted(broken.iterdir()):
        target = KEPT / name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(file.read_bytes())
        found.append(target.relative_to(ROOT).as_posix())
    return found


def fuzz_here(name: str, folder: str, options: Sequence[str]) -> int:
    """Be the process of one target; libFuzzer ends it."""
    import atheris  # noqa: PLC0415 - installed by scripts/fuzz

    with atheris.instrument_imports(include=list(READERS)):
        from tests.unit.fuzz.targets import attempt  # noqa: PLC0415 - to be instrumented

        target, work = all_targets()[name], Path(folder)
        for module in target.modules:
            import_module(module)
    atheris.Setup([sys.argv[0], *options], lambda content: attempt(target, content, work) and None)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
