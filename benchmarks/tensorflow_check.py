"""Compare this package with TensorFlow on the device that is there, in numbers and in time.

    python benchmarks/tensorflow_check.py                 # some minutes; a GPU is used if there is one
    python benchmarks/tensorflow_check.py --quick         # the smallest model alone

Writes results/tensorflow-DEVICE.json, which appendix A1 draws. Run it on a machine with a GPU, then
`make refresh NB=a1`, and the appendix has a row more.
"""

from __future__ import annotations

import argparse
import os
import re
import time

# One thread each, so that times on a CPU compare like with like; and oneDNN, which the book does without, is
# on: the times are to be TensorFlow's best. All of it before NumPy and TensorFlow are imported.
THREADS = dict.fromkeys(("OPENBLAS_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"), "1")
if __name__ == "__main__":
    os.environ |= THREADS | {"TF_ENABLE_ONEDNN_OPTS": "1"}

import numpy as np
import results

import rnntutor as rt
from rnntutor.keras_bridge import from_keras, loss_and_grad, require_tensorflow, to_keras
from rnntutor.keras_bridge.cudnn import CONDITIONS, qualifies, runs_on_cudnn
from rnntutor.keras_bridge.parity import parity, parity_cases

V = 64
MODELS = {"H 128, B 64, T 32": (128, 64, 32), "H 512, B 64, T 64": (512, 64, 64)}
LR = 0.5
SMALL, FIRST = (16, 8, 10), 5  # a model and so many losses of it, which a test computes again


def problem(H, B, T):
    """An LSTM and a batch of characters, float32."""
    rng = np.random.default_rng(0)
    model = rt.Model(rt.LSTM(), V, H, V)
    ids = rng.integers(0, V, (T + 1, B))
    return model, model.init(rng, np.float32), rt.one_hot(ids[:-1], V, np.float32), ids[1:]


def times(step, clock, seconds=6.0, least=5):
    """Milliseconds of one call by a clock: the fastest, the median, and how many were timed."""
    step()
    step()
    taken, start = [], time.perf_counter()
    while len(taken) < least or (time.perf_counter() - start < seconds and len(taken) < 200):
        before = clock()
        step()
        taken.append(1000 * (clock() - before))
    return {
        "fastest_ms": round(min(taken), 3),
        "median_ms": round(float(np.median(taken)), 3),
        "calls": len(taken),
    }


def numpy_step(model, params, xs, targets):
    """A function that takes one step of SGD with this package, and returns the loss."""
    optimiser = rt.SGD(LR)
    held = [params, optimiser.init(params)]

    def step():
        found = model.loss_and_grad(held[0], xs, targets)
        held[:] = optimiser.update(held[0], found.grads, held[1])[:2]
        return found.loss

    return step


def keras_step(tf, net, xs, targets, how):
    """The same with Keras; how is "eager", "graph" or "xla"."""
    xs, targets = tf.constant(xs.transpose(1, 0, 2)), tf.constant(targets.T)

    def step():
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, net(xs)))
        for weight, grad in zip(net.weights, tape.gradient(loss, net.trainable_weights), strict=True):
            weight.value.assign_sub(LR * grad)
        return loss

    compiled = step if how == "eager" else tf.function(step, jit_compile=how == "xla")
    return lambda: float(compiled())  # waits until the device has done it


# name, how, use_cudnn: XLA cannot compile cuDNN's kernel, and where there is no GPU there is no choice
WAYS = {
    "CPU": (("eager", "eager", "auto"), ("graph", "graph", "auto"), ("XLA", "xla", "auto")),
    "GPU": (
        ("eager, cuDNN", "eager", "auto"),
        ("graph, cuDNN", "graph", "auto"),
        ("graph, step by step", "graph", False),
        ("XLA, step by step", "xla", False),
    ),
}


def timing(tf, models, kind):
    """Milliseconds of a training step in every way that works here.

    On a CPU in processor time of the one thread, so that what else the machine does counts little; with a
    GPU by the clock on the wall.
    """
    rows, clock = [], time.process_time if kind == "CPU" else time.perf_counter
    for name, sizes in models.items():
        model, params, xs, targets = problem(*sizes)
        steps = {"NumPy, this package": numpy_step(model, params, xs, targets)}
        for way, how, use_cudnn in WAYS[kind]:
            net = to_keras(model, params)
            net.layers[1].use_cudnn = use_cudnn
            steps[f"Keras, {way}"] = keras_step(tf, net, xs, targets, how)
        for by, step in steps.items():
            rows.append({"model": name, "by": by} | times(step, clock))
            print(rows[-1], flush=True)
    return rows


def worst_parity():
    """The largest differences over all configurations, by precision and part."""
    found = {}
    for dtype in ("float64", "float32"):
        cases = parity_cases(dtype)
        parts = [parity(case) for case in cases]
        names = dict.fromkeys(name for part in parts for name in part)
        worst = {name: float(f"{max(part.get(name, 0) for part in parts):.2g}") for name in names}
        found[dtype] = {"configurations": len(cases), "differences": worst}
    return found


def tensor_float_32(tf):
    """The gradient with TF32 on, against the one with TF32 off: relative difference of the vectors."""
    model, params, xs, targets = problem(128, 64, 32)
    grads = []
    for enabled in (False, True):
        tf.config.experimental.enable_tensor_float_32_execution(enabled)
        grads.append(loss_and_grad(to_keras(model, params), xs, targets, how="graph").grads)
    tf.config.experimental.enable_tensor_float_32_execution(False)
    return float(f"{2 * rt.relative_difference(*grads):.2g}")


def repeats(tf, runs=5):
    """Whether several runs of twenty steps from the same start give the same bits."""
    model, params, xs, targets = problem(128, 64, 32)
    ends = []
    for _ in range(runs):
        net = to_keras(model, params)
        step = keras_step(tf, net, xs, targets, "graph")
        for _ in range(20):
            step()
        ends.append(rt.flatten(from_keras(net)[1]).tobytes())
    return len(set(ends)) == 1


def device(tf):
    """Kind and name of what computes."""
    found = tf.config.list_physical_devices("GPU")
    if not found:
        return {"kind": "CPU", "name": results.cpu_model()}
    name = tf.config.experimental.get_device_details(found[0]).get("device_name", "GPU")
    build = tf.sysconfig.get_build_info()
    return {"kind": "GPU", "name": name} | {key: build.get(key) for key in ("cuda_version", "cudnn_version")}


def first_losses(tf):
    """The losses of the first steps of the smallest model, by Keras."""
    model, params, xs, targets = problem(*SMALL)
    step = keras_step(tf, to_keras(model, params), xs, targets, "graph")
    return [round(step(), 6) for _ in range(FIRST)]


def main():
    """Measure and write the result file."""
    shown = argparse.RawDescriptionHelpFormatter
    options = argparse.ArgumentParser(description=__doc__, formatter_class=shown)
    options.add_argument("--quick", action="store_true", help="time the smallest model alone")
    options.add_argument("--name", help="of the result file, instead of the device's")
    asked = options.parse_args()
    start = time.perf_counter()
    tf, keras = require_tensorflow()
    tf.config.experimental.enable_tensor_float_32_execution(False)  # it is on by default
    where = device(tf)
    name = asked.name or re.sub(r"\W+", "-", where["name"] if where["kind"] == "GPU" else "cpu").lower()
    models = dict(list(MODELS.items())[:1]) if asked.quick else MODELS
    content = {
        "device": where,
        "tensorflow": tf.__version__,
        "keras": keras.__version__,
        "one_dnn": True,
        "threads": 1,
        "clock": "processor time" if where["kind"] == "CPU" else "wall",
        "first_losses": first_losses(tf),
        "parity": worst_parity(),
        "cudnn": [[one.name, qualifies(one), runs_on_cudnn(one)] for one in CONDITIONS],
        "tf32": tensor_float_32(tf),
        "repeats": repeats(tf),
        "timing": timing(tf, models, where["kind"]),
    }
    tf.config.experimental.enable_op_determinism()
    tf.keras.utils.set_random_seed(1)
    content["repeats_when_asked_to"] = repeats(tf)
    seconds = round(time.perf_counter() - start)
    path = results.write(f"tensorflow-{name}", results.circumstances() | {"seconds": seconds} | content)
    print(f"wrote benchmarks/results/{path.name}")


if __name__ == "__main__":
    main()
