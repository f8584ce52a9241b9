"""What `speed.py` runs in processes of their own: the last line of output is what was
found, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import sys
import time

import numpy as np
from speed_steps import OURS, STEPS
from speed_writers import WRITERS

WIDTHS = (128, 512)  # of the nets that write


def team(contender):
    """The threads of a contender of this package; others look after themselves."""
    if contender not in OURS:
        return contextlib.nullcontext()
    import rnntutor as rt

    return rt.threads(None if contender.endswith("all cores") else 1)


def timed(call, seconds, least=5):
    """Milliseconds of each call, after some that are not counted."""
    for _ in range(3):
        call()
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(1000 * (time.perf_counter() - start))
    return {"median": statistics.median(times), "min": min(times)}


def steps(contender, cell, shapes, seconds):
    """Milliseconds of a training step at each shape."""
    with team(contender):
        return [
            {"shape": s, **timed(STEPS[contender](cell, *s), seconds)} for s in shapes
        ]


def writing(contender, n=1000):
    """Milliseconds for n characters, one by one."""
    with team(contender):
        found = []
        for H in WIDTHS:
            write = WRITERS[contender](65, 64, H)
            found.append(
                {"shape": (65, 64, H), **timed(lambda write=write: write(n), 1.0)}
            )
        return found


def memory(contender, shape):
    """The most that is in memory in a few steps of the LSTM, in MB, and what the
    libraries alone take.
    """
    with team(contender):
        # whatever is loaded at the first use
        STEPS[contender]("lstm", 65, 4, 4, 2, 1)()
        before = _peak()
        step = STEPS[contender]("lstm", *shape)
        for _ in range(5):
            step()
    return {"libraries_mb": before, "step_mb": _peak() - before}


def scaling():
    """The fastest of this package over T and over B."""
    found = []
    sweeps = {
        "T": [(T, 32) for T in (16, 32, 64, 128, 256)],
        "B": [(64, B) for B in (4, 8, 16, 32, 64, 128)],
    }
    for over, places in sweeps.items():
        for T, B in places:
            with team("machine code, all cores"):
                step = STEPS["machine code, all cores"]("lstm", 65, 64, 128, T, B)
                found.append(
                    {"over": over, "shape": (65, 64, 128, T, B), **timed(step, 1.0)}
                )
    return found


def layouts():
    """GFLOP/s of the product of a step: rows, columns, packed weights; all sequences or
    half of them.
    """
    import rnntutor as rt
    from rnntutor.fast.compiled.tiles import add_product, pack

    rng, found = np.random.default_rng(0), []
    with rt.threads(1):
        for H, B in [(128, 32), (256, 32), (512, 64)]:
            W = rng.standard_normal((H, 4 * H)).astype(np.float32)
            W_T, h = W.T.copy(), rng.standard_normal((B, H)).astype(np.float32)
            for b, part in ((B, "all"), (B // 2, "half")):
                a, h_T = np.zeros((b, 4 * H), np.float32), h[:b].T.copy()
                a_T, panels = a.T.copy(), pack(W, H)
                ways = {
                    "rows": lambda h=h[:b], W=W, a=a: np.matmul(h, W, out=a),
                    "columns": lambda h=h_T, W=W_T, a=a_T: np.matmul(W, h, out=a),
                    "packed": lambda h=h, b=b, W=panels, a=a: add_product(
                        h, 0, b, W, len(h[0]), a
                    ),
                }
                for way, product in ways.items():
                    ms = timed(product, 0.5)["median"]
                    gflops = 8e-6 * b * H * H / ms
                    found.append(
                        {
                            "H": H,
                            "B": B,
                            "sequences": part,
                            "way": way,
                            "gflops": gflops,
                        }
                    )
    return found


def sharing():
    """Milliseconds to sum the squares of so many numbers, by one thread and by all."""
    import rnntutor as rt
    from rnntutor.fast.threads import parts, share

    found = []
    with rt.threads():
        for n in (10**4, 10**5, 10**6, 10**7):
            x, cut = np.zeros(n, np.float32), parts(n)

            def squares(part, x=x):
                return np.dot(x[part], x[part])

            alone = timed(lambda n=n, squares=squares: squares(slice(0, n)), 0.5)[
                "median"
            ]
            shared = timed(lambda cut=cut, squares=squares: share(squares, cut), 0.5)[
                "median"
            ]
            found.append({"numbers": n, "alone": alone, "shared": shared})
    return found


def machine(n=3072):
    """What the machine can do: sgemm on one core and on all, copying, tanh; and whose
    BLAS it is.
    """
    import threadpoolctl

    import rnntutor as rt
    from rnntutor.fast.threads import parts, share

    a = np.random.default_rng(0).standard_normal((n, n)).astype(np.float32)
    out, x, large = np.empty_like(a), a[:32].copy(), np.zeros(2**26, np.float32)
    copy, work = np.empty_like(large), 2e-6 * n**3
    whole = timed(lambda: np.matmul(a, a, out=out), 2)["min"]
    with rt.threads(1):
        single = timed(lambda: np.matmul(a, a, out=out), 2)["min"]
        tanh = timed(lambda: np.tanh(x, out=out[:32]), 1)["min"]
    with rt.threads():
        cut = parts(n)
        halves = parts(len(large))
        copying = timed(
            lambda: share(lambda part: np.copyto(copy[part], large[part]), halves), 1
        )["min"]
        shared = timed(
            lambda: share(lambda part: np.matmul(a[part], a, out=out[part]), cut), 2
        )["min"]
    blas = [lib for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]
    return {
        "blas": [
            f"{lib['internal_api']} {lib['version']}, {lib.get('architecture')}"
            for lib in blas
        ],
        "sgemm_gflops_one_core": work / single,
        "sgemm_gflops": work / min(whole, shared),
        "copy_gb_s": 2e-6 * large.nbytes / copying,
        "tanh_ns": 1e6 * tanh / x.size,
    }


def _peak():
    """The most that was ever in memory, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]](**json.loads(sys.argv[2]))))
