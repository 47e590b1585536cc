"""Recipes of few sections: in the time that a bundled one takes, ten of them are read."""

from __future__ import annotations

_HEAD = {
    "version": "1",
    "name": "a",
    "categories": "[mug]",
    "camera": "{position: {at_m: [0, 0, 1]}}",
    "objects": "[{asset: mug, category: mug}]",
}
_SECTIONS = (
    {"objects": "[{asset: mug, category: mug, count: {integers: [1, 3]}, place: {within: {disc: {radius_m: 1}}}}]"},
    {"objects": "[{asset: [mug, can], category: mug, size_m: {normal: {mean: 1, std: 0.2, low: 1}}, rotation: any}]"},
    {"objects": "[{asset: mug, category: mug, material: [{slots: [body], kind: plastic, colour: {rgb: [1, 0, 0]}}]}]"},
    {"variables": "{a: {uniform: [1, 2]}, b: a * 2 + 1, c: {choice: [1, 2, 3]}, d: {hsv: [[0, 1], [0, 1], [1, 1]]}}"},
    {"lights": "[{type: sun, irradiance_w_m2: 3, elevation_deg: {uniform: [30, 60]}}]"},
    {"lights": "[{type: point, power_w: 9, position: {at_m: [0, 0, 1]}, temperature_k: 4000}]"},
    {"world": "{colour: {hsv: [[0, 1], [0, 0.1], [0.5, 0.6]]}}", "seed": "3"},
    {"require": "[{instances: {category: mug, visibility: {min: 0.5}, count: {min: 1}}}]"},
    {"render": "{samples_per_pixel: 4, denoise: false}", "ground": "{material: {texture: wood}}"},
    {"camera": "{resolution: [48, 32], fov_deg: 40, position: {shell: {radius_m: [1, 2], elevation_deg: [30, 60]}}}"},
)


def small_recipes() -> list[bytes]:
    """Return recipes of few sections: in the time that a bundled one takes, ten of them are read."""
    return ["".join(f"{key}: {text}\n" for key, text in (_HEAD | one).items()).encode() for one in _SECTIONS]
