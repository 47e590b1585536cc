"""Datasets that were rendered, with every kind of camera, through the command line."""

from collections import defaultdict

import numpy as np
import pytest

from synthvision import cli, load_recipe, render_dataset
from synthvision.dataset import Dataset, validate

TEXT = """
version: 1
name: cameras
categories: [{name: brick, supercategory: toy}, die]
variables: {dusk: {uniform: [0, 1]}}
outputs: {depth: exr, normals: true, world_normals: true, semantic: true}
objects:
  - {asset: brick, category: brick, variants: 1, count: {integers: [1, 3]},
     place: {on: ground, within: {disc: {radius_m: 0.1}}}}
  - {asset: die, category: die, variants: 1, count: {integers: [0, 2]},
     place: {on: ground, within: {disc: {radius_m: 0.1}}}}
lights: [{type: sun, irradiance_w_m2: 3, elevation_deg: 50}]
world: {colour: {hsv: [[0, 1], [0, 0.1], [0.5, 0.6]]}}
camera:
  - {name: pair, resolution: [64, 48], fov_deg: 40, stereo: {baseline_m: 0.02},
     position: {shell: {radius_m: [0.25, 0.3], elevation_deg: [30, 60]}}}
  - {name: wide, resolution: [48, 48], fov_deg: 90, lens: {kannala_brandt: {k1: 0.02, k2: 0.01}},
     position: {shell: {radius_m: [0.2, 0.25], elevation_deg: [30, 60]}}}
  - {name: plan, resolution: [48, 48], orthographic_m: 0.5, position: {at_m: [0, 0.01, 2]}}
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rendered")
    (folder / "recipe.yaml").write_text(TEXT)
    render_dataset(load_recipe(folder / "recipe.yaml"), folder / "set", frames=24, workers=1, renderer="preview")
    return folder / "set"


@pytest.fixture
def run(capsys):
    def command(*words):
        code = cli.run([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def test_what_is_rendered_is_valid_with_every_camera(rendered):
    assert validate(rendered, workers=1) == ()
    cameras = {record.scene["camera"]["name"] for record in Dataset(rendered)}
    assert cameras == {"pair-left", "pair-right", "wide", "plan"}
    assert {record.distortion.model for record in Dataset(rendered)} == {"pinhole", "kannala_brandt", "orthographic"}


def test_all_cameras_of_a_scene_go_to_one_split(rendered, run, tmp_path):
    out = tmp_path / "out"
    assert run("split", rendered, out, "--into", "train=0.5,val=0.5", "--seed", 3) == (
        0,
        f"{out}: 12 frames train, 12 frames val\n",
        "",
    )
    splits = defaultdict(set)
    for record in Dataset(out):
        splits[record.scene["scene_index"]].add(record.split)
    assert len(splits) == 6
    assert all(len(names) == 1 for names in splits.values())
    assert run("validate", out) == (0, f"{out}: ok: 24 frames\n", "")


def test_cameras_and_variables_can_be_asked_for(rendered, run, tmp_path):
    out = tmp_path / "out"
    code, said, _ = run("subset", rendered, out, "--where", "camera('pair-left') and dusk < 0.5", "--link")
    dusks = [record.scene["variables"]["dusk"] for record in Dataset(rendered)][::4]
    assert (code, said) == (0, f"{out}: {sum(dusk < 0.5 for dusk in dusks)} of 24 frames\n")
    assert all(record.scene["variables"]["dusk"] < 0.5 for record in Dataset(out))
    assert run("validate", out)[0] == 0


def test_the_commands_say_what_is_wrong(rendered, run, tmp_path):
    code, out, err = run("subset", rendered, tmp_path / "out", "--where", "count(bick) > 0")
    assert (code, out) == (2, "")
    assert err == "--where: category must be one of brick, die, got 'bick'; did you mean 'brick'?\n"
    code, _, err = run("import", "cocoa", rendered, tmp_path / "out")
    assert (code, err) == (2, "format must be one of coco, yolo, voc, got 'cocoa'; did you mean 'coco'?\n")
    code, _, err = run("validate", rendered, "--allow", "black")
    assert (code, err.endswith("got 'black'; did you mean 'black_image'?\n")) == (2, True)


def test_merge_mix_dedup_import_and_diff(rendered, run, tmp_path):
    photos, merged, mixed, small = (tmp_path / name for name in ("photos", "merged", "mixed", "small"))
    coco = tmp_path / "coco.json"
    coco.write_text(
        (rendered / "annotations/instances.json").read_text().replace('"synthetic":true', '"synthetic":false')
    )
    code, out, err = run("import", "coco", coco, photos, "--images", rendered / "images")
    assert (code, out.startswith(f"{photos}: 24 pictures, "), err) == (0, True, "")
    assert run("merge", merged, rendered, photos, "--link")[:2] == (0, f"{merged}: 48 frames of 2 datasets\n")
    code, out, _ = run("validate", merged)
    assert (code, out.count("[duplicate_image]"), len(out.splitlines())) == (1, 24, 24)
    assert run("validate", merged, "--allow", "duplicate_image")[0] == 0
    code, out, _ = run("mix", rendered, photos, mixed, "--synthetic", 0.25, "-n", 8)
    assert (code, out) == (0, f"{mixed}: 8 frames, 2 of {rendered} and 6 of {photos}, 25.0 % synthetic\n")
    code, out, _ = run("dedup", merged, small, "--distance", 0)
    assert code == 0
    assert len(Dataset(small)) <= 24
    assert run("diff", rendered, rendered) == (0, f"{rendered}, {rendered}: the same\n", "")
    code, out, _ = run("diff", rendered, photos)
    assert code == 1
    assert "synthetic: True → False" in out.splitlines()


def test_what_says_that_it_was_rendered_does_not_become_a_photograph(rendered, run, tmp_path):
    run("import", "coco", rendered / "annotations/instances.json", tmp_path / "again")
    assert {record.synthetic for record in Dataset(tmp_path / "again")} == {True}
    assert Dataset(tmp_path / "again").manifest.synthetic is True
    assert run("validate", tmp_path / "again")[0] == 0
    again = tmp_path / "again"
    code, _, err = run("mix", rendered, again, tmp_path / "mix")
    text = (
        f"{again}: dataset must have photographs only, got frame 0 of the other kind; choose by 'synthetic' (subset)\n"
    )
    assert (code, err) == (2, text)


def test_fixing_from_the_command_line(rendered, run, tmp_path):
    out = tmp_path / "out"
    run("subset", rendered, out, "--where", "frame < 4")
    before = (out / "annotations/instances.json").read_bytes()
    (out / "annotations/instances.json").write_bytes(before[:-50])
    (out / "instances/000002.png").unlink()
    assert run("validate", out, "--workers", 1)[0] == 1
    assert run("validate", out, "--fix") == (
        0,
        f"{out}: ok: 4 frames\n",
        f"{out}/instances/000002.png: painted anew from the masks\n{out}/annotations/instances.json: written anew\n",
    )
    assert (out / "annotations/instances.json").read_bytes() == before


def test_masks_survive_a_round_trip_through_coco(rendered, run, tmp_path):
    run("import", "coco", rendered / "annotations/instances.json", tmp_path / "photos")
    old, new = Dataset(rendered), Dataset(tmp_path / "photos")
    labels = 0
    for before, after in zip(old, new, strict=True):
        for one, other in zip([label for label in before.labels if label.area], after.labels, strict=True):
            assert np.array_equal(old.mask(before, one), new.mask(after, other))
            labels += 1
    assert labels > 24
