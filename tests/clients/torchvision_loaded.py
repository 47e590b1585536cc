"""torchvision, also where its compiled operators do not load.

The registry's torchvision is made for torch with CUDA. Beside torch for the CPU its library of operators does not load,
and then the import fails, since it describes two of them to torch that are not there. With those two declared, all that
is written in Python loads: data sets, transforms, detectors. Non-maximum suppression has a stand-in; so has the pooling
of regions, in torchvision itself, but it is so slow that Mask R-CNN cannot be tested with it.
"""

import sys
from importlib.util import find_spec

import pytest

torch = pytest.importorskip("torch", reason="run ./scripts/test_clients, which installs torch and torchvision")

_DECLARED = []  # a torch Library takes back what it declared when it is collected


def load_torchvision():
    """Import torchvision and return it."""
    if find_spec("torchvision") is None:
        pytest.skip("run ./scripts/test_clients, which installs torchvision", allow_module_level=True)
    try:
        import torchvision  # noqa: PLC0415 - this is what may fail
    except RuntimeError as error:
        if "torchvision::nms does not exist" not in str(error):
            raise
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _DECLARED.append(library)
        import torchvision  # noqa: PLC0415 - again

        torchvision.ops.nms = torchvision.ops.boxes.nms = suppress
    return torchvision


def suppress(boxes, scores, iou_threshold):
    """Do what ``torchvision.ops.nms`` does."""
    from torchvision.ops import box_iou  # noqa: PLC0415 - loaded by then

    order = scores.argsort(descending=True)
    kept = [order[:0]]
    while len(order):
        best, rest = order[:1], order[1:]
        kept.append(best)
        order = rest[box_iou(boxes[best], boxes[rest])[0] <= iou_threshold]
    return torch.cat(kept)
