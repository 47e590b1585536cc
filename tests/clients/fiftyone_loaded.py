"""FiftyOne with a database in a folder of its own; nothing is reported to anyone."""

import os
from tempfile import TemporaryDirectory

import pytest

_FOLDER = TemporaryDirectory(prefix="fiftyone")
# Read when the package is first imported.
os.environ |= {
    "FIFTYONE_CONFIG_PATH": f"{_FOLDER.name}/config.json",
    "FIFTYONE_DATABASE_DIR": f"{_FOLDER.name}/database",
    "FIFTYONE_DATABASE_VALIDATION": "false",  # it wants a newer database than there is one to install
    "FIFTYONE_DO_NOT_TRACK": "true",
}

pytest.importorskip("fiftyone", reason="run ./scripts/test_clients, which installs the clients")
