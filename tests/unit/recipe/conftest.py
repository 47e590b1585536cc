"""A small catalog of its own for every test here, so that none depends on what is bundled."""

from __future__ import annotations

import pytest

from synthvision.assets.keypoints import PointSpec, TraitSpecs
from synthvision.recipe import writing
from synthvision.recipe.catalog_names import CatalogNames
from synthvision.recipe.checks import files, outputs, parameters, traits
from synthvision.recipe.legal import Legal

LENGTH = Legal(0, open=True)

NAMES = CatalogNames(
    models=("mug", "can", "bolt", "bottle"),
    textures=("wood", "tiles"),
    environments=("studio", "sky"),
    sensors=("realsense_d435_colour", "logitech_c920"),
    parameters={
        "mug": {
            "height_m": LENGTH,
            "wall_m": LENGTH,
            "hue": Legal(),
            "saturation": Legal(0),
            "word": Legal(0, 11, whole=True),
        },
        "can": {"height_m": LENGTH, "finish": Legal(0, 2, whole=True)},
        "bolt": {"diameter_m": LENGTH, "length": LENGTH, "finish": Legal(0, 3, whole=True)},
        "bottle": {},
    },
    traits={
        "mug": TraitSpecs(
            keypoints={
                "rim_left": PointSpec(towards=(0.0, -0.3, 1.0)),
                "rim_right": PointSpec(towards=(0.0, 0.3, 1.0)),
                "handle": PointSpec(towards=(1.0, 0.0, 0.0)),
            },
            flip=(("rim_left", "rim_right"),),
        ),
        "can": TraitSpecs(),
    },
    lenses=frozenset({"logitech_c920"}),
)


@pytest.fixture(autouse=True)
def small_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, outputs, parameters, traits, writing):
        monkeypatch.setattr(module, "catalog_names", lambda: NAMES)
