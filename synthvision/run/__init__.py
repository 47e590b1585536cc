"""Frames → workers."""
