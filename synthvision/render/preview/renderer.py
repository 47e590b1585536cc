"""The preview's frame: trace, gather, light."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.labels import Labeller
from synthvision.labels.casting import Placed
from synthvision.labels.normals import shading_normals
from synthvision.labels.tracing import Traced
from synthvision.render.backdrop import backdrop_scale
from synthvision.render.preview.environment import Surroundings
from synthvision.render.preview.glass import look, tint
from synthvision.render.preview.lamps import Arriving, arriving_light, arriving_spot
from synthvision.render.preview.occlusion import openness
from synthvision.render.preview.shading import Shading
from synthvision.render.preview.shadows import Casters, casters, lit
from synthvision.render.preview.surfaces import Surfaces, gather_surfaces, pixel_directions, seeing
from synthvision.render.preview.textures import PreviewTextures
from synthvision.render.preview.vectors import Floats, dot, lengths
from synthvision.render.types import LatentImage, Radiance, at_hand
from synthvision.scene import Scene
from synthvision.scene.mixing import as_lit

_OFFSET = np.float32(1e-3)
"""Shadow rays start this share of the camera's distance above the surface, so that facets do not shade themselves."""


class PreviewRenderer:
    """A ``Renderer`` without Blender: one ray per pixel, Lambert and GGX, hard shadows, looked-up reflections.

    The radiance scale is Cycles'. Glass is looked through without bending light, and patterns are their mean colour. It
    does not know normal maps, relief, wear, bounces (but one off the ground) or depth of field. The same scene gives
    the same bits.
    """

    def __init__(self, store: AssetStore, labeller: Labeller) -> None:
        self._store = store
        self._labeller = labeller
        self._textures = PreviewTextures(store)

    def load(self, scene: Scene) -> None:
        """Load nothing: what a picture shows of its textures it finds when it is cast."""

    def prepare(self, scene: Scene) -> None:
        """Build nothing: each picture is cast straight from its scene."""

    def expose(self, scene: Scene) -> LatentImage:
        """Render one scene as ``render`` does."""
        return at_hand(self.render(scene))

    def render(self, scene: Scene) -> Radiance:
        """Render one scene, (H, W, 3) float32; raises AssetError if a mesh or texture cannot be had.

        Light that is mixed is traced in every frame anew: it costs little here.
        """
        scene = as_lit(scene)
        camera = scene.camera
        sight = look(self._labeller.place(_all_solid(scene)), self._store)
        placed = sight.opaque.view.placed
        surroundings, things = self._surroundings(scene, placed), casters(scene, placed)
        image = np.zeros((camera.height_px * camera.width_px, 3), np.float32)
        empty = seeing(camera, np.flatnonzero(sight.opaque.hits.scene_map.ravel() < 0))
        image[empty] = self._behind(scene, surroundings, empty)
        opaque, shading = self._shading(scene, sight.opaque)
        image[opaque.pixels] = _shaded(scene, opaque, shading, surroundings, things)
        if sight.panes:
            clear, shading = self._shading(scene, sight.front)
            behind = image[clear.pixels] * tint(sight, self._textures)[clear.pixels] * shading.passed()
            image[clear.pixels] = behind + _shaded(scene, clear, shading, surroundings, things)
        return Radiance(image.reshape(camera.height_px, camera.width_px, 3))

    def close(self) -> None:
        """Drop the textures; the meshes are the labeller's."""
        self._textures = PreviewTextures(self._store)

    def _shading(self, scene: Scene, traced: Traced) -> tuple[Surfaces, Shading]:
        normals = shading_normals(traced)
        surfaces = gather_surfaces(scene, traced.view.placed, traced.hits, normals, self._textures)
        return surfaces, Shading(surfaces)

    def _behind(self, scene: Scene, surroundings: Surroundings, pixels: NDArray[np.intp]) -> Floats:
        """Return what is seen (N, 3) in pixels without a surface: the backdrop, or the surroundings."""
        world, camera = scene.world, scene.camera
        if world.backdrop is None:
            return surroundings.seen(pixel_directions(camera, pixels))
        picture = self._textures.backdrop(world.backdrop)
        across, down = backdrop_scale((picture.widths[0], picture.heights[0]), (camera.width_px, camera.height_px))
        rows, columns = np.divmod(pixels, camera.width_px)
        u = 0.5 + ((columns + 0.5) / camera.width_px - 0.5) * across
        v = 0.5 - ((rows + 0.5) / camera.height_px - 0.5) * down
        seen = picture.sample(np.stack([u, v], axis=1).astype(np.float32), 0.0)
        return seen * np.float32(world.backdrop_strength)

    def _surroundings(self, scene: Scene, placed: tuple[Placed, ...]) -> Surroundings:
        texture = scene.world.environment
        environment = None if texture is None else self._textures.environment(texture)
        sky = Surroundings(scene.world, environment)
        grounds = [i for i, instance in enumerate(scene.instances) if instance.name == "ground"]
        if not grounds:
            return sky
        dark = replace(sky, ground=np.zeros(3))
        return replace(sky, ground=self._ground_radiance(scene, placed[grounds[0]], dark))

    def _ground_radiance(self, scene: Scene, ground: Placed, sky: Surroundings) -> NDArray[np.float64]:
        """Radiance (3,) that an even ground of the ground's mean colour sends up from under the middle of the scene."""
        material = ground.materials[0]
        colour = np.array(material.base_colour, np.float32)
        if material.base_colour_texture is not None:
            colour = colour * self._textures.colour(material.base_colour_texture, ground.cast.asset).mean
        centres = casters(scene, (ground,) * len(scene.instances)).centres
        middle = np.zeros((1, 3), np.float32)
        if len(centres):
            middle[0, :2] = centres[:, :2].mean(axis=0)
        up = np.array([[0.0, 0.0, 1.0]], np.float32)
        irradiance = sky.irradiance(up)
        for arriving in _lamps(scene, sky, middle):
            irradiance = irradiance + arriving.irradiance * np.maximum(arriving.towards[:, 2:], 0)
        radiance: NDArray[np.float64] = (colour * irradiance[0] / np.pi).astype(np.float64)
        return radiance


def _all_solid(scene: Scene) -> Scene:
    """See-through things are drawn as solid ones, rather than not at all."""
    if not any(instance.see_through for instance in scene.instances):
        return scene
    return replace(scene, instances=tuple(replace(instance, see_through=False) for instance in scene.instances))


def _lamps(scene: Scene, surroundings: Surroundings, positions: Floats) -> list[Arriving]:
    arriving = [arriving_light(light, positions) for light in scene.lights]
    spot = arriving_spot(surroundings, len(positions))
    return arriving if spot is None else [*arriving, spot]


def _shaded(scene: Scene, surfaces: Surfaces, shading: Shading, surroundings: Surroundings, things: Casters) -> Floats:
    light = surfaces.emission + shading.from_surroundings(surroundings, openness(things, surfaces))
    eye = np.array(scene.camera.camera_to_world, np.float32)[:3, 3]
    distances = lengths(surfaces.positions - eye)[:, None]
    origins = surfaces.positions + surfaces.normals * (distances * _OFFSET)
    for arriving in _lamps(scene, surroundings, surfaces.positions):
        cosines = np.maximum(dot(surfaces.normals, arriving.towards), 0)
        cosines *= lit(things, origins, arriving, cosines > 0)
        light += shading.from_lamp(arriving, cosines)
    return light
