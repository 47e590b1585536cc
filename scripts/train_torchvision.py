"""Train a torchvision detector on a dataset folder: python scripts/train_torchvision.py out/quickstart --steps 2000.

Needs ``pip install 'synthvision[torch]' torchvision``. Any detector that torchvision.models.get_model knows will do.
"""

import argparse
from itertools import islice
from pathlib import Path

import torch
from torch.utils.data import DataLoader
from torchvision import tv_tensors
from torchvision.models import get_model
from torchvision.transforms import v2

from synthvision.torch import FolderDataset, Sample, Target, collate

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("dataset", type=Path)
parser.add_argument("--split", help="train on this split only")
parser.add_argument("--out", type=Path, default=Path("torchvision.pt"))
parser.add_argument("--model", default="maskrcnn_resnet50_fpn_v2")
parser.add_argument("--from-scratch", action="store_true", help="no weights of ImageNet in the backbone")
parser.add_argument("--steps", type=int, default=5000)
parser.add_argument("--batch", type=int, default=4)
parser.add_argument("--lr", type=float, default=0.005)
parser.add_argument("--workers", type=int, default=4)
parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")

# Leave the flip out where left and right differ, as in text.
AUGMENT = v2.Compose([v2.RandomPhotometricDistort(), v2.RandomHorizontalFlip(), v2.ToDtype(torch.float32, scale=True)])


def augmented(image: torch.Tensor, target: Target) -> Sample:
    """Change a picture at random, and its boxes and masks with it; crowds are left out."""
    single = target["iscrowd"] == 0
    boxes = tv_tensors.BoundingBoxes(target["boxes"][single], format="XYXY", canvas_size=tuple(image.shape[-2:]))
    masks = tv_tensors.Mask(target["masks"][single].to(torch.uint8))
    return AUGMENT(tv_tensors.Image(image), {"boxes": boxes, "masks": masks, "labels": target["labels"][single]})


def main(args: argparse.Namespace) -> None:
    dataset = FolderDataset(args.dataset, args.split, transform=augmented)
    loader = DataLoader(dataset, args.batch, shuffle=True, num_workers=args.workers, collate_fn=collate)
    backbone = None if args.from_scratch else "DEFAULT"
    # Category ids start at 1, and 0 is the background, as these detectors want it.
    model = get_model(args.model, weights=None, weights_backbone=backbone, num_classes=len(dataset.categories) + 1)
    model.to(args.device).train()
    optimiser = torch.optim.SGD(model.parameters(), lr=args.lr, momentum=0.9, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, args.lr, total_steps=args.steps + 1, pct_start=0.1)
    batches = (batch for _ in iter(int, 1) for batch in loader)
    for step, (images, targets) in enumerate(islice(batches, args.steps), start=1):
        on_device = [{key: value.to(args.device) for key, value in target.items()} for target in targets]
        losses = model([image.to(args.device) for image in images], on_device)
        loss = torch.stack(list(losses.values())).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 20 == 0 or step == args.steps:
            print(f"step {step}: loss {loss.item():.3f}", flush=True)
    torch.save({"model": args.model, "categories": dataset.categories, "weights": model.state_dict()}, args.out)


if __name__ == "__main__":
    main(parser.parse_args())
