"""Object stores by URL, through fsspec: how one is opened, and how long one that fails is asked again.

A folder that is read is a path below ``ROOT``, which no disk has: ``s3://bucket/assets`` is
``/remote:/s3/bucket/assets``. So it joins with names, and is judged to hold them, like any other; and it says the same
on every machine.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from synthvision.errors import UsageError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem
    from tenacity import Retrying

ROOT = Path("/remote:")
EXTRA = "synthvision[cloud]"
PATIENCE_S = 300.0
"""So long a store may be out of order before a run ends; each attempt has some of botocore's own in it."""

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 20.0
_SAME_AGAIN = (FileNotFoundError, PermissionError, NotADirectoryError, IsADirectoryError, TypeError, ValueError)
_S3_OPTIONS = {"connect_timeout": 10, "read_timeout": 30, "retries": {"mode": "standard", "max_attempts": 2}}


def is_url(name: str) -> bool:
    """Whether a name means an object store; ``file://`` is a folder like any other."""
    return "://" in name and not name.startswith("file://")


def folder_of(name: str | os.PathLike[str]) -> Path:
    """Return the path that a folder's or a file's name means: below ``ROOT`` for a URL. Raises UsageError.

    A URL must not carry credentials, because it is written into records and messages.
    """
    text = os.fspath(name)
    if not is_url(text):
        return Path(text.removeprefix("file://"))
    scheme, _, rest = text.partition("://")
    if "@" in rest.partition("/")[0] or re.search(r"[?#]", rest):
        raise UsageError(
            f"{scheme}://…: URL must be without credentials, '?' and '#', got one with them;"
            " give credentials as the store's own tools take them, such as AWS_PROFILE"
        )
    return ROOT / scheme / PurePosixPath(rest.strip("/"))


def is_remote(path: Path) -> bool:
    """Whether a path lies on an object store."""
    return path.is_relative_to(ROOT)


def shown_path(path: Path) -> str:
    """Return a path as a user writes it: a URL for one on an object store."""
    if not is_remote(path):
        return str(path)
    scheme, *steps = path.relative_to(ROOT).parts
    return f"{scheme}://{'/'.join(steps)}"


def file_system(url: str, what: str = "output") -> tuple[AbstractFileSystem, str]:
    """Return the file system of a URL and the place in it; UsageError, which calls it ``what``, if there is none."""
    try:
        import tenacity  # noqa: F401, PLC0415 - an extra
        from fsspec.config import conf  # noqa: PLC0415 - as above
        from fsspec.core import url_to_fs  # noqa: PLC0415 - as above
    except ImportError as error:
        raise UsageError(
            f"{url}: {what} must be a folder without the extra '{EXTRA}', got a URL; install it"
        ) from error
    protocol = url.partition("://")[0]
    options: dict[str, Any] = {"use_listings_cache": False}  # other machines write there, too
    if protocol in {"s3", "s3a"} and "config_kwargs" not in conf.get("s3", {}):
        options["config_kwargs"] = _S3_OPTIONS
    try:
        system, root = url_to_fs(url, **options)
    except ImportError as error:
        text = f"{url}: its file system must be installed, got '{error}'; for s3:// install '{EXTRA}'"
        raise UsageError(text) from error
    except ValueError as error:
        raise UsageError(f"{url}: {what} must be a folder or a URL that fsspec knows, got '{error}'") from error
    return system, root.rstrip("/")


def without_credentials(error: BaseException) -> bool:
    """Whether a store was not even asked, because nothing says who asks."""
    return "Credentials" in type(error).__name__ or type(error).__name__ == "ProfileNotFound"


def asking_again(patience_s: float) -> Retrying:
    """Return what calls a function again, with growing pauses, while it fails in a way that may pass."""
    import tenacity  # noqa: PLC0415 - an extra

    def may_pass(error: BaseException) -> bool:
        return isinstance(error, Exception) and not isinstance(error, _SAME_AGAIN) and not without_credentials(error)

    return tenacity.Retrying(
        stop=tenacity.stop_after_delay(patience_s),
        wait=tenacity.wait_exponential(_FIRST_PAUSE_S, _LONGEST_PAUSE_S) + tenacity.wait_random(0, _FIRST_PAUSE_S),
        retry=tenacity.retry_if_exception(may_pass),
        reraise=True,
    )
