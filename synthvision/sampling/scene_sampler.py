"""Recipe + frame → Scene."""

from __future__ import annotations

from dataclasses import replace

from synthvision.assets import AssetStore, Catalog, load_catalog
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import frames_per_scene, light_names, mixes_per_view
from synthvision.sampling.arranging import Arranged, Arranger
from synthvision.sampling.cameras import draw_cameras
from synthvision.sampling.decals import DecalArtist
from synthvision.sampling.draws import Draws
from synthvision.sampling.instances import Numbered
from synthvision.sampling.lights import draw_lights
from synthvision.sampling.mixes import mix_draws, mixed
from synthvision.sampling.plans import is_stratified
from synthvision.sampling.quantiles import pick
from synthvision.sampling.randomizers import Randomizers
from synthvision.sampling.sensors import draw_depth_sensor, draw_sensor
from synthvision.sampling.sources import Sources
from synthvision.sampling.streams import Streams
from synthvision.sampling.traits import TraitFinder
from synthvision.sampling.variables import FrameDraws
from synthvision.sampling.worlds import draw_world
from synthvision.scene import Camera, Scene


class SceneSampler:
    """Draws the scenes of one recipe and seed. Any frame, in any order, is the same scene to the last bit.

    A scene has as many frames, side by side, as there are cameras, where a stereo pair counts twice. They are of one
    world and differ in the camera and in what is noise. Where the recipe relights, each camera has several frames in a
    row, which differ in the mix of the light and in the sensor.

    ``catalog`` is the bundled one unless given. What is kept between frames is a cache and nothing else.
    """

    def __init__(self, recipe: Recipe, store: AssetStore, seed: int, catalog: Catalog | None = None) -> None:
        self._recipe = recipe
        self._store = store
        self._seed = seed
        self._draws = FrameDraws(recipe, seed)
        self._streams = Streams(seed, is_stratified(recipe))
        catalog = load_catalog() if catalog is None else catalog
        self._sources = Sources(recipe, catalog, self._streams)
        self._traits = TraitFinder(catalog)
        self._arranger = Arranger(recipe, store, self._sources)
        self._decals = DecalArtist(recipe.categories, store, self._sources, self._traits)
        self._randomizers = Randomizers(recipe.randomizers)
        self._lights = light_names(recipe.lights)
        self._mixes = mixes_per_view(recipe)

    def draw(self, frame_index: int, attempt: int = 0) -> Scene:
        """Draw the scene of a frame; ``attempt`` counts the draws that ``require:`` has refused.

        Raises as ``draw_views`` does.
        """
        scene_index, view = divmod(frame_index, self.views)
        return self.draw_views(scene_index, attempt)[view]

    @property
    def views(self) -> int:
        """How many frames each scene has: those of all cameras and mixes."""
        return frames_per_scene(self._recipe)

    def draw_views(self, scene_index: int, attempt: int = 0) -> tuple[Scene, ...]:
        """Draw all frames of a scene: those from ``scene_index * views`` on.

        Raises:
            PlacementError: if an instance, or the camera, finds no free place.
            FrameError: if a value that was drawn makes no sense, such as a size of 0.
            AssetError: if an asset or texture cannot be used.
        """
        recipe, draws = self._recipe, self._draws.draws(scene_index, attempt)
        has_ground = recipe.ground is not None
        arranged = self._arranger.arrange(
            draws, lambda around: draw_cameras(recipe.cameras, draws, around.standing, has_ground)
        )
        numbered = self._numbered(arranged, draws)
        world, suns = draw_world(recipe.world, draws, self._sources)
        scene = Scene(
            frame_index=scene_index * self.views,
            attempt=attempt,
            seed=self._seed,
            meshes=numbered.meshes,
            instances=tuple(numbered.instances),
            lights=(*draw_lights(recipe.lights, self._lights, draws), *suns),
            world=world,
            camera=arranged.cameras[0],
            variables=draws.variables,
            split=self._split(scene_index),
            scene_index=scene_index,
            decals=self._decals.draw(arranged.groups, arranged.cameras[0], numbered.labelled),
            traits=numbered.traits,
            asset_root=recipe.folder,
        )
        frames = (
            self._seen_by(scene, view, camera, mix, draws)
            for view, camera in enumerate(arranged.cameras)
            for mix in range(self._mixes)
        )
        randomized = self._randomizers.apply_to_views(tuple(frames), draws)
        return randomized if recipe.relit is None else mixed(recipe.relit, randomized, draws)

    def _seen_by(self, world: Scene, view: int, camera: Camera, mix: int, draws: Draws) -> Scene:
        """Return the frame of one camera and mix; its noise is its own."""
        frame_index = world.frame_index + view * self._mixes + mix
        noise = replace(draws, frame_index=frame_index)
        of_mix = mix_draws(draws, world.scene_index, mix, self._mixes)
        return replace(
            world,
            frame_index=frame_index,
            camera=camera,
            sensor=draw_sensor(self._recipe.sensor, of_mix, noise, view),
            depth_sensor=draw_depth_sensor(self._recipe.depth_sensor, of_mix, noise),
        )

    def _numbered(self, arranged: Arranged, draws: Draws) -> Numbered:
        """Number the instances in the recipe's order, the ground last."""
        numbered = Numbered(self._recipe.categories, self._store, self._sources, self._traits)
        for group, placed in arranged.groups:
            numbered.add(group, placed)
        if self._recipe.ground is not None:
            numbered.add_ground(self._recipe.ground, draws)
        return numbered

    def _split(self, scene_index: int) -> str:
        """Return the scene's split; it is the same for every attempt, so a refusal moves no frame to another split."""
        names = list(self._recipe.splits)
        if not names:
            return ""
        return names[pick(list(self._recipe.splits.values()), self._streams.uniform("split", scene_index))]
