"""Commands that read datasets, and make others of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from synthvision.errors import UsageError, did_you_mean

# Imports inside the commands keep 'synthvision --help' quick.
# ruff: noqa: PLC0415

IMPORTED = ("coco", "yolo", "voc")
"""Formats that can be read."""

DatasetFolder = Annotated[Path, typer.Argument(metavar="DATASET", help="A dataset folder.")]
NewFolder = Annotated[Path, typer.Argument(metavar="OUT", help="A new folder.")]
Link = Annotated[bool, typer.Option("--link", help="Hard links instead of copies of the pictures.")]
Seed = Annotated[int, typer.Option("--seed", help="Decides which frames; the same gives the same again.")]


def validate(
    dataset: DatasetFolder,
    fix: Annotated[bool, typer.Option("--fix", help="First make anew what the frame lines can make anew.")] = False,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", metavar="KIND", help="A kind of fault to keep quiet about; repeatable."),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes; one per core.")] = None,
) -> None:
    """Print every fault of a dataset."""
    from synthvision.dataset import Dataset
    from synthvision.dataset import validate as faults_of
    from synthvision.dataset.faults import MEANINGS

    for kind in allow or ():
        if kind not in MEANINGS:
            known = ", ".join(MEANINGS)
            raise UsageError(f"--allow: kind must be one of {known}, got '{kind}'{did_you_mean(kind, MEANINGS)}")
    if fix:
        from synthvision.curation import fix_dataset

        for done in fix_dataset(dataset):
            typer.echo(f"{dataset}/{done}", err=True)
    faults = [fault for fault in faults_of(dataset, workers=workers) if fault.kind not in (allow or ())]
    for fault in faults:
        typer.echo(f"{dataset}/{fault}")
    if faults:
        raise typer.Exit(1)
    typer.echo(f"{dataset}: ok: {len(Dataset(dataset))} frames")


def export(
    dataset: DatasetFolder,
    out: NewFolder,
    to: Annotated[str, typer.Option("--to", metavar="FORMAT", help="Name of a format; 'list' shows them all.")],
    splits: Annotated[list[str] | None, typer.Option("--split", help="Only this split; repeatable.")] = None,
    min_visibility: Annotated[
        float, typer.Option("--min-visibility", min=0.0, max=1.0, help="Leave out labels that show less.")
    ] = 0.0,
    link: Link = False,
    asset_root: Annotated[
        str,
        typer.Option("--asset-root", metavar="DIR", help="Folder or URL of the recipe, for formats that write models."),
    ] = ".",
    roots: Annotated[
        list[str] | None,
        typer.Option("--allow-root", metavar="DIR", help="A folder or URL outside it with models; repeatable."),
    ] = None,
) -> None:
    """Write a dataset in another tool's format."""
    from synthvision.dataset import Dataset
    from synthvision.formats import ExportOptions, find_format

    form = find_format(to)
    options = ExportOptions(tuple(splits or ()), min_visibility, link, asset_root, tuple(roots or ()))
    report = form.write(Dataset(dataset), out, options)
    for loss, count in report.losses.items():
        typer.echo(f"{to}: {loss} ({count} times)", err=True)
    typer.echo(f"{out}: {report.frames} frames, {report.labels} labels as {form.title}")


def formats() -> None:
    """List the formats that can be written, and what each cannot carry."""
    from synthvision.formats import FORMATS, find_format

    for name in FORMATS:
        form = find_format(name)
        typer.echo(f"{name}: {form.title}")
        for missing in form.cannot_carry:
            typer.echo(f"    without {missing}")


def import_(
    form: Annotated[str, typer.Argument(metavar="FORMAT", help="coco, yolo or voc.")],
    source: Annotated[Path, typer.Argument(metavar="SOURCE", help="The annotation file, data.yaml or folder.")],
    out: NewFolder,
    images: Annotated[Path | None, typer.Option("--images", help="Where pictures of COCO or YOLO files are.")] = None,
    link: Link = False,
) -> None:
    """Read photographs with labels into a dataset folder, to mix, compare and show them."""
    from synthvision.curation import import_dataset

    if form not in IMPORTED:
        raise UsageError(f"format must be one of {', '.join(IMPORTED)}, got '{form}'{did_you_mean(form, IMPORTED)}")
    typer.echo(f"{out}: {import_dataset(form, source, out, images=images, link=link)}")


def merge(
    out: NewFolder,
    datasets: Annotated[list[Path], typer.Argument(metavar="DATASET...", help="Dataset folders.")],
    link: Link = False,
) -> None:
    """Put datasets together: categories by name, new ids; shards of one dataset become that dataset."""
    from synthvision.curation import merge_datasets

    typer.echo(f"{out}: {merge_datasets(out, datasets, link=link)}")


def split(
    dataset: DatasetFolder,
    out: NewFolder,
    shares: Annotated[str, typer.Option("--into", help="Names and shares.")] = "train=0.8,val=0.1,test=0.1",
    seed: Seed = 0,
    link: Link = False,
) -> None:
    """Divide a dataset: whole scenes, classes in the same proportions."""
    from synthvision.curation import read_shares, split_dataset

    typer.echo(f"{out}: {split_dataset(dataset, out, read_shares(shares), seed=seed, link=link)}")


def subset(
    dataset: DatasetFolder,
    out: NewFolder,
    where: Annotated[str, typer.Option("--where", help="An expression over a frame, such as 'count(mug) >= 2'.")],
    link: Link = False,
) -> None:
    """Choose frames by their labels and sampled parameters."""
    from synthvision.curation import subset_dataset

    typer.echo(f"{out}: {subset_dataset(dataset, out, where, link=link)}")


def mix(
    synthetic: Annotated[Path, typer.Argument(metavar="SYNTHETIC", help="A rendered dataset.")],
    real: Annotated[Path, typer.Argument(metavar="REAL", help="An imported dataset.")],
    out: NewFolder,
    share: Annotated[float, typer.Option("--synthetic", min=0.0, max=1.0, help="Share of rendered frames.")] = 0.5,
    frames: Annotated[int | None, typer.Option("-n", "--frames", help="How many; as many as there are.")] = None,
    seed: Seed = 0,
    link: Link = False,
) -> None:
    """Mix rendered frames with photographs."""
    from synthvision.curation import mix_datasets

    typer.echo(f"{out}: {mix_datasets(synthetic, real, out, share=share, frames=frames, seed=seed, link=link)}")


def dedup(
    dataset: DatasetFolder,
    out: NewFolder,
    distance: Annotated[int, typer.Option("--distance", min=0, max=64, help="Bits in which hashes may differ.")] = 4,
    link: Link = False,
) -> None:
    """Leave out frames that look like an earlier one."""
    from synthvision.curation import dedup_dataset

    typer.echo(f"{out}: {dedup_dataset(dataset, out, distance=distance, link=link)}")


def diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="A dataset folder.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="A dataset folder.")],
) -> None:
    """Say in what two datasets differ: recipe, parameters, statistics, pictures. Exit code 1 if they do."""
    from synthvision.curation import diff_datasets

    differences = diff_datasets(old, new)
    for line in differences:
        typer.echo(line)
    if differences:
        raise typer.Exit(1)
    typer.echo(f"{old}, {new}: the same")


def show(
    dataset: DatasetFolder,
    frame: Annotated[int | None, typer.Argument(metavar="[FRAME]", help="One frame; a contact sheet without.")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="PNG file to write.")] = Path("show.png"),
    overlays: Annotated[
        str,
        typer.Option("--with", help="Of masks, boxes, names, amodal, keypoints, boxes3d, depth; or none."),
    ] = "masks,boxes,names",
    frames: Annotated[int, typer.Option("-n", "--frames", min=1, help="How many on a contact sheet.")] = 12,
) -> None:
    """Draw labels over the pictures of a dataset."""
    from synthvision.report import read_overlays, show_dataset

    show_dataset(dataset, frame, out, read_overlays(overlays), frames)
    typer.echo(f"{out}: {'frame ' + str(frame) if frame is not None else 'contact sheet'} of {dataset}")


def report(
    dataset: DatasetFolder,
    out: Annotated[Path, typer.Option("-o", "--out", help="HTML file to write.")] = Path("report.html"),
    against: Annotated[
        Path | None, typer.Option("--against", metavar="REAL", help="Compare with this dataset.")
    ] = None,
) -> None:
    """Write one self-contained HTML page about a dataset."""
    from synthvision.report import write_report

    write_report(dataset, out, against)
    typer.echo(f"{out}: report of {dataset}")


def card(dataset: DatasetFolder) -> None:
    """Write DATASHEET.md and croissant.json into a dataset folder."""
    from synthvision.report import write_card

    for path in write_card(dataset):
        typer.echo(f"{path}: written")
