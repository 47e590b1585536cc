"""Recipe + frame → Scene."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from synthvision.assets import AssetStore, Catalog, load_catalog
from synthvision.assets.types import Asset, AssetSource, GeneratedAsset, Material
from synthvision.errors import FrameError, PlacementError
from synthvision.recipe.model import Ground, ObjectGroup, OnSurface, Recipe, Things
from synthvision.recipe.names import group_names, light_names
from synthvision.sampling.cameras import draw_camera
from synthvision.sampling.draws import Draws, draw_variables
from synthvision.sampling.lights import draw_lights, draw_world
from synthvision.sampling.materials import resolve_materials
from synthvision.sampling.placing import TRIES, Arrangement, Thing, find_place
from synthvision.sampling.quantiles import pick
from synthvision.sampling.shapes import ShapeStore
from synthvision.sampling.sources import Sources
from synthvision.sampling.streams import Streams
from synthvision.scene import Instance, Matrix, Scene, SensorSettings
from synthvision.scene.poses import as_matrix, identity


@dataclass(frozen=True, eq=False)
class _Placed:
    """An instance with its place, before it has its number."""

    name: str
    source: AssetSource
    label: str
    asset: Asset
    pose: Matrix


class SceneSampler:
    """Draws the scenes of one recipe and seed. Any frame, in any order, is the same scene to the last bit.

    ``catalog`` is the bundled one unless given. What is kept between frames is a cache and nothing else.
    """

    def __init__(self, recipe: Recipe, store: AssetStore, seed: int, catalog: Catalog | None = None) -> None:
        self._recipe = recipe
        self._store = store
        self._seed = seed
        self._streams = Streams(seed, recipe.sampling == "stratified")
        self._sources = Sources(recipe, load_catalog() if catalog is None else catalog, self._streams)
        self._shapes = ShapeStore()
        self._groups: tuple[Things, ...] = (*recipe.objects, *recipe.distractors)
        self._names = group_names(self._groups)
        self._lights = light_names(recipe.lights)
        self._order = placing_order(self._names, [_support(group) for group in self._groups])
        self._category_ids = {category.name: number for number, category in enumerate(recipe.categories, start=1)}

    def draw(self, frame_index: int, attempt: int = 0) -> Scene:
        """Draw the scene of a frame; ``attempt`` counts the draws that ``require:`` has refused.

        Raises:
            PlacementError: if an instance, or the camera, finds no free place.
            FrameError: if a value that was drawn makes no sense, such as a size of 0.
            AssetError: if an asset or texture cannot be used.
        """
        variables = draw_variables(self._recipe.variables, self._streams, frame_index, attempt)
        draws = Draws(self._streams, frame_index, attempt, variables)
        standing = Arrangement()
        placed = {index: self._place_group(index, draws, standing) for index in self._order}
        instances, meshes = self._instances(placed, draws)
        has_ground = self._recipe.ground is not None
        return Scene(
            frame_index=frame_index,
            attempt=attempt,
            seed=self._seed,
            meshes=meshes,
            instances=instances,
            lights=draw_lights(self._recipe.lights, self._lights, draws),
            world=draw_world(self._recipe.world, draws, self._sources),
            camera=draw_camera(self._recipe.cameras[0], draws, standing, has_ground),
            sensor=self._sensor(draws),
            variables=variables,
            split=self._split(frame_index),
            scene_index=frame_index,
            asset_root=self._recipe.folder,
        )

    def _place_group(self, index: int, draws: Draws, standing: Arrangement) -> list[_Placed]:
        group, name = self._groups[index], self._names[index]
        count = draws.count(group.count, f"{name}/count")
        return [self._place(index, f"{name}/{number}", count, draws, standing) for number in range(count)]

    def _place(self, index: int, name: str, count: int, draws: Draws, standing: Arrangement) -> _Placed:
        group, group_name = self._groups[index], self._names[index]
        label, source = self._sources.asset(group, index, name, draws)
        asset = self._store.asset(source)
        shape = self._shapes.shape(asset.mesh)
        scale = draws.positive(group.scale, f"{name}/scale")
        if group.size_m is not None:
            longest = float((shape.bounds[1] - shape.bounds[0]).max())
            if longest == 0:
                raise FrameError(f"{name}: size_m must be of an asset with an extent, got '{label}', a point")
            scale *= draws.positive(group.size_m, f"{name}/size_m") / longest
        thing = Thing(name, group_name, shape, scale, group.rotation, group.place)
        body = find_place(thing, draws, standing, self._recipe.ground is not None)
        if body is None:
            raise PlacementError(_no_place(draws.frame_index, group_name, count, len(standing.of_group(group_name))))
        standing.add(group_name, body)
        return _Placed(name, source, label, asset, as_matrix(body.pose))

    def _instances(
        self, placed: Mapping[int, Sequence[_Placed]], draws: Draws
    ) -> tuple[tuple[Instance, ...], dict[str, AssetSource]]:
        """Number the instances in recipe order, the ground last; returns them and the sources of their meshes."""
        instances: list[Instance] = []
        meshes: dict[str, AssetSource] = {}
        for index, group in enumerate(self._groups):
            for one in placed[index]:
                instances.append(self._instance(one, group, len(instances) + 1, draws))
                meshes[one.asset.mesh.content_hash] = one.source
        if self._recipe.ground is not None:
            source = GeneratedAsset("plane", (("size_m", self._recipe.ground.size_m),))
            instances.append(self._ground(self._recipe.ground, source, draws))
            meshes[instances[-1].mesh] = source
        return tuple(instances), meshes

    def _instance(self, one: _Placed, group: Things, number: int, draws: Draws) -> Instance:
        labelled = isinstance(group, ObjectGroup)
        category = group.category if isinstance(group, ObjectGroup) else ""
        one_asset = isinstance(group.asset, str)
        materials = resolve_materials(
            one.asset.materials, group.material, f"{one.name}/material", draws, self._sources, all_slots=one_asset
        )
        return Instance(
            name=one.name,
            mesh=one.asset.mesh.content_hash,
            object_to_world=one.pose,
            materials=materials,
            instance_id=number if labelled else 0,
            category_id=self._category_ids[category] if labelled else 0,
            category=category,
            asset=one.label,
        )

    def _ground(self, ground: Ground, source: AssetSource, draws: Draws) -> Instance:
        asset = self._store.asset(source)
        tile_m = draws.positive(ground.tile_m, "ground/tile_m")
        materials = resolve_materials(asset.materials, ground.material, "ground/material", draws, self._sources)
        return Instance(
            name="ground",
            mesh=asset.mesh.content_hash,
            object_to_world=as_matrix(identity()),
            materials=tuple(_tiled(material, tile_m) for material in materials),
            asset="plane",
        )

    def _sensor(self, draws: Draws) -> SensorSettings:
        sensor = self._recipe.sensor
        return SensorSettings(
            exposure_ev=draws.number(sensor.exposure_ev, "sensor/exposure_ev"),
            view=sensor.view,
            shot_noise=sensor.shot_noise,
            read_noise_e=draws.not_negative(sensor.read_noise_e, "sensor/read_noise_e"),
            full_well_e=draws.positive(sensor.full_well_e, "sensor/full_well_e"),
            noise_seed=int(draws.uniform("sensor/noise_seed") * (1 << 32)),
        )

    def _split(self, frame_index: int) -> str:
        """Return the frame's split; it is the same for every attempt, so a refusal moves no frame to another split."""
        names = list(self._recipe.splits)
        if not names:
            return ""
        return names[pick(list(self._recipe.splits.values()), self._streams.uniform("split", frame_index))]


def placing_order(names: Sequence[str], supports: Sequence[str]) -> tuple[int, ...]:
    """Return the order in which groups are placed: the recipe's, but what others stand on comes before them.

    Raises:
        PlacementError: if a group stands, by way of others, on itself.
    """
    order: list[int] = []
    waiting = list(range(len(names)))
    while waiting:
        missing = {names[index] for index in waiting}
        ready = next((index for index in waiting if supports[index] not in missing), None)
        if ready is None:
            circle = ", ".join(f"'{names[index]}'" for index in waiting)
            raise PlacementError(f"objects: place.on must lead to the ground, got a circle among {circle}")
        order.append(ready)
        waiting.remove(ready)
    return tuple(order)


def _support(group: Things) -> str:
    return group.place.on if isinstance(group.place, OnSurface) else ""


def _no_place(frame_index: int, group: str, count: int, placed: int) -> str:
    return (
        f"frame {frame_index}: objects '{group}': each of the {count} instances must find a free place within {TRIES}"
        f" tries, got {placed} placed; ask for fewer or smaller objects, or for a larger region"
    )


def _tiled(material: Material, tile_m: float) -> Material:
    return replace(material, uv_scale=material.uv_scale / tile_m)
