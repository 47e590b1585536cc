"""Reading photographs with labels from other tools' formats into a dataset folder: one file per format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType

from synthvision.curation.gathering import new_dataset
from synthvision.curation.importing.coco import read_coco
from synthvision.curation.importing.types import Imported, Picture
from synthvision.curation.importing.voc import read_voc
from synthvision.curation.importing.yolo import read_yolo
from synthvision.dataset import FrameRecord, Manifest
from synthvision.dataset.manifest import FORMAT, manifest_bytes
from synthvision.dataset.records import Origin
from synthvision.dataset.sources import Source
from synthvision.errors import UsageError
from synthvision.recipe.model import Info, Licence, Outputs

READERS: MappingProxyType[str, Callable[[Path, Path | None], Imported]] = MappingProxyType(
    {"coco": read_coco, "yolo": read_yolo, "voc": read_voc}
)


def import_dataset(form: str, source: Path, out: Path, *, images: Path | None, link: bool) -> str:
    """Read photographs with labels into a new dataset folder, and return what was done in one line.

    The frames have no scene, camera or depth, and count as photographs (``origin.synthetic`` False) unless the
    annotations say otherwise, as the COCO files of synthvision do. Masks are kept exactly; the box of a
    label with a mask is the tight one of its mask.

    Args:
        form: ``coco``, ``yolo`` or ``voc``.
        source: COCO: an annotation file, or a folder with ``annotations/instances_SPLIT.json`` or
            ``SPLIT/_annotations.coco.json``; YOLO: a ``data.yaml`` or its folder; VOC: the folder with ``Annotations``.
        out: a new folder.
        images: where the pictures of COCO files are, if not beside them in one of the usual places; the folder in
            which those of YOLO lie, if not that of ``data.yaml``. No file outside is read.
        link: hard links instead of copies of the pictures.

    Raises:
        DatasetError: annotations that cannot be understood, naming file and place; pictures that are missing,
            cannot be read, or have another size than the annotations say.
        UsageError: ``images`` for VOC; ``out`` exists.
    """
    if images is not None and form == "voc":
        raise UsageError(f"--images: option must be used with coco or yolo, got {form}, which has them in JPEGImages")
    found = READERS[form](source, images)
    manifest = _manifest(found)
    with new_dataset(out, manifest, [Source(manifest_bytes(manifest), None)]) as writer:
        labels = 0
        for picture in found.pictures():
            writer.add(_record(writer.frames, picture, synthetic=found.synthetic), {"images": picture.path}, link=link)
            labels += len(picture.labels)
        frames = writer.frames
    notes = "".join(f"; {note} ({count} times)" for note, count in found.notes.items())
    return f"{frames} pictures, {labels} labels, {len(found.categories)} categories{notes}"


def _record(number: int, picture: Picture, *, synthetic: bool) -> FrameRecord:
    return FrameRecord(
        frame_index=number,
        split=picture.split,
        refusals=(),
        width_px=picture.width_px,
        height_px=picture.height_px,
        camera_matrix=None,
        camera_to_world=None,
        files={},
        labels=picture.labels,
        scene={},
        origin=Origin(0, number, synthetic=synthetic, file=picture.name, licence=picture.licence),
    )


def _manifest(found: Imported) -> Manifest:
    outputs = Outputs(depth="none", instances=False, measured_depth=False)
    licences = found.licences or (Licence().model_dump(mode="json"),)
    several = {"name": ", ".join(licence["name"] for licence in licences), "url": ""}
    return Manifest(
        name=found.name,
        seed=0,
        recipe_sha256=found.sha256,
        recipe_yaml_sha256="",
        renderer="",
        versions={},
        categories=found.categories,
        splits=found.splits,
        outputs=outputs.model_dump(mode="json"),
        info=Info(description=f"imported from {found.form}").model_dump(mode="json") | dict(found.info),
        licence=licences[0] if len(licences) == 1 else several,
        encodings={"images": {"file": "as imported", "origin": "pixel (0, 0) is top left"}},
        format=FORMAT,
        synthetic=found.synthetic,
        licences=tuple(licences) if len(licences) > 1 else (),
    )
