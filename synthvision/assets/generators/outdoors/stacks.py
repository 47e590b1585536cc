"""What lies about in yards: pallets, timber, pipes, and a skip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import APART_M, block, centred, grained, spread_over, tube, turned
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, loft, moved, sheet
from synthvision.assets.generators.surfaces import hsv, steel
from synthvision.assets.textures.noise import fractal, series
from synthvision.assets.types import Asset, Material, Texture

PALLET_M = (1.2, 0.8, 0.144)
"""EUR pallet, EN 13698-1."""


@dataclass(frozen=True)
class PalletStack:
    """``pallets`` lie one on the other, each a little askew by ``disorder``."""

    pallets: int = 6
    disorder: float = 0.3
    hue: float = 0.09
    tone: float = 0.55
    shape: int = 0


@dataclass(frozen=True)
class LumberPile:
    """``layers`` of ``planks`` lie side by side along x, with battens between the layers."""

    length_m: float = 3.0
    plank_m: float = 0.14
    thickness_m: float = 0.045
    planks: int = 7
    layers: int = 6
    hue: float = 0.095
    tone: float = 0.68
    shape: int = 0


@dataclass(frozen=True)
class PipeStack:
    """Pipes along x, ``row`` of them in the lowest layer. ``kind``: 0 concrete, 1 plastic, 2 steel."""

    length_m: float = 3.0
    diameter_m: float = 0.3
    row: int = 5
    kind: int = 1
    hue: float = 0.06


@dataclass(frozen=True)
class Skip:
    """``filled`` is how high the rubble stands; ``hue`` and ``value`` are the paint's."""

    length_m: float = 3.4
    width_m: float = 1.75
    height_m: float = 1.3
    filled: float = 0.7
    hue: float = 0.13
    value: float = 0.75
    wear: float = 0.4


def _wood(name: str, hue: float, tone: float) -> Material:
    texture = Texture("generated", "wood", (("hue", hue), ("tone", tone), ("saturation", 0.38)))
    return Material(name, (1.0, 1.0, 1.0), roughness=0.85, specular=0.2, base_colour_texture=texture, uv_scale=1.3)


def make_pallets(parameters: Mapping[str, float]) -> Asset:
    """Return a stack of pallets; slot ``body``."""
    stack = read_parameters("pallet_stack", PalletStack, parameters)
    chance = series(3 * stack.pallets, 500 + stack.shape).reshape(-1, 3).astype(np.float64) - 0.5
    one = _pallet()
    pieces = []
    for number, (dx, dy, turn) in enumerate(chance):
        tilted = turned(one, 2, float(6 * stack.disorder * turn))
        place = (0.08 * stack.disorder * dx, 0.08 * stack.disorder * dy, number * (PALLET_M[2] + APART_M))
        pieces.append(moved(tilted, place))
    return finish(centred(join(*pieces)), [_wood("body", stack.hue, stack.tone)])


def _pallet() -> Solid:
    """Return a pallet of 20 boards and blocks, 240 triangles."""
    long, deep, _ = PALLET_M
    parts: list[tuple[tuple[float, float, float], tuple[float, float, float]]] = []
    for y in (-0.35, 0.0, 0.35):
        wide = 0.145 if y == 0.0 else 0.1
        parts.append(((long, wide, 0.022), (0.0, y, 0.0)))
        parts += [((0.145, wide - 0.002, 0.078), (x, y, 0.022 + APART_M)) for x in (-0.527, 0.0, 0.527)]
    parts += [((0.145, deep, 0.022), (x, 0.0, 0.1 + 2 * APART_M)) for x in (-0.527, 0.0, 0.527)]
    boards = ((-0.3275, 0.145), (-0.185, 0.1), (0.0, 0.145), (0.185, 0.1), (0.3275, 0.145))
    parts += [((long, wide, 0.0208), (0.0, y, 0.122 + 3 * APART_M)) for y, wide in boards]
    return join(*(grained(block(size, at), size, number) for number, (size, at) in enumerate(parts)))


def make_lumber(parameters: Mapping[str, float]) -> Asset:
    """Return a pile of planks; slots ``body`` and ``battens``."""
    pile = read_parameters("lumber_pile", LumberPile, parameters)
    chance = series(2 * pile.layers * pile.planks, 700 + pile.shape).reshape(pile.layers, pile.planks, 2) - 0.5
    step, batten = pile.plank_m + 0.006, 0.025
    width = pile.planks * step
    pieces = []
    for layer in range(pile.layers):
        z = layer * (pile.thickness_m + batten + 2 * APART_M)
        for share in (-0.4, 0.0, 0.4):
            size = (0.05, width, batten)
            pieces.append(grained(block(size, (share * pile.length_m, 0.0, z), slot=1), size, layer))
        for plank in range(pile.planks):
            a, b = (float(value) for value in chance[layer, plank])
            size = (pile.length_m * (1 + 0.03 * a), pile.plank_m, pile.thickness_m)
            at = (0.04 * b, (plank + 0.5) * step - width / 2, z + batten + APART_M)
            pieces.append(grained(block(size, at), size, layer * pile.planks + plank))
    return finish(
        centred(join(*pieces)), [_wood("body", pile.hue, pile.tone), _wood("battens", pile.hue, 0.75 * pile.tone)]
    )


def make_pipes(parameters: Mapping[str, float]) -> Asset:
    """Return a stack of pipes between posts; slots ``pipes`` and ``bearers``."""
    stack = read_parameters("pipe_stack", PipeStack, parameters)
    radius = stack.diameter_m / 2
    wall = (0.12, 0.05, 0.04)[stack.kind] * stack.diameter_m
    one = turned(tube(radius, radius - wall, stack.length_m, columns=20), 1, 90)
    one = moved(one, (-stack.length_m / 2, 0.0, 0.0))
    bearer = 0.09
    pitch = stack.diameter_m + APART_M
    pieces, chance = [], series(64, 31 + stack.row)
    for layer in range(stack.row):
        for number in range(stack.row - layer):
            y = (number - (stack.row - layer - 1) / 2) * pitch
            z = bearer + APART_M + radius + layer * pitch * 0.8661
            pieces.append(moved(one, (0.06 * float(chance[(7 * layer + number) % 64]) - 0.03, y, z)))
    for share in (-0.32, 0.32):
        size = (0.09, stack.row * pitch + 0.12, bearer)
        pieces.append(grained(block(size, (share * stack.length_m, 0.0, 0.0), slot=1), size, 1))
        for side in (-1, 1):
            chock = (0.085, 0.05, 0.5 * radius)
            place = (share * stack.length_m, side * (stack.row * pitch / 2 + 0.032), bearer + APART_M)
            pieces.append(grained(block(chock, place, slot=1), chock, 2))
    material = (
        Material("pipes", hsv(0.1, 0.05, 0.62), roughness=0.9, shader="concrete"),
        Material("pipes", hsv(stack.hue, 0.8, 0.72), roughness=0.35, shader="plastic", dust=0.2),
        Material("pipes", steel("pipes").base_colour, metallic=0.9, roughness=0.5, shader="brushed_metal", wear=0.4),
    )[stack.kind]
    return finish(centred(join(*pieces)), [material, _wood("bearers", 0.09, 0.5)])


def make_skip(parameters: Mapping[str, float]) -> Asset:
    """Return a skip; slots ``body``, ``inside`` and ``rubble``."""
    skip = read_parameters("skip", Skip, parameters)
    pieces = [_tub(skip), *_ribs(skip)]
    if skip.filled > 0:
        pieces.append(_rubble(skip))
    soil = Texture("generated", "soil", (("pebbles", 0.8), ("saturation", 0.2), ("tone", 0.55)))
    paint = hsv(skip.hue, 0.8, skip.value)
    return finish(
        join(*pieces),
        [
            Material("body", paint, roughness=0.55, shader="painted_metal", wear=0.4 * skip.wear, dust=0.3),
            Material(
                "inside", hsv(0.07, 0.4, 0.3), metallic=0.3, roughness=0.7, shader="painted_metal", wear=skip.wear
            ),
            Material("rubble", (1.0, 1.0, 1.0), roughness=0.95, base_colour_texture=soil, uv_scale=0.9),
        ],
    )


def _section(skip: Skip, share: float, inset: float = 0.0) -> tuple[float, float]:
    """Return half length and half width at a share of the height: the ends slope, the sides do a little."""
    return skip.length_m / 2 * (0.62 + 0.38 * share) - inset, skip.width_m / 2 * (0.93 + 0.07 * share) - inset


def _ring(half_x: float, half_y: float, z: float) -> Points:
    return np.array([(half_x, -half_y, z), (half_x, half_y, z), (-half_x, half_y, z), (-half_x, -half_y, z)])


def _tub(skip: Skip) -> Solid:
    height, wall, rim = skip.height_m, 0.012, 0.05
    outside = [_ring(0.0, 0.0, 0.06), _ring(*_section(skip, 0.0), 0.06), _ring(*_section(skip, 0.94), height - 0.08)]
    edge = [
        _ring(*_section(skip, 0.94, -0.035), height - 0.08),
        _ring(*_section(skip, 0.94, -0.035), height),
        _ring(*_section(skip, 0.94, wall), height),
    ]
    inside = [edge[-1], _ring(*_section(skip, 0.0, wall + rim), 0.09), _ring(0.0, 0.0, 0.09)]
    return join(loft([*outside, *edge], crease_deg=20), loft(inside, slot=1, crease_deg=20))


def _ribs(skip: Skip) -> list[Solid]:
    """Return the skids below, upright ribs along the sides, and the lugs it is lifted by."""
    _, half_y = _section(skip, 0.0)
    lean = float(np.degrees(elementary.arctan2(_section(skip, 0.94)[1] - half_y, skip.height_m - 0.14)))
    pieces = [
        block((1.1 * skip.length_m * 0.55, 0.12, 0.06 - APART_M), (0.0, side * 0.55 * half_y, 0.0)) for side in (-1, 1)
    ]
    for share in (-0.45, 0.0, 0.45):
        for side in (-1, 1):
            rib = block((0.08, 0.06, skip.height_m - 0.2), (share * skip.length_m * 0.62, side * (half_y + 0.035), 0.1))
            pieces.append(turned(rib, 0, -side * lean, about=(0.0, side * half_y, 0.06)))
    for x in (-0.3, 0.3):
        for side in (-1, 1):
            lug = block((0.1, 0.1, 0.1), (x * skip.length_m, side * (half_y * 1.07 + 0.03), 0.62 * skip.height_m))
            pieces.append(lug)
    return pieces


def _rubble(skip: Skip) -> Solid:
    """Return a heap with a flat underside: a rough height field over the tub's floor."""
    rows, columns = 13, 21
    level = 0.12 + skip.filled * (skip.height_m - 0.2)
    half_x, half_y = (value - 0.035 for value in _section(skip, min(0.9, (level - 0.06) / skip.height_m), 0.06))
    x, y = np.meshgrid(np.linspace(-half_x, half_x, columns), np.linspace(-half_y, half_y, rows))
    rough = fractal(64, 19, slope=1.0, low=3, high=18)[: 3 * rows : 3, : 3 * columns : 3]
    border = np.minimum(1 - np.abs(x / half_x), 1 - np.abs(y / half_y))
    z = level + 0.05 * rough * np.minimum(1.0, 6 * border) + 0.12 * np.sqrt(np.maximum(border, 0.0))
    top = np.stack([x, y, z], axis=2)
    low = top.copy()
    low[..., 2] = 0.5 * (level + 0.09)
    shrink = 0.8
    low[..., 0] *= shrink
    low[..., 1] *= shrink
    border_top = np.concatenate([top[0], top[1:, -1], top[-1, -2::-1], top[-2:0:-1, 0]])
    border_low = np.concatenate([low[0], low[1:, -1], low[-1, -2::-1], low[-2:0:-1, 0]])
    heap = join(
        sheet(top, slot=2, crease_deg=25),
        sheet(low[:, ::-1], slot=2),
        loft(np.stack([border_low, border_top]), slot=2),
    )
    return spread_over(heap, (0, 1), (0.0, 0.0), (1.0, 1.0))
