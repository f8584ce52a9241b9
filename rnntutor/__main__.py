"""``python -m rnntutor``: the same as the command ``rnntutor``."""

from rnntutor.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
