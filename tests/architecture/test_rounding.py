"""Rooms whose numbers must be the same on every processor use what rounds alike everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOMS = ("assets", "dataset", "labels", "render/preview", "run", "sampling", "scene", "sensor")
ROOT = Path(__file__).parents[2] / "synthvision"
INSTRUCTIONS = (
    "arccos arccosh arcsin arcsinh arctan arctan2 arctanh cbrt cos cosh exp exp2 expm1 float_power hypot log log10 "
    "log1p log2 logaddexp power sin sinc sinh tan tanh"
)
"""Functions for which NumPy chooses instructions by what the processor has, and with them the last bit."""
LINEAR_ALGEBRA = "convolve corrcoef correlate cov dot inner matmul polyfit tensordot vdot"
"""Functions that sum as the linear algebra library likes, which also chooses by the processor."""
DIFFERING = {*INSTRUCTIONS.split(), *LINEAR_ALGEBRA.split()}


def differing(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the lines of what rounds, or puts equals in order, as the processor likes."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
                yield node.lineno, "@"
            case ast.Attribute(value=ast.Name(id="np"), attr=name) if name in DIFFERING:
                yield node.lineno, f"np.{name}"
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="linalg"), attr=name), keywords=keywords):
                if name != "norm" or not any(keyword.arg == "axis" for keyword in keywords):
                    yield node.lineno, f"np.linalg.{name} without axis" if name == "norm" else f"np.linalg.{name}"
            case ast.Call(func=ast.Attribute(attr="argsort" | "argpartition" as name), keywords=keywords):
                if not any(keyword.arg == "kind" for keyword in keywords):
                    yield node.lineno, f"{name} without kind"


@pytest.mark.parametrize("room", ROOMS)
def test_room_leaves_no_rounding_to_the_processor(room: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}: see synthvision/elementary.py"
        for path in sorted((ROOT / room).rglob("*.py"))
        for line, what in differing(ast.parse(path.read_text()))
    ]
    assert not found, "\n".join(found)


def test_what_the_scan_finds() -> None:
    source = (
        "a @ b; np.sin(x); np.linalg.norm(v); np.linalg.norm(v, axis=1); np.linalg.inv(m); np.argsort(w); np.sqrt(x)"
    )
    assert [what for _, what in sorted(differing(ast.parse(source.replace("; ", "\n"))))] == [
        "@",
        "np.sin",
        "np.linalg.norm without axis",
        "np.linalg.inv",
        "argsort without kind",
    ]
