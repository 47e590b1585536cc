"""Meshes, textures and environments: the catalog, our own generators, and files."""
