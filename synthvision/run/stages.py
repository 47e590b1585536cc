"""The stages of a real worker: draw and label, render, develop, write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2

from synthvision.assets import AssetStore
from synthvision.dataset.disk import check_is_there
from synthvision.dataset.writer import FrameWriter
from synthvision.errors import DatasetError
from synthvision.labels import SURFACE_MAPS
from synthvision.render.types import LatentImage, Renderer
from synthvision.run.accepting import Accepted, FrameMaker, maps_put_out
from synthvision.run.machine import on_few_cores
from synthvision.run.messages import Developed, Frame, Job, Ready
from synthvision.run.pipeline import Stages
from synthvision.run.spans import measured
from synthvision.scene import Scene
from synthvision.sensor import develop, levels_per_light


class FrameStages:
    """Everything that one worker does with a frame, for one job."""

    def __init__(self, job: Job) -> None:
        cv2.setNumThreads(1)  # its own threads would take the cores from the renderer for a millisecond's work
        store = AssetStore(job.recipe.folder)
        maps = maps_put_out(job.recipe.outputs)
        if job.folder is None:  # what costs no rays is nearly free, compared with the picture
            maps = replace(SURFACE_MAPS, disparity=maps.disparity, coverage=maps.coverage)
        self._maker = FrameMaker(job.recipe, job.seed, store, maps=maps)
        self._folder = job.folder
        self._writer = None if job.folder is None else FrameWriter(job.folder, job.recipe)
        self._renderer, self.ready = _RENDERERS[job.renderer](job, store, self._maker)

    def accept(self, frame_index: int) -> Accepted:
        """Draw and label the frame's scene, and load what the renderer needs for it."""
        accepted = self._maker.accept(frame_index)
        spans = list(accepted.spans)
        with measured(spans, "pictures"):
            self._renderer.load(accepted.scene)
        return replace(accepted, spans=tuple(spans))

    def prepare(self, scene: Scene) -> None:
        """Build it in the renderer."""
        self._renderer.prepare(scene)

    def render(self, scene: Scene) -> LatentImage:
        """Light it."""
        return self._renderer.expose(scene)

    def develop(self, accepted: Accepted, latent: LatentImage) -> Developed:
        """Make the picture as the sensor sees it."""
        radiance = latent()
        return Developed(develop(radiance, accepted.scene.sensor), radiance.convergence)

    def write(self, accepted: Accepted, picture: Developed) -> Any:
        """Return the record of the written files, or the whole frame where there is no folder."""
        if self._writer is None or self._folder is None:
            return Frame(picture.image, accepted.labels, accepted.scene, picture.convergence)
        check_is_there(self._folder)
        try:
            return self._writer.write(
                accepted.scene,
                accepted.labels,
                picture.image,
                accepted.refusals,
                accepted.misplaced,
                picture.convergence,
            )
        except DatasetError:
            check_is_there(self._folder)  # then that is the cause
            raise

    def close(self) -> None:
        """Close the renderer."""
        self._renderer.close()


def _blender(job: Job, store: AssetStore, _maker: FrameMaker) -> tuple[Renderer, Ready]:
    with on_few_cores(job.threads):
        from synthvision.render.blender.renderer import BlenderRenderer  # noqa: PLC0415 - here, so that a preview needs no Blender
    from synthvision.render.quality import error_target, render_settings  # noqa: PLC0415 - as above

    settings = render_settings(job.recipe.render, job.device, job.threads, job.tile_px)
    renderer = BlenderRenderer(settings, store, error_target(job.recipe.render, levels_per_light))
    if renderer.gpus:
        renderer.warm_up()
    return renderer, Ready(str(renderer.device), renderer.gpus)


def _preview(_job: Job, store: AssetStore, maker: FrameMaker) -> tuple[Renderer, Ready]:
    from synthvision.render.preview import PreviewRenderer  # noqa: PLC0415 - here, so that Blender's workers stay small

    return PreviewRenderer(store, maker.labeller), Ready("cpu (preview)")


_RENDERERS: dict[str, Callable[[Job, AssetStore, FrameMaker], tuple[Renderer, Ready]]] = {
    "blender": _blender,
    "preview": _preview,
}


def open_stages(job: Job) -> Stages:
    """Make the stages of a worker.

    Raises:
        DeviceError: the device asked for is not there.
        RenderError: Blender cannot be imported, or the settings are impossible.
        AssetError: an asset of the recipe cannot be used.
    """
    return FrameStages(job)
