"""Members of a catalog family whose parameters the recipe gives."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from synthvision.assets.types import GeneratedAsset
from synthvision.sampling.draws import Draws
from synthvision.sampling.sources import Sources
from synthvision.sampling.streams import Streams
from tests.unit.sampling.worlds import SmallCatalog, group, recipe


def widths(declared: Any, members: int = 64) -> list[float]:
    made = recipe(objects=[group(parameters={"width_m": declared}, variants=members)])
    sources = Sources(made, SmallCatalog(), Streams(2))  # type: ignore[arg-type]
    drawn = [sources.asset(made.objects[0], 0, "thing/0", Draws(Streams(2), frame))[1] for frame in range(8 * members)]
    found = {source.parameters for source in drawn if isinstance(source, GeneratedAsset)}
    return sorted(dict(parameters)["width_m"] for parameters in found)


def test_a_parameter_is_drawn_from_what_the_recipe_gives() -> None:
    assert widths(0.3) == [0.3]
    drawn = widths({"uniform": [1, 2]})
    assert (len(drawn), drawn[0], drawn[-1]) == (64, pytest.approx(1, abs=0.03), pytest.approx(2, abs=0.03))


def test_a_parameter_may_be_a_mixture() -> None:
    declared = {"mixture": [{"of": {"uniform": [1, 2]}, "weight": 3}, {"of": "2 * 4"}]}
    drawn = widths(declared)
    low = [width for width in drawn if width < 2]
    assert Counter(width for width in drawn if width >= 2) == {8.0: 1}  # one of 16 equal members is kept
    assert len(low) == pytest.approx(48, abs=1)
    assert (low[0], low[-1]) == (pytest.approx(1, abs=0.05), pytest.approx(2, abs=0.05))
