"""What scripts/measure_quality runs: PSNR against a long render of the same scene, and the seconds a picture takes."""

from __future__ import annotations

import argparse
import sys
import time  # noqa: TID251 - measuring time is what this is for
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray

from synthvision.assets import AssetStore
from synthvision.recipe import load_recipe
from synthvision.render.blender.renderer import BlenderRenderer
from synthvision.render.quality import PRESETS, Preset
from synthvision.render.types import Convergence, ErrorTarget, Radiance, RenderSettings
from synthvision.run.accepting import FrameMaker
from synthvision.scene import Scene, SensorSettings
from synthvision.sensor import develop, levels_per_light

Picture = NDArray[np.uint8]

FRAMES = (("quickstart", 0), ("fasteners", 1), ("road_cones", 2))
SIZE = (320, 240)
REFERENCE = Preset(1024, 0.0, "none")
CANDIDATES = (
    *(Preset(samples, 0.0, "none") for samples in (16, 64)),
    *(Preset(samples, 0.0, "fast") for samples in (2, 4, 8, 16, 32)),
    *(Preset(samples, 0.0, "accurate") for samples in (4, 8, 16, 32, 64)),
    *(Preset(samples, 0.05, "accurate") for samples in (64, 128)),
    Preset(128, 0.1, "accurate"),
)
TARGETS_DB = (33.0, 38.0, 42.0)
MOST = 512
SECOND_REFERENCE = Preset(512, 0.0, "none")
STORE = AssetStore(Path())
NOISELESS = SensorSettings()
SAID = {
    "size": f"{SIZE[0]}x{SIZE[1]}",
    "reference": REFERENCE.samples_per_pixel,
    "second": SECOND_REFERENCE.samples_per_pixel,
    "most": MOST,
}
TEXT = """# Quality presets

Written by `./scripts/measure_quality`. Each row is a setting of Cycles: the peak signal-to-noise ratio (PSNR, in dB) of
the tone-mapped 8-bit picture against one of {reference} samples per pixel without a denoiser and with other noise, for
one frame of three bundled recipes at {size}; and the CPU seconds of a whole frame (building the scene, Cycles,
denoiser, reading the light), mean over the recipes, after textures and meshes have been uploaded. CPU seconds grow with
the number of pixels; divide them by the number of cores for the time on the wall.

The third column is bounded by its asphalt, whose grain is finer than a pixel at this size: with a plain ground the
noise left after 64 denoised samples falls from 1.8 to 0.7 grey levels. To the denoiser grain is noise, and it smooths
some of it away at any number of samples.

`front`: no other row is both quicker and better. `draft`, `standard` and `high` are what `render: {{quality: …}}`
means; they were chosen from that front, for at least 33, 38 and 42 dB in the first column. A recipe's
`samples_per_pixel` replaces the number of samples of the preset, and `denoise: false` leaves the noise in. `threshold`
is Cycles' adaptive threshold: pixels that are less noisy than that get no more samples, and the number of samples is
the most that a pixel can get. Denoiser `fast` is Open Image Denoise in balanced quality with fast prefiltering of
albedo and normal, `accurate` in high quality with accurate prefiltering.

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
smeared ([`error_estimate.py`](../synthvision/render/error_estimate.py) has the formula). What counts is the picture
through the frame's exposure and view transform, before the noise of the sensor. The estimate errs on the safe side by
one standard error. It depends on nothing but the frame's own light, so that the same recipe and seed still give the
same bytes. A frame's line in `frames.jsonl` says under `convergence` how many samples it had, what was estimated and
what was wanted; the end of a run says how many frames had the most samples without being good enough. All pixels have
the same number of samples: there is no adaptive threshold. Each piece is denoised by itself, which costs as much as
some six samples and a little quality: a fixed number is cheaper where all frames need the same. It cannot stand beside
`relight`, and the preview renderer knows no samples.

Measured with the denoiser `accurate` at {size}, at most {most} samples. *Real* is against two long renders, of
{reference} and {second} samples, whose own noise is left out of it by multiplying the differences to one and to the
other.

{auto}

EEVEE is not among the program's renderers and was not measured: it is for hosts with a GPU, and none was at hand.
"""
PAGE = Path(__file__).parent.parent / "docs" / "quality.md"


@dataclass(frozen=True)
class Measured:
    """One setting: PSNR in dB and CPU seconds of each scene."""

    preset: Preset
    psnr_db: tuple[float, ...]
    cpu_s: tuple[float, ...]

    @property
    def name(self) -> str:
        preset = self.preset
        stop = f", threshold {preset.adaptive_threshold:g}" if preset.adaptive_threshold else ""
        return f"{preset.samples_per_pixel}{stop}, {preset.denoiser}"


def main(arguments: Sequence[str]) -> None:
    """Measure, print the table, write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=PAGE)
    output = parser.parse_args(arguments).output
    scenes = [drawn(recipe, frame_index) for recipe, frame_index in FRAMES]
    references = [picture for picture, _ in rendered(REFERENCE, scenes, seed=0)]
    measured = [measure(preset, scenes, references) for preset in CANDIDATES]
    auto = [one for name, scene in zip(FRAMES, scenes, strict=True) for one in converged(name, scene)]
    output.write_text(page(measured, auto), encoding="utf-8")
    print(f"written to {output}")


def drawn(recipe_name: str, frame_index: int) -> Scene:
    """Return an accepted frame of a bundled recipe, its picture shrunk to ``SIZE``."""
    recipe = load_recipe(recipe_name)
    scene = FrameMaker(recipe, 0, STORE).accept(frame_index).scene
    width, height = SIZE
    focal = scene.camera.fx * width / scene.camera.width_px
    camera = replace(scene.camera, width_px=width, height_px=height, fx=focal, fy=focal, cx=width / 2, cy=height / 2)
    return replace(scene, camera=camera)


def measure(preset: Preset, scenes: Sequence[Scene], references: Sequence[Picture]) -> Measured:
    """Render each scene with noise that the reference does not have."""
    pictures, cpu_s = zip(*rendered(preset, scenes, seed=1), strict=True)
    measured = Measured(preset, tuple(map(psnr_db, pictures, references)), cpu_s)
    print(row(measured), flush=True)
    return measured


def rendered(preset: Preset, scenes: Sequence[Scene], seed: int) -> Iterator[tuple[Picture, float]]:
    """Yield each scene's picture with the noise of this seed, and the CPU seconds that it took."""
    settings = RenderSettings(preset.samples_per_pixel, preset.adaptive_threshold, preset.denoiser, device="cpu")
    renderer = BlenderRenderer(settings, STORE)
    for scene in scenes:
        renderer.show(scene)  # uploads meshes and textures, which later frames find there
        started = time.process_time()
        radiance = renderer.render(replace(scene, seed=seed))
        yield develop(radiance, NOISELESS), time.process_time() - started
    renderer.close()


def psnr_db(picture: Picture, truth: Picture) -> float:
    """Return the peak signal-to-noise ratio of two 8-bit pictures."""
    error = np.mean((picture.astype(np.float64) - truth) ** 2)
    return float(10 * np.log10(255**2 / error))


@dataclass(frozen=True)
class Converged:
    """One frame with as many samples as it needed: what was found and estimated, the real PSNR, and CPU seconds."""

    frame: str
    found: Convergence
    real_db: float
    cpu_s: float


def converged(frame: tuple[str, int], scene: Scene) -> Iterator[Converged]:
    """Yield what each target made of a frame."""
    tone = SensorSettings(
        exposure_ev=scene.sensor.exposure_ev, view=scene.sensor.view, auto_exposure=scene.sensor.auto_exposure
    )
    shown = replace(scene, sensor=tone)
    truths = [
        lit(preset, None, replace(shown, seed=seed))[0] for preset, seed in ((REFERENCE, 0), (SECOND_REFERENCE, 2))
    ]
    for target_db in TARGETS_DB:
        target = ErrorTarget(target_db, MOST, levels_per_light)
        light, cpu_s = lit(Preset(MOST, 0.0, "accurate"), target, replace(shown, seed=1))
        if light.convergence is None:
            raise RuntimeError("a renderer with a target must say what it found")
        picture, *others = (develop(each, tone).astype(np.float64) for each in (light, *truths))
        error = np.mean((picture - others[0]) * (picture - others[1]))
        made = Converged(f"{frame[0]} {frame[1]}", light.convergence, float(10 * np.log10(255**2 / error)), cpu_s)
        print(auto_row(made), flush=True)
        yield made


def lit(preset: Preset, target: ErrorTarget | None, scene: Scene) -> tuple[Radiance, float]:
    """Return a scene's light, and the CPU seconds that it took."""
    settings = RenderSettings(preset.samples_per_pixel, preset.adaptive_threshold, preset.denoiser, device="cpu")
    renderer = BlenderRenderer(settings, STORE, target)
    renderer.show(scene)
    started = time.process_time()
    light = renderer.render(scene)
    took = time.process_time() - started
    renderer.close()
    return light, took


def auto_row(one: Converged) -> str:
    """Return a row of the second table."""
    found = one.found
    estimate = f"{found.estimated_db:.1f} | {one.real_db:.1f}"
    return f"| {one.frame} | {found.target_db:g} | {found.samples_per_pixel} | {estimate} | {one.cpu_s:.2f} |"


def row(measured: Measured) -> str:
    """Return a row of the table, without its last cell."""
    each = " | ".join(f"{value:.1f}" for value in measured.psnr_db)
    return f"| {measured.name} | {each} | {mean(measured.psnr_db):.1f} | {mean(measured.cpu_s):.2f} |"


def page(measured: Sequence[Measured], auto: Sequence[Converged]) -> str:
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
    return TEXT.format(table=table, auto=found, **SAID)


def on_front(one: Measured, measured: Sequence[Measured]) -> bool:
    """Tell whether no other setting is both quicker and better."""
    return not any(
        mean(other.cpu_s) < mean(one.cpu_s) and mean(other.psnr_db) > mean(one.psnr_db) for other in measured
    )


if __name__ == "__main__":
    main(sys.argv[1:])
