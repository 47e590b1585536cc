"""Trees, bushes and tufts of grass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.joinery import bar, centred
from synthvision.assets.generators.outdoors.foliage import cards, leaf_material, needles, twig
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, loft
from synthvision.assets.generators.surfaces import hsv
from synthvision.assets.textures.noise import series
from synthvision.assets.types import Asset, Material

BROAD_CARDS = 850
CONIFER_CARDS = 900
BUSH_CARDS = 420


@dataclass(frozen=True)
class Tree:
    """``kind``: 0 broadleaf, 1 conifer, 2 columnar (poplar). ``spread`` is the crown's width over the tree's height."""

    height_m: float = 7.0
    spread: float = 0.6
    kind: int = 0
    shape: int = 0
    hue: float = 0.27
    saturation: float = 0.6
    value: float = 0.45


@dataclass(frozen=True)
class Bush:
    """``hedge`` 0 is round, 1 clipped to a box."""

    width_m: float = 1.4
    height_m: float = 1.1
    hedge: int = 0
    shape: int = 0
    hue: float = 0.28
    saturation: float = 0.55
    value: float = 0.45


@dataclass(frozen=True)
class GrassTuft:
    """``blades`` grow from the middle and bend outwards by ``bend``."""

    height_m: float = 0.22
    blades: int = 40
    bend: float = 0.6
    shape: int = 0
    hue: float = 0.25
    saturation: float = 0.6
    value: float = 0.5


def make_tree(parameters: Mapping[str, float]) -> Asset:
    """Return a tree; slots ``trunk`` and ``leaves``."""
    tree = read_parameters("tree", Tree, parameters)
    look = (tree.hue, tree.saturation, tree.value)
    if tree.kind == 1:
        pieces, picture = _conifer(tree), needles(tree.hue + 0.04, 0.85 * tree.saturation, 0.85 * tree.value)
    else:
        pieces, picture = _broadleaf(tree), twig(*look)
    leaves, images = leaf_material("leaves", picture)
    bark = Material("trunk", hsv(0.07, 0.35, 0.34), roughness=0.95, specular=0.2, shader="wood")
    return finish(centred(join(*pieces)), [bark, leaves], images)


def _chance(seed: int, rows: int, columns: int) -> Points:
    return series(rows * columns, seed).reshape(rows, columns).astype(np.float64)


def _sphere(chance: Points) -> Points:
    """Return unit vectors (N, 3), uniform, from numbers (N, 2) in [0, 1)."""
    z, angle = 2 * chance[:, 0] - 1, 2 * np.pi * chance[:, 1]
    flat = np.sqrt(1 - z * z)
    return np.stack([flat * elementary.cos(angle), flat * elementary.sin(angle), z], axis=1)


def _broadleaf(tree: Tree) -> list[Solid]:
    """Return trunk and branches, and leaves round the branches' ends, which lie in an ellipsoid."""
    clumps = 15
    height, spread = tree.height_m, tree.spread * (0.42 if tree.kind == 2 else 1.0)  # noqa: PLR2004 - columnar
    foot = 0.26 if tree.kind == 0 else 0.12
    half = np.array([spread / 2, spread / 2, (1 - foot) / 2]) * height
    middle = np.array([0.0, 0.0, (1 + foot) / 2 * height])
    chance = _chance(1300 + tree.shape, clumps, 4)
    golden = np.stack([(np.arange(clumps) + 0.5) / clumps, (np.arange(clumps) * 0.618 + chance[0, 0]) % 1.0], axis=1)
    radius = 0.36 * half * (0.8 + 0.4 * chance[:, 3:])
    ends = middle + _sphere(golden) * (half - radius) * (0.75 + 0.25 * chance[:, 2:3])
    fork = np.array([0.02 * height * (chance[0, 1] - 0.5), 0.0, 1.15 * foot * height])
    thick = 0.021 * height
    wood = [bar((0.0, 0.0, 0.0), fork, (1.35 * thick, 0.85 * thick), columns=12)]
    top = middle + np.array([0.0, 0.0, 0.45 * half[2]])
    wood.append(bar(fork - np.array([0.0, 0.0, 0.02]), top, (0.84 * thick, 0.2 * thick), columns=10))
    for end in ends[ends[:, 2] > fork[2] + 0.1]:
        start = fork + (middle - fork) * min(1.0, max(0.0, 0.55 * (end[2] - fork[2]) / height * 2))
        wood.append(bar(start, end, (0.4 * thick, 0.12 * thick), columns=6))
    return [*wood, _clumped(ends, radius, BROAD_CARDS, 0.075 * height, 1400 + tree.shape)]


def _clumped(ends: Points, radius: Points, count: int, side: float, seed: int) -> Solid:
    """Return cards in shells about the clumps' centres, facing outwards more or less."""
    chance = _chance(seed, count, 9)
    clump = (np.arange(count) * len(ends)) // count
    outward = _sphere(chance[:, :2])
    centres = ends[clump] + outward * radius[clump] * (0.55 + 0.45 * chance[:, 2:3])
    normals = outward + 0.9 * (chance[:, 3:6] - 0.5) + [0.0, 0.0, 0.25]
    return cards(centres, normals, side * (0.7 + 0.6 * chance[:, 6]), 2 * np.pi * chance[:, 7], slot=1)


def _conifer(tree: Tree) -> list[Solid]:
    """Return a straight trunk and whorls of hanging twigs, shorter towards the top."""
    height, half = tree.height_m, 0.36 * tree.spread * tree.height_m
    count = CONIFER_CARDS
    chance = _chance(1500 + tree.shape, count, 7)
    share = 1 - np.sqrt(1 - (np.arange(count) + 0.5) / count)  # as many per height as there is room
    level = np.floor(share * 16) / 16 + 0.04 * chance[:, 0]
    reach = half * elementary.power(1 - level, 0.9) * (0.25 + 0.75 * np.sqrt(chance[:, 1]))
    angle = 2 * np.pi * chance[:, 2]
    z = height * (0.1 + 0.9 * level) - 0.28 * reach
    centres = np.stack([reach * elementary.cos(angle), reach * elementary.sin(angle), z], axis=1)
    out = np.stack([elementary.cos(angle), elementary.sin(angle), np.full(count, 1.1)], axis=1)
    side = 0.115 * height * (1.05 - 0.6 * level)
    leaves = cards(
        centres, out + 0.5 * (chance[:, 3:6] - 0.5), side * (0.8 + 0.5 * chance[:, 6]), np.full(count, np.pi), slot=1
    )
    trunk = bar((0.0, 0.0, 0.0), (0.0, 0.0, 0.97 * height), (0.018 * height, 0.002 * height), columns=12)
    return [trunk, leaves]


def make_bush(parameters: Mapping[str, float]) -> Asset:
    """Return a bush; slots ``trunk`` and ``leaves``."""
    bush = read_parameters("bush", Bush, parameters)
    chance = _chance(1600 + bush.shape, BUSH_CARDS, 9)
    outward = _sphere(np.stack([0.08 + 0.92 * chance[:, 0], chance[:, 1]], axis=1))
    side = 0.17 * (bush.width_m * bush.width_m * bush.height_m) ** (1 / 3)
    half = np.array([bush.width_m / 2, bush.width_m / 2, bush.height_m / 2]) - 0.6 * side
    if bush.hedge:
        shell = outward / np.abs(outward).max(axis=1, keepdims=True)
    else:
        lumps = 1 + 0.14 * elementary.sin(3.1 * outward[:, :1] * 2 + bush.shape) * elementary.cos(
            4.3 * outward[:, 1:2] + bush.shape
        )
        shell = outward * lumps / 1.1
    depth = 1 - 0.4 * chance[:, 2:3] ** 2
    centres = shell * half * depth + [0.0, 0.0, bush.height_m / 2]
    centres[:, 2] = np.maximum(centres[:, 2], 0.6 * side)
    normals = outward + 0.9 * (chance[:, 3:6] - 0.5)
    leaves = cards(centres, normals, side * (0.75 + 0.5 * chance[:, 6]), 2 * np.pi * chance[:, 7], slot=1)
    stems = [
        bar((0.0, 0.0, 0.0), 0.8 * centres[number * 37], (0.02 * bush.width_m, 0.008 * bush.width_m), columns=6)
        for number in range(7)
    ]
    green, images = leaf_material("leaves", twig(bush.hue, bush.saturation, bush.value))
    bark = Material("trunk", hsv(0.07, 0.4, 0.3), roughness=0.95, specular=0.2, shader="wood")
    return finish(centred(join(*stems, leaves)), [bark, green], images)


def make_grass(parameters: Mapping[str, float]) -> Asset:
    """Return a tuft of grass; slot ``body``. Each blade is a closed shell."""
    tuft = read_parameters("grass_tuft", GrassTuft, parameters)
    chance = _chance(1700 + tuft.shape, tuft.blades, 6)
    blades = [_blade(tuft, row) for row in chance]
    material = Material(
        "body", hsv(tuft.hue, tuft.saturation, tuft.value), roughness=0.55, specular=0.35, subsurface=0.1
    )
    return finish(centred(join(*blades)), [material])


def _blade(tuft: GrassTuft, chance: Points) -> Solid:
    """Return one blade: a bent strip, three-edged in section, that runs out to a point."""
    angle, lean = 2 * np.pi * chance[0], tuft.bend * (0.3 + 0.9 * chance[1])
    length, width = tuft.height_m * (0.55 + 0.45 * chance[2]), 0.022 * tuft.height_m * (0.8 + 0.5 * chance[3])
    share = np.array([0.0, 0.3, 0.6, 0.85, 1.0])
    outward = np.array([elementary.cos(angle), elementary.sin(angle), 0.0])
    sideways = np.array([-elementary.sin(angle), elementary.cos(angle), 0.0])
    root = (
        0.09
        * tuft.height_m
        * np.sqrt(chance[4])
        * np.array([elementary.cos(7 * angle), elementary.sin(7 * angle), 0.0])
    )
    path = root + length * (
        share[:, None] * [0, 0, 1] * (1 - 0.25 * lean * share[:, None]) + lean * share[:, None] ** 2 * outward * 0.7
    )
    taper = (1 - elementary.power(share, 2.2))[:, None]
    left, right = path - sideways * width * taper, path + sideways * width * taper
    ridge = path - outward * 0.35 * width * taper
    rings = np.stack([left, right, ridge], axis=1)
    foot = np.broadcast_to(rings[0].mean(axis=0), rings[0].shape)
    return loft(np.concatenate([foot[None], rings]), crease_deg=60)
