"""Every number, colour, position, direction, region and name that a recipe can randomize shows: two renders that differ in it alone differ.

The table is checked against the recipe's own sections, so a new field without a line here fails.
"""

# ruff: noqa: E501, PLW0108 - a table: one factor a line, each with what the recipe has besides

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.assets import AssetStore
from synthvision.labels import Labeller
from synthvision.recipe import model, recipe_from_dict
from synthvision.recipe.legal import Section
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.types import RenderSettings
from synthvision.sampling import SceneSampler
from synthvision.sensor import develop, measure_depth

SIZE = [48, 36]
MUG = {"asset": "mug", "category": "mug", "place": {"at_m": [0, 0, 0]}, "variants": 1}
BASE = {
    "version": 1,
    "name": "factor",
    "categories": ["mug"],
    "objects": [MUG],
    "ground": {"material": {"kind": "matte", "colour": {"rgb": [0.5, 0.45, 0.4]}}},
    "lights": [{"type": "area", "power_w": 15, "position": {"at_m": [0.4, -0.5, 1]}}],
    "world": {"colour": {"rgb": [0.3, 0.3, 0.3]}},
    "camera": {"resolution": SIZE, "position": {"at_m": [0.42, -0.12, 0.24]}, "look_at": {"at_m": [0, 0, 0.05]}, "fov_deg": 30},
    "sensor": {"view": "linear", "exposure_ev": -0.5},
}  # fmt: skip
DECAL = {"texture": "scratch", "category": "scratch", "size_m": 0.06, "side": "visible", "count": 1}
SMALL = {"asset": "die", "category": "mug", "variants": 1, "rotation": {"yaw_deg": 20}}


def of_mug(**fields: object) -> dict[str, object]:
    return {"objects": [{**MUG, **fields}]}


def turned(**angles: object) -> dict[str, object]:
    return of_mug(rotation=angles)


def of_dice(**fields: object) -> dict[str, object]:
    return {"objects": [{**SMALL, **fields}]}


def material(**fields: object) -> dict[str, object]:
    return of_mug(material={"colour": {"rgb": [0.7, 0.2, 0.1]}, **fields})


def decal(**fields: object) -> dict[str, object]:
    return {"categories": ["mug", "scratch"], **of_mug(decals=[{**DECAL, **fields}])}


def light(kind: str, **fields: object) -> dict[str, object]:
    strength = "irradiance_w_m2" if kind == "sun" else "power_w"
    common: dict[str, object] = {"type": kind, strength: 5}
    if kind in {"area", "point", "spot"}:
        common["position"] = {"at_m": [0.3, -0.3, 0.8]}
    return {"lights": [{**common, **fields}]}


def camera(**fields: object) -> dict[str, object]:
    return {"camera": {**BASE["camera"], **fields}}


def lens(**fields: object) -> dict[str, object]:
    return camera(lens=fields)


def sensor(**fields: object) -> dict[str, object]:
    return {"sensor": {**BASE["sensor"], **fields}}


def depth_sensor(**fields: object) -> dict[str, object]:
    return {"depth_sensor": {"dropout": 0, **fields}}


def world(**fields: object) -> dict[str, object]:
    return {"world": fields}


def dropped(**fields: object) -> dict[str, object]:
    place = {"drop": {"within": {"disc": {"radius_m": 0.02}}, "height_m": 0.05}}
    return {"objects": [{**SMALL, "rotation": "any", "count": 3, "place": place, "physics": fields}]}


def dropped_together(**fields: object) -> dict[str, object]:
    """Let dice with these properties fall among plain ones."""
    (plain,) = dropped()["objects"]
    return {"objects": [plain, {**plain, "name": "other", "physics": fields}]}


def shelved(**fields: object) -> dict[str, object]:
    shelf = {"asset": "retail_shelf", "name": "shelf", "variants": 1, "place": {"at_m": [0, 0.6, 0]}}
    cans = {"asset": "can", "category": "mug", "count": 8, "variants": 2, "place": {"shelf": {"of": "shelf", **fields}}}
    return {"distractors": [shelf], "objects": [cans], **camera(position={"at_m": [0, -1.6, 1.2]}, fov_deg=60)}


GRADIENT = {"horizon": {"rgb": [0.5, 0.4, 0.3]}, "zenith": {"rgb": [0.2, 0.3, 0.6]}, "nadir": {"rgb": [0.1, 0.1, 0.1]}}
SKY = {"latitude_deg": 50, "day": 150, "hour": 10}
NO_GROUND = {"ground": None}
LOW = camera(position={"at_m": [0.42, -0.12, 0.06]}, fov_deg=60)
PIXELS = {"fx": 100, "fy": 100, "cx": 24, "cy": 18}

HERE_AND_THERE = [{"disc": {"radius_m": 0.02, "centre_m": [0, y]}} for y in (0, 0.03)]

# What stands for a field of which section: what the recipe has besides, and two values of the field.
FACTORS: dict[str, tuple[object, object, object]] = {
    "Decal.count": (decal, 1, 3),
    "Decal.size_m": (decal, 0.04, 0.08),
    "Decal.roughness": (lambda **f: decal(texture="sticker", size_m=0.07, **f), 0.0, 1.0),
    "Decal.metallic": (decal, 0.0, 1.0),
    "Decal.bump_m": (decal, 0.0, 0.002),
    "Decal.tint": (decal, 0.0, 1.0),
    "Material.colour": (material, {"rgb": [0.1, 0.2, 0.8]}, {"rgb": [0.8, 0.2, 0.1]}),
    "Material.texture_scale": (lambda **f: material(texture="checker", **f), 1.0, 3.0),
    "Material.metallic": (material, 0.0, 1.0),
    "Material.roughness": (material, 0.1, 0.9),
    "Material.specular": (lambda **f: material(roughness=0.2, **f), 0.0, 1.0),
    "Material.coat": (material, 0.0, 1.0),
    "Material.emission_w_m2": (material, 0.0, 3.0),
    "Material.transmission": (material, 0.0, 1.0),
    "Material.pattern_scale": (lambda **f: material(kind="wood", **f), 1.0, 3.0),
    "Material.wear": (lambda **f: material(kind="painted_metal", **f), 0.0, 0.8),
    "Material.dust": (lambda **f: material(kind="plastic", **f), 0.0, 0.8),
    "Material.fingerprints": (lambda **f: material(kind="plastic", **f), 0.0, 1.0),
    "Material.scratches": (lambda **f: material(kind="plastic", **f), 0.0, 1.0),
    "InVolume.in_": (lambda in_: of_mug(place={"in": in_}, rotation={"yaw_deg": 0}),
                     {"box": {"size_m": [0.01, 0.01, 0.01], "centre_m": [0, 0, 0.08]}},
                     {"box": {"size_m": [0.01, 0.01, 0.01], "centre_m": [0, 0.03, 0.08]}}),
    "AtPoint.at_m": (lambda at_m: of_mug(place={"at_m": at_m}), [0, 0, 0], [0, 0.02, 0]),
    "PoissonDisk.spacing_m": (lambda **f: of_dice(count=4, place={"poisson_disk": {"within": {"disc": {"radius_m": 0.08}}, **f}}), 0.02, 0.05),
    "Grid.pitch_m": (lambda **f: of_dice(count=4, place={"grid": {"columns": 2, "rows": 2, **f}}), [0.03, 0.03], [0.05, 0.03]),
    "Grid.centre_m": (lambda **f: of_dice(count=2, place={"grid": {"columns": 2, "pitch_m": [0.04, 0.04], **f}}), [0, 0], [0.02, 0]),
    "Grid.heading_deg": (lambda **f: of_dice(count=2, place={"grid": {"columns": 2, "pitch_m": [0.04, 0.04], **f}}), 0, 30),
    "Grid.jitter_m": (lambda **f: of_dice(count=2, place={"grid": {"columns": 2, "pitch_m": [0.04, 0.04], **f}}), 0, 0.01),
    "Stack.height": (lambda **f: of_dice(count=4, place={"stack": {"within": {"disc": {"radius_m": 0.05}}, **f}}), 1, 4),
    "Stack.jitter_m": (lambda **f: of_dice(count=3, place={"stack": {"within": {"disc": {"radius_m": 0.01}}, "height": 3, **f}}), 0, 0.004),
    "Stack.jitter_deg": (lambda **f: of_dice(count=3, place={"stack": {"within": {"disc": {"radius_m": 0.01}}, "height": 3, **f}}), 0, 30),
    "Shelved.facings": (shelved, 1, 3),
    "Shelved.gap_m": (shelved, 0.002, 0.05),
    "Shelved.deep": (shelved, 1, 2),
    "Shelved.jitter_deg": (shelved, 0, 40),
    "Drop.height_m": (lambda height_m: of_dice(count=2, rotation="any", place={"drop": {"within": {"disc": {"radius_m": 0.02}}, "height_m": height_m}}), 0.01, 0.2),
    "Angles.yaw_deg": (turned, 0, 40),
    "Angles.pitch_deg": (turned, 0, 20),
    "Angles.roll_deg": (turned, 0, 20),
    "Turn.angle_deg": (lambda **f: of_mug(rotation={"about": {"axis": {"towards": [0, 1, 1]}, **f}}), 0, 30),
    "Physics.mass_kg": (dropped_together, 0.0005, 5.0),
    "Physics.density_kg_m3": (dropped_together, 100, 20000),
    "Physics.friction": (dropped, 0.01, 1.5),
    "Physics.damping": (dropped, 0.0, 20.0),
    "Things.parameters": (of_mug, {"height_m": 0.08}, {"height_m": 0.12}),
    "Things.count": (lambda **f: of_dice(place={"on": "ground", "within": {"disc": {"radius_m": 0.05}}}, **f), 1, 3),
    "Things.scale": (of_mug, 1.0, 1.2),
    "Things.size_m": (of_mug, 0.1, 0.15),
    "Things.velocity_m_s": (lambda **f: {**of_mug(**f), **camera(shutter_s=0.1)}, [0, 0, 0], [0, 0.4, 0]),
    "Things.spin_deg_s": (lambda **f: {**of_mug(**f), **camera(shutter_s=0.1)}, [0, 0, 0], [0, 0, 300]),
    "Ground.tile_m": (lambda **f: {"ground": {"material": {"texture": "checker"}, **f}}, 0.1, 0.25),
    "LookAt.at_m": (lambda **f: camera(look_at=f), [0, 0, 0.05], [0, 0.02, 0.05]),
    "LookAt.roll_deg": (lambda **f: camera(look_at={"at_m": [0, 0, 0.05], **f}), 0, 20),
    **{f"Intrinsics.{name}": (lambda _name=name, **f: camera(fov_deg=None, k={**PIXELS, **f}), value, value * 1.2) for name, value in PIXELS.items()},
    **{f"BrownConradyCoefficients.{name}": (lambda **f: lens(brown_conrady=f), 0.0, 0.1 if name[0] == "k" else 0.02) for name in ("k1", "k2", "p1", "p2", "k3", "k4", "k5", "k6")},
    **{f"KannalaBrandtCoefficients.{name}": (lambda **f: {**lens(kannala_brandt=f), **camera(fov_deg=80, lens={"kannala_brandt": f})}, 0.0, 0.1) for name in ("k1", "k2", "k3", "k4")},
    "DepthOfField.f_number": (lambda **f: camera(depth_of_field={"focus_m": 0.3, **f}), 2.0, 16.0),
    "DepthOfField.focus_m": (lambda **f: camera(depth_of_field={"f_number": 1.0, **f}), 0.2, 0.5),
    "Stereo.baseline_m": (lambda **f: camera(stereo=f), 0.02, 0.06),
    "Camera.fov_deg": (camera, 30, 40),
    "Camera.orthographic_m": (lambda **f: camera(fov_deg=None, **f), 0.2, 0.3),
    "Camera.position": (camera, {"at_m": [0.42, -0.12, 0.24]}, {"at_m": [0.42, -0.05, 0.24]}),
    "Camera.shutter_s": (lambda **f: camera(velocity_m_s=[0.3, 0, 0], **f), 0.0, 0.1),
    "Camera.velocity_m_s": (lambda **f: camera(shutter_s=0.1, **f), [0, 0, 0], [0.3, 0, 0]),
    "Camera.spin_deg_s": (lambda **f: camera(shutter_s=0.1, **f), [0, 0, 0], [0, 0, 200]),
    "LightBase.count": (lambda **f: light("point", **f), 1, 2),
    "LightBase.temperature_k": (lambda **f: light("point", **f), 2500, 8000),
    "LightBase.colour": (lambda **f: light("point", **f), {"rgb": [1, 0.5, 0.5]}, {"rgb": [0.5, 0.5, 1]}),
    "AreaLight.power_w": (lambda **f: light("area", **f), 5, 9),
    "AreaLight.size_m": (lambda **f: light("area", **f), 0.1, 0.8),
    "AreaLight.position": (lambda **f: light("area", **f), {"at_m": [0.3, -0.3, 0.8]}, {"at_m": [-0.3, -0.3, 0.8]}),
    "AreaLight.target_m": (lambda **f: light("area", **f), [0, 0, 0], [0.5, 0, 0.3]),
    "PointLight.power_w": (lambda **f: light("point", **f), 5, 9),
    "PointLight.radius_m": (lambda **f: light("point", **f), 0.01, 0.3),
    "PointLight.position": (lambda **f: light("point", **f), {"at_m": [0.3, -0.3, 0.8]}, {"at_m": [-0.3, -0.3, 0.8]}),
    "SunLight.irradiance_w_m2": (lambda **f: light("sun", **f), 2, 3),
    "SunLight.elevation_deg": (lambda **f: light("sun", **f), 30, 60),
    "SunLight.azimuth_deg": (lambda **f: light("sun", **f), 0, 90),
    "SunLight.angle_deg": (lambda **f: light("sun", **f), 0.5, 40),
    "SpotLight.power_w": (lambda **f: light("spot", **f), 5, 9),
    "SpotLight.cone_deg": (lambda **f: light("spot", **f), 15, 60),
    "SpotLight.blend": (lambda **f: light("spot", cone_deg=25, **f), 0.0, 1.0),
    "SpotLight.radius_m": (lambda **f: light("spot", **f), 0.01, 0.3),
    "SpotLight.position": (lambda **f: light("spot", **f), {"at_m": [0.3, -0.3, 0.8]}, {"at_m": [-0.3, -0.3, 0.8]}),
    "SpotLight.target_m": (lambda **f: light("spot", cone_deg=20, **f), [0, 0, 0], [0.1, 0.1, 0]),
    "RigBase.power_w": (lambda **f: light("ring", **f), 5, 9),
    "RigBase.target_m": (lambda **f: light("ring", **f), [0, 0, 0], [0.5, 0.5, 0]),
    "RigBase.distance_m": (lambda **f: light("ring", **f), 1, 2),
    "RigBase.azimuth_deg": (lambda **f: light("three_point", **f), 0, 90),
    "ThreePointRig.elevation_deg": (lambda **f: light("three_point", **f), 20, 60),
    "ThreePointRig.fill_share": (lambda **f: light("three_point", **f), 0.1, 0.9),
    "ThreePointRig.rim_share": (lambda **f: light("three_point", **f), 0.0, 2.0),
    "ThreePointRig.size_m": (lambda **f: light("three_point", **f), 0.1, 1.5),
    "RingRig.lamps": (lambda **f: light("ring", **f), 3, 8),
    "RingRig.elevation_deg": (lambda **f: light("ring", **f), 30, 80),
    "RingRig.size_m": (lambda **f: light("ring", **f), 0.05, 1.0),
    "StripRig.bars": (lambda **f: light("strip", **f), 1, 3),
    "StripRig.length_m": (lambda **f: light("strip", **f), 0.5, 2),
    "StripRig.width_m": (lambda **f: light("strip", **f), 0.05, 0.5),
    "StripRig.spacing_m": (lambda **f: light("strip", **f), 0.3, 1.2),
    "WindowRig.elevation_deg": (lambda **f: light("window", **f), 10, 60),
    "WindowRig.width_m": (lambda **f: light("window", **f), 0.3, 2),
    "WindowRig.height_m": (lambda **f: light("window", **f), 0.3, 2),
    "Sky.elevation_deg": (lambda **f: world(sky=f), 20, 50),
    "Sky.azimuth_deg": (lambda **f: world(sky={"elevation_deg": 30, **f}), 0, 90),
    "Sky.latitude_deg": (lambda **f: world(sky={**SKY, **f}), 10, 60),
    "Sky.day": (lambda **f: world(sky={**SKY, **f}), 1, 180),
    "Sky.hour": (lambda **f: world(sky={**SKY, **f}), 8, 12),
    "Sky.turbidity": (lambda **f: world(sky={**SKY, **f}), 2, 8),
    "Sky.clouds": (lambda **f: world(sky={**SKY, **f}), 0, 0.6),
    **{f"Gradient.{end}": (lambda **f: {**world(gradient={**GRADIENT, **f}), **NO_GROUND, **LOW}, {"rgb": [0.2, 0.2, 0.2]}, {"rgb": [0.9, 0.2, 0.2]}) for end in GRADIENT},
    "World.colour": (world, {"rgb": [0.2, 0.2, 0.2]}, {"rgb": [0.6, 0.3, 0.2]}),
    "World.strength": (lambda **f: world(colour={"rgb": [0.5, 0.5, 0.5]}, **f), 0.5, 1.0),
    "World.rotation_deg": (lambda **f: world(hdri="studio", **f), 0, 120),
    "World.backdrop_strength": (lambda **f: {**world(backdrop="backdrop.png", **f), **NO_GROUND, **LOW}, 0.4, 0.8),
    "WhiteBalance.temperature_k": (lambda **f: sensor(white_balance=f), 3000, 6500),
    "WhiteBalance.red": (lambda **f: sensor(white_balance=f), 0.8, 1.2),
    "WhiteBalance.blue": (lambda **f: sensor(white_balance=f), 0.8, 1.2),
    "Sensor.exposure_ev": (sensor, -1.0, 0.0),
    "Sensor.auto_exposure": (sensor, 0.1, 0.3),
    "Sensor.read_noise_e": (sensor, 0.0, 200.0),
    "Sensor.full_well_e": (lambda **f: sensor(shot_noise=True, **f), 500.0, 5000.0),
    "Sensor.vignetting": (sensor, 0.0, 0.5),
    "Sensor.chromatic_aberration_px": (sensor, 0.0, 3.0),
    "Sensor.defocus_px": (sensor, 0.0, 2.0),
    "Sensor.motion_px": (sensor, 0.0, 5.0),
    "Sensor.motion_deg": (lambda **f: sensor(motion_px=5.0, **f), 0.0, 90.0),
    "Sensor.sharpening": (sensor, 0.0, 1.5),
    "Sensor.jpeg_quality": (sensor, 10, 90),
    "DepthSensor.baseline_m": (depth_sensor, 0.01, 0.05),
    "DepthSensor.noise_px": (depth_sensor, 0.0, 0.5),
    "DepthSensor.noise_share": (lambda **f: depth_sensor(model="time_of_flight", **f), 0.0, 0.05),
    "DepthSensor.dropout": (lambda dropout: {"depth_sensor": {"dropout": dropout}}, 0.0, 0.3),
    "Turn.axis": (lambda axis: of_mug(rotation={"about": {"axis": axis, "angle_deg": 30}}), {"towards": [0, 1, 1]}, {"towards": [1, 0, 1]}),
    "UpTowards.up": (lambda up: of_mug(rotation={"up": up}), {"towards": [0, 0, 1]}, {"towards": [0, 1, 1]}),
    "OnSurface.within": (lambda within: of_dice(place={"on": "ground", "within": within}), *HERE_AND_THERE),
    "PoissonDisk.within": (lambda within: of_dice(place={"poisson_disk": {"spacing_m": 0.02, "within": within}}), *HERE_AND_THERE),
    "Stack.within": (lambda within: of_dice(place={"stack": {"height": 1, "within": within}}), *HERE_AND_THERE),
    "Scatter.within": (lambda within: of_dice(place={"scatter": {"within": within}}), *HERE_AND_THERE),
    "Drop.within": (lambda within: of_dice(place={"drop": {"within": within}}), *HERE_AND_THERE),
    "Things.asset": (of_mug, "mug", "can"),
    "Material.texture": (material, "checker", "marble"),
    "Decal.texture": (decal, "scratch", "sticker"),
    "Relight.light_gain": (lambda **f: {"relight": {"count": 2, "world_gain": 1, **f}}, 0.4, 2.0),
    "Relight.world_gain": (lambda **f: {"relight": {"count": 2, "light_gain": 1, **f}}, 0.4, 2.0),
    "Relight.emission_gain": (lambda **f: {**material(emission_w_m2=6), "relight": {"count": 2, "light_gain": 1, "world_gain": 1, **f}}, 0.4, 2.0),
    "World.hdri": (world, "studio", "sunny"),
    "World.backdrop": (lambda **f: {**world(**f), **NO_GROUND, **LOW}, "backdrop.png", "another.png"),
    "Camera.sensor": (lambda **f: camera(fov_deg=None, **f), "realsense_d435_colour", "zed_2_left"),
    "Recipe.variables": (lambda variables: {"variables": {"wide": variables}, **camera(fov_deg="wide")}, 30, 40),
    "Recipe.difficulty": (lambda difficulty: {"difficulty": difficulty, **camera(fov_deg={"easy": 30, "hard": 50})}, 0.0, 1.0),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("factors")
    cv2.imwrite(str(made / "backdrop.png"), np.arange(300, dtype=np.uint8).reshape(10, 10, 3))
    cv2.imwrite(str(made / "another.png"), np.full((10, 10, 3), 128, np.uint8))
    return made


@pytest.fixture(scope="module")
def shown(folder: Path):
    """Return what a recipe shows in its first frames: pictures, labels and measured depth, as arrays."""
    store = AssetStore(folder)
    renderer = BlenderRenderer(RenderSettings(2, 0.0, "none"), store)
    labeller = Labeller(store)

    def show(changes: dict[str, object], frame: int) -> list[np.ndarray]:
        scene = SceneSampler(recipe_from_dict({**BASE, **changes}, folder), store, 7).draw(frame)
        labels = labeller.label(scene)
        depth = [measure_depth(labels.depth, scene.camera, scene.depth_sensor)] if scene.depth_sensor else []
        return [develop(renderer.render(scene), scene.sensor), labels.instance_map, labels.depth, *depth]

    yield show
    renderer.close()


@pytest.mark.parametrize("factor", FACTORS)
def test_a_factor_shows(factor: str, shown):
    build, first, second = FACTORS[factor]
    field = factor.split(".")[1]
    # The right eye of a stereo pair is the second frame.
    frame = 1 if factor == "Stereo.baseline_m" else 0
    one, other = (shown(build(**{field: value}), frame) for value in (first, second))
    assert len(one) == len(other)
    assert any(not np.array_equal(a, b) for a, b in zip(one, other, strict=True)), "nothing has changed"


def test_no_factor_is_left_out():
    declared = {f"{section.__name__}.{name}" for section in _sections(Section) for name in _own_factors(section)}
    assert declared == set(FACTORS)


def _sections(base: type[Section]) -> Iterator[type[Section]]:
    for section in base.__subclasses__():
        if section.__module__.startswith(model.__name__.rpartition(".")[0]):
            yield section
            yield from _sections(section)


_RANDOM = ("EasyHard", "Hsv", "Shell", "Cone", "Rectangle", "[MinLen(min_length=1)]), Tag(tag='<one>')")
"""What the types of numbers, colours, positions, directions, regions and lists of names have in their texts."""


def _own_factors(section: type[Section]) -> Iterator[str]:
    """Yield the fields of a section (no distribution) of whose values one is drawn."""
    if section.__module__.startswith("synthvision.recipe.distributions"):
        return
    for name in section.__annotations__:
        annotation = str(section.model_fields[name].annotation) if name in section.model_fields else ""
        if any(mark in annotation for mark in _RANDOM) and "groups" not in annotation:
            yield name
