"""Which frames, and how many workers with how many threads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from synthvision.errors import RenderError, SynthvisionError, UsageError
from synthvision.run import plan
from synthvision.run.machine import available_memory_bytes, may_have_gpu, usable_cores
from synthvision.run.plan import Order, crew_size
from synthvision.run.slots import Size
from tests.end_to_end.run.test_crew import RECIPE


def order(**changes: Any) -> Order:
    settings: dict[str, Any] = {"recipe": RECIPE, "count": 10, "renderer": "preview"}
    return Order(**(settings | changes))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Eight cores, plenty of memory, maybe a GPU, Blender installed."""
    monkeypatch.setattr(plan, "usable_cores", lambda: 8)
    monkeypatch.setattr(plan, "available_memory_bytes", lambda: 64_000_000_000)
    monkeypatch.setattr(plan, "may_have_gpu", lambda: True)
    monkeypatch.setattr(plan, "find_spec", lambda _: object())
    return monkeypatch


def test_missing_frames_ascend_and_leave_out_the_finished() -> None:
    assert list(order(count=5, start=3).missing({0, 4, 6, 9})) == [3, 5, 7]
    assert order(count=5, start=3).finished({0, 4, 6, 9}) == 2


def test_seed_zero_is_a_seed() -> None:
    recipe = RECIPE.model_copy(update={"seed": 7})
    assert order(recipe=recipe).dataset_seed == 7
    assert order(recipe=recipe, seed=0).dataset_seed == 0


@pytest.mark.parametrize(
    ("changes", "error", "text"),
    [
        ({"count": 0}, UsageError, "frames: number must be at least 1, got 0"),
        ({"start": -1}, UsageError, "start: number must be at least 0, got -1"),
        ({"workers": 0}, UsageError, "workers: number must be at least 1, got 0"),
        ({"per_gpu": 0}, UsageError, "per_gpu: number must be at least 1, got 0"),
        (
            {"per_gpu": 2, "workers": 4},
            UsageError,
            "per_gpu: there must be no number of workers beside it, got both; leave one out",
        ),
        (
            {"renderer": "blend"},
            UsageError,
            "renderer: name must be one of blender, preview, got 'blend'; did you mean 'blender'?",
        ),
        ({"device": "cuda"}, UsageError, "device: it must be auto or cpu for the preview renderer, got 'cuda'"),
    ],
)
def test_impossible_orders_are_refused(changes: dict[str, Any], error: type[SynthvisionError], text: str) -> None:
    with pytest.raises(error) as caught:
        order(**changes)
    assert str(caught.value) == text
    assert caught.value.exit_code == 2


def test_blender_must_be_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "find_spec", lambda _: None)
    with pytest.raises(RenderError, match="its Python module bpy must be installed, got none; install 'synthvision"):
        order(renderer="blender")


ALL = 57_600_000_000
"""Nine tenths of the machine's memory, bytes."""


@pytest.mark.parametrize(
    ("changes", "missing", "size"),
    [
        ({}, 100, Size(8, 1, ceiling_bytes=ALL // 8)),
        ({}, 3, Size(3, 2, ceiling_bytes=ALL // 3)),
        ({}, 0, Size(1, 8, ceiling_bytes=ALL)),
        ({"workers": 3}, 100, Size(3, 2, on_gpus=3, ceiling_bytes=ALL // 3)),
        ({"workers": 20}, 100, Size(20, 1, on_gpus=20, ceiling_bytes=ALL // 20)),
        ({"renderer": "blender", "device": "cpu"}, 100, Size(8, 1, ceiling_bytes=ALL // 8)),
        ({"renderer": "blender", "device": "cuda"}, 100, Size(8, 1, 8, ceiling_bytes=ALL // 8)),
        ({"renderer": "blender", "device": "auto"}, 100, Size(8, 1, 8, ceiling_bytes=ALL // 8)),
        ({"renderer": "blender", "per_gpu": 3}, 100, Size(8, 1, 8, 3, ceiling_bytes=ALL // 8)),
        ({"renderer": "blender", "workers": 2}, 100, Size(2, 4, 8, on_gpus=2, ceiling_bytes=ALL // 2)),
    ],
)
@pytest.mark.usefixtures("machine")
def test_crew_size(changes: dict[str, Any], missing: int, size: Size) -> None:
    assert crew_size(order(**changes), missing) == size


def test_little_memory_bears_few_workers(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(plan, "available_memory_bytes", lambda: 3_000_000_000)
    assert crew_size(order(), 100) == Size(2, 4, ceiling_bytes=1_350_000_000)


def test_a_machine_that_does_not_tell_its_memory_sets_no_ceiling(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(plan, "available_memory_bytes", lambda: None)
    assert crew_size(order(), 100) == Size(8, 1)


def test_without_gpu_nodes_nobody_is_sent_ahead(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(plan, "may_have_gpu", lambda: False)
    assert crew_size(order(renderer="blender"), 100) == Size(8, 1, ceiling_bytes=ALL // 8)


def test_cpu_quota_of_a_container_bounds_the_cores(tmp_path: Path) -> None:
    quota = tmp_path / "cpu.max"
    quota.write_text("100000 100000\n")
    assert usable_cores(quota) == 1
    quota.write_text("50000 100000\n")
    assert usable_cores(quota) == 1
    quota.write_text("max 100000\n")
    assert usable_cores(quota) == usable_cores(tmp_path / "none")


def test_available_memory_is_bounded_by_the_container(tmp_path: Path) -> None:
    meminfo, limit = tmp_path / "meminfo", tmp_path / "memory.max"
    meminfo.write_text("MemTotal:  8000 kB\nMemAvailable:  4000 kB\n")
    assert available_memory_bytes(meminfo, limit) == 4_096_000
    limit.write_text("max\n")
    assert available_memory_bytes(meminfo, limit) == 4_096_000
    limit.write_text("1000000\n")
    assert available_memory_bytes(meminfo, limit) == 1_000_000
    assert available_memory_bytes(tmp_path / "none", limit) is None


def test_gpu_needs_a_device_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not may_have_gpu(tmp_path)
    (tmp_path / "nvidia0").touch()
    assert may_have_gpu(tmp_path)
