"""A small catalog of its own for every test here, so that none depends on what is bundled."""

from __future__ import annotations

import pytest

from synthvision.recipe import writing
from synthvision.recipe.catalog_names import CatalogNames
from synthvision.recipe.checks import files

NAMES = CatalogNames(
    models=("mug", "can", "bolt", "bottle"),
    textures=("wood", "tiles"),
    environments=("studio", "sky"),
    sensors=("realsense_d435_colour", "logitech_c920"),
)


@pytest.fixture(autouse=True)
def small_catalog(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (files, writing):
        monkeypatch.setattr(module, "catalog_names", lambda: NAMES)
