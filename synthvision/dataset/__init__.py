"""The dataset on disk: see ``layout`` for what lies where."""

from synthvision.dataset.faults import DatasetFault, FaultKind
from synthvision.dataset.journal import Journal
from synthvision.dataset.manifest import Manifest, read_manifest
from synthvision.dataset.opening import OpenDataset, open_dataset
from synthvision.dataset.reader import Dataset
from synthvision.dataset.records import FrameRecord, InstanceRecord
from synthvision.dataset.validate import validate
from synthvision.dataset.writer import FrameWriter

__all__ = [
    "Dataset",
    "DatasetFault",
    "FaultKind",
    "FrameRecord",
    "FrameWriter",
    "InstanceRecord",
    "Journal",
    "Manifest",
    "OpenDataset",
    "open_dataset",
    "read_manifest",
    "validate",
]
