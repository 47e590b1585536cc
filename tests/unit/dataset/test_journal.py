import errno
import json
import os

import pytest

from synthvision.dataset import FrameWriter, Journal
from synthvision.errors import DatasetError
from tests.unit.dataset.hand_made import frames_by_hand, make_labels, make_recipe, make_scene, picture
from tests.unit.dataset.test_writer import files_at_most


def record_of(folder, frame_index):
    labels = make_labels(frames_by_hand()[frame_index])
    return FrameWriter(folder, make_recipe()).write(make_scene(frame_index), labels, picture(frame_index))


def fill(folder, *order):
    with Journal(folder) as journal:
        for frame_index in order:
            journal.append(record_of(folder, frame_index))
    return (folder / "frames.jsonl").read_bytes()


def frames_in(folder):
    return [json.loads(line)["frame_index"] for line in (folder / "frames.jsonl").read_bytes().splitlines()]


def test_what_was_appended_is_found_again(tmp_path):
    fill(tmp_path, 2, 0)
    with Journal(tmp_path) as journal:
        assert (list(journal), len(journal), 2 in journal, 1 in journal) == ([0, 2], 2, True, False)


def test_finish_gives_the_same_file_whatever_the_order(tmp_path):
    files = []
    for order in ((0, 1, 2, 12), (12, 0, 2, 1), (2, 1, 12, 0)):
        folder = tmp_path / str(order[0])
        folder.mkdir()
        with Journal(folder) as journal:
            for frame_index in order:
                journal.append(record_of(folder, frame_index))
            journal.finish()
        files.append((folder / "frames.jsonl").read_bytes())
    assert frames_in(tmp_path / "12") == [0, 1, 2, 12]
    assert files[0] == files[1] == files[2]


def test_after_finish_more_can_be_appended(tmp_path):
    with Journal(tmp_path) as journal:
        for frame_index in (12, 2):
            journal.append(record_of(tmp_path, frame_index))
        journal.finish()
        journal.append(record_of(tmp_path, 0))
        journal.finish()
    assert frames_in(tmp_path) == [0, 2, 12]


def test_a_torn_last_line_is_cut_off_wherever_it_was_torn(tmp_path):
    whole = fill(tmp_path, 0, 1)
    first = whole.index(b"\n") + 1
    for cut in (first + 1, first + 100, len(whole) - 1):
        (tmp_path / "frames.jsonl").write_bytes(whole[:cut])
        with Journal(tmp_path) as journal:
            assert list(journal) == [0]
        assert (tmp_path / "frames.jsonl").read_bytes() == whole[:first]


def test_a_lost_or_shortened_file_makes_its_frame_unfinished(tmp_path):
    fill(tmp_path, 0, 1, 2)
    (tmp_path / "depth/000001.png").unlink()
    os.truncate(tmp_path / "images/000002.png", 50)
    with Journal(tmp_path) as journal:
        assert list(journal) == [0]
        journal.append(record_of(tmp_path, 1))
    assert frames_in(tmp_path) == [0, 1]


@pytest.mark.parametrize("broken", [b"\n", b"{}\n", b"[]\n", b'{"frame_index":1,"files":3}\n', b"\xff\n", b"{,}\n"])
def test_a_broken_line_in_the_middle_is_dropped(tmp_path, broken):
    whole = fill(tmp_path, 0, 1)
    first = whole.index(b"\n") + 1
    (tmp_path / "frames.jsonl").write_bytes(whole[:first] + broken + whole[first:])
    with Journal(tmp_path) as journal:
        assert list(journal) == [0, 1]
    assert (tmp_path / "frames.jsonl").read_bytes() == whole


def test_of_two_lines_for_a_frame_one_stays(tmp_path):
    whole = fill(tmp_path, 0, 1)
    (tmp_path / "frames.jsonl").write_bytes(whole + whole[: whole.index(b"\n") + 1])
    Journal(tmp_path).close()
    assert (tmp_path / "frames.jsonl").read_bytes() == whole


def test_a_frame_is_appended_once(tmp_path):
    with Journal(tmp_path) as journal:
        record = record_of(tmp_path, 1)
        journal.append(record)
        with pytest.raises(DatasetError, match=r"frames\.jsonl: frame must be new, got frame 1 again"):
            journal.append(record)


def test_on_a_full_disk_nothing_of_the_line_stays(tmp_path):
    before = fill(tmp_path, 0)
    record = record_of(tmp_path, 1)
    with Journal(tmp_path) as journal:
        with files_at_most(len(before) + 100), pytest.raises(DatasetError, match="disk must have room for this file"):
            journal.append(record)
        assert (tmp_path / "frames.jsonl").read_bytes() == before
        assert 1 not in journal
        journal.append(record)
    assert frames_in(tmp_path) == [0, 1]


def test_a_write_in_pieces_and_then_no_space(tmp_path, monkeypatch):
    real, calls = os.write, []

    def write(descriptor, data):
        calls.append(len(data))
        if len(calls) == 3:
            raise OSError(errno.ENOSPC, "full")
        return real(descriptor, data[:40])

    record = record_of(tmp_path, 1)
    with Journal(tmp_path) as journal:
        monkeypatch.setattr(os, "write", write)
        with pytest.raises(DatasetError, match="No space left on device"):
            journal.append(record)
        assert (tmp_path / "frames.jsonl").read_bytes() == b""
        monkeypatch.setattr(os, "write", real)
        journal.append(record)
    assert (tmp_path / "frames.jsonl").read_bytes() == record.to_line()


def test_sorting_on_a_full_disk_keeps_the_lines(tmp_path):
    with Journal(tmp_path) as journal:
        for frame_index in (2, 0):
            journal.append(record_of(tmp_path, frame_index))
        before = (tmp_path / "frames.jsonl").read_bytes()
        with files_at_most(300), pytest.raises(DatasetError, match="disk must have room"):
            journal.finish()
        assert (tmp_path / "frames.jsonl").read_bytes() == before
        journal.finish()
    assert frames_in(tmp_path) == [0, 2]
