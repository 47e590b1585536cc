"""Datasets made of datasets: merged, split, chosen, mixed, imported; and compared."""
