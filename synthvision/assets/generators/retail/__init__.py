"""What stands on the shelves of a shop, and the shelves."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family
from synthvision.assets.generators.retail import (
    cereal_box,
    crisps_bag,
    detergent_bottle,
    glass_jar,
    milk_carton,
    retail_shelf,
    snack_bar,
    toothpaste_tube,
    tube_box,
)

FAMILIES: Mapping[str, Family] = {
    "cereal_box": Family(cereal_box.make, cereal_box.CerealBox),
    "crisps_bag": Family(crisps_bag.make, crisps_bag.CrispsBag),
    "detergent_bottle": Family(detergent_bottle.make, detergent_bottle.DetergentBottle),
    "glass_jar": Family(glass_jar.make, glass_jar.GlassJar),
    "milk_carton": Family(milk_carton.make, milk_carton.MilkCarton),
    "retail_shelf": Family(retail_shelf.make, retail_shelf.RetailShelf),
    "snack_bar": Family(snack_bar.make, snack_bar.SnackBar),
    "toothpaste_tube": Family(toothpaste_tube.make, toothpaste_tube.ToothpasteTube),
    "tube_box": Family(tube_box.make, tube_box.TubeBox),
}

__all__ = ["FAMILIES"]
