import errno
import hashlib
import io
import os
import resource
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from synthvision.dataset import FrameWriter
from synthvision.dataset.disk import disk_errors, write_whole
from synthvision.errors import DatasetError
from tests.unit.dataset.hand_made import content, frames_by_hand, make_labels, make_recipe, make_scene, picture


@contextmanager
def files_at_most(size):
    """Let the kernel refuse every write beyond ``size`` bytes of a file, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write(folder, frame_index=0, split="", pixels=None, **outputs):
    folder.mkdir(exist_ok=True)
    labels = make_labels(frames_by_hand()[frame_index])
    pixels = picture(frame_index) if pixels is None else pixels
    return FrameWriter(folder, make_recipe(outputs=outputs)).write(make_scene(frame_index, split), labels, pixels, (1,))


@pytest.mark.parametrize(
    ("outputs", "split", "names"),
    [
        ({}, "", ["depth/000012.png", "images/000012.png", "instances/000012.png"]),
        ({"depth": "none", "instances": False, "image": "jpeg"}, "", ["images/000012.jpg"]),
        (
            {"depth": "exr", "normals": True},
            "val",
            ["depth/val/000012.exr", "images/val/000012.png", "instances/val/000012.png", "normals/val/000012.png"],
        ),
    ],
)
def test_exactly_the_files_asked_for_are_written_and_recorded(tmp_path, outputs, split, names):
    record = write(tmp_path, 12, split, **outputs)
    written = content(tmp_path)
    assert sorted(written) == names
    recorded = {name: (file.bytes, file.sha256) for name, file in record.files.items()}
    assert recorded == {name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in written.items()}
    assert (record.frame_index, record.split, record.refusals) == (12, split, (1,))


def test_a_folder_that_is_gone_is_not_begun_anew(tmp_path):
    writer = FrameWriter(tmp_path / "gone", make_recipe())
    with pytest.raises(DatasetError, match=r"000000\.png: file must be writable, got 'No such file or directory'"):
        writer.write(make_scene(0), make_labels(frames_by_hand()[0]), picture(0))
    assert not (tmp_path / "gone").exists()


def test_the_same_frame_gives_the_same_bytes(tmp_path):
    outputs = {"depth": "exr", "normals": True}
    assert write(tmp_path / "a", **outputs) == write(tmp_path / "b", **outputs)
    assert content(tmp_path / "a") == content(tmp_path / "b")


def test_every_picture_says_that_it_is_synthetic(tmp_path):
    write(tmp_path, 2, normals=True)
    for name, data in content(tmp_path).items():
        text = Image.open(io.BytesIO(data)).text
        assert text["synthetic"] == "true", name
        assert (text["recipe"], text["seed"], text["frame"]) == ("hand-made", "7", "2")


@pytest.mark.parametrize("shape", [(48, 64), (64, 48, 3), (48, 64, 4)])
def test_a_picture_of_another_size_is_refused_and_nothing_is_written(tmp_path, shape):
    with pytest.raises(DatasetError) as caught:
        write(tmp_path, pixels=np.zeros(shape, np.uint8))
    assert str(caught.value) == f"frame 0: image must be (48, 64, 3) uint8, got {shape} uint8"
    assert content(tmp_path) == {}


def test_a_split_that_leaves_the_folder_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"split: name must be letters, digits, '_', '\.' or '-', got '\.\./x'"):
        write(tmp_path, split="../x")


def test_a_full_disk_is_one_clear_sentence_and_leaves_no_part_of_a_file(tmp_path):
    with files_at_most(700), pytest.raises(DatasetError) as caught:
        write(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/images/000000.png: disk must have room for this file, got '{os.strerror(errno.EFBIG)}'; "
        "free some space and run the same command again: finished frames are kept"
    )
    assert content(tmp_path) == {}
    assert len(write(tmp_path).files) == 3


def test_an_old_file_stays_whole_when_the_new_one_does_not_fit(tmp_path):
    path = tmp_path / "x"
    write_whole(path, b"old")
    with files_at_most(100), pytest.raises(DatasetError, match="disk must have room"):
        write_whole(path, bytes(5000))
    assert content(tmp_path) == {"x": b"old"}


def test_a_folder_that_cannot_be_written_is_named():
    with pytest.raises(DatasetError) as caught:
        write(Path("/sys"))  # nobody, not even root, can make a folder there
    assert str(caught.value).startswith("/sys/images/000000.png: folder must be writable, got '")
    assert str(caught.value).endswith(
        "; change its permissions or mount and run the same command again: finished frames are kept"
    )


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        (errno.ENOSPC, "disk must have room for this file"),
        (errno.EDQUOT, "disk must have room for this file"),
        (errno.EROFS, "folder must be writable"),
        (errno.EACCES, "folder must be writable"),
        (errno.EIO, "file must be writable"),
    ],
)
def test_each_cause_has_its_cure(code, rule):
    with pytest.raises(DatasetError) as caught, disk_errors(Path("x/y")):
        raise OSError(code, "whatever")
    assert str(caught.value).startswith(f"x/y: {rule}, got '{os.strerror(code)}'; ")
    assert str(caught.value).endswith(" run the same command again: finished frames are kept")
