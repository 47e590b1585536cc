"""KITTI, BOP, nerfstudio, HDF5 and point clouds of scenes that were really drawn, read back without our code."""

import json
from pathlib import Path

import cv2
import h5py
import numpy as np
import pytest
import trimesh

from synthvision.dataset import Dataset
from synthvision.errors import DatasetError
from synthvision.formats import ExportOptions, find_format
from synthvision.formats.bop_models import discrete_turns, model_info
from synthvision.formats.cameras import LENS_LEFT_OUT
from synthvision.formats.frames import CROWD_AS_ONE
from synthvision.formats.kitti import TILTED
from synthvision.formats.nerfstudio import LABEL
from synthvision.formats.painting import COVERED, SEE_THROUGH
from synthvision.recipe.model import Recipe
from synthvision.run.rendering import render_dataset
from synthvision.scene import Symmetry
from tests.unit.formats.samples import boxes_alone, changed
from tests.unit.formats.special_samples import overlapping

WIDTH, HEIGHT = 160, 120


def recipe(**camera) -> Recipe:
    level = {"position": {"at_m": [0.0, -1.0, 0.1]}, "look_at": {"at_m": [0, 0, 0.1]}}
    lamp = {"type": "area", "power_w": 60, "position": {"at_m": [0, -1, 2]}}
    return Recipe.model_validate(
        {
            "version": 1,
            "name": "geometry",
            "categories": ["mug", "box"],
            "objects": [
                {"asset": "mug", "category": "mug", "count": 2, "scale": 1.25, "variants": 1},
                {"asset": "box", "category": "box", "count": 2, "variants": 1},
            ],
            "ground": {"size_m": 20},
            "lights": [{"name": "lamp", **lamp}],
            "camera": {"resolution": [WIDTH, HEIGHT], "fov_deg": 60, **(camera or level)},
            "outputs": {"depth": "exr", "normals": True},
        }
    )


@pytest.fixture(scope="module")
def dataset(tmp_path_factory) -> Dataset:
    folder = tmp_path_factory.mktemp("drawn") / "set"
    render_dataset(recipe(), folder, frames=3, renderer="preview", workers=1)
    return Dataset(folder)


def written(name, dataset, folder: Path, **options):
    report = find_format(name).write(dataset, folder / name, ExportOptions(**options))
    return folder / name, report


def visible(record):
    return [label for label in record.labels if label.bbox is not None]


def test_kitti_boxes_project_onto_the_things(dataset, tmp_path):
    out, report = written("kitti", dataset, tmp_path)
    assert report.losses == {}  # the camera looks level, so every thing on the ground is upright in it
    assert (out / "ImageSets/train.txt").read_text().split() == ["000000", "000001", "000002"]
    for number, record in enumerate(dataset):
        lines = (out / f"training/label_2/{number:06d}.txt").read_text().splitlines()
        calibration = (out / f"training/calib/{number:06d}.txt").read_text().splitlines()
        projection = np.array(calibration[2].split()[1:], float).reshape(3, 4)
        assert calibration[2].startswith("P2: ")
        for line, label in zip(lines, visible(record), strict=True):
            kind, *values = line.split()
            truncated, occluded, alpha, left, top, right, bottom, h, w, length, x, y, z, turn = map(float, values)
            assert kind == ("mug" if label.category_id == 1 else "box")
            assert occluded == (0 if label.visibility >= 0.95 else 1 if label.visibility >= 0.5 else 2)
            assert (right - left + 1, bottom - top + 1) == label.bbox[2:]
            assert truncated == pytest.approx(label.truncation, abs=1e-4)
            assert np.mod(turn - np.arctan2(x, z) - alpha + 1e-4, 2 * np.pi) < 2e-4
            corners = kitti_corners(h, w, length, x, y, z, turn)
            ours = np.array(label.corners_m)
            gaps = np.linalg.norm(corners[:, None] - ours[None], axis=2)
            assert gaps.min(axis=1).max() < 1e-5
            pixels = np.c_[corners, np.ones(8)] @ projection.T
            found = np.sort((pixels[:, :2] / pixels[:, 2:]).ravel() + 0.5)
            assert np.allclose(found, np.sort(np.array(label.corners_px).ravel()), atol=0.01)


def kitti_corners(h, w, length, x, y, z, turn):
    """As the devkit's ``computeBox3D`` has them."""
    xs = np.array([1, 1, -1, -1, 1, 1, -1, -1]) * length / 2
    ys = np.array([0, 0, 0, 0, -1, -1, -1, -1]) * h
    zs = np.array([1, -1, -1, 1, 1, -1, -1, 1]) * w / 2
    rotation = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    return (rotation @ np.stack([xs, ys, zs])).T + np.array([x, y, z])


def test_kitti_says_what_is_tilted_and_what_is_bent(tmp_path):
    lens = {"brown_conrady": {"k1": -0.1}}
    above = {"position": {"at_m": [0, -0.5, 0.8]}, "lens": lens}
    render_dataset(recipe(**above), tmp_path / "set", frames=1, renderer="preview", workers=1)
    report = written("kitti", Dataset(tmp_path / "set"), tmp_path)[1]
    assert report.losses == {TILTED: 4, LENS_LEFT_OUT: 1}


def test_bop_models_poses_and_masks_agree(dataset, tmp_path):
    out, report = written("bop", dataset, tmp_path)
    truth, facts, cameras = (
        json.loads((out / f"train_pbr/000000/{name}.json").read_text())
        for name in ("scene_gt", "scene_gt_info", "scene_camera")
    )
    infos = json.loads((out / "models/models_info.json").read_text())
    names = json.loads((out / "models/objects.json").read_text())
    assert [one["category"] for one in names.values()] == ["mug", "box"]
    assert names["1"]["scale"] == pytest.approx(1.25)
    assert report.labels == sum(len(rows) for rows in truth.values())
    for record in dataset:
        number = str(record.frame_index)
        matrix = np.array(cameras[number]["cam_K"]).reshape(3, 3)
        depth = cv2.imread(str(out / f"train_pbr/000000/depth/{record.frame_index:06d}.png"), cv2.IMREAD_UNCHANGED)
        assert np.abs(depth * cameras[number]["depth_scale"] / 1000 - dataset.depth(record)).max() <= 0.00051
        for index, (pose, fact, label) in enumerate(zip(truth[number], facts[number], visible(record), strict=True)):
            mesh = trimesh.load(out / f"models/obj_{pose['obj_id']:06d}.ply", process=False)
            info = infos[str(pose["obj_id"])]
            assert np.allclose(np.ptp(mesh.vertices, axis=0), [info[f"size_{axis}"] for axis in "xyz"], atol=1e-3)
            rotation = np.array(pose["cam_R_m2c"]).reshape(3, 3)
            assert np.allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
            points = mesh.vertices @ rotation.T + pose["cam_t_m2c"]
            pixels = points @ matrix.T
            pixels = pixels[:, :2] / pixels[:, 2:] + 0.5
            if label.truncation == 0:
                x, y, width, height = fact["bbox_obj"]
                assert np.abs(pixels.min(axis=0) - [x, y]).max() < 1.01
                assert np.abs(pixels.max(axis=0) - [x + width, y + height]).max() < 1.01
            stem = f"{record.frame_index:06d}_{index:06d}.png"
            masks = [cv2.imread(str(out / f"train_pbr/000000/{kind}/{stem}"), 0) for kind in ("mask", "mask_visib")]
            assert ((masks[1] > 0) == dataset.mask(record, label)).all()
            assert int((masks[0] > 0).sum()) == label.amodal_area
            assert (fact["px_count_visib"], fact["px_count_valid"]) == (label.area, label.amodal_area)
            assert fact["visib_fract"] == pytest.approx(label.visibility * (1 - label.truncation))


def test_bop_symmetries_are_whole_groups_of_turns():
    box = (Symmetry((1.0, 0.0, 0.0), 2), Symmetry((0.0, 0.0, 1.0), 2))
    cube = (Symmetry((1.0, 0.0, 0.0), 4), Symmetry((0.0, 0.0, 1.0), 4))
    assert len(discrete_turns(box)) == 3
    assert len(discrete_turns(cube)) == 23
    assert discrete_turns((Symmetry((0.0, 0.0, 1.0), 0),)) == []
    beside = Symmetry((0.0, 0.0, 2.0), 2, (0.01, 0.0, 0.0))
    corners = np.array([[0, 0, 0], [20.0, 10, 0]])
    turned = np.c_[corners, [1, 1]] @ discrete_turns((beside,))[0].T
    assert np.allclose(turned[:, :3], [[20, 0, 0], [0, -10, 0]])
    info = model_info(np.array([[0.0, 0, 0], [3, 0, 0], [0, 4, 0], [0, 0, 1]]), (Symmetry((0.0, 0.0, 1.0), 0),))
    assert info["diameter"] == pytest.approx(5)
    assert info["symmetries_continuous"] == [{"axis": [0, 0, 1], "offset": [0, 0, 0]}]


def test_nerfstudio_cameras_see_the_same_points(dataset, tmp_path):
    out, report = written("nerfstudio", dataset, tmp_path)
    assert report.frames == 3
    for record in dataset:
        scene = out / f"scene_{record.frame_index:06d}"
        (frame,) = json.loads((scene / "transforms.json").read_text())["frames"]
        assert (scene / frame["file_path"]).read_bytes() == (dataset.folder / record.file("images")).read_bytes()
        depth = cv2.imread(str(scene / frame["depth_file_path"]), cv2.IMREAD_UNCHANGED)
        assert depth.dtype == np.uint16
        for label in visible(record):
            middle = np.array(record.camera_to_world) @ [*np.mean(label.corners_m, axis=0), 1]
            x, y, z, _ = np.linalg.inv(frame["transform_matrix"]) @ middle
            assert z < 0  # it looks along -z
            ours = np.array(record.camera_matrix) @ np.mean(label.corners_m, axis=0)
            theirs = (frame["fl_x"] * x / -z + frame["cx"], frame["fl_y"] * -y / -z + frame["cy"])
            assert np.allclose(theirs, ours[:2] / ours[2])


def test_hdf5_has_blenderprocs_data_sets(dataset, tmp_path):
    out, _ = written("hdf5", dataset, tmp_path)
    for number, record in enumerate(dataset):
        with h5py.File(out / f"{number}.hdf5") as file:
            assert (file["colors"][:] == dataset.image(record)).all()
            depth, ours = file["depth"][:], dataset.depth(record)
            assert (depth[ours > 0] == ours[ours > 0]).all()
            assert (depth[ours == 0] == 1e10).all()
            normals = file["normals"][:] * 2 - 1
            assert np.allclose(normals[ours > 0] * [1, -1, -1], dataset.normals(record)[ours > 0], atol=1e-4)
            assert (file["instance_segmaps"][:] == dataset.instances(record)).all()
            attributes = json.loads(bytes(file["instance_attribute_maps"][()]))
            categories = {row["idx"]: row["category_id"] for row in attributes}
            ids = file["instance_segmaps"][:]
            assert (np.vectorize(categories.get)(ids) == file["category_id_segmaps"][:]).all()
            camera = json.loads(bytes(file["camera_pose"][()]))
            assert camera["cam_K"][2] == record.camera_matrix[0][2] - 0.5


def test_points_lie_on_the_ground_and_in_the_things(dataset, tmp_path):
    out, _ = written("pointcloud", dataset, tmp_path)
    for record in dataset:
        cloud = trimesh.load(out / f"{record.frame_index:06d}.ply")
        data = cloud.metadata["_ply_raw"]["vertex"]["data"]
        points = np.stack([data[axis].ravel() for axis in "xyz"], axis=1)
        ids = data["instance_id"].ravel()
        assert len(points) == int((dataset.depth(record) > 0).sum())
        assert np.abs(points[ids == 0, 2]).max() < 1e-4  # everything else is the ground
        for label in visible(record):
            mine = points[ids == label.instance_id]
            assert len(mine) == label.area
            to_object = np.linalg.inv(np.array(record.camera_to_world) @ np.array(label.object_to_camera))
            local = mine @ to_object[:3, :3].T + to_object[:3, 3]
            box = np.array(label.corners_m) @ np.linalg.inv(np.array(label.object_to_camera))[:3, :3].T
            assert (np.ptp(local, axis=0) <= np.ptp(box, axis=0) + 1e-4).all()
            image = dataset.image(record)[dataset.mask(record, label)]
            colours = np.stack([data[name].ravel() for name in ("red", "green", "blue")], axis=1)
            assert (colours[ids == label.instance_id] == image).all()


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("kitti", "frame 0: camera must be known for KITTI, got a picture that was imported without one"),
        ("nerfstudio", "frame 0: camera must be known for nerfstudio, got a picture that was imported without one"),
        ("bop", "frame 0: scene must be known for BOP, got an imported picture"),
        ("pointcloud", "frame 0: camera must be known for a point cloud, got none"),
    ],
)
def test_pictures_without_camera_are_refused(name, message, tmp_path):
    with pytest.raises(DatasetError, match=message):
        written(name, boxes_alone(tmp_path / "set"), tmp_path)
    assert not (tmp_path / name).exists()


@pytest.mark.parametrize("name", ["kitti", "bop", "nerfstudio", "pointcloud"])
def test_the_same_bytes_come_again(name, dataset, tmp_path):
    first, _ = written(name, dataset, tmp_path / "a")
    second, _ = written(name, dataset, tmp_path / "b")
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert len(files) >= 3
    assert all((first / file).read_bytes() == (second / file).read_bytes() for file in files)


def test_nerfstudio_has_one_camera_model_per_scene(dataset, tmp_path):
    fisheye = {"position": {"at_m": [0, -0.5, 0.8]}, "lens": {"kannala_brandt": {"k1": 0.01}}}
    render_dataset(recipe(**fisheye), tmp_path / "set", frames=1, renderer="preview", workers=1)
    out, _ = written("nerfstudio", Dataset(tmp_path / "set"), tmp_path)
    data = json.loads((out / "scene_000000/transforms.json").read_text())
    assert data["camera_model"] == "OPENCV_FISHEYE"
    assert data["frames"][0]["k1"] == 0.01
    out, report = written("nerfstudio", dataset, tmp_path / "straight")
    assert json.loads((out / "scene_000000/transforms.json").read_text())["camera_model"] == "PINHOLE"
    assert report.losses == {LABEL: sum(len(visible(record)) for record in dataset)}


def test_nerfstudio_refuses_scenes_with_fisheye_and_other_cameras(tmp_path):
    def mix(line):
        line["scene"]["scene_index"] = 7
        if line["frame_index"]:
            line["distortion"] = {"model": "kannala_brandt", "coefficients": [0.1, 0, 0, 0]}

    mixed = changed(tmp_path / "set", mix)
    with pytest.raises(
        DatasetError, match="scene 7: cameras must be all fisheye or none for nerfstudio, got OPENCV_FISHEYE, PINHOLE"
    ):
        written("nerfstudio", mixed, tmp_path)


@pytest.mark.parametrize("name", ["hdf5", "pointcloud"])
def test_maps_say_what_is_seen_through_and_left_out(name, tmp_path):
    report = written(name, overlapping(tmp_path / "set"), tmp_path)[1]
    assert report.losses[SEE_THROUGH] == 1
    assert report.losses[COVERED] == 2
    assert (CROWD_AS_ONE in report.losses) == (name == "hdf5")


def test_points_of_labels_that_are_left_out_have_no_id(dataset, tmp_path):
    out, report = written("pointcloud", dataset, tmp_path, min_visibility=1.01)
    assert report.labels == 0
    data = trimesh.load(out / "000000.ply").metadata["_ply_raw"]["vertex"]["data"]
    assert not data["instance_id"].any()


@pytest.mark.parametrize("name", ["labelme", "label-studio", "cvat", "huggingface", "parquet", "hdf5", "voc"])
def test_crowds_that_become_objects_are_counted(name, tmp_path):
    losses = written(name, overlapping(tmp_path / "set"), tmp_path)[1].losses
    assert sum(count for loss, count in losses.items() if "crowd" in loss) == 1
