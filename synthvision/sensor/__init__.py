"""Linear light → camera image."""
