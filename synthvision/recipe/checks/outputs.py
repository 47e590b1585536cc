"""What is put out must be what the cameras can give."""

from __future__ import annotations

from collections.abc import Iterator

from synthvision.errors import Fault
from synthvision.recipe.cameras import Camera
from synthvision.recipe.catalog_names import catalog_names
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.source import shown

_RULE = "disparity must be that of a stereo pair without lens or parallel rays"


def output_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the outputs of a recipe."""
    yield from _disparity_faults(checked)
    if checked.recipe.relight is not None and checked.recipe.render.auto_samples is not None:
        rule = "must be a whole number beside relight, whose frames share one path trace"
        got = "auto" if checked.recipe.render.samples_per_pixel == "auto" else "a mapping"
        yield checked.fault(("render", "samples_per_pixel"), f"samples_per_pixel {rule}, got {got}")
    sensor = checked.recipe.depth_sensor
    if (
        sensor is not None
        and sensor.model == "stereo"
        and any(camera.orthographic_m is not None for camera in checked.recipe.cameras)
    ):
        yield checked.fault(
            ("depth_sensor", "model"), "must be time_of_flight beside an orthographic camera, got 'stereo'"
        )


def _disparity_faults(checked: Checked) -> Iterator[Fault]:
    if not checked.recipe.outputs.disparity or any(path[0] == "camera" for path in checked.cut):
        return
    pairs = [camera for camera in checked.recipe.cameras if camera.stereo is not None]
    bent = next(filter(None, map(_bent, pairs)), None)
    got = bent if pairs else "no pair; write stereo: {baseline_m: 0.06} in the camera"
    if got is not None:
        yield checked.fault(("outputs", "disparity"), f"{_RULE}, got {got}")


def _bent(camera: Camera) -> str | None:
    """Say why the images of a pair have not the same rows, if they have not."""
    if camera.orthographic_m is not None:
        return "one that is orthographic; give the camera a fov_deg instead of orthographic_m"
    if camera.lens is not None:
        return "one with a lens; leave the camera's lens out"
    names = [camera.sensor] if isinstance(camera.sensor, str) else camera.sensor or []
    bent = next((name for name in names if name in catalog_names().lenses), None)
    return bent and f"one with the sensor {shown(bent)}, which has a lens; give the camera its k instead"
