"""The page: one file that needs nothing else, whole HTML, every section, and faults by name."""

import base64
import re
from html.parser import HTMLParser
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.curation import mix_datasets
from synthvision.dataset import Dataset, validate
from synthvision.dataset.faults import MEANINGS
from synthvision.errors import DatasetError, UsageError
from synthvision.report import write_report
from synthvision.report.charts import Counts, class_bars, heat, histogram
from synthvision.report.gallery import LAYERS
from synthvision.report.showing import Canvas
from tests.unit.report.samples import boxes_alone, change_manifest, rendered, textured, with_pictures

VOID = {"meta", "link", "img", "input", "br", "hr", "wbr"}
DRAWN = {"rect", "line", "polyline"}


class Page(HTMLParser):
    """Reads a page; fails at a tag that is not closed where it was opened."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.source = path.read_text(encoding="utf-8")
        self.open: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.texts: dict[str, list[str]] = {}
        self.ids: list[str] = []
        self.feed(self.source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes) -> None:
        self.tags.append((tag, dict(attributes)))
        if "id" in dict(attributes):
            self.ids.append(dict(attributes)["id"])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes) -> None:
        assert tag in DRAWN, f"<{tag}/> is not closed in HTML"
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.texts.setdefault(self.open[-1], []).append(data)

    @property
    def text(self) -> str:
        return " ".join(text for texts in self.texts.values() for text in texts)

    def all(self, tag: str, **attributes: str) -> list[dict]:
        return [found for name, found in self.tags if name == tag and attributes.items() <= found.items()]


def report(folder: Path, against: Path | None = None) -> Page:
    out = folder.with_name(f"{folder.name}.html")
    write_report(folder, out, against)
    return Page(out)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rendered(tmp_path_factory.mktemp("page"), 9)


@pytest.fixture(scope="module")
def page(folder: Path) -> Page:
    return report(folder)


def test_the_page_needs_nothing_else(page: Page) -> None:
    assert re.findall(r"https?:", page.source) == []
    assert re.findall(r"url\(|@import|\bfetch\b|XMLHttpRequest|<iframe|<object|<embed", page.source) == []
    references = [value for _, found in page.tags for name, value in found.items() if name in {"src", "href"}]
    assert references
    assert all(reference.startswith(("data:", "#")) for reference in references)
    (policy,) = page.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'")


def test_every_section_has_its_link(page: Page) -> None:
    titles = ["Gallery", "Classes", "Labels", "Pictures", "What was sampled", "Strangest frames", "Faults"]
    assert page.texts["h2"] == titles
    links = [found["href"][1:] for found in page.all("a") if found["href"].startswith("#")]
    assert links == [title.lower().replace(" ", "-") for title in titles]
    assert set(links) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_gallery_has_all_layers_of_each_frame(folder: Path, page: Page) -> None:
    names = [found["data-layer"] for found in page.all("button")]
    assert names == list(LAYERS)
    for layer in LAYERS:
        shown = [found["alt"] for found in page.all("img", **{"data-layer": layer})]
        assert set(shown) == {f"frame {index}, {layer}" for index in range(9)}
    assert {found["data-layer"] for found in page.all("img", **{"class": "shown"})} == {"masks"}
    dataset = Dataset(folder)
    picture, masks = (decoded(page, 4, layer) for layer in ("picture", "masks"))
    assert np.array_equal(picture, dataset.image(dataset.record(4)))
    assert np.array_equal(masks, Canvas.of(dataset, dataset.record(4)).drawn(LAYERS["masks"]))


def decoded(page: Page, frame: int, layer: str) -> np.ndarray:
    source = page.all("img", alt=f"frame {frame}, {layer}")[0]["src"]
    content = base64.b64decode(source.removeprefix("data:image/png;base64,"))
    return cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)[:, :, ::-1]


def test_large_pictures_are_shrunk_to_jpeg(tmp_path: Path) -> None:
    page = report(boxes_alone(tmp_path, ((800, 400),)))
    for found in page.all("img"):
        content = base64.b64decode(found["src"].removeprefix("data:image/jpeg;base64,"))
        assert cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR).shape == (320, 640, 3)
        assert (found["width"], found["height"]) == ("800", "400")


def test_the_head_tells_the_facts(folder: Path, page: Page) -> None:
    manifest = Dataset(folder).manifest
    facts = dict(zip(page.texts["dt"], page.texts["dd"], strict=False))
    assert facts["frames"] == "9"
    assert facts["rendered"] == "100%"
    assert facts["renderer"] == "preview"
    assert facts["recipe"] == manifest.recipe_sha256[:7]
    assert "none" in page.texts["span"]
    assert "None: every file, label and line is as it should be." in page.text


def test_coverage_of_the_recipe_is_told(page: Page) -> None:
    assert any(text.startswith("Coverage of the recipe: ") for text in page.texts["h3"])
    for name in ("variables/hue", "brick/count", "camera/position/x", "ground/material/roughness"):
        assert name.replace("/", "/<wbr>") in page.source


def test_the_same_dataset_makes_the_same_page(folder: Path, page: Page) -> None:
    write_report(folder, folder.with_name("again.HTM"), None)
    assert folder.with_name("again.HTM").read_text() == page.source


def test_against_photographs_with_boxes_alone(tmp_path: Path, folder: Path) -> None:
    real = boxes_alone(tmp_path, ((80, 40), (30, 60), (64, 48)) * 3)
    page = report(folder, real)
    assert page.texts["h2"][:2] == ["Gallery", "Gap"]
    for name in ("box size", "box aspect", "brightness", "contrast", "sharpness"):
        assert name in page.texts["td"]
    assert "visibility" not in page.texts["td"]  # nobody knows it of the photographs
    told = page.text
    assert "a classifier tells them apart" in told
    assert "total variation, 0 to 1; only here: brick, die; only there: mug, cat" in told
    assert sum(text.count("photograph") for text in page.texts["figcaption"]) == 6
    assert len(page.all("polyline", **{"class": "other"})) > 5


def test_too_few_pictures_are_said_to_be_too_few(tmp_path: Path, folder: Path) -> None:
    assert "too few pictures to compare" in report(folder, boxes_alone(tmp_path)).text


def test_a_mix_has_the_layers_that_any_frame_has(tmp_path: Path) -> None:
    made = with_pictures(tmp_path / "made", [textured(n) for n in range(3)], splits={"train": 1.0})
    mix_datasets(made, boxes_alone(tmp_path), tmp_path / "mix", share=0.5, frames=6, seed=0, link=False)
    page = report(tmp_path / "mix")
    assert [found["data-layer"] for found in page.all("button")] == ["picture", "masks", "depth"]
    assert len(page.all("img", **{"data-layer": "depth"})) == 3
    assert "How well the frames cover the recipe’s ranges is not known" in page.text


def test_a_seeded_fault_is_named(tmp_path: Path) -> None:
    folder = with_pictures(tmp_path / "made", [textured(n) for n in range(3)])
    (folder / "depth/000001.png").unlink()
    page = report(folder)
    (fault,) = validate(folder)
    assert fault.kind in MEANINGS
    assert page.texts["code"] == [fault.kind] == ["missing_file"]
    assert f"{fault.file}: {fault.what}; {fault.remedy}" in page.text
    assert "1 found" in page.texts["p"]


@pytest.mark.parametrize("damage", ["no picture", "another size"])
def test_a_picture_that_cannot_be_drawn_on_leaves_a_reason(tmp_path: Path, damage: str) -> None:
    content = cv2.imencode(".png", textured(5, 0.5, 9, 9))[1].tobytes() if damage == "another size" else b"no picture"
    folder = with_pictures(tmp_path / "made", [textured(n) for n in range(3)])
    (folder / "images/000001.png").write_bytes(content)
    page = report(folder)
    assert {found["alt"] for found in page.all("img", **{"data-layer": "masks"})} == {
        "frame 0, masks",
        "frame 2, masks",
    }
    assert any("must be" in text for text in page.texts["p"])
    assert page.texts["code"]


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    folder = with_pictures(tmp_path / "made", [textured(0)])
    hostile = "<script>alert(1)</script>\"'&"
    change_manifest(folder, lambda data: data["categories"][0].update(name=hostile))
    change_manifest(folder, lambda data: data.update(name=hostile))
    change_manifest(folder, lambda data: data["info"].update(description=hostile))
    page = report(folder)
    assert len(page.all("script")) == 1
    assert page.text.count(hostile) >= 4


def test_wrong_use(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UsageError, match=r"x\.pdf: output must be a \.html file, got '\.pdf'"):
        write_report(folder, tmp_path / "x.pdf", None)
    with pytest.raises(DatasetError, match=r"nowhere: folder must be a synthvision dataset with a manifest\.json"):
        write_report(folder, tmp_path / "x.html", tmp_path / "nowhere")
    empty = with_pictures(tmp_path / "empty", [])
    for arguments in ((empty, tmp_path / "x.html", None), (folder, tmp_path / "x.html", empty)):
        with pytest.raises(UsageError, match="empty: dataset must have at least one frame, got none"):
            write_report(*arguments)
    assert not (tmp_path / "x.html").exists()


def bars(svg: str) -> list[str]:
    return re.findall(r"<title>(.*?)</title>", svg)


def test_histogram_of_whole_numbers_has_a_bar_for_each() -> None:
    svg = histogram(np.array([1.0, 1, 2, 4]))
    assert bars(svg) == ["1: 50.0%", "2: 25.0%", "4: 25.0%"]
    assert re.findall(r"<text [^>]*>([^<]*)</text>", svg) == ["1", "4"]


def test_histogram_of_many_values() -> None:
    svg = histogram(np.linspace(0, 1, 1000), np.linspace(0.5, 1, 10))
    assert len(bars(svg)) == 20  # 2 n^(1/3)
    heights = {float(height) for height in re.findall(r'<rect [^>]* height="([0-9.]+)"', svg)}
    assert max(heights) - min(heights) <= 1.1  # the same number in each
    assert svg.count("<polyline") == 1


def test_histogram_of_one_value_and_of_none() -> None:
    assert histogram(np.full(5, 0.25)) == '<p class="constant">0.25 <small>everywhere</small></p>'
    assert histogram(np.array([])) == heat(np.zeros((0, 2))) == '<p class="none">no values</p>'


def test_bars_are_shares() -> None:
    html = class_bars(Counts({"mug": 30, "can": 10}, 40), Counts({"can": 5, "cup": 5}, 10))
    assert re.findall(r'title="([^"]*)"', html) == [
        "mug: 75.0%, there 0.0%",
        "can: 25.0%, there 50.0%",
        "cup: 0.0%, there 50.0%",
    ]
    assert re.findall(r"width:([0-9.]+)%", html) == ["100.0", "33.3", "0.0"]
    assert re.findall(r"left:([0-9.]+)%", html) == ["0.0", "66.7", "66.7"]


def test_heat_counts_cells() -> None:
    cells = [int(cell) for cell in bars(heat(np.array([[0.01, 0.01], [0.99, 0.99], [0.985, 0.98]])))]
    assert len(cells) == 16 * 12
    assert (cells[0], cells[-1], sum(cells)) == (1, 2, 3)
