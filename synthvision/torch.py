"""Datasets for PyTorch; needs ``synthvision[torch]``."""
