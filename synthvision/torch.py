"""Datasets for PyTorch's data loaders, with detection targets in torchvision's shape; needs ``synthvision[torch]``.

A target is a dict: ``boxes`` (N, 4) float32 x0 y0 x1 y1 in pixels, ``labels`` (N,) int64 category ids from 1 (0 is
background), ``masks`` (N, H, W) bool, ``area`` (N,) float32, ``iscrowd`` (N,) int64, ``image_id`` int. Images are
(3, H, W) uint8. A picture without anything in it has tensors of length 0.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthvision.dataset import Dataset as Folder
from synthvision.dataset import FrameRecord, InstanceRecord
from synthvision.errors import UsageError
from synthvision.recipe.model import Recipe
from synthvision.run.in_memory import frames
from synthvision.run.messages import Frame, RendererName

try:
    import torch
    from torch.utils.data import Dataset, IterableDataset, get_worker_info
except ImportError as error:
    raise UsageError(
        "torch: library must be installed for synthvision.torch, got none; pip install 'synthvision[torch]'"
    ) from error

Target = dict[str, Any]
Sample = tuple[torch.Tensor, Target]
Transform = Callable[[torch.Tensor, Target], Any]


class FolderDataset(Dataset[Any]):
    """The frames of a dataset folder, rendered or imported; safe for any number of loader workers."""

    def __init__(
        self,
        folder: str | os.PathLike[str],
        split: str | None = None,
        *,
        min_visibility: float = 0.0,
        masks: bool = True,
        transform: Transform | None = None,
    ) -> None:
        """Open a folder.

        Args:
            folder: of the dataset.
            split: name of one of its splits; None for all frames.
            min_visibility: labels of which less is visible are left out.
            masks: False leaves ``masks`` out of the targets, as must be for labels that were imported as boxes.
            transform: called with image and target; what it returns is the sample.

        Raises:
            DatasetError: the folder is no dataset.
            UsageError: it has no such split.
        """
        self._folder = Folder(Path(folder))
        known = self._folder.manifest.splits
        if split is not None and split not in known:
            raise UsageError(f"split must be one of {', '.join(known) or 'none'}, got '{split}'")
        self._indices = [record.frame_index for record in self._folder if split is None or record.split == split]
        self._min_visibility = min_visibility
        self._masks = masks
        self._transform = transform
        self.categories = {category.id: category.name for category in self._folder.manifest.categories}

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: int) -> Any:
        record = self._folder.record(self._indices[index])
        image, target = _image(self._folder.image(record)), self._target(record)
        return (image, target) if self._transform is None else self._transform(image, target)

    def _target(self, record: FrameRecord) -> Target:
        least = self._folder.manifest.output_settings.min_mask_px
        labels = [label for label in record.labels if self._takes(label, least)]
        boxes = [_corners(label.bbox or (0, 0, 0, 0)) for label in labels]
        target = _target(record.frame_index, boxes, [label.category_id for label in labels])
        target["area"] = torch.tensor([label.area for label in labels], dtype=torch.float32)
        target["iscrowd"] = torch.tensor([int(label.crowd) for label in labels], dtype=torch.int64)
        if self._masks:
            masks = [self._folder.mask(record, label) for label in labels]
            target["masks"] = _masks(masks, record.height_px, record.width_px)
        return target

    def _takes(self, label: InstanceRecord, least: int) -> bool:
        shown = label.visibility is None or label.visibility >= self._min_visibility
        return label.bbox is not None and label.area >= least and shown


class SceneStream(IterableDataset[Any]):
    """Frames that are rendered on the fly, in the loader's own workers.

    Epoch e has frames ``e * frames_per_epoch`` … of the recipe, whatever the number of workers: worker w of W makes the
    w-th of W blocks. Call ``set_epoch`` before each epoch; the same epoch gives the same frames, bit for bit.
    """

    def __init__(
        self,
        recipe: Recipe,
        frames_per_epoch: int,
        *,
        seed: int | None = None,
        renderer: RendererName = "blender",
        device: str = "auto",
        transform: Transform | None = None,
    ) -> None:
        """Describe the stream; ``recipe``, ``seed``, ``renderer`` and ``device`` are as in ``synthvision.frames``."""
        if frames_per_epoch < 1:
            raise UsageError(f"frames_per_epoch: number must be at least 1, got {frames_per_epoch}")
        self._recipe = recipe
        self._count = frames_per_epoch
        self._seed = seed
        self._renderer: RendererName = renderer
        self._device = device
        self._transform = transform
        # Shared memory: workers that persist over epochs see the new one.
        self._epoch = torch.zeros(1, dtype=torch.int64).share_memory_()

    def __len__(self) -> int:
        return self._count

    def set_epoch(self, epoch: int) -> None:
        """Choose the frames of the next pass."""
        self._epoch[0] = epoch

    def __iter__(self) -> Iterator[Any]:
        worker = get_worker_info()
        number, of = (0, 1) if worker is None else (worker.id, worker.num_workers)
        first, end = (self._count * edge // of for edge in (number, number + 1))
        if first == end:
            return
        start = int(self._epoch[0]) * self._count + first
        made = frames(
            self._recipe,
            end - first,
            start=start,
            seed=self._seed,
            workers=1,
            renderer=self._renderer,
            device=self._device,
        )
        for frame in made:
            image, target = _image(frame.image), _frame_target(frame, self._recipe.outputs.min_mask_px)
            yield (image, target) if self._transform is None else self._transform(image, target)


def collate(samples: list[Sample]) -> tuple[tuple[torch.Tensor, ...], tuple[Target, ...]]:
    """Put samples of different sizes together as torchvision's detectors want them; for ``collate_fn``."""
    images, targets = zip(*samples, strict=True)
    return images, targets


def _frame_target(frame: Frame, least: int) -> Target:
    labels = [label for label in frame.labels.instances if label.bbox is not None and label.mask_px >= least]
    boxes = [tuple(map(float, label.bbox or ())) for label in labels]
    target = _target(frame.scene.frame_index, boxes, [label.category_id for label in labels])
    height, width = frame.labels.instance_map.shape
    masks = []
    for label in labels:
        x0, y0, x1, y1 = label.bbox or (0, 0, 0, 0)
        mask = np.zeros((height, width), bool)
        mask[y0:y1, x0:x1] = label.mask
        masks.append(mask)
    target["area"] = torch.tensor([label.mask_px for label in labels], dtype=torch.float32)
    target["iscrowd"] = torch.zeros(len(labels), dtype=torch.int64)
    target["masks"] = _masks(masks, height, width)
    return target


def _target(image_id: int, boxes: list[tuple[float, ...]], categories: list[int]) -> Target:
    return {
        "boxes": torch.tensor(boxes, dtype=torch.float32).reshape(-1, 4),
        "labels": torch.tensor(categories, dtype=torch.int64),
        "image_id": image_id,
    }


def _image(pixels: NDArray[np.uint8]) -> torch.Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))


def _masks(masks: list[NDArray[np.bool_]], height: int, width: int) -> torch.Tensor:
    return torch.from_numpy(np.stack(masks)) if masks else torch.zeros((0, height, width), dtype=torch.bool)


def _corners(box: tuple[float, float, float, float]) -> tuple[float, ...]:
    x, y, width, height = box
    return x, y, x + width, y + height
