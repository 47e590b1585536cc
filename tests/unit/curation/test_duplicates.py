import cv2
import numpy as np
import pytest

from synthvision.curation import dedup_dataset
from synthvision.curation.duplicates import _Kept, picture_hash
from synthvision.dataset import Dataset, FrameWriter, open_dataset, validate
from synthvision.formats import write_coco
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, make_labels, make_recipe, make_scene


def blobs(seed, height=HEIGHT, width=WIDTH):
    """Smooth random pictures, as photographs are."""
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3)).astype(np.uint8)  # noqa: TID251 - seeded
    return cv2.resize(noise, (width, height), interpolation=cv2.INTER_CUBIC)


def differing(one, other):
    return (int(picture_hash(one)) ^ int(picture_hash(other))).bit_count()


def test_small_changes_leave_the_hash_near_and_other_pictures_are_far():
    for seed in range(20):
        one = blobs(seed, 240, 320)
        assert differing(one, cv2.resize(one, (160, 120), interpolation=cv2.INTER_AREA)) <= 4
        assert differing(one, cv2.convertScaleAbs(one, alpha=0.9, beta=10)) <= 4
        jpeg = cv2.imdecode(cv2.imencode(".jpg", one, [cv2.IMWRITE_JPEG_QUALITY, 40])[1], cv2.IMREAD_COLOR)
        assert differing(one, jpeg) <= 4
        assert differing(one, blobs(seed + 100, 240, 320)) > 12


def test_a_flat_picture_has_a_hash():
    assert differing(np.full((50, 60, 3), 20, np.uint8), np.full((90, 80, 3), 200, np.uint8)) == 0


def test_distances_are_numbers_of_bits():
    kept = _Kept(3)
    kept.add(np.uint64(0))
    kept.add(np.uint64(2**64 - 1))
    for bits in range(33):
        value = np.uint64(2**bits - 1)
        assert kept.has_near(value, bits)
        assert bits == 0 or not kept.has_near(value, bits - 1)


@pytest.fixture
def folder(tmp_path):
    """Frames 0, 1, 2 are three pictures; 3 is 0 a little brighter, 4 is 1 again, 5 is another."""
    pictures = [blobs(0), blobs(1), blobs(2), cv2.convertScaleAbs(blobs(0), beta=6), blobs(1), blobs(5)]
    recipe = make_recipe()
    with open_dataset(tmp_path / "set", recipe, 7, "preview") as dataset:
        for index, pixels in enumerate(pictures):
            dataset.journal.append(
                FrameWriter(tmp_path / "set", recipe).write(make_scene(index), make_labels([]), pixels)
            )
        write_coco(tmp_path / "set")
    return tmp_path / "set"


def test_the_earliest_stays(folder, tmp_path):
    text = dedup_dataset(folder, tmp_path / "out", distance=4, link=False)
    assert text == "4 of 6 frames, 2 look like an earlier one"
    assert [record.origin.frame_index for record in Dataset(tmp_path / "out")] == [0, 1, 2, 5]
    assert validate(tmp_path / "out") == ()


def test_at_the_greatest_distance_one_stays(folder, tmp_path):
    dedup_dataset(folder, tmp_path / "out", distance=64, link=True)
    assert [record.origin.frame_index for record in Dataset(tmp_path / "out")] == [0]
