"""Turns a file that only Blender reads into a GLB: a process of its own, started by ``assets.files.converted``.

    python -P -m synthvision.render.blender.converting list|glb FOLDER NAME PARENT

``FOLDER`` has ``files/NAME`` with all that it refers to. ``list`` writes what a .blend refers to into
``FOLDER/result`` (JSON), ``glb`` its shape there. What a user has to know stands in ``FOLDER/refusal`` and makes the
exit status ``REFUSED``; whatever else happens is a damaged file. ``PARENT`` is the process that waits for the result:
this one ends when that does. The process limits itself before it looks at a byte of the file, and no script, driver or
handler in it is run.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from synthvision.errors import AssetError, RenderError
from synthvision.limits import MAX_FILE_BYTES
from synthvision.render.blender.confinement import confine

REFUSED = 3

_DEATH_OF_PARENT = 1
"""``PR_SET_PDEATHSIG``: https://man7.org/linux/man-pages/man2/pr_set_pdeathsig.2const.html"""

_LOOK_EVERY_S = 0.5

LIMITS: Mapping[int, int] = MappingProxyType(
    {
        resource.RLIMIT_AS: 16 * 1024**3,  # Blender's libraries alone map more than one
        resource.RLIMIT_CPU: 900,
        resource.RLIMIT_FSIZE: MAX_FILE_BYTES,
        resource.RLIMIT_CORE: 0,
    }
)
"""Bytes and seconds that one conversion may take."""


def end_with(parent: int) -> None:
    """End this process when the process ``parent`` ends, which no longer waits for the result then.

    A socket that is closed, as workers have it, would be noticed by a thread of Python, and Blender lets none run while
    it evaluates a scene. Linux kills without one; it goes by the thread that started this process, which waits for it.
    Elsewhere a thread looks, and sees it when Blender lets it.
    """
    if sys.platform == "linux":
        if ctypes.CDLL(None, use_errno=True).prctl(_DEATH_OF_PARENT, signal.SIGKILL, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "Linux does not tell of the parent's end")
    else:
        threading.Thread(target=_look_for, args=(parent,), name="parent", daemon=True).start()
    if os.getppid() != parent:  # it ended before it could be told
        os._exit(1)


def _look_for(parent: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent:
        pause.wait(_LOOK_EVERY_S)
    os._exit(1)


def limit_myself() -> None:
    """Set ``LIMITS``, as far as those of the machine are not lower."""
    for kind, most in LIMITS.items():
        _, hard = resource.getrlimit(kind)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (least, least))


def convert(task: str, folder: Path, name: str) -> None:
    """Do one task; AssetError for what the user has to know, without the name of the file."""
    # These import Blender, which may start only under the limits.
    from synthvision.render.blender.exporting import write_glb  # noqa: PLC0415
    from synthvision.render.blender.opening import blend_references, open_model  # noqa: PLC0415

    path = folder / "files" / name
    if task == "list":
        (folder / "result").write_text(json.dumps(blend_references(path)), encoding="utf-8")
    else:
        write_glb(folder / "result", open_model(path), path.parent)


def main(task: str, folder: str, name: str, parent: str) -> int:
    """Return the exit status."""
    end_with(int(parent))
    limit_myself()
    confine(Path(folder))
    try:
        convert(task, Path(folder), name)
    except (AssetError, RenderError, MemoryError) as error:
        refusal = (
            "conversion must fit in memory, got a shape that does not" if isinstance(error, MemoryError) else error
        )
        (Path(folder) / "refusal").write_text(str(refusal), encoding="utf-8")
        return REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
