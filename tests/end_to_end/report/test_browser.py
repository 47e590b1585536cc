"""The page in a real browser: no error, no overflow on a phone, and buttons that do what they say."""

import json
import re
import shutil
import subprocess
from html import escape, unescape
from pathlib import Path

import cv2
import numpy as np
import pytest

from synthvision.report import write_report
from tests.unit.report.samples import boxes_alone, rendered

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")

PHONE, DESKTOP = (390, 844), (1280, 900)

ASK = """
<script>addEventListener('load',()=>{
  const shown=()=>[...document.querySelectorAll('#gallery img')].filter(p=>p.offsetWidth>0).map(p=>p.dataset.layer);
  const wide=[...document.querySelectorAll('body *')].filter(e=>!e.closest('.wide,.sections')
    &&e.getBoundingClientRect().right>innerWidth+1).map(e=>e.tagName+'.'+e.className);
  const found={width:innerWidth,content:document.documentElement.scrollWidth,wide,first:shown(),clicked:{},
    background:getComputedStyle(document.body).backgroundColor,requests:performance.getEntriesByType('resource')
    .map(e=>e.name).filter(n=>!n.startsWith('data:'))};
  for(const button of document.querySelectorAll('.layers button')){
    button.click();
    found.clicked[button.dataset.layer]=[shown(),document.querySelectorAll('[aria-pressed=true]').length];
  }
  const picture=[...document.querySelectorAll('#gallery img')].find(p=>p.offsetWidth>0);
  picture.click();
  const large=document.getElementById('large');
  found.enlarged=[large.open,large.querySelector('img').src===picture.src];
  large.click();
  found.enlarged.push(large.open);
  parent.document.title=JSON.stringify(found);
})</script>"""
"""Asks the page what it looks like, and tries its buttons."""

PHONE_FRAME = (
    '<!doctype html><meta charset="utf-8"><iframe style="width:{}px;height:{}px;border:0" srcdoc="{}"></iframe>'
)
"""A window narrower than Chromium's own, which are 500 pixels wide at least."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("browser")
    made = rendered(folder, 9)
    write_report(made, folder / "report.html", boxes_alone(folder, ((80, 40), (30, 60), (64, 48)) * 3))
    asking = (folder / "report.html").read_text().replace("</body>", f"{ASK}</body>")
    for name, size in (("phone", PHONE), ("desktop", DESKTOP)):
        (folder / f"{name}.html").write_text(PHONE_FRAME.format(*size, escape(asking)))
    return folder / "report.html"


def browse(page: Path, size: tuple[int, int], *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        str(CHROMIUM),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        "--virtual-time-budget=4000",
        f"--user-data-dir={page.parent / 'profile'}",
        f"--window-size={size[0]},{size[1]}",
        *options,
        page.as_uri(),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def asked(page: Path, device: str, *options: str) -> dict:
    done = browse(page.with_name(f"{device}.html"), (1400, 1000), "--dump-dom", *options)
    assert re.findall(r".*CONSOLE.*", done.stderr) == []
    return json.loads(unescape(re.search(r"<title>(.*?)</title>", done.stdout, re.DOTALL)[1]))


@pytest.mark.parametrize(("device", "width_px"), [("phone", PHONE[0]), ("desktop", DESKTOP[0])])
def test_layout_and_buttons(page: Path, device: str, width_px: int) -> None:
    found = asked(page, device)
    assert found["width"] == width_px
    assert found["content"] <= width_px, "the page is wider than the window"
    assert found["wide"] == []
    assert found["requests"] == []
    frames = 9 + 6  # ours, and those of the photographs
    assert found["first"] == ["masks"] * frames
    assert list(found["clicked"]) == ["picture", "masks", "amodal", "3-D boxes", "keypoints", "depth"]
    for layer, (shown, pressed) in found["clicked"].items():
        assert pressed == 1
        expected = "picture" if layer not in {"picture", "masks"} else layer  # what photographs have
        assert shown == [layer] * 9 + [expected] * 6
    assert found["enlarged"] == [True, True, False]


def test_dark_and_light(page: Path) -> None:
    light, dark = (asked(page, "phone", f"--blink-settings=preferredColorScheme={n}")["background"] for n in (1, 0))
    assert light == "rgb(246, 247, 249)"
    assert dark == "rgb(18, 20, 25)"


def test_the_page_is_painted(page: Path, tmp_path: Path) -> None:
    done = browse(page, DESKTOP, f"--screenshot={tmp_path / 'page.png'}")
    assert re.findall(r".*CONSOLE.*", done.stderr) == []
    picture = cv2.imread(str(tmp_path / "page.png"))
    assert picture.shape == (900, 1280, 3)
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 2000  # pictures, and not only text
