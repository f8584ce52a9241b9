"""Who is timed by `speed.py`, at which shapes, and with which settings."""

from __future__ import annotations

import importlib.util
import itertools
import os

SHAPES = [  # V, D, H, T, B
    (65, 65, 64, 25, 1),
    (65, 64, 128, 64, 32),
    (65, 64, 256, 64, 32),
    (65, 64, 512, 64, 64),
    (10000, 200, 200, 20, 20),
]
WIDTHS = (128, 512)  # of the nets that generate


def each(**choices):
    """Every setting that can be made of these choices."""
    return [
        dict(zip(choices, values, strict=True))
        for values in itertools.product(*choices.values())
    ]


ONE, ALL = each(threads=[1]), each(threads=["all"])
# What is compiled on first use is compiled before anything is timed.
FIRST = [
    {"what": what, "shape": shape, "contender": name, "setting": {"threads": 1}}
    for what, shape, name in (
        ("lstm", [5, 3, 4, 2, 2], "machine code"),
        ("rnn", [5, 3, 4, 2, 2], "machine code"),
        ("writing", [5, 3, 4], "machine code"),
        ("lstm", [5, 3, 4, 2, 2], "peak, packed"),
    )
]
# What this package has, from the plainest to the fastest.
OURS = {
    "steps": ONE,
    "products over time": ONE,
    "columns in place": ONE,
    "columns, all cores": ALL,
    "machine code": ONE,
    "machine code, all cores": ALL,
}
BOTH = [1, "all"]
OTHERS = {
    # The library's layer, as it is and compiled; and the equations as a loop in Python,
    # which PyTorch can only compile unrolled.
    "PyTorch": each(threads=BOTH, way=["layer", "layer, compiled", "loop, compiled"]),
    "TensorFlow, graph": each(threads=BOTH, unroll=[False, True]),
    # Unrolled, XLA had not compiled 25 steps after two minutes.
    "TensorFlow, XLA": each(threads=BOTH),
    "JAX": each(threads=BOTH, unroll=[1, 4, 16]),
}
ON_GPU = {
    "PyTorch, GPU": each(threads=["all"], tf32=[False, True]),
    "JAX, GPU": each(threads=["all"], tf32=[False, True]),
}
WRITING = {
    "steps": ONE,
    "machine code": ONE,
    "PyTorch": each(threads=BOTH, way=["layer", "cell"]),
    "JAX": each(threads=BOTH, way=["step", "scan"]),
}
# What the machine can do: products of large matrices, by whichever library does them
# best, and copying.
PEAK = {
    "peak, NumPy": each(threads=BOTH),
    "peak, packed": each(threads=BOTH),
    "peak, PyTorch": each(threads=BOTH),
    "copy": ALL,
}
NEEDS = {
    "machine": "numba",
    "packed": "numba",
    "PyTorch": "torch",
    "TensorFlow": "tensorflow",
    "JAX": "jax",
}


def installed(contender):
    """Whether what a contender needs is here."""
    return all(
        importlib.util.find_spec(module)
        for word, module in NEEDS.items()
        if word in contender
    )


def jobs(what, shapes, only=None, gpu=False):
    """For each place the jobs there: what to do, at which shape, by whom, and how.

    The machine's peak is among the jobs of each place. `only` are the contenders that
    are asked for, all if left out.
    """
    groups = []
    for task in what:
        if task == "writing":
            places, contenders = [(65, 64, H) for H in WIDTHS], WRITING
        else:
            places, contenders = shapes, OURS | OTHERS | (ON_GPU if gpu else {})
        for shape in places:
            asked = {
                name: settings
                for name, settings in contenders.items()
                if only is None or name in only
            }
            if task != "writing":
                asked |= PEAK
            groups.append(
                [
                    {
                        "what": task,
                        "shape": list(shape),
                        "contender": name,
                        "setting": setting,
                    }
                    for name, settings in asked.items()
                    if installed(name)
                    for setting in settings
                ]
            )
    return groups


# What tells a library how to compute, by how its variables begin.
ORDERS = (
    *("OPENBLAS_", "GOTO_", "OMP_", "MKL_", "ONEDNN_", "DNNL_", "ATEN_", "NPY_"),
    *("NUMBA_", "XLA_", "TF_", "RNNTUTOR_"),
)


def environment(isa):
    """What every process is told: nothing but, with "avx2", to use no instruction of
    AVX-512. Whatever this process was told is left out, so that each library does its
    best.
    """
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(ORDERS)
    }
    env["TF_CPP_MIN_LOG_LEVEL"] = "3"
    if isa == "avx2":
        from numpy._core._multiarray_umath import __cpu_dispatch__

        wide = [name for name in __cpu_dispatch__ if "512" in name or name == "X86_V4"]
        env |= {
            "NPY_DISABLE_CPU_FEATURES": " ".join(wide),
            "OPENBLAS_CORETYPE": "Haswell",
            "NUMBA_CPU_NAME": "haswell",
            "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma",
            "ATEN_CPU_CAPABILITY": "avx2",
            "MKL_ENABLE_INSTRUCTIONS": "AVX2",
            "ONEDNN_MAX_CPU_ISA": "AVX2",
            "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
        }
    return env


# One thread, as each library is told it; besides, the process is held on one core.
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "TF_NUM_INTRAOP_THREADS",
        "TF_NUM_INTEROP_THREADS",
    ),
    "1",
)
