"""Rooms and what furnishes them."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family

FAMILIES: Mapping[str, Family] = {}

__all__ = ["FAMILIES"]
