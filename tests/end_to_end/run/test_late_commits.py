"""A local run in a dataset that a cluster made, where a machine that was cut off has committed since."""

from __future__ import annotations

from pathlib import Path

import pytest

from synthvision import render_dataset
from synthvision.dataset import validate
from synthvision.errors import DatasetError
from synthvision.run.commits import write_commit
from synthvision.run.plan import Order
from synthvision.run.rendering import make_frames
from synthvision.run.staging import staged_keeper
from synthvision.run.stopping import Stop
from synthvision.run.stores import FolderStore
from tests.unit.run.small import contents, small_recipe


def test_a_local_run_goes_on_where_a_late_commit_was_left(tmp_path: Path) -> None:
    recipe, out = small_recipe(tmp_path), tmp_path / "out"
    render_dataset(recipe, out, frames=2, workers=1, renderer="preview")
    lines = (out / "frames.jsonl").read_bytes().splitlines(keepends=True)
    before, store = contents(out), FolderStore(out)
    write_commit(store, [(1, lines[1])])
    assert render_dataset(recipe, out, frames=2, workers=1, renderer="preview").progress.made == 0
    assert contents(out) == before
    assert validate(out) == ()
    write_commit(store, [(0, lines[0])])
    for folder in ("images", ".shards", "."):  # of machines that were killed
        (out / folder / ".000000.1f.tmp").write_bytes(b"half")
    order = Order(recipe, 2, renderer="preview")
    with staged_keeper(order, store) as keeper:  # as a run on a cluster or on an object store
        assert make_frames(order, keeper, Stop(), lambda _: None).progress.before == 2
    assert contents(out) == before
    write_commit(store, [(7, lines[1].replace(b'"frame_index":1', b'"frame_index":7'))])
    with pytest.raises(DatasetError, match=r"out: dataset must be finished by runs on a cluster, as it was begun, got"):
        render_dataset(recipe, out, frames=2, workers=1, renderer="preview")
