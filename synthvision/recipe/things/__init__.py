"""What stands in the scene: categories, materials, places, object groups, distractors and the ground."""

from __future__ import annotations

from synthvision.recipe.things.decals import Decal
from synthvision.recipe.things.groups import (
    MOST_INSTANCES,
    Assets,
    DistractorGroup,
    Ground,
    ObjectGroup,
    Physics,
    Things,
)
from synthvision.recipe.things.materials import Material, Materials
from synthvision.recipe.things.names import CATEGORY_PATTERN, LABEL_PATTERN, Category, CategoryEntry, Label, Names, When
from synthvision.recipe.things.places import (
    AtPoint,
    Drop,
    Dropped,
    Grid,
    InGrid,
    InPoissonDisk,
    InStacks,
    InVolume,
    OnShelf,
    OnSurface,
    Place,
    PoissonDisk,
    Scatter,
    Scattered,
    Shelved,
    Stack,
)
from synthvision.recipe.things.rotations import About, Angles, Rotation, Turn, UpTowards
from synthvision.recipe.things.traits import Keypoint, Keypoints, Symmetry

__all__ = [
    "CATEGORY_PATTERN",
    "LABEL_PATTERN",
    "MOST_INSTANCES",
    "About",
    "Angles",
    "Assets",
    "AtPoint",
    "Category",
    "CategoryEntry",
    "Decal",
    "DistractorGroup",
    "Drop",
    "Dropped",
    "Grid",
    "Ground",
    "InGrid",
    "InPoissonDisk",
    "InStacks",
    "InVolume",
    "Keypoint",
    "Keypoints",
    "Label",
    "Material",
    "Materials",
    "Names",
    "ObjectGroup",
    "OnShelf",
    "OnSurface",
    "Physics",
    "Place",
    "PoissonDisk",
    "Rotation",
    "Scatter",
    "Scattered",
    "Shelved",
    "Stack",
    "Symmetry",
    "Things",
    "Turn",
    "UpTowards",
    "When",
]
