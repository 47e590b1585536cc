"""What has been placed becomes the scene's instances."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from synthvision.assets import AssetStore
from synthvision.assets.types import AssetSource, GeneratedAsset, Material
from synthvision.recipe.model import Category, Ground, ObjectGroup
from synthvision.sampling.draws import Draws
from synthvision.sampling.groups import Group, Look, Placed
from synthvision.sampling.materials import resolve_materials
from synthvision.sampling.sources import Sources
from synthvision.sampling.traits import TraitFinder
from synthvision.scene import Instance, Traits
from synthvision.scene.poses import as_matrix, identity


class Numbered:
    """The instances of a scene in the making, numbered in the order in which they are added, and their meshes.

    ``traits`` are those of the meshes of labelled instances; where meshes of several groups are equal, the first has
    its say.
    """

    def __init__(
        self, categories: Sequence[Category], store: AssetStore, sources: Sources, finder: TraitFinder
    ) -> None:
        self._categories = {category.name: (number, category) for number, category in enumerate(categories, start=1)}
        self._store = store
        self._sources = sources
        self._finder = finder
        self._materials: dict[tuple[int, str], tuple[Material, ...]] = {}
        self.instances: list[Instance] = []
        self.meshes: dict[str, AssetSource] = {}
        self.traits: dict[str, Traits] = {}

    @property
    def labelled(self) -> int:
        """How many have a number."""
        return max((instance.instance_id for instance in self.instances), default=0)

    def add(self, group: Group, placed: Sequence[Placed]) -> None:
        """Add the instances of a group; those of a group of objects have numbers and a category."""
        declared = group.declared
        number, category = self._categories[declared.category] if isinstance(declared, ObjectGroup) else (0, None)
        for one in placed:
            thing, look = one.thing, one.thing.look
            mesh = look.asset.content_hash
            self.meshes[mesh] = look.source
            self._add_traits(group, look)
            self.instances.append(
                Instance(
                    name=thing.name,
                    mesh=mesh,
                    object_to_world=as_matrix(one.body.pose),
                    materials=self._materials_of(look, group),
                    instance_id=0 if category is None else len(self.instances) + 1,
                    category_id=number,
                    category="" if category is None else category.name,
                    asset=look.label,
                    see_through=category is not None and category.surface == "see_through",
                    velocity_m_s=thing.draws.vector(declared.velocity_m_s, f"{thing.name}/velocity_m_s"),
                    spin_deg_s=thing.draws.vector(declared.spin_deg_s, f"{thing.name}/spin_deg_s"),
                )
            )

    def _add_traits(self, group: Group, look: Look) -> None:
        mesh = look.asset.content_hash
        if isinstance(group.declared, ObjectGroup) and mesh not in self.traits:
            found = self._finder.traits(group.declared, group.index, look.label, look.asset)
            if found is not None:
                self.traits[mesh] = found

    def _materials_of(self, look: Look, group: Group) -> tuple[Material, ...]:
        """Draw the materials of a look, once for all instances that share it."""
        key = group.index, look.name
        if key not in self._materials:
            declared = group.declared
            self._materials[key] = resolve_materials(
                look.asset.materials,
                declared.material,
                f"{look.name}/material",
                look.draws,
                self._sources,
                all_slots=isinstance(declared.asset, str),
            )
        return self._materials[key]

    def add_ground(self, ground: Ground, draws: Draws) -> None:
        """Add the plane at z = 0."""
        source = GeneratedAsset("plane", (("size_m", ground.size_m),))
        asset = self._store.asset(source)
        tile_m = draws.positive(ground.tile_m, "ground/tile_m")
        materials = resolve_materials(asset.materials, ground.material, "ground/material", draws, self._sources)
        self.meshes[asset.content_hash] = source
        self.instances.append(
            Instance(
                name="ground",
                mesh=asset.content_hash,
                object_to_world=as_matrix(identity()),
                materials=tuple(_tiled(material, tile_m) for material in materials),
                asset="plane",
            )
        )


def _tiled(material: Material, tile_m: float) -> Material:
    return replace(material, uv_scale=material.uv_scale / tile_m)
