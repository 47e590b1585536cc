"""From a file, a bundled name, a text or plain data to a checked ``Recipe``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from synthvision.bundled import bundled_folder
from synthvision.errors import Fault, RecipeError, UsageError, did_you_mean
from synthvision.object_stores import folder_of, is_remote, shown_path
from synthvision.recipe.checks import faults_between
from synthvision.recipe.composition import SUFFIXES, bundled_recipes, composed
from synthvision.recipe.measured import with_measured_data
from synthvision.recipe.model import Recipe
from synthvision.recipe.overrides import with_overrides
from synthvision.recipe.reading import DEEPEST, MOST_BYTES, MOST_VALUES, decode, read_yaml
from synthvision.recipe.roots import Roots, read_start
from synthvision.recipe.scalars import unprintable
from synthvision.recipe.shape import shape
from synthvision.recipe.source import KeyPath, Mark, Source, shown


def load_recipe(
    name_or_path: str | os.PathLike[str],
    overrides: Sequence[str] = (),
    allowed_roots: Sequence[str | os.PathLike[str]] = (),
    *,
    files_from: str | os.PathLike[str] | None = None,
) -> Recipe:
    """Read and check a recipe.

    Args:
        name_or_path: a file, also on an object store (``s3://bucket/bin.yaml``, extra ``synthvision[cloud]``), or the
            name of a bundled recipe (see ``bundled_recipes``).
        overrides: ``key.path=value`` each, as for ``--set``; ``objects.mug.count=3``.
        allowed_roots: folders outside the recipe's own from which it may read files; URLs for one whose files are at a
            URL.
        files_from: where its file names start, if not in its own folder: for the ``recipe.yaml`` of a dataset, the
            folder of the recipe that was rendered. It may be a URL, too.

    Raises:
        RecipeError: with every fault of the recipe at once.
        UsageError: if there is no such recipe, or its file names cannot lead to an allowed root.
        AssetError: for what lies on an object store that does not answer.
    """
    path = _recipe_path(os.fspath(name_or_path))
    file = shown_path(path)
    try:
        content = read_start(path, MOST_BYTES + 1)
    except OSError as error:
        got = f"{file}: recipe must be a file that can be read, got '{error.strerror}'"
        raise UsageError(error.strerror if is_remote(path) else got) from None
    folder = path.parent if files_from is None else folder_of(files_from)
    return _checked(read_yaml(decode(content, file), file), folder, overrides, allowed_roots)


def recipe_from_text(
    text: str,
    folder: Path,
    file: str = "<text>",
    overrides: Sequence[str] = (),
    allowed_roots: Sequence[str | os.PathLike[str]] = (),
) -> Recipe:
    """Read and check a recipe's text; its file names start from ``folder``. Raises as ``load_recipe``."""
    return _checked(
        read_yaml(decode(text.encode("utf-8", "surrogatepass"), file), file), folder, overrides, allowed_roots
    )


def recipe_from_dict(
    data: Mapping[str, Any],
    folder: Path,
    overrides: Sequence[str] = (),
    allowed_roots: Sequence[str | os.PathLike[str]] = (),
) -> Recipe:
    """Check a recipe made of plain data; its file names start from ``folder``. Raises as ``load_recipe``."""
    origin = Mark("<dict>")
    return _checked(Source(_plain(data, (), origin, [0]), origin), folder, overrides, allowed_roots)


def _recipe_path(name: str) -> Path:
    path = folder_of(name)
    if is_remote(path) or path.is_file() or name.endswith(SUFFIXES) or len(path.parts) != 1:
        return path
    if name in bundled_recipes():
        return bundled_folder("scenes") / f"{name}.yaml"
    known = ", ".join(bundled_recipes())
    raise UsageError(f"recipe must be a file or one of {known}, got '{name}'{did_you_mean(name, bundled_recipes())}")


def _checked(
    source: Source, folder: Path, overrides: Sequence[str], allowed_roots: Sequence[str | os.PathLike[str]]
) -> Recipe:
    roots = Roots.of(folder, allowed_roots)
    changed = with_measured_data(with_overrides(composed(source, folder, roots), overrides), roots)
    shaped = shape(changed)
    between = faults_between(shaped, changed, roots)
    marked = {(fault.file, fault.line, fault.column) for fault in changed.faults}
    later = [fault for fault in (*shaped.faults, *between) if (fault.file, fault.line, fault.column) not in marked]
    faults = [*changed.faults, *later]  # without what a tag, an alias or a second key has led to
    if faults or shaped.recipe is None:
        raise RecipeError(faults or [*shaped.faults, *between])
    return shaped.recipe.in_folder(folder)


def _plain(value: Any, path: KeyPath, origin: Mark, seen: list[int]) -> Any:
    """Return a copy of plain data; what YAML could not have written is a fault."""
    seen[0] += 1
    if len(path) > DEEPEST or seen[0] > MOST_VALUES:
        rule = f"nested at most {DEEPEST} deep" if len(path) > DEEPEST else f"at most {MOST_VALUES} values in all"
        raise RecipeError([Fault(origin.file, 1, 1, "", f"recipe must be {rule}, got more")])
    if isinstance(value, Mapping):
        return {_key(key, path, origin): _plain(item, (*path, str(key)), origin, seen) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item, (*path, index), origin, seen) for index, item in enumerate(value)]
    if isinstance(value, str) and unprintable(value) is None:
        return value
    if value is None or type(value) in {bool, int, float}:
        return value
    rule = "printable characters" if isinstance(value, str) else "text, a number, true, false, a list or a mapping"
    raise RecipeError([Source(None, origin).fault(path, f"value must be {rule}, got {shown(value)}")])


def _key(key: Any, path: KeyPath, origin: Mark) -> str:
    if isinstance(key, str) and unprintable(key) is None:
        return key
    raise RecipeError([Source(None, origin).fault(path, f"key must be printable text, got {shown(key)}")])
