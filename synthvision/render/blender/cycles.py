"""RenderSettings as Cycles' own settings. All of them are set for every frame, so nothing that changed them lasts."""

from __future__ import annotations

import hashlib

from synthvision.errors import RenderError
from synthvision.render.blender.compat import bpy, write_single_layer_exr
from synthvision.render.types import RenderSettings
from synthvision.scene import Scene

DENOISERS = {"fast": ("BALANCED", "FAST"), "accurate": ("HIGH", "ACCURATE")}
"""Our name → Open Image Denoise's (quality, prefilter of albedo and normal)."""

_BOUNCES = 8
_TRANSPARENT_BOUNCES = 128  # cut-outs one behind the other: the labels look through as many
_CLAMP_INDIRECT = 10.0
_FILTER_WIDTH_PX = 1.5
_TILE_PX = 2048  # Cycles' own; without tiles it counts for nothing

_EVEN = "TABULATED_SOBOL"

_FEW_SAMPLES = 8
"""Up to so many, samples are spread so that the error of neighbouring pixels differs (blue noise), of which a denoiser
leaves 0.2 to 2 dB less, for 3 to 7 % more time. With 16 there is nothing to be gained."""


def check_settings(settings: RenderSettings) -> None:
    """Raise RenderError for settings that Cycles would bend to its own liking."""
    if settings.samples_per_pixel < 1:
        raise RenderError(f"render settings: samples_per_pixel must be at least 1, got {settings.samples_per_pixel}")
    if settings.denoiser not in ("none", *DENOISERS):
        raise RenderError(
            f"render settings: denoiser must be one of none, {', '.join(DENOISERS)}, got '{settings.denoiser}'"
        )
    if not 0 <= settings.adaptive_threshold <= 1:
        raise RenderError(f"render settings: adaptive_threshold must be in [0, 1], got {settings.adaptive_threshold}")
    if not 0 <= settings.threads <= 1024:  # noqa: PLR2004 - Blender's own limit
        raise RenderError(f"render settings: threads must be in [0, 1024], got {settings.threads}")


def apply_settings(target: bpy.types.Scene, settings: RenderSettings, seed: int) -> None:
    """Set everything about the target scene that is not its content."""
    _apply_output(target)
    _apply_threads(target.render, settings.threads)
    _apply_sampling(target.cycles, settings, seed)
    _apply_denoiser(target.cycles, settings.denoiser)
    _apply_light_paths(target.cycles)


def set_piece(cycles: bpy.types.PropertyGroup, samples_per_pixel: int, seed: int) -> None:
    """Have the samples and the noise of one piece of a frame.

    However few they are, they are not spread as blue noise: the estimate of the error was tried without.
    """
    _set_noise(cycles, samples_per_pixel, seed, _EVEN)


def noise_seed(scene: Scene, piece: int = 0) -> int:
    """Return the seed of Cycles' noise, 31 bits: always the same for the same frame.

    Each frame has another, but those that are mixed from one path trace, which have its. So has each piece of a frame
    that is rendered in several.
    """
    frame_index = scene.frame_index if scene.mix is None else scene.mix.first_frame
    name = f"cycles/{scene.seed}/{frame_index}" + (f"/{piece}" if piece else "")
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def _apply_output(target: bpy.types.Scene) -> None:
    render = target.render
    render.engine = "CYCLES"
    render.film_transparent = False
    render.use_compositing = False
    render.use_sequencer = False
    render.use_file_extension = False
    # On a scene that stays the same it saves 1.4 ms a frame. Ours never does: every frame's objects are new to Cycles.
    # And with it on, what Cycles keeps, and in which order, depends on the frames before.
    render.use_persistent_data = False
    view_layer = target.view_layers[0]
    view_layer.use_pass_z = False
    view_layer.use_pass_object_index = False
    write_single_layer_exr(render.image_settings)


def _apply_threads(render: bpy.types.RenderSettings, threads: int) -> None:
    render.threads_mode = "FIXED" if threads else "AUTO"
    if threads:
        render.threads = threads


def _apply_sampling(cycles: bpy.types.PropertyGroup, settings: RenderSettings, seed: int) -> None:
    pattern = "BLUE_NOISE" if settings.samples_per_pixel <= _FEW_SAMPLES else _EVEN
    _set_noise(cycles, settings.samples_per_pixel, seed, pattern)
    cycles.use_adaptive_sampling = settings.adaptive_threshold > 0
    if settings.adaptive_threshold > 0:
        cycles.adaptive_threshold = settings.adaptive_threshold
    cycles.adaptive_min_samples = 0
    cycles.time_limit = 0.0
    cycles.use_animated_seed = False
    cycles.pixel_filter_type = "BLACKMAN_HARRIS"
    cycles.filter_width = _FILTER_WIDTH_PX
    # A tiled render goes through files on the disk.
    cycles.use_auto_tile = settings.tile_px > 0
    cycles.tile_size = settings.tile_px or _TILE_PX


def _set_noise(cycles: bpy.types.PropertyGroup, samples_per_pixel: int, seed: int, pattern: str) -> None:
    cycles.samples = samples_per_pixel
    cycles.seed = seed
    cycles.sampling_pattern = pattern


def _apply_denoiser(cycles: bpy.types.PropertyGroup, denoiser: str) -> None:
    cycles.use_denoising = denoiser != "none"
    if denoiser != "none":
        cycles.denoiser = "OPENIMAGEDENOISE"
        cycles.denoising_input_passes = "RGB_ALBEDO_NORMAL"
        cycles.denoising_quality, cycles.denoising_prefilter = DENOISERS[denoiser]
        cycles.denoising_use_gpu = cycles.device == "GPU"


def _apply_light_paths(cycles: bpy.types.PropertyGroup) -> None:
    cycles.max_bounces = _BOUNCES
    cycles.diffuse_bounces = _BOUNCES
    cycles.glossy_bounces = _BOUNCES
    cycles.transmission_bounces = _BOUNCES
    cycles.transparent_max_bounces = _TRANSPARENT_BOUNCES
    cycles.volume_bounces = 0
    cycles.caustics_reflective = False
    cycles.caustics_refractive = False
    cycles.sample_clamp_direct = 0.0
    cycles.sample_clamp_indirect = _CLAMP_INDIRECT
