"""Chess and playing cards."""

from __future__ import annotations

from collections.abc import Mapping

from synthvision.assets.generators.board_games import (
    bishop,
    chess_board,
    king,
    knight,
    pawn,
    playing_card,
    queen,
    rook,
)
from synthvision.assets.generators.families import Family

FAMILIES: Mapping[str, Family] = {
    "chess_bishop": Family(bishop.make, bishop.Bishop),
    "chess_board": Family(chess_board.make, chess_board.ChessBoard),
    "chess_king": Family(king.make, king.King),
    "chess_knight": Family(knight.make, knight.Knight),
    "chess_pawn": Family(pawn.make, pawn.Pawn),
    "chess_queen": Family(queen.make, queen.Queen),
    "chess_rook": Family(rook.make, rook.Rook),
    "playing_card": Family(playing_card.make, playing_card.PlayingCard),
}

__all__ = ["FAMILIES"]
