"""torchvision, also where its compiled operators do not load.

The registry's torchvision is made for torch with CUDA. Beside torch for the CPU its library of operators does not load,
and then the import fails, since it describes two of them to torch that are not there. With those two declared, all that
is written in Python loads: data sets, transforms, and detectors that train without them (SSDlite does, not Mask R-CNN).
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
    return torchvision
