"""Scene ⇄ plain JSON, exact both ways: ``scene_from_json(scene_to_json(scene), root) == scene`` to the last bit.

The form is that of the dataclasses, key by key, with three differences that keep a line of 500 instances small: each
distinct material stands once in the table ``materials`` and instances hold indices into it; instances hold an
index into the list ``meshes``; a key whose value is None, and ``traits`` and ``mix`` where there are none, is left out.
``asset_root`` is of one machine and is not written.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, get_type_hints

from synthvision.assets.types import AssetFile, AssetSource, GeneratedAsset, Material
from synthvision.errors import DatasetError
from synthvision.scene.typed_json import (
    check_keys,
    plain_fields,
    read_list,
    read_mapping,
    read_typed,
    required_keys,
    to_plain,
)
from synthvision.scene.types import (
    Camera,
    Decal,
    DepthSensor,
    Instance,
    Light,
    Mix,
    Scene,
    SensorSettings,
    Traits,
    Vector,
    World,
)

Json = dict[str, Any]

_INSTANCE_HINTS = get_type_hints(Instance)
_SCENE_KEYS = frozenset(field.name for field in fields(Scene)) - {"asset_root"} | {"materials"}
_REQUIRED_KEYS = _SCENE_KEYS - {"traits", "mix"}
_INSTANCE_OWN_FORM = ("mesh", "object_to_world", "materials")


def scene_to_json(scene: Scene) -> Json:
    """Write a scene as JSON values (dict, list, str, int, float, bool); floats keep every bit through ``repr``."""
    mesh_index = {mesh: index for index, mesh in enumerate(scene.meshes)}
    table = _MaterialTable()
    traits = {"traits": to_plain(scene.traits)} if scene.traits else {}
    mix = {} if scene.mix is None else {"mix": to_plain(scene.mix)}
    return {
        **traits,
        **mix,
        "frame_index": scene.frame_index,
        "attempt": scene.attempt,
        "seed": scene.seed,
        "split": scene.split,
        "variables": to_plain(scene.variables),
        "meshes": [{"hash": mesh, "source": to_plain(source)} for mesh, source in scene.meshes.items()],
        "instances": [_instance_to_json(instance, mesh_index, table) for instance in scene.instances],
        "materials": table.rows,
        "lights": to_plain(scene.lights),
        "world": to_plain(scene.world),
        "camera": to_plain(scene.camera),
        "sensor": to_plain(scene.sensor),
        "scene_index": scene.scene_index,
        "decals": to_plain(scene.decals),
        "depth_sensor": None if scene.depth_sensor is None else to_plain(scene.depth_sensor),
    }


def scene_from_json(data: Mapping[str, Any], asset_root: Path) -> Scene:
    """Read what ``scene_to_json`` wrote. ``asset_root`` is where the scene's relative paths start on this machine.

    Raises:
        DatasetError: naming the key, for one that is unknown or missing and for a value of the wrong type.
    """
    check_keys(data, _SCENE_KEYS, _REQUIRED_KEYS, "scene")
    meshes = _meshes_from_json(data["meshes"])
    materials = read_typed(tuple[Material, ...], data["materials"], "scene.materials")
    hashes = list(meshes)
    return Scene(
        frame_index=read_typed(int, data["frame_index"], "scene.frame_index"),
        attempt=read_typed(int, data["attempt"], "scene.attempt"),
        seed=read_typed(int, data["seed"], "scene.seed"),
        meshes=meshes,
        instances=tuple(
            _instance_from_json(row, hashes, materials, f"scene.instances[{index}]")
            for index, row in enumerate(read_list(data["instances"], "scene.instances"))
        ),
        lights=read_typed(tuple[Light, ...], data["lights"], "scene.lights"),
        world=read_typed(World, data["world"], "scene.world"),
        camera=read_typed(Camera, data["camera"], "scene.camera"),
        sensor=read_typed(SensorSettings, data["sensor"], "scene.sensor"),
        variables=read_typed(dict[str, float | Vector], data["variables"], "scene.variables"),
        split=read_typed(str, data["split"], "scene.split"),
        scene_index=read_typed(int, data["scene_index"], "scene.scene_index"),
        decals=read_typed(tuple[Decal, ...], data["decals"], "scene.decals"),
        depth_sensor=read_typed(DepthSensor | None, data["depth_sensor"], "scene.depth_sensor"),
        traits=read_typed(dict[str, Traits], data.get("traits", {}), "scene.traits"),
        mix=read_typed(Mix, data["mix"], "scene.mix") if "mix" in data else None,
        asset_root=asset_root,
    )


class _MaterialTable:
    """Rows of distinct materials; told apart by their text, so that 0.0 and -0.0 stay two."""

    def __init__(self) -> None:
        self.rows: list[Json] = []
        self._index_of_text: dict[str, int] = {}
        self._index_of_object: dict[int, int] = {}

    def index(self, material: Material) -> int:
        known = self._index_of_object.get(id(material))
        if known is None:
            row: Json = to_plain(material)
            known = self._index_of_text.setdefault(json.dumps(row), len(self.rows))
            if known == len(self.rows):
                self.rows.append(row)
            self._index_of_object[id(material)] = known
        return known


def _meshes_from_json(data: Any) -> dict[str, AssetSource]:
    meshes: dict[str, AssetSource] = {}
    for index, row in enumerate(read_list(data, "scene.meshes")):
        where = f"scene.meshes[{index}]"
        check_keys(row, {"hash", "source"}, {"hash", "source"}, where)
        source = read_mapping(row["source"], f"{where}.source")
        kind: type[AssetSource] = GeneratedAsset if "generator" in source else AssetFile
        meshes[read_typed(str, row["hash"], f"{where}.hash")] = read_typed(kind, source, f"{where}.source")
    return meshes


def _instance_to_json(instance: Instance, mesh_index: Mapping[str, int], table: _MaterialTable) -> Json:
    row = plain_fields(instance, without=_INSTANCE_OWN_FORM)
    row["mesh"] = mesh_index[instance.mesh]
    row["object_to_world"] = [list(line) for line in instance.object_to_world]
    row["materials"] = [table.index(material) for material in instance.materials]
    return row


def _instance_from_json(row: Any, hashes: Sequence[str], materials: Sequence[Material], where: str) -> Instance:
    hints = _INSTANCE_HINTS
    check_keys(row, hints.keys(), required_keys(Instance), where)
    rest = row.keys() - _INSTANCE_OWN_FORM
    plain = {key: read_typed(hints[key], row[key], f"{where}.{key}") for key in rest}
    indices = read_list(row["materials"], f"{where}.materials")
    return Instance(
        mesh=_entry(hashes, row["mesh"], f"{where}.mesh"),
        object_to_world=read_typed(hints["object_to_world"], row["object_to_world"], f"{where}.object_to_world"),
        materials=tuple(_entry(materials, index, f"{where}.materials") for index in indices),
        **plain,
    )


def _entry(table: Sequence[Any], index: Any, where: str) -> Any:
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(table):
        raise DatasetError(f"{where}: index must be 0 to {len(table) - 1}, got {index!r}")
    return table[index]
