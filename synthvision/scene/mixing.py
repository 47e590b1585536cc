"""Mixes of light: frames that share all but how bright each light is, and the sensor.

Light adds up, so what each group of lights does to a picture is traced once and weighted afterwards. A lamp is a group
of its own as long as there are few; the surroundings are one, and so are all materials that shine.
"""

from __future__ import annotations

from dataclasses import replace

from synthvision.assets.types import Material
from synthvision.errors import RenderError
from synthvision.scene.types import Instance, Mix, Scene, SensorSettings

MOST_LIGHT_GROUPS = 6
"""Groups of lights, beside the surroundings and the materials that shine: each is denoised and kept."""


def light_groups(lights: int) -> tuple[int, ...]:
    """Return the group of each of so many lights, ascending from 0; where there are many, neighbours share one."""
    if lights <= MOST_LIGHT_GROUPS:
        return tuple(range(lights))
    return tuple(index * MOST_LIGHT_GROUPS // lights for index in range(lights))


def shines(instance: Instance) -> bool:
    """Say whether an instance gives light."""
    return any(any(material.emission_w_m2) for material in instance.materials)


def traced_once(scene: Scene) -> Scene:
    """Return what all frames of a scene's view have in common: equal for all that can be mixed from one path trace.

    Raises:
        RenderError: the scene has no gain for each of its groups of lights.
    """
    mix = _checked(scene)
    common = Mix(mix.first_frame, (1.0,) * len(mix.lights))
    return replace(scene, frame_index=mix.first_frame, mix=common, sensor=SensorSettings(), depth_sensor=None)


def as_lit(scene: Scene) -> Scene:
    """Return a scene without a mix whose lights are as bright as the mix has them; as it is where it has none.

    Raises:
        RenderError: as ``traced_once``.
    """
    if scene.mix is None:
        return scene
    mix = _checked(scene)
    gains = [mix.lights[group] for group in light_groups(len(scene.lights))]
    world = scene.world
    return replace(
        scene,
        mix=None,
        lights=tuple(
            replace(light, power_w=light.power_w * gain) for light, gain in zip(scene.lights, gains, strict=True)
        ),
        world=replace(
            world, strength=world.strength * mix.world, backdrop_strength=world.backdrop_strength * mix.world
        ),
        instances=tuple(_shining(instance, mix.emission) for instance in scene.instances),
    )


def _shining(instance: Instance, gain: float) -> Instance:
    if gain == 1 or not shines(instance):
        return instance
    return replace(instance, materials=tuple(_brighter(material, gain) for material in instance.materials))


def _brighter(material: Material, gain: float) -> Material:
    red, green, blue = material.emission_w_m2
    return replace(material, emission_w_m2=(red * gain, green * gain, blue * gain))


def _checked(scene: Scene) -> Mix:
    groups = len(set(light_groups(len(scene.lights))))
    given = 0 if scene.mix is None else len(scene.mix.lights)
    if scene.mix is None or given != groups:
        raise RenderError(
            f"frame {scene.frame_index}: mix must have a gain for each of its {groups} groups of lights, got {given}"
        )
    return scene.mix
