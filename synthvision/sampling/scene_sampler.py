"""Recipe + frame → Scene."""

from __future__ import annotations

from synthvision.assets import AssetStore, Catalog, load_catalog
from synthvision.recipe.model import Recipe
from synthvision.recipe.names import light_names
from synthvision.sampling.arranging import Arranged, Arranger
from synthvision.sampling.cameras import draw_camera
from synthvision.sampling.draws import Draws
from synthvision.sampling.instances import Numbered
from synthvision.sampling.lights import draw_lights
from synthvision.sampling.plans import is_stratified
from synthvision.sampling.quantiles import pick
from synthvision.sampling.randomizers import Randomizers
from synthvision.sampling.sensors import draw_depth_sensor, draw_sensor
from synthvision.sampling.sources import Sources
from synthvision.sampling.streams import Streams
from synthvision.sampling.variables import FrameDraws
from synthvision.sampling.worlds import draw_world
from synthvision.scene import Scene


class SceneSampler:
    """Draws the scenes of one recipe and seed. Any frame, in any order, is the same scene to the last bit.

    ``catalog`` is the bundled one unless given. What is kept between frames is a cache and nothing else.
    """

    def __init__(self, recipe: Recipe, store: AssetStore, seed: int, catalog: Catalog | None = None) -> None:
        self._recipe = recipe
        self._store = store
        self._seed = seed
        self._draws = FrameDraws(recipe, seed)
        self._streams = Streams(seed, is_stratified(recipe))
        self._sources = Sources(recipe, load_catalog() if catalog is None else catalog, self._streams)
        self._arranger = Arranger(recipe, store, self._sources)
        self._randomizers = Randomizers(recipe.randomizers)
        self._lights = light_names(recipe.lights)

    def draw(self, frame_index: int, attempt: int = 0) -> Scene:
        """Draw the scene of a frame; ``attempt`` counts the draws that ``require:`` has refused.

        Raises:
            PlacementError: if an instance, or the camera, finds no free place.
            FrameError: if a value that was drawn makes no sense, such as a size of 0.
            AssetError: if an asset or texture cannot be used.
        """
        recipe, draws = self._recipe, self._draws.draws(frame_index, attempt)
        has_ground = recipe.ground is not None
        arranged = self._arranger.arrange(
            draws, lambda around: [draw_camera(recipe.cameras[0], draws, around.standing, has_ground)]
        )
        numbered = self._numbered(arranged, draws)
        world, suns = draw_world(recipe.world, draws, self._sources)
        scene = Scene(
            frame_index=frame_index,
            attempt=attempt,
            seed=self._seed,
            meshes=numbered.meshes,
            instances=tuple(numbered.instances),
            lights=(*draw_lights(recipe.lights, self._lights, draws), *suns),
            world=world,
            camera=arranged.cameras[0],
            sensor=draw_sensor(recipe.sensor, draws),
            depth_sensor=draw_depth_sensor(recipe.depth_sensor, draws),
            variables=draws.variables,
            split=self._split(frame_index),
            scene_index=frame_index,
            asset_root=recipe.folder,
        )
        return self._randomizers.apply(scene, draws)

    def _numbered(self, arranged: Arranged, draws: Draws) -> Numbered:
        """Number the instances in the recipe's order, the ground last."""
        numbered = Numbered(self._recipe.categories, self._store, self._sources)
        for group, placed in arranged.groups:
            numbered.add(group, placed)
        if self._recipe.ground is not None:
            numbered.add_ground(self._recipe.ground, draws)
        return numbered

    def _split(self, frame_index: int) -> str:
        """Return the frame's split; it is the same for every attempt, so a refusal moves no frame to another split."""
        names = list(self._recipe.splits)
        if not names:
            return ""
        return names[pick(list(self._recipe.splits.values()), self._streams.uniform("split", frame_index))]
