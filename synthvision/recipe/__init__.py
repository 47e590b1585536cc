"""YAML → typed ``Recipe``: ``load_recipe`` and what goes with it.

The sections are in ``synthvision.recipe.model``, the random variables in ``synthvision.recipe.distributions``.
"""

from synthvision.recipe.composition import bundled_recipes
from synthvision.recipe.loading import load_recipe, recipe_from_dict, recipe_from_text
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import group_names, light_names, matching_files, matching_paths
from synthvision.recipe.schema import recipe_schema
from synthvision.recipe.supports import support
from synthvision.recipe.writing import file_hashes, recipe_hash, recipe_yaml

__all__ = [
    "Recipe",
    "bundled_recipes",
    "file_hashes",
    "group_names",
    "light_names",
    "load_recipe",
    "matching_files",
    "matching_paths",
    "recipe_from_dict",
    "recipe_from_text",
    "recipe_hash",
    "recipe_schema",
    "recipe_yaml",
    "support",
]
