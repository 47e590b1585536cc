"""Every parameter of every procedural family is for something."""

from __future__ import annotations

import pytest

from synthvision.assets.catalog import CatalogModel, load_catalog
from synthvision.assets.generators import GENERATORS
from tests.unit.assets_generated.drawing import UOf, scattered

MODELS = load_catalog().models.values()
MEMBERS: tuple[UOf, ...] = (lambda _: 0.5, *(scattered(seed) for seed in range(12)))
"""Some parameters show in some styles only, so other members are looked at until one shows it."""


def shown(model: CatalogModel, u_of: UOf, unseen: set[str]) -> set[str]:
    """Return which of some parameters change a member when they go to an end of their range."""
    make, member = GENERATORS[model.generator], dict(model.source(u_of).parameters)
    base, found = make(member), set()
    for name in sorted(unseen & model.parameters.keys()):
        bounds = model.parameters[name]
        other = make(member | {name: bounds.low if member[name] != bounds.low else bounds.high})
        # Materials name embedded images by their content, so this sees prints too.
        if other.mesh.content_hash != base.mesh.content_hash or other.materials != base.materials:
            found.add(name)
    return found


@pytest.mark.parametrize("generator", sorted({model.generator for model in MODELS}))
def test_every_geometric_or_printed_parameter_changes_something(generator: str) -> None:
    # Several families may be of one generator, which is what has to know a parameter.
    models = [model for model in MODELS if model.generator == generator]
    unseen = {name for model in models for name, bounds in model.parameters.items() if bounds.low < bounds.high}
    for model in models:
        for u_of in MEMBERS:
            if unseen & model.parameters.keys():
                unseen -= shown(model, u_of, unseen)
    assert not unseen
