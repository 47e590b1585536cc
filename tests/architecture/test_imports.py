"""What may be imported where, seen from outside: in fresh interpreters and over the source text."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import synthvision

ROOT = Path(__file__).parents[2]
BLENDER = ("bpy", "mathutils")
HEAVY = (*BLENDER, "cv2", "mujoco", "scipy", "trimesh", "embreex", "numpy", "pydantic")


def modules_after(statement: str) -> set[str]:
    code = f"import sys; {statement}; print('\\n'.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_import_synthvision_is_light():
    assert modules_after("import synthvision").isdisjoint(HEAVY)


def test_everything_but_the_blender_room_imports_without_blender():
    blocked = "sys.modules['bpy'] = None; sys.modules['mathutils'] = None; "
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "synthvision").rglob("*.py"))
        if "blender" not in path.parts and path.name not in {"__main__.py", "torch.py"}
    ]
    assert len(names) > 30
    modules_after(blocked + "; ".join(f"import {name}" for name in names))


def test_without_torch_its_room_says_what_to_install():
    attempt = (
        "try:\n    import synthvision.torch\nexcept Exception as error:\n    assert 'synthvision[torch]' in str(error)"
    )
    blocked = "import sys; sys.modules['torch'] = None\n" + attempt
    blocked += "\n    assert type(error).__name__ == 'UsageError'\nelse:\n    raise AssertionError"
    assert subprocess.run([sys.executable, "-c", blocked], check=False).returncode == 0


@pytest.mark.parametrize("name", synthvision.__all__)
def test_every_exported_name_is_there_and_documented(name):
    assert getattr(synthvision, name).__doc__ or name == "__version__"


def test_only_the_blender_room_and_its_tests_import_blender():
    allowed = (ROOT / "synthvision/render/blender", ROOT / "tests/blender")
    sources = [*(ROOT / "synthvision").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    offenders = [
        str(path.relative_to(ROOT))
        for path in sources
        if not any(path.is_relative_to(folder) for folder in allowed) and imports_blender(path)
    ]
    assert offenders == []


def imports_blender(path: Path) -> bool:
    text = path.read_text()
    if not any(name in text for name in BLENDER):
        return False  # parsing all files takes seconds
    for node in ast.walk(ast.parse(text)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        if any(name.split(".")[0] in BLENDER for name in names):
            return True
    return False


def test_no_file_of_the_program_is_longer_than_400_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "synthvision").rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}
