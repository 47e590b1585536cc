"""Commands that read recipes: render, preview, sample, check; and what helps with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthvision.errors import UsageError, did_you_mean
from synthvision.run.messages import RendererName

if TYPE_CHECKING:
    from synthvision.run.cluster.engine import Cluster

# Imports inside the commands keep 'synthvision --help' and 'doctor' quick, and working where a library is broken.
# ruff: noqa: PLC0415

QUALITIES = ("draft", "standard", "high")

RecipeName = Annotated[
    str, typer.Argument(metavar="RECIPE", help="A recipe file or its URL, or the name of a bundled recipe.")
]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the dataset; the recipe's own if left out.")]
Overrides = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY.PATH=VALUE", help="Change a value of the recipe; repeatable.")
]
Freeze = Annotated[
    str | None,
    typer.Option(
        "--freeze", metavar="NAMES", help="Hold factors at their centre instead of those of the recipe: lights,camera."
    ),
]
Roots = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-root",
        metavar="DIR",
        help="A folder outside the recipe's own that it may read, or a URL for a recipe at one; repeatable.",
    ),
]
FilesFrom = Annotated[
    str | None,
    typer.Option(
        "--files-from",
        metavar="DIR",
        help="Folder or URL where the recipe's file names start, if not in its own: for the recipe.yaml of a dataset.",
    ),
]


def render(
    recipe: RecipeName,
    out: Annotated[
        str, typer.Option("-o", "--out", help="Dataset folder or URL (s3://bucket/folder); new, or one to continue.")
    ],
    frames: Annotated[int, typer.Option("-n", "--frames", help="How many frames.")] = 16,
    start: Annotated[int, typer.Option("--start", help="The first frame.")] = 0,
    seed: Seed = None,
    overrides: Overrides = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes; one per core on the CPU, one on each GPU, if left out.")
    ] = None,
    per_gpu: Annotated[int | None, typer.Option("--per-gpu", help="Workers on each GPU, instead of --workers.")] = None,
    device: Annotated[
        str, typer.Option("--device", help="auto, cpu, cuda, optix, hip, oneapi or metal; cuda:1 for the second.")
    ] = "auto",
    quality: Annotated[str | None, typer.Option("--quality", help="draft, standard or high.")] = None,
    freeze: Freeze = None,
    renderer: Annotated[str, typer.Option("--renderer", help="blender, or preview without Blender.")] = "blender",
    shard: Annotated[
        str | None, typer.Option("--shard", metavar="I/N", help="Only part I of N, from 0; 'merge' joins the folders.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option("--cluster", metavar="ADDRESS", help="Render on a Ray cluster: local, auto or ray://HOST:10001."),
    ] = None,
    gpus_per_worker: Annotated[
        float | None, typer.Option("--gpus-per-worker", help="With --cluster: 0.5 puts two workers on each GPU.")
    ] = None,
    cpus_per_worker: Annotated[int | None, typer.Option("--cpus-per-worker", help="With --cluster.")] = None,
    roots: Roots = None,
    files_from: FilesFrom = None,
    trace: Annotated[
        Path | None, typer.Option("--trace", metavar="FILE", help="What each worker did when, for Perfetto or Chrome.")
    ] = None,
) -> None:
    """Render a dataset. The same command again continues where it stopped; a larger -n extends it."""
    from synthvision.recipe import load_recipe
    from synthvision.run.display import report, shown_progress
    from synthvision.run.rendering import render_dataset
    from synthvision.run.shards import Shard
    from synthvision.run.summary import Interrupted

    part = None if shard is None else Shard.read(shard)
    changes = [*(overrides or ()), *_quality(quality), *_frozen(freeze)]
    loaded = load_recipe(recipe, changes, roots or (), files_from=files_from)
    try:
        with shown_progress() as watch:
            summary = render_dataset(
                loaded,
                out,
                frames=frames,
                start=start,
                seed=seed,
                workers=workers,
                device=device,
                renderer=_renderer(renderer),
                shard=part,
                cluster=_cluster(cluster, gpus_per_worker, cpus_per_worker),
                per_gpu=per_gpu,
                trace=trace,
                progress=watch,
            )
    except Interrupted as stopped:
        typer.echo(report(stopped.summary))
        typer.echo(str(stopped), err=True)
        raise typer.Exit(1) from None
    typer.echo(report(summary))
    raise typer.Exit(summary.exit_code)


def preview(
    recipe: RecipeName,
    out: Annotated[Path, typer.Option("-o", "--out", help="PNG file to write.")] = Path("sheet.png"),
    frames: Annotated[int, typer.Option("-n", "--frames", help="How many frames.")] = 12,
    start: Annotated[int, typer.Option("--start", help="The first frame.")] = 0,
    seed: Seed = None,
    overrides: Overrides = None,
    freeze: Freeze = None,
    roots: Roots = None,
    files_from: FilesFrom = None,
) -> None:
    """Make a contact sheet of annotated frames, without Blender."""
    from synthvision.recipe import load_recipe
    from synthvision.run.sheet import preview_sheet, write_sheet

    if out.suffix.lower() != ".png":
        raise UsageError(f"{out}: output must be a .png file, got '{out.suffix or out.name}'")
    loaded = load_recipe(recipe, [*(overrides or ()), *_frozen(freeze)], roots or (), files_from=files_from)
    write_sheet(out, preview_sheet(loaded, frames, seed, start))
    typer.echo(f"{out}: {frames} frames")


def sample(
    recipe: RecipeName,
    frames: Annotated[int, typer.Option("-n", "--frames", help="How many frames.")] = 1000,
    start: Annotated[int, typer.Option("--start", help="The first frame.")] = 0,
    csv: Annotated[str | None, typer.Option("--csv", metavar="FILE", help="CSV file to write; - prints it.")] = None,
    objects: Annotated[bool, typer.Option("--objects", help="Also the values of each object.")] = False,
    seed: Seed = None,
    overrides: Overrides = None,
    freeze: Freeze = None,
    roots: Roots = None,
    files_from: FilesFrom = None,
) -> None:
    """Tabulate what a recipe draws, one row per frame, without making scenes or pictures."""
    from synthvision.recipe import load_recipe
    from synthvision.run.tables import statistics_text, tabulate, write_csv

    loaded = load_recipe(recipe, [*(overrides or ()), *_frozen(freeze)], roots or (), files_from=files_from)
    table = tabulate(loaded, frames, seed, start, objects=objects)
    if csv is None:
        typer.echo(statistics_text(table))
        return
    write_csv(table, csv)
    if csv != "-":
        typer.echo(f"{csv}: {len(table.frames)} frames, {len(table.columns)} values")


def check(recipe: RecipeName, overrides: Overrides = None, roots: Roots = None, files_from: FilesFrom = None) -> None:
    """Print every fault of a recipe, as file:line:column."""
    from synthvision.recipe import load_recipe
    from synthvision.recipe.cameras import DEFAULT_RESOLUTION

    found = load_recipe(recipe, overrides or (), roots or (), files_from=files_from)
    width, height = found.cameras[0].resolution or DEFAULT_RESOLUTION
    counts = {
        "categories": len(found.categories),
        "object groups": len(found.objects),
        "distractor groups": len(found.distractors),
        "lights": len(found.lights),
        "rules": len(found.require),
    }
    makes = ", ".join(f"{number} {what}" for what, number in counts.items())
    typer.echo(f"{recipe}: ok: '{found.name}' has {makes}; {width}x{height} pixels, {found.render.quality} quality")


def schema() -> None:
    """Print the JSON Schema of recipes, for completion in editors."""
    from synthvision.recipe import recipe_schema

    typer.echo(json.dumps(recipe_schema(), indent=2))


def recipes() -> None:
    """List the bundled recipes."""
    from synthvision.recipe import bundled_recipes, load_recipe

    names = bundled_recipes()
    for name in names:
        typer.echo(f"{name:<{max(map(len, names))}}  {load_recipe(name).info.description}".rstrip())


def doctor(
    device: Annotated[str, typer.Option("--device", help="Fail unless this can be had: optix, cuda:1 …")] = "auto",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what this machine has and lacks for rendering, and how to get what is missing."""
    from synthvision.doctor import as_text, examine

    examination = examine(device=device)
    typer.echo(as_text(examination, as_json=as_json))
    raise typer.Exit(0 if examination.healthy else 1)


def _frozen(names: str | None) -> list[str]:
    if names is None:
        return []
    return [f"freeze={json.dumps([name.strip() for name in names.split(',') if name.strip()])}"]


def _quality(quality: str | None) -> list[str]:
    if quality is None:
        return []
    if quality not in QUALITIES:
        raise UsageError(_not_one_of("--quality", QUALITIES, quality))
    return [f"render.quality={quality}"]


def _cluster(address: str | None, gpus: float | None, cpus: int | None) -> Cluster | None:
    from synthvision.run.cluster.engine import Cluster

    if address is not None:
        return Cluster(address, gpus, cpus)
    for option, given in (("--gpus-per-worker", gpus), ("--cpus-per-worker", cpus)):
        if given is not None:
            raise UsageError(f"{option}: there must be a --cluster for it, got none")
    return None


def _renderer(name: str) -> RendererName:
    match name:
        case "blender" | "preview":
            return name
    raise UsageError(_not_one_of("--renderer", ("blender", "preview"), name))


def _not_one_of(what: str, known: Sequence[str], got: str) -> str:
    return f"{what}: name must be one of {', '.join(known)}, got '{got}'{did_you_mean(got, known)}"
