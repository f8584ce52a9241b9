"""Set the notebooks beside nothing but the built wheel, as a reader who downloads one
has them.

    python tools/alone.py _build/alone

The folder is made anew: the wheel's content is in ``site``, without what it depends
on, and a copy of every notebook in ``notebooks``. With ``site`` first on PYTHONPATH
what they find is what the wheel holds.
"""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(folder):
    """Build the wheel, unpack it, copy the notebooks."""
    shutil.rmtree(folder, ignore_errors=True)
    run = [sys.executable, "-m"]
    build = [*run, "hatchling", "build", "-t", "wheel", "-d", folder / "dist"]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    install = [*run, "pip", "install", "--quiet", "--disable-pip-version-check"]
    alone = ["--no-deps", "--no-index", "--target", folder / "site", wheel]
    subprocess.run([*install, *alone], check=True)
    shutil.copytree(
        ROOT / "notebooks",
        folder / "notebooks",
        ignore=shutil.ignore_patterns(".*", "__pycache__"),
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
