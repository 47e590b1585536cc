"""What a power cut can take: nothing that was synced, and what it took is found out."""

import errno
import json
import os
import threading
from pathlib import Path

import pytest

from synthvision.dataset import Journal
from synthvision.dataset.lock import LOCK, FolderLock
from synthvision.dataset.syncing import Syncing
from synthvision.errors import DatasetError
from tests.unit.dataset.test_journal import fill, frames_in, record_of


@pytest.fixture
def synced(monkeypatch):
    """Names of all files and folders that are synced."""
    names = []
    real = os.fsync

    def note(descriptor):
        names.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        real(descriptor)

    monkeypatch.setattr("os.fsync", note)
    return names


def test_every_file_its_folder_and_the_journal_are_on_the_disk_when_the_journal_is_closed(tmp_path, synced):
    fill(tmp_path, 0, 2)
    record = json.loads((tmp_path / "frames.jsonl").read_bytes().splitlines()[0])
    assert {name.rpartition("/")[2] for name in record["files"]} <= set(synced)
    assert {"000002.png", "images", "frames.jsonl"} <= set(synced)
    last = max(place for place, name in enumerate(synced) if name.endswith(".png"))
    assert "frames.jsonl" in synced[last:], "the journal comes last"


def test_waiting_is_for_what_was_told(tmp_path, synced):
    record = record_of(tmp_path, 1)
    (tmp_path / "frames.jsonl").touch()
    syncing = Syncing(tmp_path, tmp_path / "frames.jsonl")
    syncing.note(record)
    syncing.wait()
    assert "000001.png" in synced
    syncing.close()
    assert "syncing" not in {thread.name for thread in threading.enumerate()}


def test_a_disk_that_fails_stops_the_run_and_hangs_nobody(tmp_path, monkeypatch):
    record = record_of(tmp_path, 1)

    def fail(_descriptor):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    syncing = Syncing(tmp_path, tmp_path / "frames.jsonl")
    monkeypatch.setattr("os.fsync", fail)
    syncing.note(record)
    for call in (syncing.wait, lambda: syncing.note(record), syncing.close):
        with pytest.raises(DatasetError, match="file must be writable, got 'Input/output error'"):
            call()


def test_the_lock_knows_that_the_machine_went_down(tmp_path):
    boot = tmp_path / "boot_id"
    boot.write_text("first\n")
    with FolderLock(tmp_path, boot) as lock:
        assert not lock.machine_went_down
        left = (tmp_path / LOCK).read_bytes()
    (tmp_path / LOCK).write_bytes(left)  # as a run leaves it that was killed
    with FolderLock(tmp_path, boot) as lock:
        assert not lock.machine_went_down
    (tmp_path / LOCK).write_bytes(left)
    boot.write_text("second\n")
    with FolderLock(tmp_path, boot) as lock:
        assert lock.machine_went_down


def test_after_the_machine_went_down_a_frame_counts_by_its_content(tmp_path):
    fill(tmp_path, 0, 1, 2)
    picture = tmp_path / "images/000001.png"
    picture.write_bytes(bytes(picture.stat().st_size))  # what a file system may leave
    with Journal(tmp_path) as journal:
        assert 1 in journal
    with Journal(tmp_path, verify=True) as journal:
        assert list(journal) == [0, 2]
    assert frames_in(tmp_path) == [0, 2]
