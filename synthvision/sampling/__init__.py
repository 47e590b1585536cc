"""Recipe + frame → Scene."""
