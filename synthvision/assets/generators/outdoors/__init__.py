"""What stands on roads and in yards."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.families import Family
from synthvision.assets.generators.outdoors import (
    barriers,
    buildings,
    container,
    ground,
    plants,
    signs,
    stacks,
    vehicles,
)

FAMILIES: Mapping[str, Family] = {
    "bollard": Family(barriers.make_bollard, barriers.Bollard),
    "bush": Family(plants.make_bush, plants.Bush),
    "car": Family(vehicles.make_car, vehicles.Car),
    "grass_tuft": Family(plants.make_grass, plants.GrassTuft),
    "lamp_post": Family(barriers.make_lamp_post, barriers.LampPost),
    "lumber_pile": Family(stacks.make_lumber, stacks.LumberPile),
    "pallet_stack": Family(stacks.make_pallets, stacks.PalletStack),
    "parking_bays": Family(ground.make_bays, ground.ParkingBays),
    "pipe_stack": Family(stacks.make_pipes, stacks.PipeStack),
    "rice_grain": Family(ground.make_rice, ground.RiceGrain),
    "road": Family(ground.make_road, ground.Road),
    "road_sign_speed": Family(signs.make_speed, signs.Speed),
    "road_sign_stop": Family(signs.make_stop, signs.Stop),
    "road_sign_warning": Family(signs.make_warning, signs.Danger),
    "road_sign_yield": Family(signs.make_yield, signs.Yield),
    "shed": Family(buildings.make, buildings.Shed),
    "shipping_container": Family(container.make, container.Container),
    "skip": Family(stacks.make_skip, stacks.Skip),
    "stone": Family(ground.make_stone, ground.Stone),
    "traffic_barrier": Family(barriers.make_barrier, barriers.Barrier),
    "tree": Family(plants.make_tree, plants.Tree),
    "truck": Family(vehicles.make_truck, vehicles.Truck),
    "van": Family(vehicles.make_van, vehicles.Van),
}

__all__ = ["FAMILIES"]
