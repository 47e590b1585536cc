"""What happens when a file is damaged: every decoder is called inside ``reading``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from synthvision.errors import AssetError


@contextmanager
def reading(where: str, what: str) -> Iterator[None]:
    """Turn whatever a damaged file makes a decoder raise into an AssetError with the file's name and the cause."""
    try:
        yield
    except (AssetError, MemoryError):
        raise
    # Decoders raise anything on damaged data; the cause is named and kept.
    except Exception as error:
        cause = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        raise AssetError(f"{where}: file must be {what}, got damaged data ({cause})") from error
