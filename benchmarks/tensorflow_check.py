"""Compare this package with TensorFlow on the device that is there, in numbers and in
time.

    python benchmarks/tensorflow_check.py                 # some minutes; a GPU is used
    if there is one python benchmarks/tensorflow_check.py --require-gpu   # or not at
    all, if there is none python benchmarks/tensorflow_check.py --only timing   # one
    part

Writes results/tensorflow-PROCESSOR.json, which appendix A1 draws. Run it on a machine
with a GPU, then `make refresh NB=a1`, and the appendix has a row more. The file is
written again after every row: what was measured is kept whatever happens later, and a
row that could not be had says why.

It needs this package with NumPy, TensorFlow and Keras; for its last but one part also
Shakespeare's plays.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import re
import sys
import time
from types import SimpleNamespace

# One thread for NumPy; and oneDNN, which the book does without, is on: the times are to
# be TensorFlow's best. Before NumPy and TensorFlow are imported.
if __name__ == "__main__":
    os.environ |= {"OPENBLAS_NUM_THREADS": "1", "TF_ENABLE_ONEDNN_OPTS": "1"}
    # for progress bars, of which this shows none
    if importlib.util.find_spec("tqdm") is None:
        sys.modules["tqdm"] = SimpleNamespace(tqdm=None)

import results
import tensorflow_parts as parts

from rnntutor.keras import require_tensorflow

PARTS = {
    "first_losses": parts.first_losses,
    "cudnn": parts.cudnn,
    "timing": parts.timing,
    "precision": parts.precision,
    "parity": parts.agreement,
    "padding": parts.padding,
    "shakespeare": parts.shakespeare,
    "repetition": parts.repetition,  # last: what it switches on stays on
}
NO_GPU = (
    "TensorFlow finds no GPU here. On Linux with an NVIDIA GPU, in an environment of"
    " its own: python -m pip install --editable '.[gpu]'"
)


def prepare(tf):
    """Settings that must be made before TensorFlow starts; the GPUs."""
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        tf.config.experimental.set_memory_growth(gpu, True)
    if not gpus:  # one thread, so that times compare like with like
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    parts.tensor_float_32(tf, False)  # it is on by default
    return gpus


def driver():
    """The version of NVIDIA's driver, where Linux says it."""
    try:
        with open("/proc/driver/nvidia/version", encoding="utf-8") as file:
            found = re.search(r"\d+\.\d+(\.\d+)?", file.read())
    except OSError:
        return None
    return found.group() if found else None


def device(tf, gpus):
    """Kind and name of what computes, and the versions of what lies between it and
    TensorFlow.
    """
    if not gpus:
        return {"kind": "CPU", "name": results.cpu_model()}
    found, build = (
        tf.config.experimental.get_device_details(gpus[0]),
        tf.sysconfig.get_build_info(),
    )
    return {
        "kind": "GPU",
        "name": found.get("device_name", "GPU"),
        "compute_capability": ".".join(map(str, found.get("compute_capability", ()))),
        "driver": driver(),
        "cuda": build.get("cuda_version"),
        "cudnn": build.get("cudnn_version"),
    }


def arguments():
    """What is asked for."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument(
        "--require-gpu", action="store_true", help="end at once where there is none"
    )
    options.add_argument(
        "--only", nargs="+", choices=PARTS, default=list(PARTS), help="some parts"
    )
    options.add_argument(
        "--name", help="of the result file, instead of the processor's"
    )
    return options.parse_args()


def measured(parts, write):
    """Go through parts, generators of rows, and write what there is after each row.

    Parameters
    ----------
    parts : dict of str -> iterator
    write : callable
        Takes the rows found so far, a dict of str -> list, and under "failed" the parts
        that broke off.
    """
    found = {name: [] for name in parts} | {"failed": {}}
    for name, rows in parts.items():
        try:
            for row in rows:
                found[name].append(row)
                print(f"{name}: {row}", flush=True)
                write(found)
        except Exception as error:  # outside of any row
            found["failed"][name] = type(error).__name__
            print(f"{name}: {error}", flush=True)
            write(found)


def main():
    """Measure and write the result file."""
    asked = arguments()
    start = time.perf_counter()
    tf, keras = require_tensorflow()
    gpus = prepare(tf)
    if asked.require_gpu and not gpus:
        raise SystemExit(NO_GPU)
    about = device(tf, gpus)
    kind = about["kind"]
    name = (
        asked.name
        or "tensorflow-" + re.sub(r"\W+", "-", about["name"]).strip("-").lower()
    )
    content = results.circumstances() | {
        "device": about,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "one_dnn": True,
        "threads": 1,  # of NumPy, and of TensorFlow where there is no GPU
        "clock": "processor time" if kind == "CPU" else "wall",
    }

    def write(found):
        results.write(
            name, content | {"seconds": round(time.perf_counter() - start)} | found
        )

    wanted = {
        name: part(tf, keras, kind) if name in asked.only else []
        for name, part in PARTS.items()
    }
    measured(wanted, write)
    print(f"wrote benchmarks/results/{name}.json")


if __name__ == "__main__":
    main()
