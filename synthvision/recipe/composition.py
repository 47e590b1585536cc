"""``extends:`` and ``include:``: one recipe made of several files, each value of which knows the file it came from.

A recipe begins as the one it extends, if any; then come its fragments in order, then what it says itself. Mappings are
merged key by key; a value of another form (``{box: …}`` over ``{shell: …}``), and any list, takes the place of what
was there, with these exceptions:

- The lists of fragments (``merging.JOINED_LISTS``) stand before the recipe's own and after those of the recipe that is
  extended, unless the recipe has a list of its own in the place of those.
- An entry of ``objects``, ``distractors`` or ``lights`` is merged into the entry of that name of the recipe that is
  extended, whether that name was written or implied; entries of other names come after those that were there.
- ``null`` takes away what was there.

File names in another file start from that file's folder; they are rewritten to start from the recipe's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from synthvision.bundled import bundled_folder
from synthvision.errors import Fault, RecipeError, did_you_mean
from synthvision.object_stores import folder_of, shown_path
from synthvision.recipe.file_names import with_names_from
from synthvision.recipe.merging import joined, merged
from synthvision.recipe.reading import MOST_BYTES, decode, read_yaml
from synthvision.recipe.roots import Roots, is_file, read_start
from synthvision.recipe.source import KeyPath, Source, shown

EXTENDS, INCLUDE = "extends", "include"
SUFFIXES = (".yaml", ".yml")
MOST_FILES = 64
"""Files that one recipe may be made of, each counted as often as it is read."""


def bundled_recipes() -> tuple[str, ...]:
    """Return the names of the bundled recipes, sorted."""
    return tuple(sorted(path.stem for path in bundled_folder("scenes").glob("*.yaml")))


def composed(source: Source, folder: Path, roots: Roots) -> Source:
    """Return the whole recipe of which ``source``, in ``folder``, is the last part.

    Raises RecipeError for a part that cannot be read: what the rest would mean without it, nobody can say.
    """
    if not isinstance(source.data, dict) or not {EXTENDS, INCLUDE} & set(source.data):
        return source
    composing = _Composing(folder, roots)
    whole = composing.whole(_Part(source, folder, (Path(os.path.realpath(folder_of(source.origin.file))),)))
    if composing.faults:
        raise RecipeError([*composing.faults, *whole.faults])
    return whole


@dataclass(frozen=True)
class _Part:
    """A file of a recipe, with the files that led to it, itself last; its data are a mapping."""

    source: Source
    folder: Path
    chain: tuple[Path, ...]


@dataclass
class _Composing:
    """Reads the parts of a recipe that begins in ``folder``; what cannot be read is a fault."""

    folder: Path
    roots: Roots
    files: int = 0
    faults: list[Fault] = field(default_factory=list)

    def whole(self, part: _Part) -> Source:
        """Return a recipe with what it extends and includes."""
        base = self._extended(part)
        own = self._with_fragments(part)
        return own if base is None else merged(base, own, tuple(part.source.data))

    def _extended(self, part: _Part) -> Source | None:
        path: KeyPath = (EXTENDS,)
        if EXTENDS not in part.source.data:
            return None
        name = part.source.data[EXTENDS]
        if not isinstance(name, str) or not name:
            self._refuse(part, path, f"extends must be a recipe file or a bundled recipe, got {shown(name)}")
            return None
        known = "" if name.endswith(SUFFIXES) else f" or one of {', '.join(bundled_recipes())}"
        near = did_you_mean(name, bundled_recipes())
        other = self._read(part, path, _recipe_path(name, part.folder), f"be a file{known}", near)
        return None if other is None else self.whole(other)

    def _with_fragments(self, part: _Part) -> Source:
        """Return a file's own sections after those of its fragments."""
        own = _without(part.source, (EXTENDS, INCLUDE))
        for fragment in reversed(list(self._fragments(part))):
            own = joined(fragment, own)
        return own

    def _fragments(self, part: _Part) -> Iterator[Source]:
        names = part.source.data.get(INCLUDE, [])
        if not isinstance(names, list):
            self._refuse(part, (INCLUDE,), f"include must be a list of file names, got {shown(names)}")
            return
        for index, name in enumerate(names):
            path: KeyPath = (INCLUDE, index)
            if not isinstance(name, str) or not name:
                self._refuse(part, path, f"include must be a list of file names, got {shown(name)} in it")
                continue
            other = self._read(part, path, part.folder / name, "be a file", "")
            if other is not None and EXTENDS in other.source.data:
                self._refuse(other, (EXTENDS,), "extends must be in a recipe, not in what it includes, got it here")
            elif other is not None:
                yield self._with_fragments(other)

    def _read(self, part: _Part, path: KeyPath, file: Path, rule: str, near: str) -> _Part | None:
        """Return a file that is named at ``path`` of another as a part of the recipe."""
        self.files += 1
        if self.files > MOST_FILES:
            raise RecipeError([part.source.fault(path, f"recipe must be of at most {MOST_FILES} files, got more")])
        real = Path(os.path.realpath(file))
        obstacle = self._obstacle(part, file, rule, shown(part.source.at(path)))
        if obstacle is not None:
            near = near if obstacle.startswith(rule) else ""
            self._refuse(part, path, f"{path[0]} must {obstacle}{near}")
            return None
        try:
            source = _source(file)
        except OSError as error:
            self._refuse(part, path, f"{path[0]} must be a file that can be read, got '{error.strerror}'")
            return None
        if not isinstance(source.data, dict):
            self.faults.append(source.fault((), f"file must be a mapping of sections, got {shown(source.data)}"))
            return None
        return _Part(with_names_from(source, file.parent, self.folder), file.parent, (*part.chain, real))

    def _obstacle(self, part: _Part, file: Path, rule: str, got: str) -> str | None:
        """Say why a file cannot be a part, as what must be and what is; ``None`` if it can."""
        if not self.roots.holds(file):
            return f"be inside the recipe's folder (--allow-root DIR allows another), got {got}"
        real = Path(os.path.realpath(file))
        if real in part.chain:
            circle = ", ".join(one.name for one in (*part.chain[part.chain.index(real) :], real))
            return f"not lead back, got a circle: {circle}"
        return None if is_file(file) else f"{rule}, got {got}, and there is none"

    def _refuse(self, part: _Part, path: KeyPath, message: str) -> None:
        self.faults.append(part.source.fault(path, message))


def _source(file: Path) -> Source:
    shown_file = shown_path(file)
    return read_yaml(decode(read_start(file, MOST_BYTES + 1), shown_file), shown_file)


def _recipe_path(name: str, folder: Path) -> Path:
    if name in bundled_recipes() and not name.endswith(SUFFIXES):
        return bundled_folder("scenes") / f"{name}.yaml"
    return folder / name


def _without(source: Source, keys: Sequence[str]) -> Source:
    return replace(source, data={key: value for key, value in source.data.items() if key not in keys})
