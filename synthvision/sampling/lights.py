"""Lights: single ones, and rigs of several."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from synthvision.errors import FrameError
from synthvision.recipe.lights import RigBase
from synthvision.recipe.model import AreaLight, PointLight, SpotLight, SunLight
from synthvision.sampling.draws import Draws, Numbers
from synthvision.sampling.rigs import Rig, rig_lights
from synthvision.scene import Light, Vector
from synthvision.scene.colour import blackbody, with_luminance_one
from synthvision.scene.poses import subtract, unit

Single = AreaLight | PointLight | SunLight | SpotLight
Declared = Single | Rig


def draw_lights(declared: Sequence[Declared], names: Sequence[str], draws: Draws) -> tuple[Light, ...]:
    """Draw all lights, in the order of the recipe; each is named ``<name>/<index>``."""
    return tuple(light for one, name in zip(declared, names, strict=True) for light in _of_name(one, name, draws))


def _of_name(declared: Declared, name: str, draws: Draws) -> Iterator[Light]:
    if not draws.holds(declared.when):
        return
    count = draws.count(declared.count, f"lights/{name}/count")
    for index in range(count):
        address, own_name = f"lights/{name}/{index}", f"{name}/{index}"
        own = draws.within(address, index=index, count=count)
        if isinstance(declared, RigBase):
            yield from rig_lights(declared, address, own_name, _colour(declared, address, own), own)
        else:
            yield _light(declared, address, own_name, own)


def _light(light: Single, address: str, name: str, draws: Draws) -> Light:
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
