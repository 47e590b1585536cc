"""Recipe + frame → Scene."""

from synthvision.sampling.scene_sampler import SceneSampler

__all__ = ["SceneSampler"]
