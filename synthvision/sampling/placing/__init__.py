"""Finding a free place for one thing after another. What stands already never moves."""

from synthvision.sampling.placing.around import Around
from synthvision.sampling.placing.arrangement import Arrangement
from synthvision.sampling.placing.drop import drop_all
from synthvision.sampling.placing.forms import place_group
from synthvision.sampling.placing.order import Phase, Rank, by_form, by_size, phases, placing_order, supports_of
from synthvision.sampling.placing.searching import TRIES

__all__ = [
    "TRIES",
    "Around",
    "Arrangement",
    "Phase",
    "Rank",
    "by_form",
    "by_size",
    "drop_all",
    "phases",
    "place_group",
    "placing_order",
    "supports_of",
]
