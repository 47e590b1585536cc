"""Ultralytics with settings in a folder of its own, and nothing fetched from the network."""

import os
from tempfile import TemporaryDirectory

import pytest

_SETTINGS = TemporaryDirectory(prefix="ultralytics")
# Read when the package is first imported.
os.environ |= {"YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "0", "YOLO_CONFIG_DIR": _SETTINGS.name}

pytest.importorskip(
    "ultralytics", reason="run ./scripts/test_clients, which installs the clients in an environment of their own"
)


@pytest.fixture
def no_fonts(monkeypatch):
    """A font that has the names of classes is looked for, and loaded down where there is none."""
    for module in ("data.utils", "utils.plotting"):
        monkeypatch.setattr(f"ultralytics.{module}.check_font", lambda _: None)
