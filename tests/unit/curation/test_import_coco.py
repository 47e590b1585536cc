import json

import cv2
import numpy as np
import pytest
from pycocotools import mask as coco_mask

from synthvision.curation import import_dataset, merge_datasets, mix_datasets
from synthvision.dataset import Dataset, validate
from synthvision.errors import DatasetError, UsageError
from tests.unit.curation.many import make_many
from tests.unit.curation.pictures import put_picture, with_orientation
from tests.unit.dataset.hand_made import HEIGHT, WIDTH, content, make_dataset, make_recipe, rectangle

RING = rectangle(5, 5, 12, 10) & ~rectangle(8, 8, 4, 4)


def rle_of(mask, *, compressed):
    rle = coco_mask.encode(np.asfortranarray(mask, np.uint8))
    if compressed:
        return {"size": rle["size"], "counts": rle["counts"].decode()}
    flat = mask.T.ravel().astype(np.int8)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flat, [1 - flat[-1]]])))
    return {"size": rle["size"], "counts": np.diff(np.concatenate([[0], edges])).tolist()}


def example():
    categories = [
        {"id": 7, "name": "person", "supercategory": "being", "keypoints": ["nose", "left_eye", "right_eye"],
         "skeleton": [[1, 2], [1, 3]]},
        {"id": 3, "name": "Straßenschild", "supercategory": "thing"},
    ]  # fmt: skip
    images = [
        {"id": 10, "file_name": "a.jpg", "width": 64, "height": 48, "license": 4},
        {"id": 70000, "file_name": "sub/b.png", "width": 40, "height": 30, "license": 9},
        {"id": 12, "file_name": "empty.png", "width": 64, "height": 48},
    ]
    square = [[10, 10, 20, 10, 20, 20, 10, 20], [30, 30, 34, 30, 34, 34, 30, 34]]
    annotations = [
        {"id": 1, "image_id": 10, "category_id": 3, "bbox": [10, 10, 24, 24], "area": 116, "iscrowd": 0,
         "segmentation": square},
        {"id": 2, "image_id": 10, "category_id": 7, "bbox": [5, 5, 12, 10], "area": 104, "iscrowd": 0,
         "segmentation": rle_of(RING, compressed=True), "keypoints": [1, 2, 2, 6.5, 7, 1, 0, 0, 0], "num_keypoints": 2},
        {"id": 70001, "image_id": 10, "category_id": 7, "bbox": [5, 5, 12, 10], "area": 104, "iscrowd": 1,
         "segmentation": rle_of(RING, compressed=False)},
        {"id": 4, "image_id": 70000, "category_id": 3, "bbox": [1.5, 2.25, 10.1, 4.4], "area": 44.4, "iscrowd": 0,
         "segmentation": []},
        {"id": 5, "image_id": 70000, "category_id": 3, "bbox": [35.0, -2, 10, 10]},
    ]  # fmt: skip
    return {
        "info": {"description": "street", "year": 2024, "version": 2, "contributor": None, "x": 1},
        "licenses": [{"id": 4, "name": "CC BY 4.0", "url": "u"}, {"id": 9, "name": "CC0", "url": ""}],
        "images": images, "annotations": annotations, "categories": categories,
    }  # fmt: skip


def write_example(folder, data=None):
    for number, (name, size) in enumerate([("a.jpg", (64, 48)), ("sub/b.png", (40, 30)), ("empty.png", (64, 48))]):
        put_picture(folder / "images" / name, number, *size)
    path = folder / "labels.json"
    path.write_text(json.dumps(data or example(), ensure_ascii=False))
    return path


@pytest.fixture
def imported(tmp_path):
    text = import_dataset("coco", write_example(tmp_path), tmp_path / "out", images=None, link=False)
    assert text == "3 pictures, 5 labels, 2 categories; a box was cut at the edge of the image (1 times)"
    return Dataset(tmp_path / "out")


def test_an_imported_dataset_is_valid_and_not_synthetic(imported):
    assert validate(imported.folder) == ()
    assert imported.manifest.synthetic is False
    assert [record.synthetic for record in imported] == [False] * 3
    assert json.loads((imported.folder / "annotations/instances.json").read_text())["info"]["synthetic"] is False
    record = imported.record(1)
    assert (record.camera_matrix, record.camera_to_world, record.scene) == (None, None, {})
    assert (record.origin.file, record.width_px, record.height_px) == ("sub/b.png", 40, 30)
    assert list(imported.record(0).files) == ["images/000000.jpg"]


def test_categories_are_in_the_order_of_their_ids(imported):
    signs, persons = imported.manifest.categories
    assert (signs.id, signs.name, signs.supercategory) == (1, "Straßenschild", "thing")
    assert (persons.keypoints, persons.skeleton) == (("nose", "left_eye", "right_eye"), ((0, 1), (0, 2)))
    assert persons.flip_pairs == ((1, 2),)


def test_polygons_and_run_lengths_are_masks(imported):
    record = imported.record(0)
    sign, person, crowd = record.labels
    assert (imported.mask(record, sign) == (rectangle(10, 10, 10, 10) | rectangle(30, 30, 4, 4))).all()
    assert (imported.mask(record, person) == RING).all()
    assert (imported.mask(record, crowd) == RING).all()
    assert (person.crowd, crowd.crowd) == (False, True)
    assert (person.bbox, person.area, sign.bbox) == ((5, 5, 12, 10), 104, (10, 10, 24, 24))
    assert (person.visibility, person.amodal_counts, person.object_to_camera) == (None, None, None)
    assert person.keypoints == {"nose": (1.0, 2.0, 2), "left_eye": (6.5, 7.0, 1), "right_eye": (0.0, 0.0, 0)}


def test_boxes_alone_stay_boxes_and_are_cut_at_the_edge(imported):
    known, cut = imported.record(1).labels
    assert (known.bbox, known.area, known.counts) == ((1.5, 2.25, 10.1, 4.4), 44, None)
    assert (cut.bbox, cut.area) == ((35, 0, 5, 8), 40)


def test_licences_and_info_are_kept(imported):
    assert [licence["name"] for licence in imported.manifest.licences] == ["CC BY 4.0", "CC0"]
    assert [record.origin.licence for record in imported] == [0, 1, 0]
    info = imported.manifest.info
    assert (info["description"], info["year"], info["version"]) == ("street", 2024, "2")


def test_a_mask_that_is_smaller_than_a_pixel_is_a_box(tmp_path):
    data = example()
    data["annotations"] = [
        {
            "id": 1,
            "image_id": 10,
            "category_id": 3,
            "bbox": [3, 3, 0.2, 0.2],
            "segmentation": [[3, 3, 3.2, 3, 3.2, 3.2]],
        }
    ]
    text = import_dataset("coco", write_example(tmp_path, data), tmp_path / "out", images=None, link=False)
    assert text.endswith("; a polygon too small for a pixel became a box alone (1 times)")
    (label,) = Dataset(tmp_path / "out").record(0).labels
    assert (label.bbox, label.area, label.counts) == ((3, 3, 0.2, 0.2), 1, None)
    assert validate(tmp_path / "out") == ()


def test_all_pictures_that_are_wrong_are_named(tmp_path):
    source = write_example(tmp_path)
    (tmp_path / "images/empty.png").unlink()
    put_picture(tmp_path / "images/sub/b.png", 0, 41, 30)
    with pytest.raises(DatasetError) as caught:
        import_dataset("coco", source, tmp_path / "out", images=None, link=False)
    assert str(caught.value).replace(str(tmp_path), "") .split("\n") == [
        "/images/sub/b.png: picture must be 40 x 30 px as the annotations say, got 41 x 30 px",
        "/images/empty.png: picture must be there, got none",
    ]  # fmt: skip
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda path: path.write_bytes(b"none"), "a.jpg: file must be a readable picture, got"),
        (
            lambda path: with_orientation(path, 6),
            "a.jpg: picture must have no EXIF orientation, got 6; turn the pixels",
        ),
    ],
)
def test_a_picture_that_cannot_be_trusted(tmp_path, damage, text):
    source = write_example(tmp_path)
    damage(tmp_path / "images/a.jpg")
    with pytest.raises(DatasetError, match=text):
        import_dataset("coco", source, tmp_path / "out", images=None, link=False)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        (lambda data: data.pop("images"), "labels.json: file must have a list 'images' as COCO has, got none"),
        (
            lambda data: data["images"][0].pop("width"),
            "images[0] must have id, file_name, width, height, got none for w",
        ),
        (lambda data: data["annotations"][0].update(category_id=1), "annotation 1: category_id must be that of a cat"),
        (
            lambda data: data["annotations"][1].update(image_id=1),
            "annotation 2: image_id must be that of an image, got 1",
        ),
        (
            lambda data: data["annotations"][3].pop("bbox"),
            "annotation 4: annotation must be as COCO has it, got ''bbox''",
        ),
        (
            lambda data: data["annotations"][1]["keypoints"].pop(),
            "annotation 2: annotation must be as COCO has it, got",
        ),
        (
            lambda data: data["annotations"][1]["segmentation"].update(size=[1, 2]),
            "got 'a segmentation of size [1, 2] in",
        ),
        (
            lambda data: data["annotations"][2]["segmentation"]["counts"].pop(),
            "annotation 70001: annotation must be as",
        ),
        (lambda data: data["categories"].append(data["categories"][0]), "categories must have different names and ids"),
        (lambda data: data["images"].append(data["images"][0]), "labels.json: image ids must differ, got some twice"),
    ],
)
def test_annotations_that_cannot_be_understood(tmp_path, change, text):
    data = example()
    change(data)
    with pytest.raises(DatasetError) as caught:
        import_dataset("coco", write_example(tmp_path, data), tmp_path / "out", images=None, link=False)
    assert text in str(caught.value)


def test_pictures_elsewhere(tmp_path):
    source = write_example(tmp_path)
    (tmp_path / "images").rename(tmp_path / "photos")
    with pytest.raises(DatasetError, match=r"picture a\.jpg must be in one of .*, got none; say where with --images"):
        import_dataset("coco", source, tmp_path / "out", images=None, link=False)
    import_dataset("coco", source, tmp_path / "out", images=tmp_path / "photos", link=True)
    assert (tmp_path / "out/images/000000.jpg").samefile(tmp_path / "photos/a.jpg")
    with pytest.raises(UsageError, match="--images: option must be used with coco or yolo, got voc, which has them in"):
        import_dataset("voc", source, tmp_path / "other", images=tmp_path, link=False)


def test_grey_pictures_and_such_with_alpha(tmp_path):
    source = write_example(tmp_path)
    cv2.imwrite(str(tmp_path / "images/a.jpg"), np.full((48, 64), 90, np.uint8) + np.arange(64, dtype=np.uint8))
    cv2.imwrite(str(tmp_path / "images/empty.png"), np.random.default_rng(0).integers(0, 255, (48, 64, 4)))  # noqa: TID251 - seeded
    import_dataset("coco", source, tmp_path / "out", images=None, link=False)
    dataset = Dataset(tmp_path / "out")
    assert validate(tmp_path / "out") == ()
    assert dataset.image(dataset.record(0)).shape == dataset.image(dataset.record(2)).shape == (48, 64, 3)


@pytest.mark.parametrize("outputs", [{}, {"polygons": True}])
def test_our_own_coco_file_comes_back(tmp_path, outputs):
    """Run lengths are exact; polygons on pixel corners too, but for what a polygon cannot hold: the ring's hole."""
    source = make_dataset(tmp_path / "set", make_recipe(outputs=outputs))
    import_dataset("coco", source / "annotations/instances.json", tmp_path / "out", images=None, link=False)
    old, new = Dataset(source), Dataset(tmp_path / "out")
    assert validate(tmp_path / "out") == ()
    for before, after in zip(old, new, strict=True):
        seen = [label for label in before.labels if label.area]
        assert [label.category_id for label in seen] == [label.category_id for label in after.labels]
        assert [label.bbox for label in seen] == [label.bbox for label in after.labels]
        for one, other in zip(seen, after.labels, strict=True):
            mask = old.mask(before, one)
            if not (outputs and one.area == RING.sum()):
                assert (mask == new.mask(after, other)).all()
        assert (old.image(before) == new.image(after)).all()
    assert [category.name for category in new.manifest.categories] == ["mug", "Schlüssel 扳手"]


def test_the_same_bytes_again(tmp_path):
    source = write_example(tmp_path)
    for name in ("one", "two"):
        import_dataset("coco", source, tmp_path / name, images=None, link=False)
    assert content(tmp_path / "one") == content(tmp_path / "two")


def test_files_of_a_folder_are_splits(tmp_path):
    for split in ("train", "val"):
        put_picture(tmp_path / "images" / split / f"{split}.png", 1 + (split == "val"))
        (tmp_path / "annotations").mkdir(exist_ok=True)
        data = example() | {"images": [{"id": 1, "file_name": f"{split}.png", "width": 64, "height": 48}]}
        data["annotations"] = []
        (tmp_path / f"annotations/instances_{split}.json").write_text(json.dumps(data))
    import_dataset("coco", tmp_path, tmp_path / "out", images=None, link=False)
    dataset = Dataset(tmp_path / "out")
    assert dataset.manifest.splits == ("train", "val")
    assert [(record.split, record.origin.file) for record in dataset] == [("train", "train.png"), ("val", "val.png")]
    assert validate(tmp_path / "out") == ()


def test_photographs_mix_with_rendered_frames(tmp_path, imported):
    many = make_many(tmp_path / "many", 20)
    text = mix_datasets(many, imported.folder, tmp_path / "mix", share=0.75, frames=None, seed=3, link=False)
    assert text == f"12 frames, 9 of {many} and 3 of {imported.folder}, 75.0 % synthetic"
    mixed = Dataset(tmp_path / "mix")
    assert validate(tmp_path / "mix") == ()
    assert (mixed.manifest.synthetic, [record.synthetic for record in mixed]) == (False, [True] * 9 + [False] * 3)
    assert [entry.synthetic for entry in mixed.manifest.sources] == [True, False]
    assert {category.name for category in mixed.manifest.categories} == {
        "mug", "Schlüssel 扳手", "person", "Straßenschild",
    }  # fmt: skip
    assert [licence["name"] for licence in mixed.manifest.licences] == ["CC0-1.0", "CC BY 4.0", "CC0"]
    fewer = mix_datasets(many, imported.folder, tmp_path / "less", share=0.5, frames=4, seed=3, link=False)
    assert fewer.startswith("4 frames, 2 of ")
    chosen = [{record.origin.frame_index for record in Dataset(tmp_path / name) if record.synthetic}
              for name in ("less", "mix")]  # fmt: skip
    assert chosen[0] < chosen[1]
    with pytest.raises(UsageError, match="out: dataset must have at least 10 frames for this mix, got 3"):
        mix_datasets(many, imported.folder, tmp_path / "more", share=0.5, frames=20, seed=3, link=False)


@pytest.mark.parametrize(("share", "kinds"), [(0.0, {False}), (1.0, {True})])
def test_a_mix_of_one_kind(tmp_path, imported, share, kinds):
    many = make_many(tmp_path / "many", 5)
    mix_datasets(many, imported.folder, tmp_path / "mix", share=share, frames=None, seed=0, link=False)
    assert {record.synthetic for record in Dataset(tmp_path / "mix")} == kinds
    assert Dataset(tmp_path / "mix").manifest.synthetic is (share == 1)
    assert validate(tmp_path / "mix") == ()


def test_two_imports_of_one_name_are_two_sources(tmp_path):
    for name, number in (("one", 0), ("two", 5)):
        (tmp_path / name).mkdir()
        data = example() | {"info": {"description": name}}
        source = write_example(tmp_path / name, data)
        put_picture(tmp_path / name / "images/a.jpg", number)
        put_picture(tmp_path / name / "images/empty.png", number + 1)
        put_picture(tmp_path / name / "images/sub/b.png", number, 40, 30)
        import_dataset("coco", source, tmp_path / name / "out", images=None, link=False)
    merge_datasets(tmp_path / "both", [tmp_path / "one/out", tmp_path / "two/out"], link=False)
    assert len(Dataset(tmp_path / "both").manifest.sources) == 2
    assert (HEIGHT, WIDTH) == (48, 64)
