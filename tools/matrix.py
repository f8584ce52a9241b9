"""Run the notebooks on other Pythons and NumPys: do they print the same text
everywhere?

    python tools/matrix.py            # what is installed, both ends of the NumPy range
    python tools/matrix.py --only 02 04       # some of the notebooks
    python tools/matrix.py --tests            # the package's tests too

Each combination gets an environment of its own under _build/matrix (kept for the next
time). What is not to be had on this machine is named and left out. The committed
outputs are the measure: strict nbval. For other processors there is tools/cross.py.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "_build" / "matrix"
PYTHONS = ("3.11", "3.12", "3.13")
# "": the newest that fits
NUMPYS = {"3.11": ("2.0.*", ""), "3.12": ("",), "3.13": ("2.1.*", "")}


def find_python(version):
    """An interpreter of this version: on the path, or among those of pyenv."""
    found = shutil.which(f"python{version}")
    if found and subprocess.run([found, "-c", ""], capture_output=True).returncode == 0:
        return found
    pyenv = Path.home() / ".pyenv" / "versions"
    there = sorted(pyenv.glob(f"{version}.*/bin/python")) if pyenv.is_dir() else []
    return str(there[-1]) if there else None


def environment(python, version, numpy):
    """The Python of an environment with this NumPy, made if it is not there."""
    home = HOME / f"python{version}-numpy{numpy.strip('.*') or 'newest'}"
    inside = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (home / "ready").exists():
        print(f"  making {home.relative_to(ROOT)} …", flush=True)
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([python, "-m", "venv", home], check=True)
        pip = [inside, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        wanted = [f"numpy=={numpy}"] if numpy else []
        subprocess.run([*pip, "--editable", f"{ROOT}[book,test]", *wanted], check=True)
        (home / "ready").touch()
    return inside


def run(inside, only, tests):
    """Whether everything passed."""
    env = os.environ | {"OPENBLAS_NUM_THREADS": "1", "JUPYTER_PREFER_ENV_PATH": "1"}
    env.pop("OPENBLAS_CORETYPE", None)
    notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
    notebooks = [path for path in notebooks if not only or path.name[:2] in only]
    command = [
        inside,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "loadfile",
        "-p",
        "no:cacheprovider",
    ]
    asked = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=600", *notebooks]
    ok = subprocess.run([*command, *asked], cwd=ROOT, env=env).returncode == 0
    if tests:
        asked = ["--ignore-glob=*/site*", "tests"]
        ok = (
            subprocess.run([*command, *asked], cwd=ROOT, env=env).returncode == 0 and ok
        )
    return ok


def main():
    """Run every combination; the exit status is 1 if one failed."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument(
        "--only",
        nargs="*",
        default=[],
        help="notebooks by their number, such as 02 or a2",
    )
    options.add_argument(
        "--tests", action="store_true", help="run the package's tests as well"
    )
    asked = options.parse_args()
    outcomes, skipped = {}, []
    for version in PYTHONS:
        python = find_python(version)
        if python is None:
            skipped.append(f"Python {version}: not installed")
            continue
        for numpy in NUMPYS[version]:
            inside = environment(python, version, numpy)
            name = f"Python {version}, NumPy {numpy or 'newest'}"
            print(f"::: {name}", flush=True)
            outcomes[name] = run(inside, asked.only, asked.tests)
    print()
    for name, ok in outcomes.items():
        print(f"{'passed' if ok else 'FAILED'}   {name}")
    for name in skipped:
        print(f"skipped  {name}")
    return 0 if all(outcomes.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
