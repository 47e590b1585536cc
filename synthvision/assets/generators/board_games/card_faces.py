"""The faces of an Anglo-American deck: indices, pips, aces; courts are in ``courts``."""

from __future__ import annotations

from PIL import Image

from synthvision.assets.generators.artwork import Image8, pixels
from synthvision.assets.generators.board_games.courts import court
from synthvision.assets.generators.board_games.suits import INKS, SPADES, rank_mask, stamp, suit_mask

WIDTH, HEIGHT = 512, 716
PX_PER_MM = WIDTH / 63.0
FIRST_COURT = 11
PIP_MM, ACE_MM, GREAT_ACE_MM = 14.0, 20.0, 42.0
SIDE_X, TOP_Y, BOTTOM_Y = 0.295, 0.175, 0.825
"""Where the pips' left column, uppermost and lowest rows are, as shares of the card."""

_OUTER = {4: (0.0, 1.0), 6: (0.0, 0.5, 1.0), 8: (0.0, 1 / 3, 2 / 3, 1.0)}
# Pips of both side columns together, then the rows of the middle column, 0 at the top and 1 at the bottom.
_LAYOUTS: dict[int, tuple[int, tuple[float, ...]]] = {
    2: (0, (0.0, 1.0)),
    3: (0, (0.0, 0.5, 1.0)),
    4: (4, ()),
    5: (4, (0.5,)),
    6: (6, ()),
    7: (6, (0.25,)),
    8: (6, (0.25, 0.75)),
    9: (8, (0.5,)),
    10: (8, (1 / 6, 5 / 6)),
}


def pip_places(rank: int) -> tuple[tuple[float, float], ...]:
    """Return where the pips of a number card (2 to 10) are: x and y as shares of the card, y downwards."""
    sides, rows = _LAYOUTS[rank]
    outer = [(x, row) for row in _OUTER.get(sides, ()) for x in (SIDE_X, 1 - SIDE_X)]
    return tuple((x, TOP_Y + (BOTTOM_Y - TOP_Y) * row) for x, row in [*outer, *((0.5, row) for row in rows)])


def face(rank: int, suit: int, index: float) -> Image8:
    """Draw a face, (716, 512, 3) sRGB.

    Args:
        rank: 1 (ace) to 13 (king).
        suit: 0 spades, 1 hearts, 2 diamonds, 3 clubs.
        index: height of the rank in the corners over that of a standard index, at most 1.3.
    """
    sheet = _middle(rank, suit)
    _indices(sheet, rank, suit, index)
    return pixels(sheet)


def _middle(rank: int, suit: int) -> Image.Image:
    """Draw a face without its indices."""
    sheet = Image.new("RGB", (WIDTH, HEIGHT), (252, 251, 247))
    if rank >= FIRST_COURT:
        court(sheet, rank, suit)
    elif rank == 1:
        height = GREAT_ACE_MM if suit == SPADES else ACE_MM
        stamp(sheet, suit_mask(suit, round(height * PX_PER_MM)), (WIDTH / 2, HEIGHT / 2), INKS[suit])
    else:
        upright = suit_mask(suit, round(PIP_MM * PX_PER_MM))
        inverted = upright.transpose(Image.Transpose.ROTATE_180)
        for x, y in pip_places(rank):
            stamp(sheet, inverted if y > 0.501 else upright, (x * WIDTH, y * HEIGHT), INKS[suit])  # noqa: PLR2004 - middle
    return sheet


def _indices(sheet: Image.Image, rank: int, suit: int, index: float) -> None:
    """Print rank and suit in the upper left corner, and upside down in the lower right one."""
    height = round(8.6 * index * PX_PER_MM)
    small = round(6.6 * (0.6 + 0.4 * index) * PX_PER_MM)
    letters, sign = rank_mask(rank, height, 0.9), suit_mask(suit, small)
    x = (2.1 + 3.2 * (0.5 + 0.5 * index)) * PX_PER_MM
    top = 3.6 * PX_PER_MM
    rows = (top + height / 2, top + height + 1.3 * PX_PER_MM + small / 2)
    for mask, y in zip((letters, sign), rows, strict=True):
        stamp(sheet, mask, (x, y), INKS[suit])
        stamp(sheet, mask.transpose(Image.Transpose.ROTATE_180), (WIDTH - x, HEIGHT - y), INKS[suit])
