"""Small pictures on disk for importers."""

from pathlib import Path

import cv2
import numpy as np

from tests.unit.dataset.hand_made import picture


def put_picture(path: Path, number: int = 0, width: int = 64, height: int = 48) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.ascontiguousarray(picture(number, height, width)[:, :, ::-1]))
    return path


def with_orientation(path: Path, orientation: int) -> None:
    """Give a JPEG an EXIF block that says how it lies."""
    tiff = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation, 0, 0, 0]) + b"\0\0\0\0"
    body = b"Exif\0\0" + tiff
    content = path.read_bytes()
    path.write_bytes(content[:2] + b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + content[2:])
