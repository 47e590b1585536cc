"""The examples of ``scripts/``: each trains for a few steps on four small pictures, with random weights."""

import json
import runpy
import sys
from pathlib import Path

import pytest

from tests.clients.torchvision_loaded import load_torchvision
from tests.clients.ultralytics_offline import no_fonts
from tests.unit.formats.samples import whole

__all__ = ["no_fonts"]

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.fixture
def folder(tmp_path):
    return whole(tmp_path / "source").folder


def run(monkeypatch, capsys, script, *arguments):
    """Run a script in this process, where torchvision is loaded, and return what it printed."""
    monkeypatch.setattr(sys, "argv", [script, *map(str, arguments)])
    runpy.run_path(str(SCRIPTS / script), run_name="__main__")
    return capsys.readouterr().out


def losses(printed):
    return [float(line.split("loss ")[1]) for line in printed.splitlines() if line.startswith("step ")]


def test_torchvision(folder, tmp_path, monkeypatch, capsys):
    load_torchvision()
    import torch  # noqa: PLC0415 - skipped where it is not there

    # SSDlite trains without torchvision's compiled operators; Mask R-CNN, the default, needs a GPU's torchvision here.
    model = ["--model", "ssdlite320_mobilenet_v3_large", "--from-scratch"]
    size = ["--steps", 2, "--batch", 4, "--workers", 0, "--device", "cpu"]
    printed = run(monkeypatch, capsys, "train_torchvision.py", folder, *model, *size, "--out", tmp_path / "model.pt")
    assert len(losses(printed)) == 1
    assert losses(printed)[0] > 0
    saved = torch.load(tmp_path / "model.pt")
    assert saved["categories"] == {1: "mug", 2: "Schlüssel 扳手"}
    assert any("classification_head" in name for name in saved["weights"])


@pytest.mark.parametrize("model", ["yolo11n.yaml", "yolo11n-seg.yaml"])
@pytest.mark.usefixtures("no_fonts")
def test_yolo(folder, tmp_path, monkeypatch, capsys, model):
    load_torchvision()
    size = ["--steps", 1, "--batch", 2, "--imgsz", 64, "--workers", 0, "--device", "cpu"]
    printed = run(monkeypatch, capsys, "train_yolo.py", folder, "--model", model, "--out", tmp_path / "runs", *size)
    assert (tmp_path / "runs/train/weights/last.pt").is_file()
    header, *rows = (tmp_path / "runs/train/results.csv").read_text().splitlines()
    assert "train/box_loss" in header
    assert len(rows) == 1
    assert ("joined by lines without width" in printed) == ("seg" in model)


def test_detr(folder, tmp_path, monkeypatch, capsys):
    pytest.importorskip("transformers", reason="run ./scripts/test_clients, which installs the clients")
    load_torchvision()
    write_tiny_model(tmp_path / "tiny")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    size = ["--steps", 3, "--batch", 2, "--workers", 0, "--device", "cpu"]
    printed = run(
        monkeypatch, capsys, "train_detr.py", folder, "--model", tmp_path / "tiny", "--out", tmp_path / "out", *size
    )
    assert len(losses(printed)) == 1
    assert losses(printed)[0] > 0
    trained = json.loads((tmp_path / "out/config.json").read_text())
    assert trained["id2label"] == {"0": "mug", "1": "Schlüssel 扳手"}
    assert (tmp_path / "out/model.safetensors").read_bytes() != (tmp_path / "tiny/model.safetensors").read_bytes()


def write_tiny_model(folder):
    """Write an RT-DETR of few and thin layers, with random weights, and its image processor."""
    from transformers import (  # noqa: PLC0415 - skipped where it is not there
        RTDetrImageProcessor,
        RTDetrResNetConfig,
        RTDetrV2Config,
        RTDetrV2ForObjectDetection,
    )

    backbone = RTDetrResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 8, 16, 16],
        depths=[1, 1, 1, 1],
        layer_type="basic",
        out_features=["stage2", "stage3", "stage4"],
    )
    config = RTDetrV2Config(
        backbone_config=backbone,
        encoder_hidden_dim=16,
        encoder_in_channels=[8, 16, 16],
        encoder_ffn_dim=16,
        encoder_attention_heads=2,
        d_model=16,
        decoder_in_channels=[16, 16, 16],
        decoder_ffn_dim=16,
        decoder_layers=2,
        decoder_attention_heads=2,
        num_queries=10,
        num_denoising=4,
        num_labels=5,
    )
    RTDetrV2ForObjectDetection(config).save_pretrained(folder)
    RTDetrImageProcessor(size={"height": 64, "width": 64}).save_pretrained(folder)
