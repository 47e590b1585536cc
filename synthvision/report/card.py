"""``synthvision card``: what a dataset is, for people and for machines, written into its folder."""

from __future__ import annotations

from pathlib import Path

from synthvision.dataset.disk import write_whole
from synthvision.dataset.layout import source_folder
from synthvision.dataset.manifest import read_manifest
from synthvision.dataset.reader import Dataset
from synthvision.report.contents import contents_of
from synthvision.report.croissant import croissant_bytes
from synthvision.report.datasheet import Facts, datasheet, summaries
from synthvision.report.licences import used_assets
from synthvision.report.run_times import run_times

DATASHEET = "DATASHEET.md"
CROISSANT = "croissant.json"


def write_card(folder: Path) -> tuple[Path, ...]:
    """Write the two files of the data card anew and return their paths.

    The same dataset gets the same bytes, but for the part of the data sheet that the run log tells. Other commands
    leave the files alone and do not take them over into other datasets.

    Raises DatasetError where the folder is no dataset, or has a line that cannot be read, or cannot be written.
    """
    dataset = Dataset(folder)
    manifest, contents = dataset.manifest, contents_of(dataset)
    sources = [read_manifest(folder / source_folder(number)) for number in range(len(manifest.sources))]
    facts = Facts(manifest, contents, used_assets(contents), sources, run_times(folder))
    written = {
        folder / DATASHEET: datasheet(facts).encode(),
        folder / CROISSANT: croissant_bytes(folder, manifest, contents, summaries(facts)),
    }
    for path, content in written.items():
        write_whole(path, content)
    return tuple(written)
