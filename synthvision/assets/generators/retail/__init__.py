"""What stands on the shelves of a shop, and the shelves."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family

FAMILIES: Mapping[str, Family] = {}

__all__ = ["FAMILIES"]
