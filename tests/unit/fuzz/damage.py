"""How hypothesis damages good files: bytes anywhere, and values anywhere in a tree."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

_NUMBERS = (0, -1, 1, 255, 2**15, 2**31 - 1, 2**31, 2**32 - 1, 2**63, 10**9, 10**400)
_WORDS = (
    *(str(number).encode() for number in _NUMBERS[:-1]),
    *(number.to_bytes(size, order) for number in (0, 1, 32767) for size in (2, 4) for order in ("little", "big")),
    b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"nan", b"inf", b"-1e400", b"1e-400", b"..", b"/", b"../../etc/passwd",
    b"\0", b"\xff", b"\xef\xbb\xbf", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"*a", b"&a ",
    b"!!python/object:os.system ",
    b"[" * 40, b"{" * 40, b"(" * 400, b"- " * 40, b'"', b"'", b"\n", b":", b",", b"#", b"9" * 5000, "²".encode(),
)  # fmt: skip
LEAVES = st.sampled_from(
    [
        *(*_NUMBERS, True, None, 0.5, -1e308, 1e308, float("nan"), float("inf"), [], {}, [[]], [None], {"": None}),
        *("", "a", "../../x.png", "/etc/passwd", "a\0b", "\ud800", "²", "9" * 50, "o" * 40),
    ]
)
TREES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner), max_leaves=5
)


@st.composite
def damaged(draw: st.DrawFn, seeds: Sequence[bytes]) -> bytes:
    """A good file after up to five changes: a word over what was there, one put between, a piece lost or doubled."""
    content = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(content)))
        length = draw(st.sampled_from([0, 1, 2, 4, 16, 200]))
        piece = content[start : start + length]
        word = draw(st.sampled_from(_WORDS) | st.binary(max_size=4))
        new = draw(st.sampled_from([word, word, word, b"", piece * 2, piece * 50]))
        content = content[:start] + new + content[start + length :]
    return content


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in entries for place in _places(item, (*path, key)))]


@st.composite
def grafted(draw: st.DrawFn, trees: Sequence[Any]) -> bytes:
    """A good JSON tree with other values, or none, in up to three places."""
    tree = copy.deepcopy(draw(st.sampled_from(trees)))
    for _ in range(draw(st.integers(1, 3))):
        *steps, last = draw(st.sampled_from(_places(tree)[1:] or [("new",)]))
        parent = tree
        for step in steps:
            parent = parent[step]
        if isinstance(parent, dict) and draw(st.booleans()) and len(parent) > 1:
            del parent[last]
        elif isinstance(parent, dict | list):
            parent[last] = draw(TREES)
        if not isinstance(tree, dict | list):
            break
    return json.dumps(tree).encode("utf-8", "surrogatepass")
