"""YAML → typed Recipe."""
