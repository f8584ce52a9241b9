"""Steps of training that `tensorflow_check.py` measures: by this package, and by Keras
in several ways.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

import rnntutor as rt
from rnntutor.keras import to_keras

V = 64
MODELS = {"H 128, B 64, T 32": (128, 64, 32), "H 512, B 64, T 64": (512, 64, 64)}
LR = 0.5


class Way(NamedTuple):
    """How Keras computes."""

    name: str
    how: str  # "eager", "graph" or "xla"
    use_cudnn: object = "auto"
    tf32: bool = False
    policy: str = "float32"


# XLA cannot compile cuDNN's kernel, and where there is no GPU there is no choice.
WAYS = {
    "CPU": (
        Way("eager", "eager"),
        Way("graph", "graph"),
        Way("XLA", "xla"),
        Way("graph, float16", "graph", policy="mixed_float16"),
        Way("graph, bfloat16", "graph", policy="mixed_bfloat16"),
    ),
    "GPU": (
        Way("eager, cuDNN", "eager", True),
        Way("graph, cuDNN", "graph", True),
        Way("graph, step by step", "graph", False),
        Way("XLA, step by step", "xla", False),
        Way("graph, cuDNN, TF32", "graph", True, tf32=True),
        Way("XLA, step by step, TF32", "xla", False, tf32=True),
        Way("graph, cuDNN, float16", "graph", True, policy="mixed_float16"),
        Way("graph, cuDNN, bfloat16", "graph", True, policy="mixed_bfloat16"),
    ),
}


def problem(H, B, T):
    """An LSTM and a batch of characters, float32."""
    rng = np.random.default_rng(0)
    model = rt.Model(rt.LSTM(), V, H, V)
    ids = rng.integers(0, V, (T + 1, B))
    return (
        model,
        model.init(rng, np.float32),
        rt.one_hot(ids[:-1], V, np.float32),
        ids[1:],
    )


def keras_net(keras, model, params, way):
    """The model in Keras; with a policy of mixed precision the readout stays in
    float32.
    """
    if way.policy == "float32":
        return to_keras(model, params, use_cudnn=way.use_cudnn)
    lstm = keras.layers.LSTM(
        model.H, return_sequences=True, use_cudnn=way.use_cudnn, dtype=way.policy
    )
    net = keras.Sequential(
        [
            keras.Input((None, model.D)),
            lstm,
            keras.layers.Dense(model.V, dtype="float32"),
        ]
    )
    net.set_weights([array for _, array in rt.leaves(params)])
    return net


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
            ys_raw = tf.cast(net(xs), tf.float32)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(targets, ys_raw)
            )
        for weight, grad in zip(
            net.weights, tape.gradient(loss, net.trainable_weights), strict=True
        ):
            weight.value.assign_sub(LR * grad)
        return loss

    compiled = step if how == "eager" else tf.function(step, jit_compile=how == "xla")
    return lambda: float(compiled())  # waits until the device has done it


def times(step, clock, seconds=4.0, least=5):
    """Milliseconds of one call by a clock: the fastest, the median, and how many were
    timed.
    """
    step()
    step()
    taken, start = [], time.perf_counter()
    while len(taken) < least or (
        time.perf_counter() - start < seconds and len(taken) < 200
    ):
        before = clock()
        step()
        taken.append(1000 * (clock() - before))
    return {
        "fastest_ms": round(min(taken), 3),
        "median_ms": round(float(np.median(taken)), 3),
        "calls": len(taken),
    }
