"""Who renders where."""

from __future__ import annotations

import pytest

from synthvision.run.messages import Ready
from synthvision.run.slots import TILE_PX, Size, Slot, first_slots, relieved, slots_after_scout

HOST = Ready("optix:0 (a card)", ("optix:0", "optix:1", "optix:2"))
SCOUT = Slot("auto", 16)


def test_on_the_cpu_all_begin_at_once() -> None:
    assert first_slots(Size(3, 5), "cpu") == [Slot("cpu", 5)] * 3


def test_where_a_gpu_is_possible_one_goes_ahead() -> None:
    assert first_slots(Size(8, 2, scout_threads=16), "auto") == [SCOUT]


@pytest.mark.parametrize(
    ("size", "slots"),
    [
        (Size(8, 2, 16), [Slot("optix:0", 16), Slot("optix:1", 5), Slot("optix:2", 5)]),
        (Size(8, 2, 16, on_gpus=2), [Slot("optix:0", 16), Slot("optix:1", 8)]),
        (Size(8, 2, 16, on_gpus=1), [Slot("optix:0", 16)]),
    ],
)
def test_workers_go_round_the_gpus(size: Size, slots: list[Slot]) -> None:
    assert slots_after_scout(size, SCOUT, HOST) == slots


def test_several_workers_share_each_gpu() -> None:
    slots = slots_after_scout(Size(8, 2, 16, per_gpu=2), SCOUT, HOST)
    assert sorted(slot.device for slot in slots) == ["optix:0", "optix:0", "optix:1", "optix:1", "optix:2", "optix:2"]


def test_without_a_gpu_the_crew_is_one_of_the_cpu() -> None:
    assert slots_after_scout(Size(8, 2, 16), SCOUT, Ready("cpu (a chip)")) == [Slot("auto", 2)] * 8


def test_a_full_device_gets_tiles_then_fewer_workers_then_nothing_more() -> None:
    slot = Slot("cuda:0", 4)
    tiled = Slot("cuda:0", 4, TILE_PX)
    assert relieved(slot, [slot, slot]) == tiled
    assert relieved(tiled, [tiled, slot, Slot("cuda:1", 4)]) is None
    assert relieved(tiled, [tiled, Slot("cuda:1", 4)]) == tiled
