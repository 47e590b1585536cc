"""Other tools' layouts, one file each, made from a dataset."""

from synthvision.formats.coco import write_coco

__all__ = ["write_coco"]
