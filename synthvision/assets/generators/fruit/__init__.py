"""Fruit."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family
from synthvision.assets.generators.fruit import (
    apple,
    banana,
    banana_bunch,
    kiwi,
    lemon,
    orange,
    pear,
    strawberry,
    tomato,
)

FAMILIES: Mapping[str, Family] = {
    "apple": Family(apple.make, apple.Apple),
    "banana": Family(banana.make, banana.Banana),
    "banana_bunch": Family(banana_bunch.make, banana_bunch.BananaBunch),
    "kiwi": Family(kiwi.make, kiwi.Kiwi),
    "lemon": Family(lemon.make, lemon.Lemon),
    "orange": Family(orange.make, orange.Orange),
    "pear": Family(pear.make, pear.Pear),
    "strawberry": Family(strawberry.make, strawberry.Strawberry),
    "tomato": Family(tomato.make, tomato.Tomato),
}

__all__ = ["FAMILIES"]
