"""Lights and the world around the scene."""

from __future__ import annotations

import math
from collections.abc import Sequence

from synthvision.errors import FrameError
from synthvision.recipe.model import AreaLight, PointLight, SpotLight, SunLight
from synthvision.recipe.model import World as WorldSection
from synthvision.sampling.draws import Draws, Numbers
from synthvision.sampling.sources import Sources
from synthvision.scene import Light, Vector, World
from synthvision.scene.colour import blackbody, with_luminance_one
from synthvision.scene.poses import subtract, unit

Declared = AreaLight | PointLight | SunLight | SpotLight

DIM_SURROUNDINGS = (0.05, 0.05, 0.05)
"""Linear colour around a scene whose recipe names no world, so that shadows are not quite black."""


def draw_lights(declared: Sequence[Declared], names: Sequence[str], draws: Draws) -> tuple[Light, ...]:
    """Draw all lights, in the order of the recipe; each is named ``<name>/<index>``."""
    return tuple(
        _light(light, f"lights/{name}/{index}", f"{name}/{index}", draws)
        for light, name in zip(declared, names, strict=True)
        for index in range(draws.count(light.count, f"lights/{name}/count"))
    )


def _light(light: Declared, address: str, name: str, draws: Draws) -> Light:
    colour = _colour(light, address, draws)
    if isinstance(light, SunLight):
        return _sun(light, address, name, colour, draws)
    power_w = draws.not_negative(light.power_w, f"{address}/power_w")
    position_m = draws.position(light.position, f"{address}/position")
    if isinstance(light, PointLight):
        radius_m = draws.not_negative(light.radius_m, f"{address}/radius_m")
        return Light(name, "point", power_w, colour, position_m, size=radius_m)
    direction = _towards(position_m, light.target_m, address, draws)
    if isinstance(light, AreaLight):
        size_m = draws.positive(light.size_m, f"{address}/size_m")
        return Light(name, "area", power_w, colour, position_m, direction, size_m)
    return Light(
        name,
        "spot",
        power_w,
        colour,
        position_m,
        direction,
        size=draws.not_negative(light.radius_m, f"{address}/radius_m"),
        cone_deg=min(draws.positive(light.cone_deg, f"{address}/cone_deg"), 180.0),
        blend=min(draws.not_negative(light.blend, f"{address}/blend"), 1.0),
    )


def _sun(light: SunLight, address: str, name: str, colour: Vector, draws: Draws) -> Light:
    elevation = math.radians(draws.number(light.elevation_deg, f"{address}/elevation_deg"))
    azimuth = math.radians(draws.number(light.azimuth_deg, f"{address}/azimuth_deg"))
    across = math.cos(elevation)
    direction = (-across * math.cos(azimuth), -across * math.sin(azimuth), -math.sin(elevation))
    irradiance = draws.not_negative(light.irradiance_w_m2, f"{address}/irradiance_w_m2")
    angle_deg = draws.not_negative(light.angle_deg, f"{address}/angle_deg")
    return Light(name, "sun", irradiance, colour, direction=direction, size=angle_deg)


def _towards(position_m: Vector, target: Numbers, address: str, draws: Draws) -> Vector:
    target_m = draws.vector(target, f"{address}/target_m")
    if target_m == position_m:
        raise FrameError(
            f"frame {draws.frame_index}: {address}: target_m must be away from the light, got its position"
        )
    return unit(subtract(target_m, position_m))


def _colour(light: Declared, address: str, draws: Draws) -> Vector:
    """Return temperature times colour, scaled to luminance 1; white where neither is given."""
    red, green, blue = 1.0, 1.0, 1.0
    if light.temperature_k is not None:
        red, green, blue = blackbody(draws.positive(light.temperature_k, f"{address}/temperature_k"))
    if light.colour is not None:
        tint = draws.colour(light.colour, f"{address}/colour")
        red, green, blue = red * tint[0], green * tint[1], blue * tint[2]
    if not any((red, green, blue)):
        raise FrameError(f"frame {draws.frame_index}: {address}: colour must have light in it, got black")
    return with_luminance_one((red, green, blue))


def draw_world(declared: WorldSection, draws: Draws, sources: Sources) -> World:
    """Draw what surrounds the scene: an environment, else a colour, else a dim grey."""
    strength = draws.not_negative(declared.strength, "world/strength")
    colour = DIM_SURROUNDINGS if declared.colour is None else draws.colour(declared.colour, "world/colour")
    if declared.hdri is None:
        return World(colour, strength)
    environment = sources.environment(declared.hdri, "world/hdri", draws)
    return World(
        (0.0, 0.0, 0.0) if declared.colour is None else colour,
        strength,
        environment,
        draws.number(declared.rotation_deg, "world/rotation_deg"),
    )
