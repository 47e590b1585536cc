"""Other tools' layouts, one file each."""
