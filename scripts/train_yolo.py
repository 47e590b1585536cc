"""Train Ultralytics YOLO on a dataset folder: python scripts/train_yolo.py out/quickstart --model yolo11n-seg.pt.

Needs ``pip install ultralytics``. The model says the task: weights (``yolo11n-seg.pt``, which Ultralytics loads down),
or an architecture (``yolo11n-seg.yaml``) to start from nothing. The dataset is exported to ``OUT/data`` first.
"""

import argparse
import math
from pathlib import Path

import torch
from ultralytics import YOLO

from synthvision.dataset import Dataset
from synthvision.formats import ExportOptions, find_format

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("dataset", type=Path)
parser.add_argument("--out", type=Path, default=Path("runs/synthvision"), help="a new folder")
parser.add_argument("--model", default="yolo11n-seg.pt")
parser.add_argument("--min-visibility", type=float, default=0.1, help="leave out objects of which less is seen")
parser.add_argument("--steps", type=int, help="at least so many batches, in whole epochs, instead of --epochs")
parser.add_argument("--epochs", type=int, default=100)
parser.add_argument("--batch", type=int, default=16)
parser.add_argument("--imgsz", type=int, default=640)
parser.add_argument("--workers", type=int, default=4)
parser.add_argument("--device", default="0" if torch.cuda.is_available() else "cpu")

FORMATS = {"detect": "yolo-detect", "segment": "yolo-segment", "pose": "yolo-pose", "obb": "yolo-obb"}


def main(args: argparse.Namespace) -> None:
    model = YOLO(args.model)
    export = find_format(FORMATS[model.task])
    options = ExportOptions(min_visibility=args.min_visibility)
    report = export.write(Dataset(args.dataset), args.out / "data", options)
    for loss, count in report.losses.items():
        print(f"{export.name}: {loss} ({count} times)")
    pictures = len(list((args.out / "data/images/train").glob("*"))) or report.frames
    epochs = math.ceil(args.steps / math.ceil(pictures / args.batch)) if args.steps else args.epochs
    model.train(
        data=str(args.out / "data/data.yaml"),
        epochs=epochs,
        batch=args.batch,
        imgsz=args.imgsz,
        device=args.device,
        workers=args.workers,
        project=str(args.out.resolve()),
        name="train",
    )


if __name__ == "__main__":
    main(parser.parse_args())
