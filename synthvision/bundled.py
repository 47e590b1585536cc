"""Where bundled recipes and assets lie: inside an installed wheel, or at the top of a checkout."""

from __future__ import annotations

from pathlib import Path


def bundled_folder(kind: str) -> Path:
    """Return the folder of bundled ``scenes`` or ``assets``."""
    package = Path(__file__).parent
    installed = package / "bundled_data" / kind
    return installed if installed.is_dir() else package.parent / kind
