"""The datasets for PyTorch, with real torch and its loaders."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="run ./scripts/test_clients, which installs torch")

from torch.utils.data import DataLoader  # noqa: E402 - torch must be there first

from synthvision.errors import DatasetError, UsageError  # noqa: E402
from synthvision.recipe import load_recipe  # noqa: E402
from synthvision.run.in_memory import frames  # noqa: E402
from synthvision.torch import FolderDataset, SceneStream, collate  # noqa: E402
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, picture  # noqa: E402
from tests.unit.formats.samples import boxes_alone, visible, whole  # noqa: E402

SMALL = ["camera.resolution=[64, 48]", "render.quality=draft"]


def test_targets_are_the_labels(tmp_path):
    source = whole(tmp_path / "set")
    dataset = FolderDataset(tmp_path / "set")
    assert len(dataset) == 4
    assert dataset.categories == {1: "mug", 2: "Schlüssel 扳手"}
    expected = visible(source)
    for index, frame in enumerate((0, 1, 2, 12)):
        image, target = dataset[index]
        assert (image.numpy() == picture(frame).transpose(2, 0, 1)).all()
        assert target["image_id"] == frame
        assert target["boxes"].shape == (len(expected[frame]), 4)
        assert target["masks"].shape == (len(expected[frame]), HEIGHT, WIDTH)
        for box, mask, area, ours in zip(
            target["boxes"], target["masks"], target["area"], expected[frame].values(), strict=True
        ):
            assert (mask.numpy() == ours).all()
            rows, columns = np.flatnonzero(ours.any(axis=1)), np.flatnonzero(ours.any(axis=0))
            assert box.tolist() == [columns[0], rows[0], columns[-1] + 1, rows[-1] + 1]
            assert area == ours.sum()
    assert dataset[0][1]["labels"].tolist() == [1, 2, 1]
    assert dataset[1][1]["boxes"].dtype == torch.float32


def test_splits_visibility_and_boxes(tmp_path):
    whole(tmp_path / "set")
    assert len(FolderDataset(tmp_path / "set", "val")) == 2
    assert FolderDataset(tmp_path / "set", min_visibility=0.9)[0][1]["labels"].tolist() == [1, 1]
    with pytest.raises(UsageError, match="split must be one of train, val, got 'test'"):
        FolderDataset(tmp_path / "set", "test")
    boxes_alone(tmp_path / "boxes")
    image, target = FolderDataset(tmp_path / "boxes", masks=False)[0]
    assert image.dtype == torch.uint8
    assert target["boxes"][0].tolist() == [5.25, 5.0, 16.75, 15.0]
    assert "masks" not in target
    with pytest.raises(DatasetError, match="mask must be known, got a label that was imported without one"):
        FolderDataset(tmp_path / "boxes")[0]


def test_a_loader_with_workers_gives_every_frame_once(tmp_path):
    whole(tmp_path / "set")
    loader = DataLoader(FolderDataset(tmp_path / "set"), batch_size=3, num_workers=2, collate_fn=collate)
    batches = list(loader)
    assert [len(images) for images, _ in batches] == [3, 1]
    assert [target["image_id"] for _, targets in batches for target in targets] == [0, 1, 2, 12]


def test_the_stream_is_the_recipes_frames_whatever_the_workers():
    recipe = load_recipe("quickstart", SMALL)
    stream = SceneStream(recipe, 4, renderer="preview")
    stream.set_epoch(1)
    alone = {target["image_id"]: image for image, target in stream}
    loader = DataLoader(stream, batch_size=None, num_workers=2)
    shared = {target["image_id"]: image for image, target in loader}
    assert sorted(alone) == sorted(shared) == [4, 5, 6, 7]
    assert all((alone[number] == shared[number]).all() for number in alone)
    ours = {frame.scene.frame_index: frame for frame in frames(recipe, 4, start=4, renderer="preview")}
    for image, target in stream:
        frame = ours[target["image_id"]]
        assert (image.numpy().transpose(1, 2, 0) == frame.image).all()
        shown = [label for label in frame.labels.instances if label.bbox is not None]
        assert target["labels"].tolist() == [label.category_id for label in shown]
        assert target["boxes"].tolist() == [list(label.bbox) for label in shown]


def test_workers_that_persist_see_the_next_epoch():
    stream = SceneStream(load_recipe("quickstart", SMALL), 2, renderer="preview")
    loader = DataLoader(stream, batch_size=None, num_workers=1, persistent_workers=True)
    seen = []
    for epoch in range(2):
        stream.set_epoch(epoch)
        seen.append(sorted(target["image_id"] for _, target in loader))
    assert seen == [[0, 1], [2, 3]]
    with pytest.raises(UsageError, match="frames_per_epoch: number must be at least 1, got 0"):
        SceneStream(load_recipe("quickstart", SMALL), 0)
