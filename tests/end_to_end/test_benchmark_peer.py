"""scripts/benchmark --peer: a foreign program gets everything it needs, and a bad one is told apart from a slow one."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

import numpy as np
import pytest
import trimesh

from synthvision.assets import AssetStore
from synthvision.run.accepting import FrameMaker

ROOT = Path(__file__).parents[2]

FAKE_PEER = """
import json, pathlib, sys, time
path, frames = pathlib.Path(sys.argv[1]), int(sys.argv[2])
scenes = json.loads(path.read_text())
out = path.parent / "out"
out.mkdir()
for frame in scenes["frames"][:frames]:
    assert all((path.parent / one["mesh"]).is_file() for one in frame["instances"])
    (out / f"{frame['frame_index']}.txt").write_text("made")
"""


@pytest.fixture(scope="module", autouse=True)
def _scripts_on_path():
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path.remove(str(ROOT / "scripts"))


@pytest.fixture(scope="module")
def bench():
    return importlib.import_module("benchmark_peer")


@pytest.fixture(scope="module")
def made(bench, tmp_path_factory):
    """Two frames: the JSON file's folder and content, and our own labels and scenes."""
    folder = tmp_path_factory.mktemp("peer")
    variant = bench.Variant("1spp", 1, 2)
    recipe = bench.peer_recipe(folder, variant, 320, 240)
    maker = FrameMaker(recipe, 0, AssetStore(recipe.folder))
    accepted = [maker.accept(frame_index) for frame_index in range(2)]
    path = bench.write_scene_json(folder / "scenes", recipe, [bench.plain(one.scene) for one in accepted], variant, 2)
    return path, json.loads(path.read_text()), accepted


def peer(folder: Path, *more: str) -> list[str]:
    script = folder / "peer.py"
    script.write_text(FAKE_PEER + "\n".join(more))
    return [sys.executable, str(script)]


def test_every_mesh_is_a_file_beside_the_json_in_metres(made):
    path, content, accepted = made
    for frame, one in zip(content["frames"], accepted, strict=True):
        assert len(frame["instances"]) == 11  # ten things and the ground
        for said, label in zip(frame["instances"], one.labels.instances, strict=False):
            loaded = trimesh.load(path.parent / said["mesh"], process=False)
            sides = np.linalg.norm(np.array(said["object_to_world"])[:3, :3], axis=0) * loaded.extents
            np.testing.assert_allclose(sides, label.size_m, rtol=1e-6)
            assert len(loaded.faces) > 10


def test_normals_of_the_mesh_files_point_outwards(made):
    path, content, _ = made
    mug = trimesh.load(path.parent / content["frames"][0]["instances"][0]["mesh"], process=False)
    assert trimesh.Trimesh(mug.vertices, mug.faces, process=True).volume > 0
    assert (np.einsum("ij,ij->i", mug.vertex_normals[mug.faces[:, 0]], mug.face_normals) > 0).mean() > 0.99


def test_camera_and_poses_put_every_thing_where_the_labels_have_it(made):
    path, content, accepted = made
    for frame, one in zip(content["frames"], accepted, strict=True):
        to_camera = np.linalg.inv(frame["camera"]["camera_to_world"])
        k = np.array(frame["camera"]["K"])
        assert (frame["camera"]["width_px"], frame["camera"]["height_px"]) == (320, 240)
        labelled = {label.instance_id: label for label in one.labels.instances}
        compared = 0
        for said in frame["instances"]:
            if said["instance_id"] == 0:
                assert said["name"] == "ground"
                continue
            vertices = trimesh.load(path.parent / said["mesh"], process=False).vertices
            seen = np.c_[vertices, np.ones(len(vertices))] @ (to_camera @ said["object_to_world"]).T
            pixels = seen[:, :3] @ k.T
            pixels = pixels[:, :2] / pixels[:, 2:]
            label = labelled[said["instance_id"]]
            assert label.category_id == said["category_id"]
            if label.truncation == 0:  # of one at the edge, the mask's box is not that of the vertices
                box = [*pixels.min(axis=0), *pixels.max(axis=0)]
                np.testing.assert_allclose(box, label.amodal_bbox, atol=1.0)
                compared += 1
        assert compared >= 5


def test_the_json_says_all_and_nothing_of_ours(made):
    _, content, accepted = made
    assert content["settings"] == {
        "samples_per_pixel": 1,
        "adaptive_threshold": 0.0,
        "denoiser": "none",
        "light_bounces": {"max": 8, "diffuse": 8, "glossy": 8, "transmission": 8, "transparent": 128, "volume": 0},
        "clamp_indirect": 10.0,
        "caustics": False,
        "device": "cpu",
        "threads": 2,
        "outputs": ["rgb", "depth", "instance_segmentation", "category_segmentation", "coco_annotations"],
    }
    assert content["categories"] == [{"id": 1, "name": "vessel"}, {"id": 2, "name": "part"}]
    (light,) = content["frames"][0]["lights"]
    drawn = accepted[0].scene.lights[0]
    pose = np.array(light["light_to_world"])
    np.testing.assert_allclose(-pose[:3, 2], drawn.direction, atol=1e-12)
    np.testing.assert_allclose(pose[:3, 3], drawn.position_m, atol=1e-12)
    np.testing.assert_allclose(pose[:3, :3] @ pose[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(pose) == pytest.approx(1)
    assert (light["type"], light["power"], light["size"]) == ("area", drawn.power_w, drawn.size)
    text = json.dumps(content)
    assert not any(word in text for word in ("synthvision", "recipe", "sha256", "seed"))


def test_the_settings_are_those_that_we_render_with(bench):
    """Light paths are repeated in the script, because the Blender room is no place for a foreign program's words."""
    text = (ROOT / "synthvision/render/blender/cycles.py").read_text()
    paths = sys.modules["peers.scene_file"].LIGHT_PATHS
    assert f"_BOUNCES = {paths['max']}\n" in text
    assert f"_TRANSPARENT_BOUNCES = {paths['transparent']} " in text
    assert f"volume_bounces = {paths['volume']}\n" in text
    assert "_CLAMP_INDIRECT = 10.0\n" in text
    assert "caustics_reflective = False" in text


def test_what_the_peer_says_is_its_cost(bench, made, tmp_path):
    line = '{"seconds_per_frame": 0.03, "path_tracer_seconds_per_frame": 0.02, "setup_seconds": 0.01}'
    cost = bench.run_peer(peer(tmp_path, "print('chatter')", "time.sleep(0.1)", f"print('{line}')"), made[0], 2)
    assert (cost.whole, cost.path_tracer) == (0.03, 0.02)
    assert cost.outside == pytest.approx(0.01)


def test_of_a_peer_that_says_nothing_two_runs_are_compared(bench, made, tmp_path, monkeypatch):
    took, asked = {9: 5.0, 1: 1.0}, []

    def run(words, path, frames):
        asked.append(frames)
        return took[frames], None

    monkeypatch.setattr(bench, "_run", run)
    cost = bench.run_peer(["peer"], made[0], 9)
    assert asked == [9, 1]
    assert (cost.whole, cost.path_tracer, cost.outside) == (0.5, None, None)
    took[1] = 6.0
    with pytest.raises(SystemExit, match=r"9 frames must take longer than one, got 5\.00 s and 6\.00 s"):
        bench.run_peer(["peer"], made[0], 9)


def test_the_process_of_a_peer_that_says_nothing_is_measured(bench, made, tmp_path):
    wall, report = bench._run(peer(tmp_path, "time.sleep(0.3)"), made[0], 2)
    assert wall >= 0.3
    assert report is None


def test_figures(bench):
    variant = bench.Variant("4spp", 4, 2)
    figures = bench.figures_of(variant, bench.Cost(1.0, 0.95), bench.Cost(2.0, 1.2))
    assert figures == pytest.approx(
        {
            "peer_over_ours_4spp": 2.0,
            "peer_outside_ms_4spp": 800.0,
            "ours_outside_ms_4spp": 50.0,
            "peer_outside_over_ours_4spp": 16.0,
        }
    )
    assert set(bench.figures_of(variant, bench.Cost(1.0, 1.1), bench.Cost(2.0))) == {"peer_over_ours_4spp"}
    lost_in_noise = bench.figures_of(variant, bench.Cost(1.0, 1.1), bench.Cost(2.0, 1.5))
    assert "peer_outside_over_ours_4spp" not in lost_in_noise


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("", "the command must name a program, got an empty one"),
        (
            "no-such-program-at-all --fast",
            "the command must begin with a program that can be run, got 'no-such-program",
        ),
        ("python 'unclosed", 'the command must be words as a shell has them, got "python \'unclosed" (No closing'),
    ],
)
def test_a_command_that_cannot_be_run_is_one_error(bench, command, error):
    with pytest.raises(SystemExit) as caught:
        bench.peer_figures(command)
    assert str(caught.value).startswith(f"benchmark: --peer: {error}")


@pytest.mark.parametrize(
    ("end", "error"),
    [
        ("sys.exit('no licence')", "must end with 0, got 1; it said: no licence"),
        ("(out / '0.txt').unlink()", "there must be at least 2 files in the folder out beside SCENE_JSON, got 1"),
        ("print('{\"seconds_per_frame\": 0')", "its line of seconds must be JSON, got '{\"seconds_per_frame\": 0'"),
        ("print('{\"seconds_per_frame\": true}')", "seconds_per_frame must be a number of seconds above 0, got True"),
        ("print('{\"seconds_per_frame\": NaN}')", "seconds_per_frame must be a number of seconds above 0, got nan"),
        ("print('{\"seconds_per_frame\": 600}')", "all its seconds must be at most the "),
    ],
)
def test_a_peer_that_fails_or_lies_is_one_error(bench, made, tmp_path, end, error):
    with pytest.raises(SystemExit) as caught:
        bench.run_peer(peer(tmp_path, end), made[0], 2)
    text = str(caught.value)
    assert text.startswith("benchmark: --peer: ")
    assert error in text


def test_a_peer_that_hangs_is_one_error(bench, made, tmp_path, monkeypatch):
    monkeypatch.setattr(bench, "PATIENCE_S", 0.2)
    with pytest.raises(SystemExit, match=r"must end within 0\.2 s for 2 frames"):
        bench.run_peer(peer(tmp_path, "time.sleep(60)"), made[0], 2)
