"""Parts of this package that `speed.py` times by themselves, in a process of its own:
the last line of output is what was found, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import statistics
import subprocess
import sys

import numpy as np
from speed_worker import timed


def alone(task, env=None):
    """What a task of this file finds, in a process of its own."""
    command = [sys.executable, __file__, task]
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{task}:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def blas():
    """Whose BLAS NumPy and SciPy call."""
    import threadpoolctl

    with contextlib.suppress(ImportError):  # what machine code calls
        import scipy.linalg.cython_blas  # noqa: F401
    return [
        f"{lib['internal_api']} {lib['version']}, {lib.get('architecture')}"
        for lib in threadpoolctl.threadpool_info()
        if lib["user_api"] == "blas"
    ]


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
                rounds = [
                    {way: timed(ways[way], 0.1)["median"] for way in ways}
                    for _ in range(7)
                ]
                for way in ways:
                    ms = statistics.median(times[way] for times in rounds)
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


if __name__ == "__main__":
    print(json.dumps(globals()[sys.argv[1]]()))
