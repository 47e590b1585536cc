"""What a dataset is like, for people: pictures with labels, a page, a data card."""

from synthvision.report.card import write_card
from synthvision.report.page import write_report
from synthvision.report.showing import OVERLAYS, read_overlays, show_dataset

__all__ = ["OVERLAYS", "read_overlays", "show_dataset", "write_card", "write_report"]
