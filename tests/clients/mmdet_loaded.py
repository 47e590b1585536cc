"""MMDetection where mmcv's compiled operators are not: its data sets and transforms need them by name only."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

pytest.importorskip("mmdet.version", reason="run ./scripts/test_clients, which installs the clients")


class _Operators(ModuleType):
    """Has a class of any name, which no reader of data makes one of."""

    def __init__(self, name):
        super().__init__(name)
        self.__path__ = []
        self.__spec__ = ModuleSpec(name, None, is_package=True)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def load_mmdet():
    """Import mmdet and return it."""
    parts = ("carafe", "merge_cells", "nms", "point_sample", "roi_align")
    for name in ("mmcv.ops", *(f"mmcv.ops.{part}" for part in parts)):
        sys.modules.setdefault(name, _Operators(name))
    import mmdet.datasets  # noqa: PLC0415 - with the operators in place

    return mmdet
