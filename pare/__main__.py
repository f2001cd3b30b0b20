"""``python -m pare`` is the command ``pare``."""

from pare.cli import main

if __name__ == "__main__":
    main()
