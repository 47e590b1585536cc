"""Pictures of frames on the page, each with all its overlays, of which the page shows one at a time."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord
from synthvision.errors import SynthvisionError
from synthvision.report.showing import Canvas, resized

Picture = NDArray[np.uint8]
Layers = Mapping[str, frozenset[str]]

LAYERS: Layers = MappingProxyType(
    {
        "picture": frozenset[str](),
        "masks": frozenset({"masks", "boxes", "names"}),
        "amodal": frozenset({"amodal"}),
        "3-D boxes": frozenset({"boxes3d"}),
        "keypoints": frozenset({"keypoints"}),
        "depth": frozenset({"depth"}),
    }
)
"""What can be chosen on the page, and the overlays that it has."""

FIRST = "masks"
"""What is shown until something else is chosen."""

_LONGEST_PX = 640
_LOSSLESS_PX = 200
"""Pictures that are not larger are shown enlarged, and so would be the artefacts of JPEG."""
_QUALITY = 78


def buttons(records: Sequence[FrameRecord]) -> str:
    """Return the buttons of the layers that any of some frames has."""
    there = [name for name in LAYERS if any(name in _layers_of(record) for record in records)]
    return "".join(
        f'<button type="button" data-layer="{name}" aria-pressed="{"true" if name == FIRST else "false"}">'
        f"{name}</button>"
        for name in there
    )


def tiles(dataset: Dataset, records: Sequence[FrameRecord], notes: Sequence[str] = ()) -> str:
    """Return a picture of each frame with its layers, its number and a note."""
    told = notes or [""] * len(records)
    pictures = "".join(_tile(dataset, record, note) for record, note in zip(records, told, strict=True))
    return f'<div class="gallery">{pictures}</div>'


def _layers_of(record: FrameRecord) -> Layers:
    """Return the layers that a frame has something for."""
    there = {
        "amodal": any(label.amodal_counts for label in record.labels),
        "3-D boxes": any(label.corners_px for label in record.labels),
        "keypoints": any(label.keypoints for label in record.labels),
        "depth": record.file("depth") is not None,
    }
    return {name: overlays for name, overlays in LAYERS.items() if there.get(name, True)}


def _tile(dataset: Dataset, record: FrameRecord, note: str) -> str:
    try:
        pictures = _pictures(dataset, record)
    except SynthvisionError as error:  # the dataset's faults tell it too, but here a hole needs a reason
        pictures = f'<p class="bad">{escape(str(error))}</p>'
    visible = sum(label.bbox is not None for label in record.labels)
    facts = [f"<b>#{record.frame_index}</b>", escape(record.split), f"{visible} label{'' if visible == 1 else 's'}"]
    facts += ["" if record.synthetic else "photograph", escape(note)]
    return f"<figure>{pictures}<figcaption>{' · '.join(fact for fact in facts if fact)}</figcaption></figure>"


def _pictures(dataset: Dataset, record: FrameRecord) -> str:
    canvas = Canvas.of(dataset, record)
    longest = max(canvas.picture.shape[:2])
    return "".join(
        f'<img data-layer="{name}"{" class=shown" if name == FIRST else ""} decoding="async"'
        f' width="{record.width_px}" height="{record.height_px}" alt="frame {record.frame_index}, {name}"'
        f' src="{_data_url(_drawn(canvas, overlays, longest / _LONGEST_PX))}">'
        for name, overlays in _layers_of(record).items()
    )


def _drawn(canvas: Canvas, overlays: frozenset[str], shrinking: float) -> Picture:
    if "depth" in overlays:
        return canvas.depth if shrinking <= 1 else resized(canvas.depth, 1 / shrinking)
    picture = canvas.drawn(overlays, max(shrinking, 1.0))
    return picture if shrinking <= 1 else resized(picture, 1 / shrinking)


def _data_url(picture: Picture) -> str:
    bgr = np.ascontiguousarray(picture[:, :, ::-1])
    if max(picture.shape[:2]) <= _LOSSLESS_PX:
        return f"data:image/png;base64,{_base64(cv2.imencode('.png', bgr)[1])}"
    return f"data:image/jpeg;base64,{_base64(cv2.imencode('.jpg', bgr, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1])}"


def _base64(content: Picture) -> str:
    return base64.b64encode(content.tobytes()).decode()
