"""Scene → linear light: builds the scene in Blender, renders it with Cycles, and reads the light back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.errors import DeviceMemoryError, RenderError, SynthvisionError
from synthvision.render.blender.compat import bpy, check_version
from synthvision.render.blender.cycles import apply_settings, check_settings, noise_seed, set_piece
from synthvision.render.blender.devices import Device, activate, available_devices, matching_devices
from synthvision.render.blender.film import Film
from synthvision.render.blender.light_groups import TracedLight, keep_light_apart, leave_light_together
from synthvision.render.blender.memory import return_large_blocks
from synthvision.render.blender.motion import set_motion
from synthvision.render.blender.osl_camera import check_lens
from synthvision.render.blender.raw_light import as_piece, keep_raw_light
from synthvision.render.blender.render_log import render_log, tells_of_full_memory
from synthvision.render.blender.stage import Stage
from synthvision.render.error_estimate import Piece, converge
from synthvision.render.types import ErrorTarget, LatentImage, Radiance, RenderSettings, at_hand, check_finite
from synthvision.scene import Camera, Mix, Scene, World
from synthvision.scene.mixing import traced_once
from synthvision.scene.poses import as_matrix, identity

_EMPTY = Scene(
    frame_index=0,
    attempt=0,
    seed=0,
    meshes={},
    instances=(),
    lights=(),
    world=World(),
    camera=Camera(8, 8, 8.0, 8.0, 4.0, 4.0, as_matrix(identity())),
)
"""What a renderer is warmed up with."""


class BlenderRenderer:
    """Renders with Cycles. Blender is one per process, so a process has one of these: a second takes it from the first.

    Of the latest scene whose light is to be mixed, it keeps the light of each group, for the frames that are mixed from
    it as well. They come out the same whether or not it has it still.

    While it renders, all that the process prints is caught and read for errors. Rendering releases the GIL.

    Attributes:
        device: what ``settings.device`` turned out to be.
        gpus: all GPUs that it can mean, as one asks for them; its own first.
        stage: the current frame in Blender.
    """

    device: Device
    gpus: tuple[str, ...]
    stage: Stage

    def __init__(self, settings: RenderSettings, store: AssetStore, target: ErrorTarget | None = None) -> None:
        """Start Blender empty: no user settings, no add-ons but Cycles, no scripts.

        Args:
            settings: how well and on what to render.
            store: of meshes and images.
            target: what each picture is to reach; None for the number of samples of the settings.

        Raises:
            DeviceError: the device asked for is not there.
            RenderError: the settings are impossible, or Blender is not a version that we know.
        """
        check_version(bpy.app.version)
        check_settings(settings)
        return_large_blocks()
        self._settings = settings
        self._error_target = target
        with render_log():
            empty_blender()
        matching = matching_devices(settings.device, available_devices())
        self.device = matching[0]
        self.gpus = tuple(device.asked_as for device in matching if device.kind != "cpu")
        self.target = bpy.context.scene
        self.target.render.engine = "CYCLES"
        activate(self.target, self.device)
        self.stage = Stage(self.target, store)
        self._film = Film()
        self._spare: deque[Film] = deque()  # those that were developed; threads may share it
        self._prepared: Scene | None = None
        self._traced: TracedLight | None = None

    def render(self, scene: Scene) -> Radiance:
        """Render one scene.

        Returns:
            Radiance (H, W, 3) float32: equal to the last bit for equal scenes and settings on the same kind of machine,
            whatever was rendered before and with however many threads.

        Raises:
            DeviceMemoryError: the device has too little memory for it.
            RenderError: Blender failed or printed an error, or light is not finite; names the frame.
            AssetError: a mesh or texture cannot be had.
        """
        return self.expose(scene)()

    def expose(self, scene: Scene) -> LatentImage:
        """Render one scene as ``render`` does; its light can be read off the film while the next one is rendered."""
        if self._error_target is not None:
            return at_hand(self._converged(scene, self._error_target))
        if scene.mix is not None:
            return at_hand(Radiance(self._mixed(scene, scene.mix)))
        self._trace(scene)
        exposed, self._film = self._film, self._spare.pop() if self._spare else Film()
        return partial(self._developed, exposed, scene)

    def _developed(self, film: Film, scene: Scene) -> Radiance:
        """Read the light of a scene off a film, which can then be used again; any thread may do it."""
        with _as_render_error(f"frame {scene.frame_index}"):
            pixels = film.develop()
        self._spare.append(film)
        _check_light(pixels, scene)
        return Radiance(pixels)

    def _converged(self, scene: Scene, target: ErrorTarget) -> Radiance:
        """Return a frame of as many samples as it needs."""
        if scene.mix is not None:
            raise RenderError(
                f"frame {scene.frame_index}: its light must not be mixed where samples are auto, got a mix"
            )
        if self._prepared is not scene:
            self.show(scene)
        self._prepared = None
        return converge(lambda number, samples: self._piece(scene, number, samples), target, scene.sensor)

    def _piece(self, scene: Scene, number: int, samples_per_pixel: int) -> Piece:
        """Render what is shown with other noise."""
        where, is_denoised = f"frame {scene.frame_index}", self._settings.denoiser != "none"
        set_piece(self.target.cycles, samples_per_pixel, noise_seed(scene, number))
        with _as_render_error(where):
            self._film.blank()
        self.run(where, write_still=not is_denoised)
        with _as_render_error(where):
            if is_denoised:
                piece = as_piece(samples_per_pixel, self._film.develop_layers())
            else:
                raw = self._film.develop()
                piece = Piece(samples_per_pixel, raw, raw)
        _check_light(piece.denoised, scene)
        _check_light(piece.raw, scene)
        return piece

    def _mixed(self, scene: Scene, mix: Mix) -> NDArray[np.float32]:
        """Return the light of a frame whose light is mixed, traced now unless that of its view is kept."""
        traced = self._traced
        if traced is None or not traced.is_of(scene):
            self._trace(scene)
            with _as_render_error(f"frame {scene.frame_index}"):
                layers = self._film.develop_layers()
            for pixels in layers.values():
                _check_light(pixels, scene)
            traced = self._traced = TracedLight(traced_once(scene), layers)
        self._prepared = None
        return traced.mixed(mix)

    def _has_light_of(self, scene: Scene) -> bool:
        """Say whether a scene's picture can be mixed from what is kept."""
        traced = self._traced
        return scene.mix is not None and traced is not None and traced.is_of(scene)

    def _trace(self, scene: Scene) -> None:
        """Render to the film."""
        if self._prepared is not scene:
            self.show(scene)
        self._prepared = None
        where = f"frame {scene.frame_index}"
        with _as_render_error(where):
            self._film.blank()
        self.run(where, write_still=scene.mix is None)

    def warm_up(self) -> None:
        """Render an empty picture: a GPU's kernels are compiled, loaded and kept for other processes once this returns.

        Raises:
            RenderError: the device does not work.
        """
        self.render(_EMPTY)

    def load(self, scene: Scene) -> None:
        """Do what ``prepare`` of a scene needs no Blender for: load pictures, convert meshes, draw node graphs.

        Unlike all else here any thread may do it, beside a render too. Raises AssetError and RenderError.
        """
        if not self._has_light_of(scene):
            with _as_render_error(f"frame {scene.frame_index}"):
                self.stage.make_ahead(scene)

    def prepare(self, scene: Scene) -> None:
        """Build the scene in Blender, unless its light is kept; ``render`` of the same object builds nothing again."""
        if not self._has_light_of(scene):
            self.show(scene)
            self._prepared = scene

    def show(self, scene: Scene) -> None:
        """Build the scene in Blender with all settings, without rendering it."""
        with _as_render_error(f"frame {scene.frame_index}"):
            check_lens(scene.camera, self.device.kind)
            self.stage.show(scene)
            leave_light_together(self.target)
            apply_settings(self.target, self._settings, noise_seed(scene))
            set_motion(self.target, scene)
            if self._error_target is not None and self._settings.denoiser != "none":
                keep_raw_light(self.target, self._film.path)
            elif scene.mix is None:
                self.target.render.filepath = str(self._film.path)
            else:
                keep_light_apart(self.target, scene, self.stage.lights, self.stage.objects, self._film.path)

    def run(self, where: str, *, write_still: bool = True) -> None:
        """Render what is shown and save it to the target's file path; anything that Blender calls an error is one.

        Without ``write_still`` it is the compositor that saves.
        """
        raised: list[str] = []
        result: set[str] = set()
        with render_log() as log:
            try:
                result = bpy.ops.render.render(write_still=write_still)
            except RuntimeError as error:
                raised = str(error).splitlines()
        if log.errors or result != {"FINISHED"}:
            said = "; ".join(dict.fromkeys([*log.errors, *raised])) or f"{result}"
            kind = DeviceMemoryError if tells_of_full_memory(said) else RenderError
            raise kind(f"{where}: Blender must render without errors, got: {said}")

    def close(self) -> None:
        """Empty Blender and give back the memory."""
        with render_log():
            empty_blender()
        for film in (self._film, *self._spare):
            film.close()


def empty_blender() -> None:
    """Bring Blender to its factory state without any data; scripts in files never run."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    bpy.context.preferences.filepaths.use_scripts_auto_execute = False


@contextmanager
def _as_render_error(where: str) -> Iterator[None]:
    """Turn whatever Blender raises (RuntimeError, TypeError, ReferenceError …) into RenderError."""
    try:
        yield
    except RenderError as error:
        raise RenderError(f"{where}: {error}") from error
    except SynthvisionError:
        raise
    except Exception as error:
        raise RenderError(f"{where}: Blender must render without errors, got: {str(error).strip()}") from error


def _check_light(pixels: NDArray[np.float32], scene: Scene) -> None:
    where, camera = f"frame {scene.frame_index}", scene.camera
    if pixels.shape != (camera.height_px, camera.width_px, 3):
        raise RenderError(
            f"{where}: the picture must be of {camera.width_px}x{camera.height_px} pixels, got {pixels.shape}"
        )
    check_finite(pixels, where)
