"""Datasets made of datasets: merged, divided, chosen, mixed, imported – and compared."""

from synthvision.curation.choosing import subset_dataset
from synthvision.curation.differences import diff_datasets
from synthvision.curation.duplicates import dedup_dataset
from synthvision.curation.fixing import fix_dataset
from synthvision.curation.importing import import_dataset
from synthvision.curation.merging import merge_datasets
from synthvision.curation.mixing import mix_datasets
from synthvision.curation.splitting import read_shares, split_dataset

__all__ = [
    "dedup_dataset",
    "diff_datasets",
    "fix_dataset",
    "import_dataset",
    "merge_datasets",
    "mix_datasets",
    "read_shares",
    "split_dataset",
    "subset_dataset",
]
