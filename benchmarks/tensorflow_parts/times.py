"""How long a step of training takes: Keras, this package and PyTorch, on the same
shapes and all on the clock on the wall.

The net is an embedding, an LSTM and a readout, in float32, with SGD, as for `speed.py`.
In each round every way is timed once, so that what else the machine does meets them
all.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import time
from functools import partial

import numpy as np
import speed_steps

from tensorflow_parts import attempt

SHAPES = ((65, 64, 128, 64, 32), (65, 64, 256, 64, 32), (65, 64, 512, 64, 64))
TINY = ((65, 8, 16, 8, 4),)  # V, D, H, T, B, as in SHAPES
ROUNDS, SECONDS, LEAST = 3, 0.3, 5  # and in each round at least so many calls
ABOUT = {"clock": "wall", "shapes": "V, D, H, T, B"}


def timed(ways, asked, send):
    """A row for each shape and way.

    Parameters
    ----------
    ways : list of (dict, callable, callable)
        What the row says; a context in which to compute; and from the sizes V, D, H, T
        and B to a step.
    """
    for shape in TINY if asked.quick else SHAPES:
        rows, ready = [], []
        for about, context, make in ways:
            rows.append(about | {"shape": shape})

            def prepare(row, context=context, make=make, shape=shape, ready=ready):
                with context():
                    step = make(*shape)
                    step(), step()  # compiles
                ready.append((row, context, step))
                return {}

            rows[-1] |= attempt({}, partial(prepare, rows[-1]))
        for _ in range(1 if asked.quick else ROUNDS):
            for row, context, step in ready:
                with context():
                    took = median_ms(step, 0 if asked.quick else SECONDS)
                row.setdefault("ms_rounds", []).append(took)
        for row in rows:
            if "ms_rounds" in row:
                row["ms_median"] = statistics.median(row["ms_rounds"])
            send(row)


def median_ms(step, seconds):
    """The median of the calls that fit into these seconds."""
    taken, end = [], time.perf_counter() + seconds
    while len(taken) < LEAST or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        taken.append(1000 * (time.perf_counter() - start))
    return round(statistics.median(taken), 4)


@contextlib.contextmanager
def told(say, value, usual):
    """A context in which a library was told a value, and then its usual one again."""
    say(value)
    try:
        yield
    finally:
        say(usual)


def keras_times(asked, send):
    """Every compiled way of Keras, without TF32 and with it."""
    import rnntutor as rt
    from tensorflow_parts.steps import compiled, keras_net, keras_step
    from tensorflow_parts.versions import start

    tf, keras, kind = start()
    say = tf.config.experimental.enable_tensor_float_32_execution

    def make(way, V, D, H, T, B):
        model = rt.Model(rt.Embedded(rt.LSTM(), D), V, H, V)
        params = model.init(np.random.default_rng(0), np.float32)
        net = keras_net(keras, model, params, way)
        return keras_step(tf, net, *speed_steps.batch(V, T, B), way.how)

    versions = {"tensorflow": tf.__version__, "keras": keras.__version__}
    send(ABOUT | {"cores": os.cpu_count()} | versions)
    timed(
        [
            (
                {"by": f"Keras, {way.name}", "on": kind, "tf32": way.tf32},
                partial(told, say, way.tf32, False),
                partial(make, way),
            )
            for way in compiled(kind, tf32=True)
        ],
        asked,
        send,
    )


def our_times(asked, send):
    """`Fast`, on all cores and on one."""
    import rnntutor as rt
    from rnntutor.fast.schedule import compiles
    from rnntutor.fast.threads import cores

    versions = {"numpy": np.__version__, "machine_code": compiles()}
    send(ABOUT | {"cores": cores()} | versions)
    about = {"by": "this package, Fast", "on": "CPU", "tf32": False}
    make = partial(speed_steps.ours(rt.Fast), "lstm")
    ways = [
        (about | {"threads": n}, partial(rt.threads, n), make)
        for n in dict.fromkeys((cores(), 1))
    ]
    timed(ways, asked, send)


def torch_times(asked, send):
    """PyTorch's own layers, on the GPU if it sees one, and on all cores and one."""
    try:
        import torch
    except ImportError:
        send({"skipped": "no PyTorch here: install torch in this environment, or name"
              " the Python of another one with --torch"})  # fmt: skip
        return

    def tf32(enabled):
        torch.backends.cuda.matmul.allow_tf32 = enabled
        torch.backends.cudnn.allow_tf32 = enabled

    whole = torch.get_num_threads()
    row = ABOUT | {"torch": torch.__version__, "cuda": torch.version.cuda}
    by, ways = {"by": "PyTorch"}, []
    if torch.cuda.is_available():
        cudnn, gpu = torch.backends.cudnn.version(), torch.cuda.get_device_name()
        row |= {"cudnn": cudnn, "gpu": gpu}
        ways += [
            (
                by | {"on": "GPU", "tf32": on},
                partial(told, tf32, on, False),
                partial(speed_steps.torch_step("cuda"), "lstm"),
            )
            for on in (False, True)
        ]
    send(row)
    ways += [
        (
            by | {"on": "CPU", "tf32": False, "threads": n},
            partial(told, torch.set_num_threads, n, whole),
            partial(speed_steps.torch_step("cpu"), "lstm"),
        )
        for n in dict.fromkeys((whole, 1))
    ]
    timed(ways, asked, send)
