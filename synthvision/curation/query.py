"""Questions about a frame, in the grammar of recipes' expressions: ``count(mug) >= 2 and min_visibility > 0.5``.

Numbers of a frame:

- ``frame`` its index, ``source`` the number of the dataset it comes from, ``scene`` the index of its world,
  ``synthetic`` 1 if it was rendered, ``width_px``, ``height_px``
- ``attempt`` how many draws ``require:`` had refused, ``lights`` how many, ``exposure_ev`` of the camera,
  ``focal_px``, ``camera_x_m``, ``camera_y_m``, ``camera_z_m``
- the frame's ``variables:`` by their names; of a colour ``NAME_r``, ``NAME_g``, ``NAME_b``

Numbers of the visible labels, of all or of one category – ``area`` or ``area(mug)``:

- ``count`` how many; ``area`` their pixels together, ``min_area`` and ``max_area`` of one
- ``visibility`` the mean, ``min_visibility``, ``max_visibility``; ``truncation`` the mean, ``max_truncation``
- ``distance_m`` from the camera to the nearest, ``max_distance_m`` to the farthest
- ``hidden`` how many others are in the image but wholly hidden

Of nothing, a least value is infinite and every other number 0, so ``min_visibility > 0.5`` says "every label".

Truths with a name in parentheses: ``split(train)``, ``camera(left)``; ``variable(NAME)`` is a variable whose name is
one of those above. Names with other characters than letters, digits, ``_`` and ``-`` stand in quotes:
``count('coffee mug')``.

A frame that does not know a number of the question – a photograph has no variables, a box no visibility – is left out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from synthvision.dataset import FrameRecord, InstanceRecord, Manifest
from synthvision.errors import FrameError, UsageError, did_you_mean
from synthvision.recipe.expressions import Expression, parse

_CALL = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\s*\(\s*(?:'([^']*)'|\"([^\"]*)\"|([\w-]+))\s*\)")
_KEYWORDS = {"and", "or", "not", "if", "else"}

Labels = Sequence[InstanceRecord]
Value = float | None


def _all_known(values: Iterable[Value], reduce: Callable[[list[float]], float]) -> Value:
    found = list(values)
    known = [value for value in found if value is not None]
    return reduce(known) if len(known) == len(found) else None


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values) if values else 0.0


def _least(values: list[float]) -> float:
    return min(values, default=math.inf)


def _greatest(values: list[float]) -> float:
    return max(values, default=0.0)


_OF_LABELS: Mapping[str, Callable[[Labels], Value]] = {
    "count": len,
    "area": lambda labels: sum(label.area for label in labels),
    "min_area": lambda labels: _least([label.area for label in labels]),
    "max_area": lambda labels: _greatest([label.area for label in labels]),
    "visibility": lambda labels: _all_known((label.visibility for label in labels), _mean),
    "min_visibility": lambda labels: _all_known((label.visibility for label in labels), _least),
    "max_visibility": lambda labels: _all_known((label.visibility for label in labels), _greatest),
    "truncation": lambda labels: _all_known((label.truncation for label in labels), _mean),
    "max_truncation": lambda labels: _all_known((label.truncation for label in labels), _greatest),
    "distance_m": lambda labels: _all_known((label.distance_m for label in labels), _least),
    "max_distance_m": lambda labels: _all_known((label.distance_m for label in labels), _greatest),
}


def _hidden(labels: Labels) -> float:
    return sum(label.bbox is None and bool(label.amodal_area) for label in labels)


def _focal(record: FrameRecord) -> Value:
    return None if record.camera_matrix is None else record.camera_matrix[0][0]


def _place(axis: int) -> Callable[[FrameRecord], Value]:
    return lambda record: None if record.camera_to_world is None else record.camera_to_world[axis][3]


def _of_scene(read: Callable[[Mapping[str, Any]], float]) -> Callable[[FrameRecord], Value]:
    return lambda record: read(record.scene) if record.scene else None


_OF_FRAME: Mapping[str, Callable[[FrameRecord], Value]] = {
    "frame": lambda record: record.frame_index,
    "source": lambda record: 0 if record.origin is None else record.origin.source,
    "synthetic": lambda record: record.synthetic,
    "width_px": lambda record: record.width_px,
    "height_px": lambda record: record.height_px,
    "focal_px": _focal,
    "camera_x_m": _place(0),
    "camera_y_m": _place(1),
    "camera_z_m": _place(2),
    "scene": _of_scene(lambda scene: scene.get("scene_index", 0)),
    "attempt": _of_scene(lambda scene: scene.get("attempt", 0)),
    "lights": _of_scene(lambda scene: len(scene.get("lights", ()))),
    "exposure_ev": _of_scene(lambda scene: scene.get("sensor", {}).get("exposure_ev", 0.0)),
}
_TRUTHS = ("split", "camera")
VOCABULARY = (*_OF_FRAME, *_OF_LABELS, "hidden")
_CALLABLE = (*_OF_LABELS, "hidden", *_TRUTHS, "variable")


@dataclass
class Query:
    """A question that has a yes or no for each frame."""

    text: str
    manifest: Manifest
    _expression: Expression = field(init=False)
    _calls: dict[str, tuple[str, str]] = field(init=False, default_factory=dict)
    _variables: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        """Parse the text; raises UsageError for one that is no expression or asks for what there is not."""
        plain = _CALL.sub(self._call, self.text)
        try:
            self._expression = parse(plain)
        except ValueError as error:
            raise UsageError(f"--where: {error} in '{plain}'") from error

    def _call(self, match: re.Match[str]) -> str:
        name, argument = match[1], match[2] or match[3] or match[4] or ""
        if name in _KEYWORDS:
            return match[0]
        if name not in _CALLABLE:
            known = ", ".join(_CALLABLE)
            raise UsageError(f"--where: function must be one of {known}, got '{name}'{did_you_mean(name, _CALLABLE)}")
        if name not in {"camera", "variable"}:
            self._check_argument(name, argument)
        stand_in = f"call_{len(self._calls)}"
        self._calls[stand_in] = name, argument
        return stand_in

    def _check_argument(self, name: str, argument: str) -> None:
        what, known = ("split", self.manifest.splits) if name == "split" else ("category", self._categories)
        if argument not in known:
            names = ", ".join(known) or "none: the dataset has no splits"
            raise UsageError(f"--where: {what} must be one of {names}, got '{argument}'{did_you_mean(argument, known)}")

    @property
    def _categories(self) -> tuple[str, ...]:
        return tuple(category.name for category in self.manifest.categories)

    def takes(self, record: FrameRecord) -> bool:
        """Answer for a frame; UsageError where the expression has no value."""
        variables = dict(_variables(record))
        self._variables |= variables.keys()
        values: dict[str, float] = {}
        for name in sorted(self._expression.names):
            value = self._value(name, record, variables)
            if value is None:
                return False
            values[name] = float(value)
        try:
            return self._expression.evaluate(values) != 0
        except FrameError as error:
            raise UsageError(f"--where: frame {record.frame_index}: {error}") from error

    def check_names(self) -> None:
        """Raise UsageError if a name of the question was a number of none of the frames asked about."""
        known = (*VOCABULARY, *sorted(self._variables))
        asked = [argument for name, argument in self._calls.values() if name == "variable"]
        for name in [*sorted(self._expression.names - self._calls.keys()), *asked]:
            if name not in known:
                what = f"name must be one of {', '.join(known)}"
                raise UsageError(f"--where: {what}, got '{name}'{did_you_mean(name, known)}")

    def _value(self, name: str, record: FrameRecord, variables: Mapping[str, float]) -> Value:
        if name in self._calls:
            return self._called(*self._calls[name], record, variables)
        if name in _OF_FRAME:
            return _OF_FRAME[name](record)
        return variables.get(name) if name not in VOCABULARY else _number(name, record.labels)

    def _called(self, name: str, argument: str, record: FrameRecord, variables: Mapping[str, float]) -> Value:
        if name == "variable":
            return variables.get(argument)
        if name == "split":
            return record.split == argument
        if name == "camera":
            return record.scene["camera"].get("name", "") == argument if record.scene else None
        category = self._categories.index(argument) + 1
        return _number(name, [label for label in record.labels if label.category_id == category])


def _number(name: str, labels: Labels) -> Value:
    if name == "hidden":
        return _hidden(labels)
    return _OF_LABELS[name]([label for label in labels if label.bbox is not None])


def numbers_of(record: FrameRecord) -> dict[str, float]:
    """Return every number of a frame that can be asked for without parentheses, as far as it is known and finite."""
    values = {name: read(record) for name, read in _OF_FRAME.items()}
    values |= {name: _number(name, record.labels) for name in (*_OF_LABELS, "hidden")}
    known = {name: float(value) for name, value in values.items() if value is not None and math.isfinite(value)}
    return dict(_variables(record)) | known


def _variables(record: FrameRecord) -> Iterator[tuple[str, float]]:
    for name, value in record.scene.get("variables", {}).items():
        if isinstance(value, list | tuple):
            yield from zip((f"{name}_{channel}" for channel in "rgb"), value, strict=True)
        else:
            yield name, value
