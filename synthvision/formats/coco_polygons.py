"""``coco`` with polygons, for readers that know no run lengths: DETR of Hugging Face, Label Studio, many converters."""

from __future__ import annotations

from pathlib import Path

from synthvision.dataset.reader import Dataset
from synthvision.formats.coco_folders import CANNOT_CARRY, write_folders
from synthvision.formats.types import ExportOptions, ExportReport, Format


def write(dataset: Dataset, out: Path, options: ExportOptions) -> ExportReport:
    """Write with masks as polygons on pixel corners, which rasterise to the same masks; see ``polygons``."""
    outputs = dataset.manifest.output_settings.model_copy(update={"polygons": True})
    return write_folders(dataset, out, options, outputs)


FORMAT = Format(
    name="coco-polygons",
    title="COCO instances with polygons instead of run lengths",
    cannot_carry=("holes as holes: a mask with one is cut into polygons that touch", *CANNOT_CARRY),
    write=write,
)
