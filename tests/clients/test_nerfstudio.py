"""The format ``nerfstudio`` through nerfstudio's own data parser."""

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("nerfstudio", reason="run ./scripts/test_clients, which installs the clients")

from nerfstudio.cameras.cameras import CameraType
from nerfstudio.data.dataparsers.nerfstudio_dataparser import NerfstudioDataParserConfig

from synthvision.formats import ExportOptions, find_format
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, picture
from tests.unit.formats.samples import changed

LENSES = {
    "pinhole": [],
    "brown_conrady": [0.1, -0.02, 0.001, -0.002, 0.03],
    "kannala_brandt": [0.01, -0.02, 0.003, -0.004],
}
FRAMES = (0, 1, 2, 12)


def cameras_around(folder, *models):
    """One scene, seen by four cameras with these lenses in turn."""

    def turn(line):
        place = FRAMES.index(line["frame_index"])
        angle = place * np.pi / 2
        pose = np.eye(4)
        pose[:3, 0], pose[:3, 1] = [np.cos(angle), np.sin(angle), 0], [0, 0, -1]
        pose[:3, 2] = np.cross(pose[:3, 0], pose[:3, 1])
        pose[:3, 3] = -2 * pose[:3, 2] + [0, 0, 0.5]
        line["camera_to_world"] = pose.tolist()
        line["scene"]["scene_index"] = 0
        model = models[place % len(models)]
        line["distortion"] = {"model": model, "coefficients": LENSES[model]}

    return changed(folder, turn)


def parsed(dataset, out):
    find_format("nerfstudio").write(dataset, out, ExportOptions())
    config = NerfstudioDataParserConfig(
        data=out / "scene_000000",
        orientation_method="none",
        center_method="none",
        auto_scale_poses=False,
        eval_mode="all",
        downscale_factor=1,
    )
    return config.setup().get_dataparser_outputs("train")


@pytest.mark.parametrize(
    ("models", "kind"),
    [
        (["pinhole"], CameraType.PERSPECTIVE),
        (["brown_conrady"], CameraType.PERSPECTIVE),
        (["pinhole", "brown_conrady"], CameraType.PERSPECTIVE),
        (["kannala_brandt"], CameraType.FISHEYE),
    ],
)
def test_cameras_lenses_pictures_and_depth(tmp_path, models, kind):
    dataset = cameras_around(tmp_path / "source", *models)
    loaded = parsed(dataset, tmp_path / "out")
    cameras = loaded.cameras
    assert (cameras.camera_type.numpy() == kind.value).all()
    assert cameras.distortion_params.shape == (4, 6)
    for place, record in enumerate(dataset):
        assert (np.array(Image.open(loaded.image_filenames[place])) == picture(record.frame_index)).all()
        depth = np.array(Image.open(loaded.metadata["depth_filenames"][place]))
        metres = depth * loaded.metadata["depth_unit_scale_factor"]
        ours = dataset.depth(record)
        assert metres[ours < 65] == pytest.approx(ours[ours < 65], abs=0.0006)
        k1, k2, k3, k4, p1, p2 = cameras.distortion_params[place].tolist()
        expected = LENSES[record.distortion.model]
        if record.distortion.model == "kannala_brandt":
            assert [k1, k2, k3, k4] == pytest.approx(expected)
        else:
            assert [k1, k2, p1, p2, k3] == pytest.approx(expected or [0] * 5)
        assert (cameras.width[place], cameras.height[place]) == (WIDTH, HEIGHT)


def test_its_rays_are_ours(tmp_path):
    """The ray of the pixel (i, j) goes through (i + 0.5, j + 0.5), in world axes."""
    dataset = cameras_around(tmp_path / "source", "pinhole")
    loaded = parsed(dataset, tmp_path / "out")
    for place, record in enumerate(dataset):
        rays = loaded.cameras.generate_rays(camera_indices=place)
        pose, matrix = np.array(record.camera_to_world), np.array(record.camera_matrix)
        columns, rows = np.meshgrid(np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5)
        pixels = np.stack([columns, rows, np.ones_like(rows)], axis=2)
        ours = pixels @ np.linalg.inv(matrix).T @ pose[:3, :3].T
        ours /= np.linalg.norm(ours, axis=2, keepdims=True)
        assert rays.directions.numpy() == pytest.approx(ours, abs=1e-5)
        assert rays.origins[0, 0].numpy() == pytest.approx(pose[:3, 3], abs=1e-6)
