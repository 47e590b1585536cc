"""Statistics against values worked out by hand."""

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.curation import mix_datasets
from synthvision.dataset import Dataset
from synthvision.report.evenly import evenly
from synthvision.report.statistics import OF_FRAMES, OF_LABELS, Drawn, descriptor, gather
from tests.unit.dataset.hand_made import make_dataset
from tests.unit.report.samples import boxes_alone, change_lines, textured, with_pictures


def test_labels_by_hand(tmp_path: Path) -> None:
    statistics = gather(Dataset(make_dataset(tmp_path / "made")))
    # Boxes that are seen: 12x10 at (5, 5), 17x7 at (30, 4), 1x1 at (63, 47), 3x48 at (20, 0), and the whole 64x48.
    sides = [(12, 10), (17, 7), (1, 1), (3, 48), (64, 48)]
    middles = [(11 / 64, 10 / 48), (38.5 / 64, 7.5 / 48), (63.5 / 64, 47.5 / 48), (21.5 / 64, 0.5), (0.5, 0.5)]
    assert statistics.frames == statistics.synthetic == 4
    assert statistics.classes == {"mug": 2, "Schlüssel 扳手": 3}
    assert statistics.images_with == {"mug": 1, "Schlüssel 扳手": 3}
    assert statistics.of_labels["box size"] == pytest.approx([math.sqrt(w * h / 3072) for w, h in sides])
    assert statistics.of_labels["box aspect"] == pytest.approx([math.log2(w / h) for w, h in sides])
    assert statistics.middles == pytest.approx(np.array(middles))
    assert statistics.of_labels["box middle across"] == pytest.approx([x for x, _ in middles])
    parts = (36 + 36 + 1) / (36 + 36 + 1 + 24)
    assert statistics.of_labels["visibility"] == pytest.approx([1, parts, 1, 1, 1], abs=1e-6)
    assert statistics.of_labels["truncation"] == pytest.approx([0.125] * 5)
    assert statistics.of_labels["distance"] == pytest.approx([2 / 3] * 5)
    assert list(statistics.of_frames["instances"]) == [3, 0, 1, 1]
    assert statistics.drawn == tuple(Drawn(0, index, 0) for index in (0, 1, 2, 12))
    assert set(statistics.of_labels) == set(OF_LABELS)
    assert set(statistics.of_frames) == set(OF_FRAMES)


def test_the_camera_of_each_frame(tmp_path: Path) -> None:
    def look(line):
        # From (0, -3, 1) along +y, tilted 30 degrees down.
        c, s = math.cos(math.radians(30)), math.sin(math.radians(30))
        line["camera_to_world"] = [[1, 0, 0, 0], [0, -s, c, -3], [0, -c, -s, 1], [0, 0, 0, 1]]

    statistics = gather(Dataset(change_lines(make_dataset(tmp_path / "made"), look)))
    expected = {
        "camera height, m": 1,
        "camera azimuth, degrees": -90,
        "camera looks down, degrees": 30,
        "camera field of view, degrees": math.degrees(2 * math.atan(32 / 70)),
        "lights": 0,
    }
    assert set(statistics.parameters) == set(expected)
    for name, value in expected.items():
        assert statistics.parameters[name] == pytest.approx([value] * 4), name


def test_pictures_by_hand(tmp_path: Path) -> None:
    red = np.zeros((48, 64, 3), np.uint8)
    red[:, :, 0] = 255
    halves = np.zeros((48, 64, 3), np.uint8)
    halves[:, 32:] = 255
    found = gather(Dataset(with_pictures(tmp_path / "two", [red, halves]))).of_frames
    assert found["brightness"] == pytest.approx([0.2126, 0.5], abs=2e-3)
    assert found["contrast"] == pytest.approx([0, 0.5], abs=5e-3)
    assert found["saturation"] == pytest.approx([1, 0])
    assert found["warmth"] == pytest.approx([1, 0])
    assert found["sharpness"][0] == pytest.approx(0)
    assert found["sharpness"][1] > 0.05


def test_boxes_alone_leave_out_what_is_not_known(tmp_path: Path) -> None:
    statistics = gather(Dataset(boxes_alone(tmp_path)))
    assert (statistics.frames, statistics.synthetic, statistics.drawn) == (3, 0, ())
    assert {name: len(values) for name, values in statistics.of_labels.items()} == {
        "box size": 6,
        "box aspect": 6,
        "box middle across": 6,
        "box middle down": 6,
        "visibility": 0,
        "truncation": 0,
        "distance": 0,
    }
    assert statistics.of_labels["box size"] == pytest.approx([math.sqrt(0.125), 0.2] * 3)
    assert statistics.parameters == {}


def test_a_mix_counts_what_was_rendered(tmp_path: Path) -> None:
    made = with_pictures(tmp_path / "made", [textured(n) for n in range(4)], splits={"train": 1.0})
    mix_datasets(made, boxes_alone(tmp_path), tmp_path / "mix", share=0.5, frames=6, seed=0, link=False)
    statistics = gather(Dataset(tmp_path / "mix"))
    assert (statistics.frames, statistics.synthetic) == (6, 3)
    assert len({frame.frame_index for frame in statistics.drawn}) == 3


def test_pictures_that_cannot_be_read_are_counted(tmp_path: Path) -> None:
    folder = with_pictures(tmp_path / "made", [textured(n) for n in range(3)])
    (folder / "images/000001.png").write_bytes(b"no picture")
    statistics = gather(Dataset(folder))
    assert statistics.unreadable == 1
    assert list(statistics.frame_indices) == [0, 2]
    assert len(statistics.descriptors) == len(statistics.of_frames["brightness"]) == 2


def test_descriptor_tells_looks_and_not_sizes() -> None:
    picture = cv2.GaussianBlur(textured(1, height=240, width=320), (0, 0), 6)
    smaller = cv2.resize(picture, (160, 120), interpolation=cv2.INTER_AREA)
    darker = (picture * 0.5).astype(np.uint8)
    turned = np.ascontiguousarray(np.rot90(picture, 2))
    far = np.linalg.norm(descriptor(darker) - descriptor(picture))
    assert np.linalg.norm(descriptor(smaller) - descriptor(picture)) < far / 4
    assert np.linalg.norm(descriptor(turned) - descriptor(picture)) > 0
    assert descriptor(picture).shape == (16 * (3 + 3 + 8) + 16 + 3,)


def test_evenly() -> None:
    assert evenly(range(10), 4) == [0, 3, 6, 9]
    assert evenly([5, 7], 4) == [5, 7]
    assert evenly([], 3) == []
    assert all(len(set(evenly(range(n), k))) == min(n, k) for n in range(1, 40) for k in range(1, 40))
