"""What scripts/measure_quality runs: how near pictures come to the light of their scenes, and the seconds they take."""

from __future__ import annotations

import argparse
import sys
import time  # noqa: TID251 - measuring time is what this is for
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from quality_of_eevee import Eevee, check_egl, lit_by_eevee

from synthvision.assets import AssetStore
from synthvision.recipe import load_recipe
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.quality import PRESETS, TARGETS_DB, Preset
from synthvision.render.types import Convergence, ErrorTarget, Radiance, RenderSettings
from synthvision.run.accepting import FrameMaker
from synthvision.scene import Scene, SensorSettings
from synthvision.sensor import levels_per_light

Light = NDArray[np.float32]

FRAMES = (("quickstart", 0), ("fasteners", 1), ("road_cones", 2))
SIZE = (640, 480)
REFERENCE = Preset(64, 0.0, "none")
REFERENCE_SEEDS = (0, 2)
SEED = 1
BLENDERS_OWN = Preset(32, 0.0, "accurate")
"""32 samples and what Blender's denoiser is set to at first."""
CANDIDATES = (
    *(Preset(samples, 0.0, "none") for samples in (16, 32)),
    *(Preset(samples, 0.0, "fast") for samples in (2, 3, 4, 5, 6, 8, 16)),
    *(Preset(samples, 0.0, "accurate") for samples in (4, 8, 16)),
    BLENDERS_OWN,
    *(Preset(samples, 0.05, "accurate") for samples in (64, 128)),
)
EEVEES = (Eevee(4, ray_tracing=False), Eevee(16, ray_tracing=False), Eevee(16, ray_tracing=True))
MOST = 512
STORE = AssetStore(Path())
TEXT = """# Quality presets

Written by `./scripts/measure_quality`. Each row is a setting of Cycles: the peak signal-to-noise ratio (PSNR, in dB) of
the picture through the frame's exposure and view transform, before the noise of the sensor, for one frame of three
bundled recipes at {size}; and the CPU seconds of a whole frame (Cycles, denoiser, reading the light), mean over the
recipes, after the scene has been built. CPU seconds grow with the number of pixels; divide them by the number of cores
for the time on the wall.

What a picture is compared with are two renders of {reference} samples per pixel each, without a denoiser and with noise
of their own, which is left out of the result by multiplying the differences to one and to the other.

`front`: no other row is both quicker and better. `draft`, `standard` and `high` are what `render: {{quality: …}}`
means; they were chosen from that front, for at least 33, 38 and 42 dB in the first column. With `standard` a picture is
there {sooner:.1f} times sooner than with {own} samples and the settings that Blender's denoiser has at first
(`{own_name}`). A recipe's `samples_per_pixel` replaces the number of samples of the preset, and `denoise: false`
leaves the noise in. `threshold` is Cycles' adaptive threshold: pixels that are less noisy than that get no more
samples, and the number of samples is the most that a pixel can get. Denoiser `fast` is Open Image Denoise in balanced
quality with fast prefiltering of albedo and normal, `accurate` in high quality with accurate prefiltering.

{table}

## As many samples as a frame needs

```yaml
extends: quickstart
render: {{samples_per_pixel: auto}}
```

adds samples to each frame until its picture is estimated to have the PSNR that the quality stands for: 33 dB for
`draft`, 38 for `standard`, 42 for `high`. `{{target_db: 40, most: 256}}` in place of `auto` names the PSNR and the
samples per pixel at which a frame is left as it is. A frame is rendered in pieces with noise of their own, each
denoised, and the picture is their mean; since the raw light of one piece knows nothing of the noise in another, the
distance of the denoised picture to the truth can be had from them without knowing it, and with it what the denoiser has
smeared ([`error_estimate.py`](../synthvision/render/error_estimate.py) has the formula). The estimate errs on the safe
side by one standard error. It depends on nothing but the frame's own light, so that the same recipe and seed still
give the same bytes. A frame's line in `frames.jsonl` says under `convergence` how many samples it had, what was
estimated and what was wanted; the end of a run says how many frames had the most samples without being good enough. All
pixels have the same number of samples: there is no adaptive threshold. Each piece is denoised by itself, which costs as
much as some six samples and a little quality: a fixed number is cheaper where all frames need the same. It cannot stand
beside `relight`, and the preview renderer knows no samples.

Measured with the denoiser `accurate` at {size}, at most {most} samples; *real* is as in the table above.

{auto}

## EEVEE

Blender's rasteriser is no renderer of this program, though labels would be as exact with it: its pictures are
farther from the light of their scenes than those of `draft`, and more samples hardly bring them nearer. Light that
other objects throw back or keep off is missing or guessed from what the screen shows: metal comes out too bright, and
objects on a table have next to no shadow below them. Same scenes, compared with the same two renders; *ray tracing* is
that on the screen:

{eevee}

The seconds of a picture are those of `{drawn_by}` (llvmpipe is Mesa on the CPU, where there is no GPU). Another device
takes others; the light that is missing does not depend on it.
"""
PAGE = Path(__file__).parent.parent / "docs" / "quality.md"


@dataclass(frozen=True)
class Measured:
    """One setting: PSNR in dB and CPU seconds of each scene."""

    preset: Preset
    psnr_db: tuple[float, ...]
    cpu_s: tuple[float, ...]


@dataclass(frozen=True)
class Rasterised:
    """EEVEE with one setting: PSNR in dB and seconds of each scene, and what drew them."""

    setting: Eevee
    psnr_db: tuple[float, ...]
    took_s: tuple[float, ...]
    drawn_by: str


@dataclass(frozen=True)
class Converged:
    """One frame with as many samples as it needed: what was found and estimated, the real PSNR, and CPU seconds."""

    frame: str
    found: Convergence
    real_db: float
    cpu_s: float


def main(arguments: Sequence[str]) -> None:
    """Measure, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=PAGE)
    output = parser.parse_args(arguments).output
    check_egl()
    scenes = [drawn(recipe, frame_index) for recipe, frame_index in FRAMES]
    references = [[lit(REFERENCE, scene, seed)[0].pixels for seed in REFERENCE_SEEDS] for scene in scenes]
    measured = [measure(preset, scenes, references) for preset in CANDIDATES]
    auto = [
        converged(f"{frame[0]} {frame[1]}", scene, truth, target_db)
        for frame, scene, truth in zip(FRAMES, scenes, references, strict=True)
        for target_db in TARGETS_DB.values()
    ]
    eevee = [rasterised(setting, scenes, references) for setting in EEVEES]
    output.write_text(page(measured, auto, eevee), encoding="utf-8")
    print(f"written to {output}")


def drawn(recipe_name: str, frame_index: int) -> Scene:
    """Return an accepted frame of a bundled recipe, its picture of ``SIZE`` and its sensor without faults."""
    recipe = load_recipe(recipe_name)
    scene = FrameMaker(recipe, 0, STORE).accept(frame_index).scene
    width, height = SIZE
    focal = scene.camera.fx * width / scene.camera.width_px
    camera = replace(scene.camera, width_px=width, height_px=height, fx=focal, fy=focal, cx=width / 2, cy=height / 2)
    sensor = scene.sensor
    tone = SensorSettings(exposure_ev=sensor.exposure_ev, view=sensor.view, auto_exposure=sensor.auto_exposure)
    return replace(scene, camera=camera, sensor=tone)


def measure(preset: Preset, scenes: Sequence[Scene], references: Sequence[Sequence[Light]]) -> Measured:
    """Render each scene with noise that the references do not have."""
    made = [lit(preset, scene, SEED) for scene in scenes]
    levels = levels_db([light.pixels for light, _ in made], scenes, references)
    measured = Measured(preset, levels, tuple(cpu_s for _, cpu_s in made))
    print(row(measured), flush=True)
    return measured


def converged(frame: str, scene: Scene, truth: Sequence[Light], target_db: float) -> Converged:
    """Return what a target made of a frame."""
    target = ErrorTarget(target_db, MOST, levels_per_light)
    light, cpu_s = lit(Preset(MOST, 0.0, "accurate"), scene, SEED, target)
    if light.convergence is None:
        raise RuntimeError("a renderer with a target must say what it found")
    made = Converged(frame, light.convergence, psnr_db(light.pixels, truth, scene.sensor), cpu_s)
    print(auto_row(made), flush=True)
    return made


def rasterised(setting: Eevee, scenes: Sequence[Scene], references: Sequence[Sequence[Light]]) -> Rasterised:
    """Have EEVEE draw each scene."""
    made = [lit_by_eevee(setting, scene, STORE) for scene in scenes]
    levels = levels_db([light for light, _, _ in made], scenes, references)
    one = Rasterised(setting, levels, tuple(took_s for _, took_s, _ in made), made[0][2])
    print(eevee_row(one), flush=True)
    return one


def lit(preset: Preset, scene: Scene, seed: int, target: ErrorTarget | None = None) -> tuple[Radiance, float]:
    """Return a scene's light with the noise of this seed, and the CPU seconds that it took."""
    settings = RenderSettings(preset.samples_per_pixel, preset.adaptive_threshold, preset.denoiser, device="cpu")
    renderer = BlenderRenderer(settings, STORE, target)
    noisy = replace(scene, seed=seed)
    renderer.prepare(noisy)
    started = time.process_time()
    light = renderer.render(noisy)
    took = time.process_time() - started
    renderer.close()
    return light, took


def levels_db(
    lights: Sequence[Light], scenes: Sequence[Scene], references: Sequence[Sequence[Light]]
) -> tuple[float, ...]:
    """Return the peak signal-to-noise ratio of each scene's picture."""
    each = zip(lights, references, scenes, strict=True)
    return tuple(psnr_db(light, truth, scene.sensor) for light, truth, scene in each)


def psnr_db(light: Light, references: Sequence[Light], sensor: SensorSettings) -> float:
    """Return the peak signal-to-noise ratio of the picture that a sensor makes of this light.

    The noise of two references is independent of each other's and of the picture's, so the mean of the product of the
    differences to them has only the picture's error in it. The tone curve is taken to be straight over an error.
    """
    levels = levels_per_light(light, sensor)
    one, other = (levels * (light.astype(np.float64) - reference) for reference in references)
    return float(10 * np.log10(255**2 / np.mean(one * other)))


def auto_row(one: Converged) -> str:
    """Return a row of the second table."""
    found = one.found
    estimate = f"{found.estimated_db:.1f} | {one.real_db:.1f}"
    return f"| {one.frame} | {found.target_db:g} | {found.samples_per_pixel} | {estimate} | {one.cpu_s:.2f} |"


def eevee_row(one: Rasterised) -> str:
    """Return a row of the third table."""
    each = " | ".join(f"{value:.1f}" for value in one.psnr_db)
    name = f"{one.setting.samples_per_pixel}{', ray tracing' if one.setting.ray_tracing else ''}"
    return f"| {name} | {each} | {mean(one.psnr_db):.1f} | {mean(one.took_s):.1f} |"


def name_of(preset: Preset) -> str:
    """Return what a setting is called in the table."""
    stop = f", threshold {preset.adaptive_threshold:g}" if preset.adaptive_threshold else ""
    return f"{preset.samples_per_pixel}{stop}, {preset.denoiser}"


def row(measured: Measured) -> str:
    """Return a row of the table, without its last cell."""
    each = " | ".join(f"{value:.1f}" for value in measured.psnr_db)
    return f"| {name_of(measured.preset)} | {each} | {mean(measured.psnr_db):.1f} | {mean(measured.cpu_s):.2f} |"


def page(measured: Sequence[Measured], auto: Sequence[Converged], eevee: Sequence[Rasterised]) -> str:
    """Return the page of documentation."""
    names = {preset: name for name, preset in PRESETS.items()}
    rows = []
    for one in sorted(measured, key=lambda each: mean(each.cpu_s)):
        note = names.get(one.preset, "") or ("front" if on_front(one, measured) else "")
        rows.append(f"{row(one)} {note} |")
    recipes = " | ".join(f"{recipe} {frame_index}" for recipe, frame_index in FRAMES)
    heading = f"| samples per pixel, denoiser | {recipes} | mean dB | CPU s | |"
    table = "\n".join((heading, "|---" * (len(FRAMES) + 4) + "|", *rows))
    heading = "| frame | target dB | samples per pixel | estimated dB | real dB | CPU s |"
    found = "\n".join((heading, "|---" * 6 + "|", *map(auto_row, auto)))
    heading = f"| samples per pixel | {recipes} | mean dB | s |"
    drawn = "\n".join((heading, "|---" * (len(FRAMES) + 3) + "|", *map(eevee_row, eevee)))
    cpu_s = {one.preset: mean(one.cpu_s) for one in measured}
    return TEXT.format(
        table=table,
        auto=found,
        eevee=drawn,
        drawn_by=eevee[0].drawn_by,
        size=f"{SIZE[0]}x{SIZE[1]}",
        reference=REFERENCE.samples_per_pixel,
        most=MOST,
        own=BLENDERS_OWN.samples_per_pixel,
        own_name=name_of(BLENDERS_OWN),
        sooner=cpu_s[BLENDERS_OWN] / cpu_s[PRESETS["standard"]],
    )


def on_front(one: Measured, measured: Sequence[Measured]) -> bool:
    """Tell whether no other setting is both quicker and better."""
    return not any(
        mean(other.cpu_s) < mean(one.cpu_s) and mean(other.psnr_db) > mean(one.psnr_db) for other in measured
    )


if __name__ == "__main__":
    main(sys.argv[1:])
