"""Chessmen are told apart by their shapes, cards by their pips."""

from __future__ import annotations

import numpy as np
import pytest
import trimesh
from numpy.typing import NDArray
from scipy.ndimage import label

from synthvision.assets.catalog import load_catalog
from synthvision.assets.generators import GENERATORS
from synthvision.assets.generators.board_games.card_backs import PATTERNS, back
from synthvision.assets.generators.board_games.card_faces import HEIGHT, WIDTH, face, pip_places
from synthvision.assets.generators.board_games.queen import POINTS as CORONET
from synthvision.assets.generators.board_games.rook import CRENELS
from synthvision.assets.types import Asset
from tests.unit.assets_generated.drawing import POINTS
from tests.unit.assets_generated.test_families import built

MODELS = load_catalog().models
CHESSMEN = ("king", "queen", "bishop", "knight", "rook", "pawn")
RANKS = range(1, 14)
SUITS = range(4)


def picture_of(asset: Asset, slot: int = 0) -> NDArray[np.float64]:
    texture = asset.materials[slot].base_colour_texture
    assert texture is not None
    return asset.images[texture.key].astype(np.float64)


def chessman(kind: str, **parameters: float) -> Asset:
    return GENERATORS[f"chess_{kind}"](parameters)


@pytest.mark.parametrize("kind", CHESSMEN)
@pytest.mark.parametrize("point", POINTS)
def test_chessmen_are_light(kind: str, point: str) -> None:
    asset = built(f"chess_{kind}", POINTS[point])
    assert len(asset.mesh.triangles) <= 8000
    assert [material.name for material in asset.materials] == ["body", "felt"]


def test_the_king_is_tallest_and_the_pawn_smallest() -> None:
    heights = [float(chessman(kind).mesh.bounds[1, 2]) for kind in CHESSMEN]
    assert heights == sorted(heights, reverse=True)
    assert heights[0] == pytest.approx(0.095, abs=1e-6)


@pytest.mark.parametrize("kind", CHESSMEN)
def test_white_is_lighter_than_black_in_wood_and_plastic(kind: str) -> None:
    for tone in (0.0, 1.0):
        white, black = (picture_of(chessman(kind, side=side, tone=tone)).mean() for side in (0, 1))
        assert white > black + 80
        light, dark = (chessman(kind, side=side, tone=tone, plastic=1).materials[0].base_colour for side in (0, 1))
        assert min(light) > 10 * max(dark)


@pytest.mark.parametrize("kind", CHESSMEN)
@pytest.mark.parametrize(("ending", "side"), [("white", 0.0), ("black", 1.0)])
def test_entries_of_one_side_draw_that_side_only(kind: str, ending: str, side: float) -> None:
    model = MODELS[f"chess_{kind}_{ending}"]
    assert {dict(model.source(u_of).parameters)["side"] for u_of in POINTS.values()} == {side}
    assert model.category == f"{ending} {kind}"


def test_rook_has_its_battlements() -> None:
    mesh = chessman("rook").mesh
    top = mesh.vertices[mesh.vertices[:, 2] > mesh.bounds[1, 2] - 1e-5]
    angle = np.sort(np.arctan2(top[:, 1], top[:, 0]))
    gaps = np.diff(np.concatenate([angle, angle[:1] + 2 * np.pi]))
    assert np.count_nonzero(gaps > np.radians(12)) == CRENELS


def test_queen_has_a_coronet_of_points() -> None:
    mesh = chessman("queen").mesh
    radius = np.linalg.norm(mesh.vertices[:, :2], axis=1)
    rim = mesh.vertices[(mesh.vertices[:, 2] > 0.072) & (radius > 0.0095)]
    angle = np.arctan2(rim[:, 1], rim[:, 0]) % (2 * np.pi)
    bins = np.round(angle / (2 * np.pi) * 6 * CORONET).astype(int) % (6 * CORONET)
    height = np.array([rim[bins == number, 2].max() for number in range(6 * CORONET)])
    low = height < (height.min() + height.max()) / 2
    assert np.count_nonzero(low & ~np.roll(low, 1)) == CORONET


def test_king_bears_a_cross_that_is_broad_one_way_and_thin_the_other() -> None:
    mesh = chessman("king").mesh
    top = mesh.vertices[mesh.vertices[:, 2] > 0.0862]
    assert np.ptp(top[:, 1]) > 2.5 * np.ptp(top[:, 0])
    solid = trimesh.Trimesh(mesh.vertices, mesh.triangles, process=False)
    widths = [np.ptp(solid.section([0, 0, 1], [0, 0, z]).vertices[:, 1]) for z in (0.0856, 0.0888, 0.0925)]
    assert widths[1] > 1.8 * widths[0]
    assert widths[1] > 1.8 * widths[2]


def test_bishop_has_a_cut_in_front_only() -> None:
    mesh = chessman("bishop").mesh
    x, y, z = mesh.vertices.T
    inside = (np.abs(y) < 0.001) & (z > 0.05) & (z < 0.062)
    assert np.count_nonzero(inside & (x > 0) & (x < 0.002)) > 0
    assert x[inside & (x < 0)].max() < -0.003


def test_knight_looks_ahead_and_both_its_sides_are_alike() -> None:
    mesh = chessman("knight").mesh
    head = mesh.vertices[mesh.vertices[:, 2] > 0.03]
    muzzle = head[head[:, 0] > 0.013]
    assert len(muzzle) > 20
    assert muzzle[:, 2].mean() < 0.75 * mesh.bounds[1, 2]
    mirrored = head * np.float32([1, -1, 1])
    distance = np.linalg.norm(head[:, None] - mirrored[None], axis=2).min(axis=1)
    assert distance.max() < 1e-5


def ink(rank: int, suit: int) -> NDArray[np.bool_]:
    """Return where a face is printed, without its corners."""
    picture = face(rank, suit, 1.0).astype(int)
    printed = picture.min(axis=2) < 128
    printed[: HEIGHT // 4, : WIDTH // 6] = False
    printed[-HEIGHT // 4 :, -WIDTH // 6 :] = False
    marked: NDArray[np.bool_] = printed
    return marked


@pytest.mark.parametrize("suit", SUITS)
@pytest.mark.parametrize("rank", range(1, 11))
def test_a_number_card_has_as_many_pips_as_its_rank(rank: int, suit: int) -> None:
    assert label(ink(rank, suit))[1] == rank
    if rank > 1:
        assert len(set(pip_places(rank))) == rank


@pytest.mark.parametrize("suit", SUITS)
@pytest.mark.parametrize("rank", RANKS)
def test_cards_look_the_same_turned_round_but_for_middle_pips(rank: int, suit: int) -> None:
    picture = face(rank, suit, 1.2).astype(float)
    difference = np.abs(picture - picture[::-1, ::-1]).mean()
    # Pips on the middle line, and the seventh, stand upright; a diamond is the same both ways.
    same = rank > 10 or rank in (2, 4, 10) or (suit == 2 and rank != 7)
    assert (difference < 1.0) == same


@pytest.mark.parametrize("suit", SUITS)
def test_hearts_and_diamonds_are_red_the_others_black(suit: int) -> None:
    colour = face(5, suit, 1.0)[ink(5, suit)].astype(float).mean(axis=0)
    assert (colour[0] > 3 * colour[1]) == (suit in (1, 2))
    assert (colour.max() < 60) == (suit in (0, 3))


def test_52_cards_are_52_pictures_with_their_rank_in_two_corners() -> None:
    faces = {(rank, suit): face(rank, suit, 1.0) for rank in RANKS for suit in SUITS}
    assert len({picture.tobytes() for picture in faces.values()}) == 52
    corners = {picture[20:110, 10:78].tobytes() for picture in faces.values()}
    assert len(corners) == 26  # 13 ranks in two colours, without the sign below


def test_large_indices_stay_off_the_pips_and_the_frame() -> None:
    """In the rows of the rank, a free column stands between the index and what is in the middle."""
    for rank, suit in ((10, 1), (12, 3), (4, 0)):
        rows = (face(rank, suit, 1.3)[40:110].astype(int).min(axis=2) < 128).any(axis=0)
        index_end = np.flatnonzero(~rows[30:140])[0] + 30
        assert rows[:index_end].any()
        assert rows[index_end:].any()


def test_card_has_its_face_up_and_its_upper_edge_towards_y() -> None:
    asset = GENERATORS["playing_card"]({"rank": 7, "suit": 1, "bend_m": 0.002})
    mesh = asset.mesh
    assert mesh.uvs is not None
    assert mesh.normals is not None
    front = mesh.slots == 0
    assert mesh.normals[front][..., 2].min() > 0.9
    assert mesh.uvs[front].reshape(-1, 2) == pytest.approx(
        mesh.vertices[mesh.triangles[front]].reshape(-1, 3)[:, :2] / [0.063, 0.088] + 0.5, abs=1e-5
    )
    assert mesh.bounds[1, 2] == pytest.approx(0.0023, abs=1e-6)
    assert len(mesh.triangles) <= 600


def test_card_face_down_shows_its_back() -> None:
    mesh = GENERATORS["playing_card"]({"face_down": 1}).mesh
    assert mesh.normals is not None
    assert mesh.normals[mesh.slots == 1][..., 2].min() > 0.9
    assert mesh.normals[mesh.slots == 0][..., 2].max() < -0.9


@pytest.mark.parametrize("pattern", range(PATTERNS))
def test_backs_do_not_tell_which_way_round_a_card_lies(pattern: int) -> None:
    picture = back(0.6, pattern, 0.3).astype(int)
    assert np.abs(picture - picture[::-1, ::-1]).mean() < 2
    inside = picture[40:-40, 40:-40].reshape(-1, 3)
    assert 0.15 < (inside[:, 0] < 128).mean() < 0.9
    assert picture[:8].min() > 230


@pytest.mark.parametrize(("name", "suit"), [("spades", 0), ("hearts", 1), ("diamonds", 2), ("clubs", 3)])
def test_entries_of_one_suit_draw_that_suit_only(name: str, suit: int) -> None:
    model = MODELS[f"card_{name}"]
    assert {dict(model.source(u_of).parameters)["suit"] for u_of in POINTS.values()} == {suit}


@pytest.mark.parametrize("colours", range(6))
def test_chess_board_alternates_and_a1_is_dark(colours: int) -> None:
    board = GENERATORS["chess_board"]({"colours": colours, "border": 0.5, "grain": 0.5})
    picture = picture_of(board).mean(axis=2)
    centres = np.round((np.arange(8) + 1.0) / 9 * picture.shape[0]).astype(int)
    squares = np.array(
        [[picture[row - 15 : row + 15, column - 15 : column + 15].mean() for column in centres] for row in centres]
    )
    light = (np.add.outer(np.arange(8), np.arange(8)) % 2) == 0
    # The picture's first row is rank 8, its first column the a-file: a8 is light, a1 dark.
    assert squares[light].min() > squares[~light].max()
    assert np.ptp(board.mesh.bounds, axis=0)[:2] == pytest.approx([0.055 * 9] * 2, abs=1e-5)
