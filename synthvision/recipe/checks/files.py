"""Models, textures, environments and real cameras must be in the catalog or be files that the recipe may read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from synthvision.errors import Fault, did_you_mean
from synthvision.recipe.cameras import Camera
from synthvision.recipe.catalog_names import catalog_names, model_suffixes
from synthvision.recipe.checks.context import Checked
from synthvision.recipe.lights import World
from synthvision.recipe.roots import is_pattern
from synthvision.recipe.source import KeyPath, shown
from synthvision.recipe.things import Decal, Material, Scatter, Things


def file_faults(checked: Checked) -> Iterator[Fault]:
    """Yield what is wrong with the assets, files, textures and environments that a recipe names."""
    for path, section in checked.sections:
        if isinstance(section, Things):
            yield from _asset_faults(checked, (*path, "asset"), section.asset)
            if section.files is not None:
                yield from _model_faults(checked, (*path, "files"), section.files)
        elif isinstance(section, Material | Decal):
            yield from _image_faults(checked, (*path, "texture"), section.texture, catalog_names().textures)
        elif isinstance(section, World):
            yield from _image_faults(checked, (*path, "hdri"), section.hdri, catalog_names().environments)
            yield from _image_faults(checked, (*path, "backdrop"), section.backdrop, ())
        elif isinstance(section, Camera):
            yield from _sensor_faults(checked, (*path, "sensor"), section.sensor)
        elif isinstance(section, Scatter):
            yield from _image_faults(checked, (*path, "density"), section.density, ())


def _asset_faults(
    checked: Checked, path: KeyPath, asset: str | Sequence[str] | Mapping[str, float] | None
) -> Iterator[Fault]:
    models = catalog_names().models if asset is not None else ()
    for step, name in _named(asset):
        if name not in models:
            at_key = isinstance(asset, dict)
            advice = f"; a file is given with 'files: {name}'" if _is_model_file(name) else did_you_mean(name, models)
            message = f"asset must be a model of the catalog, got {shown(name)}{advice}"
            yield checked.fault((*path, *step), message, at_key=at_key)


def _is_model_file(name: str) -> bool:
    return Path(name).suffix.lower() in model_suffixes()


def _sensor_faults(checked: Checked, path: KeyPath, sensor: str | Sequence[str] | None) -> Iterator[Fault]:
    known = catalog_names().sensors if sensor is not None else ()
    for step, name in _named(sensor):
        if name not in known:
            message = f"sensor must be a camera of the catalog, got {shown(name)}{did_you_mean(name, known)}"
            yield checked.fault((*path, *step), message)


def _named(names: str | Sequence[str] | Mapping[str, float] | None) -> Iterator[tuple[KeyPath, str]]:
    """Yield each name with the step that leads to it from the value that holds it."""
    if isinstance(names, str):
        yield (), names
    elif isinstance(names, Mapping):
        yield from (((name,), name) for name in names)
    elif names is not None:
        yield from (((index,), name) for index, name in enumerate(names))


def _model_faults(checked: Checked, path: KeyPath, pattern: str) -> Iterator[Fault]:
    found = checked.roots.files(pattern)
    if isinstance(found, str):
        yield checked.fault(path, f"files must be {found}, got {shown(pattern)}")
        return
    suffixes = model_suffixes()
    wrong = next((file for file in found if Path(file).suffix.lower() not in suffixes), None)
    if wrong is not None:
        known = ", ".join(sorted(suffixes))
        yield checked.fault(path, f"files must be models ({known}), got {shown(pattern)}, which matches {shown(wrong)}")
    elif not found:
        near = _near_file(checked, pattern)
        rule = "match a file" if is_pattern(pattern) else "be a file"
        yield checked.fault(path, f"files must {rule}, got {shown(pattern)}, and there is none{near}")


def _image_faults(
    checked: Checked, path: KeyPath, names: str | Sequence[str] | None, catalog: Sequence[str]
) -> Iterator[Fault]:
    what = str(path[-1])
    for step, name in _named(names):
        if name in catalog:
            continue
        found = checked.roots.files(name)
        if isinstance(found, str):
            yield checked.fault((*path, *step), f"{what} must be {found}, got {shown(name)}")
        elif not found:
            near = did_you_mean(name, catalog) or _near_file(checked, name)
            rule = f"{_KINDS[what]} of the catalog or a file" if what in _KINDS else "a file"
            none = "" if what in _KINDS else ", and there is none"
            yield checked.fault((*path, *step), f"{what} must be {rule}, got {shown(name)}{none}{near}")


_KINDS = {"texture": "a texture", "hdri": "an environment"}


def _near_file(checked: Checked, name: str) -> str:
    """Return a file of the same folder with a near name; the folder is one that may be read."""
    parent = Path(name).parent
    try:
        beside = os.listdir(checked.roots.folder / parent)  # noqa: PTH208 (names, not paths)
    except (OSError, ValueError):  # a folder that is not there, or a name that none can have: nothing is near
        return ""
    return did_you_mean(name, [(parent / file).as_posix() for file in sorted(beside)])
