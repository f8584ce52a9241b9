"""Do the notebooks print the same on other processors?

    python tools/cross.py              # three kernels, one and two threads, three seeds
    python tools/cross.py --kernels Prescott --threads 1 --seeds 1
    python tools/cross.py --only 02 04       # some of the notebooks
    python tools/cross.py --tests --threads 1 --seeds 0  # the tests instead

OpenBLAS chooses its products of matrices by the processor; OPENBLAS_CORETYPE makes it
choose those of another one. The seed moves every floating-point number drawn by a
relative 1e-14 (tools/startup/jitter.py; 0 leaves them alone). Strict nbval compares
with the committed outputs. Each finished combination is written to _build/cross.json at
once; with --resume those that passed there on the same commit are not run again.
"""

import argparse
import itertools
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DONE = ROOT / "_build" / "cross.json"
# Kernels that differ in how they add up, and the instructions that each needs.
KERNELS = {"Prescott": "sse3 pni", "Haswell": "avx2", "SkylakeX": "avx512f"}
X86 = platform.machine() in ("x86_64", "AMD64")


def has(flags):
    """Whether the processor names one of these instruction sets (where it does not say,
    assume so).
    """
    try:
        cpuinfo = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return True
    return any(flag in cpuinfo for flag in flags.split())


def run(kernel, threads, seed, asked):
    """Whether everything passed."""
    env = os.environ | {
        "OPENBLAS_NUM_THREADS": str(threads),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }
    for name in ("OPENBLAS_CORETYPE", "RNNTUTOR_JITTER"):
        env.pop(name, None)
    if kernel != "own":
        env["OPENBLAS_CORETYPE"] = kernel
    if seed:
        env["RNNTUTOR_JITTER"] = str(seed)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(asked.workers),
        "--dist",
        "loadfile",
    ]
    command += ["-p", "no:cacheprovider"]
    if asked.tests:
        command += ["--ignore=tests/book/site", "tests"]
    else:
        notebooks = sorted((ROOT / "notebooks").glob("*.ipynb"))
        notebooks = [
            path for path in notebooks if not asked.only or path.name[:2] in asked.only
        ]
        command += [
            "--nbval",
            "--nbval-current-env",
            "--nbval-cell-timeout=600",
            *map(str, notebooks),
        ]
    return subprocess.run(command, cwd=ROOT, env=env).returncode == 0


def main():
    """Run every combination that is not done; the exit status is 1 if one failed."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument(
        "--kernels", nargs="+", default=list(KERNELS) if X86 else ["own"]
    )
    options.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    options.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3])
    options.add_argument(
        "--only", nargs="*", default=[], help="notebooks by number, such as 02 or a2"
    )
    options.add_argument(
        "--tests",
        action="store_true",
        help="the package's tests in place of the notebooks",
    )
    options.add_argument(
        "--workers", type=int, default=2, help="processes side by side"
    )
    options.add_argument(
        "--resume", action="store_true", help="leave out what passed on this commit"
    )
    asked = options.parse_args()
    commit = subprocess.check_output(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, text=True
    ).strip()
    what = "tests" if asked.tests else "notebooks " + (" ".join(asked.only) or "all")
    done = (
        json.loads(DONE.read_text(encoding="utf-8"))
        if asked.resume and DONE.exists()
        else {}
    )
    rows, ok = [], True
    for kernel, threads, seed in itertools.product(
        asked.kernels, asked.threads, asked.seeds
    ):
        name = (
            f"{what}, kernel {kernel}, {threads} BLAS thread{'s' * (threads > 1)}, seed"
            f" {seed}"
        )
        if not has(KERNELS.get(kernel, "")) and kernel in KERNELS:
            rows.append(f"skipped   {name}: the processor has no {KERNELS[kernel]}")
            continue
        key = f"{commit} {name}"
        if not done.get(key, {}).get("passed"):
            print(f"::: {name}", flush=True)
            start = time.perf_counter()
            passed = run(kernel, threads, seed, asked)
            done[key] = {
                "passed": passed,
                "seconds": round(time.perf_counter() - start),
            }
            DONE.parent.mkdir(exist_ok=True)
            DONE.write_text(json.dumps(done, indent=1) + "\n", encoding="utf-8")
        outcome = done[key]
        ok = ok and outcome["passed"]
        rows.append(
            f"{'passed' if outcome['passed'] else 'FAILED'} {outcome['seconds']:4d} s "
            f" {name}"
        )
    print("", *rows, sep="\n")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
