"""Fine-tune any DETR of Hugging Face on a dataset folder: python scripts/train_detr.py out/quickstart --steps 5000."""

# Needs synthvision[torch], torchvision and transformers.

import argparse
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader
from transformers import AutoImageProcessor, AutoModelForObjectDetection, get_cosine_schedule_with_warmup

from synthvision.torch import FolderDataset, Sample

KEYS = "bbox", "area", "iscrowd", "category_id"
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("dataset", type=Path)
parser.add_argument("--split", help="train on this split only")
parser.add_argument("--out", type=Path, default=Path("detr"))
parser.add_argument("--model", default="PekingU/rtdetr_v2_r18vd")
parser.add_argument("--steps", type=int, default=5000)
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--lr", type=float, default=1e-4)  # a tenth of it for the backbone
parser.add_argument("--workers", type=int, default=4)
parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")


def encode(processor: Any, samples: list[Sample]) -> Any:
    """Make a batch of COCO annotations, class 0 the first category; the model's own processor resizes and pads it."""
    annotations = []
    for _, target in samples:
        target["boxes"][:, 2:] -= target["boxes"][:, :2]
        columns = target["boxes"], target["area"], target["iscrowd"], target["labels"] - 1
        rows = [dict(zip(KEYS, row, strict=True)) for row in zip(*map(torch.Tensor.tolist, columns), strict=True)]
        annotations.append({"image_id": target["image_id"], "annotations": rows})
    return processor([image for image, _ in samples], annotations, return_tensors="pt")


def main(args: argparse.Namespace) -> None:
    dataset = FolderDataset(args.dataset, args.split, masks=False)
    names = {category - 1: name for category, name in dataset.categories.items()}
    processor = AutoImageProcessor.from_pretrained(args.model)
    model = AutoModelForObjectDetection.from_pretrained(args.model, id2label=names, ignore_mismatched_sizes=True)
    model.to(args.device).train()
    slow = [parameter for name, parameter in model.named_parameters() if "backbone" in name]
    fast = [parameter for name, parameter in model.named_parameters() if "backbone" not in name]
    groups = [{"params": fast, "lr": args.lr}, {"params": slow, "lr": args.lr / 10}]
    optimiser = torch.optim.AdamW(groups, weight_decay=1e-4)
    schedule = get_cosine_schedule_with_warmup(optimiser, args.steps // 20, args.steps)
    made = partial(encode, processor)
    loader = DataLoader(dataset, args.batch, shuffle=True, num_workers=args.workers, collate_fn=made)
    batches = (batch for _ in iter(int, 1) for batch in loader)
    for step, batch in enumerate(islice(batches, args.steps), start=1):
        labels = [{key: value.to(args.device) for key, value in label.items()} for label in batch.pop("labels")]
        loss = model(**batch.to(args.device), labels=labels).loss
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimiser.step()
        schedule.step()
        if step % 20 == 0 or step == args.steps:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
    model.save_pretrained(args.out)
    processor.save_pretrained(args.out)


if __name__ == "__main__":
    main(parser.parse_args())
