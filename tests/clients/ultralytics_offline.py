"""Ultralytics with settings in a folder of its own, and nothing fetched from the network."""

import os
from tempfile import mkdtemp

import pytest

# Read when the package is first imported.
os.environ |= {"YOLO_OFFLINE": "1", "YOLO_AUTOINSTALL": "0", "YOLO_CONFIG_DIR": mkdtemp(prefix="ultralytics")}

pytest.importorskip(
    "ultralytics", reason="run ./scripts/test_clients, which installs the clients in an environment of their own"
)


@pytest.fixture(autouse=True)
def no_fonts(monkeypatch):
    """Loaders look for a font that has the names of classes, and load it down where there is none."""
    monkeypatch.setattr("ultralytics.data.utils.check_font", lambda _: None)
