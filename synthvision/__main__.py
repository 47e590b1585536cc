"""``python -m synthvision`` is the same as ``synthvision``."""

from synthvision.cli import main

if __name__ == "__main__":
    main()
