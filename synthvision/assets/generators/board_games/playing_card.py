"""A playing card of a deck of 52, lying flat or a little bent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from synthvision import elementary
from synthvision.assets.generators.board_games.card_backs import back
from synthvision.assets.generators.board_games.card_faces import face
from synthvision.assets.generators.finish import finish
from synthvision.assets.generators.parameters import read_parameters
from synthvision.assets.generators.solids import Points, Solid, join, sheet
from synthvision.assets.generators.surfaces import paper, printed
from synthvision.assets.types import Asset, Material

LAST_RANK, LAST_SUIT = 13, 3


@dataclass(frozen=True)
class PlayingCard:
    """``rank``: 1 ace to 13 king. ``suit``: 0 spades, 1 hearts, 2 diamonds, 3 clubs; both are cut to what there is.

    ``bend_m`` is how much higher the middle is than the ends (negative: lower). ``index`` is the height of the corner
    letters over the standard. ``face_down`` 1 shows the back.
    """

    rank: int = 1
    suit: int = 0
    width_m: float = 0.063
    height_m: float = 0.088
    thickness_m: float = 0.0003
    corner_m: float = 0.0035
    bend_m: float = 0.0
    index: float = 1.0
    back_hue: float = 0.99
    back_pattern: int = 0
    back_darkness: float = 0.2
    gloss: float = 0.5
    wear: float = 0.1
    face_down: int = 0


def make(parameters: Mapping[str, float]) -> Asset:
    """Return a card with its upper edge towards +y; slots ``face``, ``back`` and ``edge``."""
    card = read_parameters("playing_card", PlayingCard, parameters)
    rank, suit = min(max(card.rank, 1), LAST_RANK), min(max(card.suit, 0), LAST_SUIT)
    roughness = 0.6 - 0.32 * card.gloss
    front, images = printed("face", face(rank, suit, card.index), roughness=roughness)
    reverse, more = printed("back", back(card.back_hue, card.back_pattern, card.back_darkness), roughness=roughness)
    materials = [_carton(each, card.wear) for each in (front, reverse, paper("edge", (0.8, 0.78, 0.74)))]
    solid = _leaf(card)
    if card.face_down:
        solid = replace(solid, corners=solid.corners * [-1.0, 1.0, -1.0])
    return finish(solid, materials, {**images, **more})


def _carton(material: Material, wear: float) -> Material:
    return replace(material, shader="paper", wear=wear)


def _leaf(card: PlayingCard) -> Solid:
    """Return two sheets and the edge between them; the bend is about x, so two columns are enough."""
    half_x, half_y, corner = card.width_m / 2, card.height_m / 2, card.corner_m
    turn = np.linspace(-np.pi / 2, 0.0, 6)
    low_y, low_x = -half_y + corner * (1 + elementary.sin(turn)), half_x - corner * (1 - elementary.cos(turn))
    straight = np.linspace(-half_y + corner, half_y - corner, 13)[1:-1]
    y = np.concatenate([low_y, straight, -low_y[::-1]])
    x = np.concatenate([low_x, np.full(len(straight), half_x), low_x[::-1]])
    rise = card.bend_m * (1 - (y / half_y) ** 2)
    left, right = np.stack([-x, y, rise], axis=1), np.stack([x, y, rise], axis=1)
    thick = np.array([0.0, 0.0, card.thickness_m])
    above = np.stack([left, right], axis=1) + thick
    below = np.stack([right, left], axis=1)
    uvs = above[..., :2] / [card.width_m, card.height_m] + 0.5
    # The back's picture is upright for who turns the card about its long axis.
    return join(
        sheet(above, slot=0, uvs=uvs),
        sheet(below, slot=1, uvs=uvs),
        _edge(np.concatenate([right, left[::-1]]), thick),
    )


def _edge(outline: Points, thick: Points) -> Solid:
    """Return the narrow band round an outline (N, 3) that runs counter-clockwise seen from above."""
    ring = np.concatenate([outline, outline[:1]])
    return sheet(np.stack([ring, ring + thick]), slot=2, crease_deg=60)
