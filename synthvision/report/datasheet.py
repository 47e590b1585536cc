"""``DATASHEET.md``: the dataset for people, after T. Gebru et al., "Datasheets for Datasets", CACM 64(12), 2021."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthvision.dataset.manifest import Manifest
from synthvision.report import card_texts as texts
from synthvision.report.contents import Contents
from synthvision.report.licences import UsedAsset
from synthvision.report.run_times import RunTimes

_MOST_ROWS = 1000


@dataclass(frozen=True, eq=False)
class Facts:
    """All that a card is written from; ``sources`` are the manifests of a derived dataset's sources."""

    manifest: Manifest
    contents: Contents
    assets: Sequence[UsedAsset]
    sources: Sequence[Manifest]
    times: RunTimes | None

    @property
    def is_mixed(self) -> bool:
        """Whether it has photographs."""
        return self.contents.synthetic < self.contents.frames


def summaries(facts: Facts) -> dict[str, str]:
    """Return the texts that ``croissant.json`` has, too."""
    info = facts.manifest.info
    return {
        "description": str(info.get("description") or "") or f"{facts.contents.frames} labelled pictures.",
        "collection": _how_made(facts),
        "annotation": " ".join(_label_texts(facts)),
        "limits": " ".join(_limits(facts)),
        "personal": " ".join(_personal(facts)),
    }


def datasheet(facts: Facts) -> str:
    """Return the sheet as Markdown; only its part ``Time`` differs from run to run."""
    sections = {
        "Motivation": _motivation(facts),
        "Composition": _composition(facts),
        "Collection": _collection(facts),
        "Labels": _labels(facts),
        "Known limits": map(_item, _limits(facts)),
        "Uses": [texts.USES, "", texts.NOT_FOR],
        "Distribution": _distribution(facts),
        "Maintenance": _maintenance(facts),
    }
    head = [
        f"# Datasheet of {facts.manifest.name}",
        "",
        "Written by `synthvision card` after T. Gebru et al., *Datasheets for Datasets* (CACM 64(12), 2021).",
    ]
    body = [line for title, lines in sections.items() for line in ("", f"## {title}", "", *lines)]
    return "\n".join([*head, *body]) + "\n"


def _motivation(facts: Facts) -> Iterator[str]:
    info = facts.manifest.info
    yield str(info.get("description") or "The recipe does not say what the dataset is for.")
    who = [str(info[key]) for key in ("contributor", "url") if info.get(key)]
    if who:
        yield f"\nMade by {', '.join(who)}."


def _composition(facts: Facts) -> Iterator[str]:
    contents, manifest = facts.contents, facts.manifest
    sizes = ", ".join(f"{width} × {height} ({count})" for (width, height), count in sorted(contents.sizes.items())[:8])
    yield from _table(
        ("what", "how many"),
        [
            ("pictures", contents.frames),
            ("of them synthetic", f"{contents.synthetic} ({_share(contents.synthetic, contents.frames)})"),
            ("labels that are visible", contents.labels),
            ("of them boxes without a mask", contents.boxes_alone),
            ("of them several things in one (crowds)", contents.crowds),
            ("classes", len(manifest.categories)),
            ("sizes in pixels", sizes + (", …" if len(contents.sizes) > 8 else "")),  # noqa: PLR2004 - as above
        ],
    )
    yield from ("", "### Classes", "")
    yield from _table(
        ("id", "name", "supercategory", "labels", "pictures with one", "keypoints"),
        [
            (
                entry.id,
                entry.name,
                entry.supercategory,
                contents.classes[entry.name],
                contents.images_with[entry.name],
                len(entry.keypoints),
            )
            for entry in manifest.categories
        ],
    )
    if manifest.splits:
        yield from ("", "### Splits", "")
        rows = [
            (name, contents.splits[name], _share(contents.splits[name], contents.frames)) for name in manifest.splits
        ]
        yield from _table(("split", "pictures", "share"), rows)
    yield from ("", "### Files", "")
    yield from _table(("folder", "files", "MB", "what they hold"), [*_folders(facts)])
    if facts.sources:
        yield from ("", "### Where frames come from", "")
        yield from _table(("source", "name", "pictures", "made by", "recipe", "seed"), [*_sources(facts)])
    yield from ("", *_personal(facts))


def _folders(facts: Facts) -> Iterator[tuple[Any, ...]]:
    encodings = facts.manifest.encodings
    for kind, content in facts.contents.folders.items():
        yield f"`{kind}/`", content.files, f"{content.bytes / 1e6:.1f}", _encoding(encodings.get(kind))


def _encoding(described: Any) -> str:
    if isinstance(described, Mapping):
        return "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in sorted(described.items()))
    return " or ".join(map(_encoding, described)) if isinstance(described, Sequence) else ""


def _sources(facts: Facts) -> Iterator[tuple[Any, ...]]:
    for number, source in enumerate(facts.sources):
        made = source.renderer or "imported"
        recipe, seed = (source.recipe_sha256[:12], source.seed) if source.renderer else ("", "")
        yield f"`sources/{number:03d}`", source.name, facts.contents.sources[number], made, recipe, seed


def _personal(facts: Facts) -> Iterator[str]:
    if facts.contents.synthetic:
        yield texts.PERSONAL_RENDERED
    if facts.is_mixed:
        yield texts.PERSONAL_PHOTOGRAPHS


def _collection(facts: Facts) -> Iterator[str]:
    manifest, contents = facts.manifest, facts.contents
    yield _how_made(facts)
    if manifest.renderer and manifest.recipe_sha256:
        rows = [
            ("recipe's SHA-256", f"`{manifest.recipe_sha256}`"),
            ("seed", manifest.seed),
            ("renderer", manifest.renderer),
        ]
        yield ""
        yield from _table(("what", "value"), [*rows, *manifest.versions.items()])
    if contents.refused:
        yield ""
        yield (
            f"Of {contents.refused + contents.scenes} draws the recipe's rules, or a lack of place, refused "
            f"{contents.refused}: what is here is what passed."
        )
    if facts.assets:
        yield from ("", "### Assets", "")
        yield from _table(
            ("asset", "kind", "used", "licence", "SHA-256"),
            [
                (asset.name, asset.kind, asset.used, asset.licence, f"`{asset.sha256}`" if asset.sha256 else "")
                for asset in facts.assets
            ],
        )
    yield from ("", "### Time", "", _time(facts.times))


def _how_made(facts: Facts) -> str:
    contents, manifest = facts.contents, facts.manifest
    if not contents.synthetic:
        return "Pictures and labels were imported; nothing was rendered."
    if facts.sources:
        share, count = _share(contents.synthetic, contents.frames), len(facts.sources)
        datasets = "another dataset" if count == 1 else f"{count} other datasets"
        return f"Frames were taken from {datasets}; {share} of them are rendered."
    return (
        f"Every picture was rendered by synthvision with the renderer '{manifest.renderer}' from the recipe "
        f"'{manifest.name}' ({manifest.recipe_sha256[:12]}) and the seed {manifest.seed}: the same recipe, seed and "
        "versions make the same files again."
    )


def _time(times: RunTimes | None) -> str:
    if times is None:
        return "Not known: there is no run log."
    stages = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in times.stages.items())
    total = sum(times.stages.values())
    by_clock = f"; {times.elapsed_s / times.made:.2f} s by the clock, all workers together" if times.made else ""
    devices = ", ".join(times.devices) or "an unknown device"
    return f"{total:.2f} s of one worker per picture ({stages}) on {devices}{by_clock}."


def _labels(facts: Facts) -> Iterator[str]:
    yield from _label_texts(facts)
    if facts.contents.synthetic:
        yield ""
        yield from _table(("label", "what it means"), [*texts.LABELS.items()])
        yield ""
        yield from map(_item, texts.CONVENTIONS)
    least = facts.manifest.output_settings.min_mask_px
    if least > 1:
        yield f"\nLabels of fewer than {least} pixels are not in the COCO files."


def _label_texts(facts: Facts) -> Iterator[str]:
    if facts.contents.synthetic:
        yield texts.RENDERED_LABELS
    if facts.is_mixed:
        yield texts.IMPORTED_LABELS


def _limits(facts: Facts) -> Iterator[str]:
    if facts.contents.synthetic:
        yield from texts.LIMITS_OF_RENDERED
        if "preview" in {facts.manifest.renderer, *(source.renderer for source in facts.sources)}:
            yield texts.LIMIT_OF_PREVIEW
    depth = facts.contents.folders.get("depth")
    if depth is not None and ".png" in depth.suffixes:
        yield texts.LIMIT_OF_DEPTH
    if facts.is_mixed:
        yield texts.LIMIT_OF_PHOTOGRAPHS


def _distribution(facts: Facts) -> Iterator[str]:
    manifest = facts.manifest
    for number, licence in enumerate(manifest.licences or (manifest.licence,)):
        place = f" ({facts.contents.licences[number]} pictures)" if manifest.licences else ""
        url = f", {licence['url']}" if licence.get("url") else ""
        yield _item(f"Licence: {licence['name']}{url}{place}")
    if any(asset.sha256 for asset in facts.assets):
        yield _item("The licences of files under *Assets* hold for what can be seen of them in the pictures.")


def _maintenance(facts: Facts) -> Iterator[str]:
    version = facts.manifest.info.get("version") or "1.0"
    yield f"Version {version}. `synthvision validate` checks every file against its hash."
    if facts.manifest.renderer and not facts.sources:
        yield (
            "The dataset can be extended or made anew: "
            f"`synthvision render recipe.yaml -o OUT -n {facts.contents.frames} --seed {facts.manifest.seed} "
            f"--renderer {facts.manifest.renderer}`."
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def _item(text: str) -> str:
    return f"- {text}"


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows[:_MOST_ROWS])
    if len(rows) > _MOST_ROWS:
        yield f"\n… and {len(rows) - _MOST_ROWS} more"


def _cell(value: Any) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
