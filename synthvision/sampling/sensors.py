"""The sensor's settings in one frame."""

from __future__ import annotations

from synthvision.recipe.model import DepthSensor as DepthSensorSection
from synthvision.recipe.model import Sensor
from synthvision.recipe.sensors import WhiteBalance
from synthvision.sampling.draws import Draws
from synthvision.scene import DepthSensor, SensorSettings, Vector
from synthvision.scene.colour import blackbody

MOST_GAIN = 8.0
"""Greatest gain of a channel that white balance asks for."""


def draw_sensor(declared: Sensor, draws: Draws, noise: Draws | None = None, view: int = 0) -> SensorSettings:
    """Draw how light becomes pixels, for one of a scene's cameras; ``noise`` has the draws that are the frame's own."""

    def optional(part: str) -> float:
        return draws.not_negative(getattr(declared, part), f"sensor/{part}")

    return SensorSettings(
        exposure_ev=draws.number(declared.exposure_ev, "sensor/exposure_ev"),
        view=declared.view,
        shot_noise=declared.shot_noise,
        read_noise_e=draws.not_negative(declared.read_noise_e, "sensor/read_noise_e"),
        full_well_e=draws.positive(declared.full_well_e, "sensor/full_well_e"),
        noise_seed=_seed((noise or draws).uniform("sensor/noise_seed")),
        auto_exposure=None if declared.auto_exposure is None else optional("auto_exposure"),
        white_balance=_white_balance(declared.white_balance, draws),
        defocus_px=optional("defocus_px"),
        motion_px=optional("motion_px"),
        motion_deg=draws.number(declared.motion_deg, "sensor/motion_deg"),
        vignetting=min(optional("vignetting"), 1.0),
        chromatic_aberration_px=draws.number(declared.chromatic_aberration_px, "sensor/chromatic_aberration_px"),
        bayer=declared.bayer,
        gain_noise_share=declared.gain_noise_share,
        dark_noise_e=declared.dark_noise_e,
        pattern_seed=_seed(draws.streams.uniform("sensor/pattern_seed", view)),
        adc_bits=declared.adc_bits or 0,
        sharpening=optional("sharpening"),
        jpeg_quality=0 if declared.jpeg_quality is None else draws.count(declared.jpeg_quality, "sensor/jpeg_quality"),
    )


def draw_depth_sensor(
    declared: DepthSensorSection | None, draws: Draws, noise: Draws | None = None
) -> DepthSensor | None:
    """Draw the errors of the depth camera; None where the recipe has none. ``noise`` as for ``draw_sensor``."""
    if declared is None:
        return None
    near_m, far_m = declared.range_m
    return DepthSensor(
        model=declared.model,
        baseline_m=draws.positive(declared.baseline_m, "depth_sensor/baseline_m"),
        disparity_step_px=declared.disparity_step_px,
        noise_px=draws.not_negative(declared.noise_px, "depth_sensor/noise_px"),
        noise_share=draws.not_negative(declared.noise_share, "depth_sensor/noise_share"),
        dropout=draws.not_negative(declared.dropout, "depth_sensor/dropout"),
        near_m=near_m,
        far_m=far_m,
        seed=_seed((noise or draws).uniform("depth_sensor/seed")),
    )


def _white_balance(declared: WhiteBalance | None, draws: Draws) -> Vector:
    """Return the gains of red, green and blue; light of the temperature given becomes grey, green stays."""
    if declared is None:
        return 1.0, 1.0, 1.0
    red, blue = (
        draws.positive(number, f"sensor/white_balance/{part}")
        for part, number in (("red", declared.red), ("blue", declared.blue))
    )
    if declared.temperature_k is None:
        return red, 1.0, blue
    light = blackbody(draws.positive(declared.temperature_k, "sensor/white_balance/temperature_k"))
    return red * _gain(light[1], light[0]), 1.0, blue * _gain(light[1], light[2])


def _gain(green: float, part: float) -> float:
    """Return what brings one channel up to green; no camera goes beyond ``MOST_GAIN``, even by candlelight."""
    return min(green / part, MOST_GAIN) if part > 0 else MOST_GAIN


def _seed(uniform: float) -> int:
    return int(uniform * (1 << 32))
