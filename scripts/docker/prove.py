"""Carries out the Dockerfile without Docker, and tries what came of it: ./scripts/prove_docker

Nothing of the Dockerfile is repeated here. What Docker would add is made in ``container.sh``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time  # noqa: TID251 - it is what is measured
from collections.abc import Sequence
from pathlib import Path

from base_image import make_base, pip_settings
from replay import Stage, enter, replay

ROOT = Path(__file__).parents[2]
FRAMES = 4
# Cycles needs no window system; EEVEE draws through EGL, here with Mesa on the CPU where a GPU's driver would stand.
EEVEE = """
import bpy
scene = bpy.context.scene
scene.render.engine = "BLENDER_EEVEE"
scene.render.resolution_x, scene.render.resolution_y = 64, 48
scene.eevee.taa_render_samples = 1
scene.render.filepath = "/tmp/eevee.png"
print(bpy.ops.render.render(write_still=True))
import gpu
print("EEVEE drew with", gpu.platform.renderer_get())
"""
QUICKSTART = ("-n", str(FRAMES), "--quality", "draft", "--set", "camera.resolution=[240, 180]", "--device", "cpu")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    image = replay(ROOT, folder, base=lambda name: make_base(name, folder / "base"), settings=pip_settings())
    print(f"\nbuilt in {time.monotonic() - started:.0f} s: {image.root}")
    try_as_its_user(image)
    try_as_anyone_without_writing(image, folder / "written")
    print_sizes(image)


def try_as_its_user(image: Stage) -> None:
    """As ``docker run`` would: the image's user, its environment, its entrypoint, /dev/shm of 64 MB."""
    print(f"\nas the image's user, {image.user}:")
    uid = timed(image, ["id", "-u"]).strip()
    if uid == "0":
        sys.exit("prove_docker: the image's user must not be root, got uid 0; name one with USER")
    print(timed(image, image.healthcheck))
    print(timed(image, [*image.entrypoint, "render", "quickstart", "-o", "/data/quickstart", *QUICKSTART]))
    print(timed(image, [*image.entrypoint, "validate", "/data/quickstart"]))
    print(timed(image, ["python", "-c", EEVEE]).splitlines()[-1])


def try_as_anyone_without_writing(image: Stage, written: Path) -> None:
    """As scripts/docker/compose.yaml would: an unknown user, a root file system that cannot be written to."""
    shutil.rmtree(written, ignore_errors=True)
    written.mkdir()
    written.chmod(0o777)
    print("\nas an unknown user, on a read-only file system:")
    options = {"user": "4242:4242", "data": written}
    print(timed(image, image.healthcheck, **options))
    print(timed(image, [*image.entrypoint, "render", "quickstart", "-o", "/data/again", *QUICKSTART], **options))
    print(timed(image, [*image.entrypoint, "validate", "/data/again"], **options))
    ours, theirs = (pictures(folder) for folder in (image.root / "data/quickstart", written / "again"))
    if not ours or ours != theirs:
        sys.exit(f"prove_docker: both runs must write the same pictures, got {sorted(ours)} and {sorted(theirs)}")
    print(f"both runs wrote the same {len(ours)} pictures, byte for byte")


def pictures(dataset: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (dataset / "images").rglob("*") if path.is_file()}


def timed(image: Stage, command: Sequence[str], *, user: str = "", data: Path | None = None) -> str:
    started = time.monotonic()
    output = enter(image, command, user=user, data=data)
    print(f"{time.monotonic() - started:7.1f} s  {' '.join(' '.join(command).split())[:100]}", flush=True)
    return output


def print_sizes(image: Stage) -> None:
    shutil.rmtree(image.root / "data/quickstart")
    print("\nsizes in MB (10⁶ bytes):")
    for label, part in (("image", "."), ("Python environment", "opt/synthvision"), ("system", "usr")):
        listed = subprocess.check_output(["du", "-sx", "--block-size=1", str(image.root / part)], text=True)
        print(f"{int(re.match(r'[0-9]+', listed)[0]) / 1e6:7.0f}  {label} (/{part.strip('.')})")
    packed = subprocess.check_output(f"tar --one-file-system -C '{image.root}' -c . | gzip -1 | wc -c", shell=True)  # noqa: S602
    print(f"{int(packed) / 1e6:7.0f}  compressed (gzip -1), as a registry would hold it")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
