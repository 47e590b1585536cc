import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthvision.assets.types import AssetFile, GeneratedAsset, Material, Texture
from synthvision.errors import DatasetError
from synthvision.scene.json_form import scene_from_json, scene_to_json
from synthvision.scene.types import (
    Camera,
    Instance,
    Keypoint,
    Light,
    Mix,
    Scene,
    SensorSettings,
    Symmetry,
    Traits,
    World,
)

number = st.floats(allow_nan=False, allow_infinity=False)
vector = st.tuples(number, number, number)
row = st.tuples(number, number, number, number)
matrix = st.tuples(row, row, row, row)
parameters = st.lists(st.tuples(st.text(max_size=5), number), max_size=2).map(tuple)
texture = st.builds(
    Texture, st.sampled_from(["generated", "file", "embedded"]), st.text(max_size=8), parameters, st.text(max_size=4)
)
material = st.builds(
    Material,
    name=st.text(max_size=5),
    base_colour=vector,
    roughness=number,
    emission_w_m2=vector,
    double_sided=st.booleans(),
    base_colour_texture=st.none() | texture,
    normal_texture=st.none() | texture,
)
source = st.builds(GeneratedAsset, st.text(max_size=5), parameters) | st.builds(
    AssetFile, st.text(max_size=9), st.text(max_size=5), number, st.sampled_from(["x", "y", "z", "auto"])
)
light = st.builds(
    Light, st.text(max_size=3), st.sampled_from(["area", "point", "sun", "spot"]), number, vector, vector, vector
)


@st.composite
def scenes(draw):
    meshes = draw(st.dictionaries(st.text("0123456789abcdef", min_size=1, max_size=8), source, min_size=1, max_size=3))
    instance = st.builds(
        Instance,
        name=st.text(max_size=6),
        mesh=st.sampled_from(list(meshes)),
        object_to_world=matrix,
        materials=st.lists(material, max_size=2).map(tuple),
        instance_id=st.integers(0, 65535),
        category_id=st.integers(0, 65535),
        category=st.text(max_size=4),
        asset=st.text(max_size=4),
    )
    return Scene(
        frame_index=draw(st.integers(0, 10**7)),
        attempt=draw(st.integers(0, 50)),
        seed=draw(st.integers(-(2**70), 2**70)),
        meshes=meshes,
        instances=tuple(draw(st.lists(instance, max_size=4))),
        lights=tuple(draw(st.lists(light, max_size=2))),
        world=draw(st.builds(World, vector, number, st.none() | texture, number)),
        camera=draw(
            st.builds(Camera, st.integers(8, 999), st.integers(8, 999), number, number, number, number, matrix)
        ),
        sensor=draw(st.builds(SensorSettings, exposure_ev=number, view=st.sampled_from(["srgb", "filmic"]))),
        variables=draw(st.dictionaries(st.text(max_size=4), number | vector, max_size=3)),
        split=draw(st.sampled_from(["", "train", "prüfung"])),
        mix=draw(st.none() | st.builds(Mix, st.integers(0, 99), st.lists(number, max_size=3).map(tuple), number)),
    )


def through_text(scene, root=Path()):
    return scene_from_json(json.loads(json.dumps(scene_to_json(scene), allow_nan=False)), root)


@settings(max_examples=80, deadline=None)
@given(scenes())
def test_every_scene_comes_back_to_the_last_bit(scene):
    again = through_text(scene)
    assert again == scene
    assert repr(replace(again, meshes=dict(scene.meshes))) == repr(scene)  # repr tells -0.0 from 0.0


IDENTITY = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))


def small_scene(count=1, materials=None):
    instances = tuple(
        Instance(
            name=f"mug/{i}",
            mesh="a" * 64,
            object_to_world=tuple(tuple(v / 3 + i for v in line) for line in IDENTITY),
            materials=materials(i) if materials else (Material(),),
            instance_id=i + 1,
            category_id=1,
            category="mug",
            asset="mug",
        )
        for i in range(count)
    )
    camera = Camera(640, 480, 600.0, 600.0, 320.0, 240.0, IDENTITY)
    meshes = {"a" * 64: GeneratedAsset("mug", (("radius_m", 0.04),))}
    traits = {"a" * 64: Traits((Keypoint("rim", (0.0, 0.04, 0.1)),), (Symmetry((0.0, 0.0, 1.0), 2),))}
    return Scene(3, 1, 0, meshes, instances, (), World(), camera, traits=traits, mix=Mix(2, (0.5,)))


def test_asset_root_is_given_by_the_reader_and_not_written():
    scene = replace(small_scene(), asset_root=Path("/somewhere/else"))
    assert "somewhere" not in json.dumps(scene_to_json(scene))
    assert through_text(scene, Path("/here")).asset_root == Path("/here")


def test_equal_materials_stand_once():
    data = scene_to_json(small_scene(40, lambda i: (Material(roughness=0.1), Material(roughness=0.2 + i % 2))))
    assert len(data["materials"]) == 3
    assert data["instances"][7]["materials"] == [0, 2]


def test_zero_and_minus_zero_stay_two_materials():
    scene = small_scene(2, lambda i: (Material(metallic=0.0 if i else -0.0),))
    assert [str(i.materials[0].metallic) for i in through_text(scene).instances] == ["-0.0", "0.0"]


def test_a_line_of_500_instances_with_own_colours_is_well_below_a_megabyte():
    scene = small_scene(500, lambda i: (Material(base_colour=(i / 7, i / 11, i / 13)),))
    assert len(json.dumps(scene_to_json(scene), separators=(",", ":"))) < 500_000


def test_every_field_of_a_scene_but_asset_root_is_written():
    assert {f.name for f in fields(Scene)} - set(scene_to_json(small_scene())) == {"asset_root"}


def edited(path, value):
    data = json.loads(json.dumps(scene_to_json(small_scene())))
    *steps, last = path
    target = data
    for step in steps:
        target = target[step]
    if value is KeyError:
        del target[last]
    else:
        target[last] = value
    return data


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("colour",), 1, "scene: key must be one of attempt, camera, decals, depth_sensor, frame_index, "),
        (("camera", "fxx"), 1.0, "got 'fxx'; did you mean 'fx'?"),
        (("camera", "fx"), KeyError, "scene.camera: keys must include fx, got "),
        (("camera", "fx"), "600", "scene.camera.fx: value must be float, got '600'"),
        (("camera", "width_px"), True, "scene.camera.width_px: value must be int, got True"),
        (("instances", 0, "mesh"), 5, "scene.instances[0].mesh: index must be 0 to 0, got 5"),
        (("instances", 0, "materials"), [-1], "scene.instances[0].materials: index must be 0 to 0, got -1"),
        (("instances", 0, "weight"), 5, "scene.instances[0]: key must be one of asset, "),
        (("instances", 0, "object_to_world"), [1], "[0].object_to_world: list must have 4 entries, got 1"),
        (("sensor", "view"), "filmik", "must be one of srgb, filmic, linear, got 'filmik'; did you mean 'filmic'?"),
        (("lights",), {}, "scene.lights: value must be a list, got {}"),
        (("world",), 3, "scene.world: value must be a mapping, got 3"),
        (("meshes", 0, "source", "size"), 3, "scene.meshes[0].source: key must be one of generator, para"),
        (("materials", 0, "roughness"), None, "scene.materials[0].roughness: value must be float, got None"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(path, value, message):
    with pytest.raises(DatasetError) as caught:
        scene_from_json(edited(path, value), Path())
    assert message in str(caught.value)
