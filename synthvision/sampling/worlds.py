"""What surrounds the scene: a colour, a gradient, a sky with its sun, an environment image; and a backdrop."""

from __future__ import annotations

import math
from dataclasses import replace

from synthvision.assets.environments.daylight import sunlight
from synthvision.assets.types import Texture
from synthvision.recipe.lights import Gradient, Sky
from synthvision.recipe.model import World as WorldSection
from synthvision.sampling.draws import Draws
from synthvision.sampling.sources import Sources
from synthvision.scene import Light, Vector, World

DIM_SURROUNDINGS = (0.05, 0.05, 0.05)
"""Linear colour around a scene whose recipe names no world, so that shadows are not quite black."""

_TILT_DEG = 23.44
"""Of the earth's axis."""

_SUN_DEG = 0.53
_CLOUD_VARIANTS = 64


def draw_world(declared: WorldSection, draws: Draws, sources: Sources) -> tuple[World, tuple[Light, ...]]:
    """Draw what surrounds the scene, and the sun where it has one."""
    world, suns = _surroundings(declared, draws, sources)
    if declared.backdrop is None:
        return world, suns
    backdrop = sources.backdrop(declared.backdrop, "world/backdrop", draws)
    strength = draws.not_negative(declared.backdrop_strength, "world/backdrop_strength")
    return replace(world, backdrop=backdrop, backdrop_strength=strength), suns


def _surroundings(declared: WorldSection, draws: Draws, sources: Sources) -> tuple[World, tuple[Light, ...]]:
    strength = draws.not_negative(declared.strength, "world/strength")
    rotation_deg = 0.0
    if declared.hdri is not None or declared.sky is not None:
        rotation_deg = draws.number(declared.rotation_deg, "world/rotation_deg")
    if declared.sky is not None:
        environment, suns = _sky(declared.sky, strength, rotation_deg, draws)
        return World((0.0, 0.0, 0.0), strength, environment, rotation_deg), suns
    if declared.gradient is not None:
        return World((0.0, 0.0, 0.0), strength, _gradient(declared.gradient, draws)), ()
    if declared.hdri is not None:
        environment = sources.environment(declared.hdri, "world/hdri", draws)
        return World(strength=strength, environment=environment, rotation_deg=rotation_deg), ()
    colour = DIM_SURROUNDINGS if declared.colour is None else draws.colour(declared.colour, "world/colour")
    return World(colour, strength), ()


def _gradient(declared: Gradient, draws: Draws) -> Texture:
    horizon = draws.colour(declared.horizon, "world/gradient/horizon")
    zenith = draws.colour(declared.zenith, "world/gradient/zenith")
    nadir = horizon if declared.nadir is None else draws.colour(declared.nadir, "world/gradient/nadir")
    parameters = tuple(
        (f"{end}_{part}", value)
        for end, colour in (("horizon", horizon), ("zenith", zenith), ("nadir", nadir))
        for part, value in zip(("red", "green", "blue"), colour, strict=True)
    )
    return Texture("generated", "gradient", parameters)


def _sky(declared: Sky, strength: float, rotation_deg: float, draws: Draws) -> tuple[Texture, tuple[Light, ...]]:
    elevation_deg, azimuth_deg = _sun_place(declared, draws)
    turbidity = draws.positive(declared.turbidity, "world/sky/turbidity")
    clouds = min(draws.not_negative(declared.clouds, "world/sky/clouds"), 1.0)
    variant = math.floor(draws.uniform("world/sky/variant") * _CLOUD_VARIANTS) if clouds > 0 else 0
    environment = Texture(
        "generated",
        "daylight",
        (
            ("sun_elevation_deg", elevation_deg),
            ("sun_azimuth_deg", azimuth_deg),
            ("turbidity", turbidity),
            ("clouds", clouds),
            ("variant", float(variant)),
        ),
    )
    irradiance, colour = sunlight(elevation_deg, turbidity, clouds)
    if irradiance == 0:
        return environment, ()
    direction = _from_sun(elevation_deg, azimuth_deg + rotation_deg)
    return environment, (Light("sky.sun", "sun", strength * irradiance, colour, direction=direction, size=_SUN_DEG),)


def _sun_place(declared: Sky, draws: Draws) -> tuple[float, float]:
    """Return elevation and azimuth, degrees, counter-clockwise from +X."""
    azimuth_deg = draws.number(declared.azimuth_deg, "world/sky/azimuth_deg")
    if declared.latitude_deg is None:
        given = 0.0 if declared.elevation_deg is None else declared.elevation_deg
        return draws.number(given, "world/sky/elevation_deg"), azimuth_deg
    latitude_deg = draws.number(declared.latitude_deg, "world/sky/latitude_deg")
    day = draws.number(declared.day, "world/sky/day")
    hour = draws.number(declared.hour, "world/sky/hour")
    elevation_deg, compass_deg = sun_position(latitude_deg, day, hour)
    return elevation_deg, azimuth_deg - compass_deg


def sun_position(latitude_deg: float, day: float, hour: float) -> tuple[float, float]:
    """Return elevation and compass direction (clockwise from north) of the sun, degrees, at true solar time.

    Declination after P. I. Cooper, "The Absorption of Radiation in Solar Stills", Solar Energy 12(3), 1969, to within
    half a degree.
    """
    declination = math.radians(_TILT_DEG) * math.sin(2 * math.pi * (284 + day) / 365)
    latitude, turn = math.radians(latitude_deg), math.radians(15 * (hour - 12))
    height = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(turn)
    east = -math.cos(declination) * math.sin(turn)
    north = math.cos(latitude) * math.sin(declination) - math.sin(latitude) * math.cos(declination) * math.cos(turn)
    return math.degrees(math.asin(max(-1.0, min(1.0, height)))), math.degrees(math.atan2(east, north)) % 360


def _from_sun(elevation_deg: float, azimuth_deg: float) -> Vector:
    elevation, azimuth = math.radians(elevation_deg), math.radians(azimuth_deg)
    across = math.cos(elevation)
    return -across * math.cos(azimuth), -across * math.sin(azimuth), -math.sin(elevation)
