"""A net and a batch, and steps of training with them: by this package, and by Keras in
several ways.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

import rnntutor as rt
from rnntutor.keras import to_keras

V = 64
LR = 0.5
# H, B and T of a model, and so many losses of its first steps, which a test computes
# again
SMALL, FIRST = (16, 8, 10), 5


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
        Way("graph, step by step, TF32", "graph", False, tf32=True),
        Way("XLA, step by step, TF32", "xla", False, tf32=True),
        Way("graph, cuDNN, float16", "graph", True, policy="mixed_float16"),
        Way("graph, cuDNN, bfloat16", "graph", True, policy="mixed_bfloat16"),
    ),
}


def compiled(kind, tf32=False):
    """The ways that are compiled, in float32; with `tf32` those with TF32, too."""
    return [
        way
        for way in WAYS[kind]
        if way.how != "eager" and way.policy == "float32" and way.tf32 <= tf32
    ]


def problem(H, B, T):
    """An LSTM and a batch of characters, float32."""
    rng = np.random.default_rng(0)
    model = rt.Model(rt.LSTM(), V, H, V)
    ids = rng.integers(0, V, (T + 1, B))
    xs = rt.one_hot(ids[:-1], V, np.float32)
    return model, model.init(rng, np.float32), xs, ids[1:]


def keras_net(keras, model, params, way):
    """The model in Keras; with a policy of mixed precision the readout stays in
    float32.
    """
    if way.policy == "float32":
        return to_keras(model, params, use_cudnn=way.use_cudnn)
    lstm = keras.layers.LSTM(
        model.H, return_sequences=True, use_cudnn=way.use_cudnn, dtype=way.policy
    )
    readout = keras.layers.Dense(model.V, dtype="float32")
    net = keras.Sequential([keras.Input((None, model.D)), lstm, readout])
    net.set_weights([array for _, array in rt.tree.leaves(params)])
    return net


def numpy_step(model, params, xs, targets, reduce="sequence"):
    """A function that takes one step of SGD with this package, and returns the loss."""
    sgd = rt.SGD(LR)
    held = [params, sgd.init(params)]

    def step():
        found = model.loss_and_grad(held[0], xs, targets, reduce=reduce)
        held[:] = sgd.update(held[0], found.grads, held[1])[:2]
        return found.loss

    return step


def gradient(tf, net, xs, targets, reduce):
    """The loss of a batch, sequences first, and its gradient by each weight."""
    with tf.GradientTape() as tape:
        ys_raw = tf.cast(net(xs), tf.float32)
        loss = reduce(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, ys_raw))
    grads = tape.gradient(loss, net.trainable_weights)
    return loss, [tf.convert_to_tensor(grad) for grad in grads]


def tensors(tf, *batch):
    """Arrays with time first as tensors with the sequences first."""
    return [tf.constant(np.swapaxes(array, 0, 1)) for array in batch]


def keras_step(tf, net, xs, targets, how):
    """A step of SGD with Keras; how is "eager", "graph" or "xla"."""
    xs, targets = tensors(tf, xs, targets)

    def step():
        loss, grads = gradient(tf, net, xs, targets, tf.reduce_mean)
        for weight, grad in zip(net.trainable_weights, grads, strict=True):
            weight.value.assign_sub(LR * grad)
        return loss

    ready = step if how == "eager" else tf.function(step, jit_compile=how == "xla")
    return lambda: float(ready())  # waits until the device has done it
