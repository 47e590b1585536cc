"""Procedural structure of surfaces: one node group per shader and per mark, built once per Blender file."""
