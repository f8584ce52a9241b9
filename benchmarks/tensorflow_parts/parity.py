"""The numbers of Keras and of this package side by side."""

from __future__ import annotations

import numpy as np

import rnntutor as rt
from rnntutor.lab.tensorflow.cudnn import CONDITIONS, qualifies, runs_on_cudnn
from rnntutor.lab.tensorflow.parity import parity, parity_cases
from tensorflow_parts import attempt
from tensorflow_parts.steps import (
    FIRST,
    SMALL,
    WAYS,
    gradient,
    keras_net,
    keras_step,
    problem,
    tensors,
)
from tensorflow_parts.versions import start

EVERY = 21  # of the configurations, where compiling takes long: one of so many


def parity_and_precision(asked, send):
    """First losses; differences over the configurations; the error of a gradient in
    each way; which layers Keras hands to cuDNN.
    """
    tf, keras, kind = start()
    send({"first_losses": first_losses(tf, keras)})
    for row in agreement(tf, kind, asked.quick):
        send(row)
    for row in precision(tf, keras, kind):
        send(row)
    for one in CONDITIONS:
        row = {"condition": one.name, "qualifies": qualifies(one)}
        send(attempt(row, lambda one=one: {"runs": runs_on_cudnn(one)}))


def first_losses(tf, keras):
    """Losses of the first steps of the smallest model, by Keras."""
    model, params, xs, targets = problem(*SMALL)
    net = keras_net(keras, model, params, WAYS["CPU"][1])
    step = keras_step(tf, net, xs, targets, "graph")
    return [round(step(), 6) for _ in range(FIRST)]


def tensor_float_32(tf, enabled):
    """Let float32 products use TF32, or not."""
    tf.config.experimental.enable_tensor_float_32_execution(enabled)


def largest(found):
    """The largest difference of each part, in two digits."""
    names = dict.fromkeys(name for parts in found for name in parts)
    worst = {name: np.max([parts.get(name, 0) for parts in found]) for name in names}
    return {name: float(f"{error:.2g}") for name, error in worst.items()}


def agreement(tf, kind, quick):
    """The largest differences over the configurations, by way, precision and part."""
    plan = [("eager", dtype, False, 1) for dtype in ("float64", "float32")]
    plan += [("eager", "float32", True, EVERY)] if kind == "GPU" else []
    plan += [
        (how, dtype, False, EVERY)
        for how in ("graph", "xla")
        for dtype in ("float64", "float32")
    ]
    for how, dtype, tf32, every in plan:
        every = 2 * EVERY if quick else every
        cases = parity_cases(dtype)[every // 2 :: every]

        def worst(cases=cases, how=how, tf32=tf32):
            tensor_float_32(tf, tf32)
            return {"differences": largest([parity(case, how) for case in cases])}

        row = {"how": how, "dtype": dtype, "tf32": tf32, "configurations": len(cases)}
        yield attempt(row, worst)
        tensor_float_32(tf, False)


def precision(tf, keras, kind):
    """How far gradients lie from NumPy's in float64: the norm of the difference,
    relative.
    """
    model, params, xs, targets = problem(128, 64, 32)
    double = rt.tree.map(lambda array: array.astype(float), params)
    exact = rt.tree.flatten(
        model.loss_and_grad(double, xs.astype(float), targets, reduce="sum").grads
    )
    batch = tensors(tf, xs, targets)

    def off(way):
        tensor_float_32(tf, way.tf32)
        net = keras_net(keras, model, params, way)

        def call():
            return gradient(tf, net, *batch, tf.reduce_sum)[1]

        if way.how != "eager":
            call = tf.function(call, jit_compile=way.how == "xla")
        found = np.concatenate([grad.numpy().ravel() for grad in call()])
        error = np.linalg.norm(found - exact) / np.linalg.norm(exact)
        return {"gradient_error": float(f"{error:.2g}")}

    for way in WAYS[kind]:
        yield attempt({"by": f"Keras, {way.name}"}, lambda way=way: off(way))
        tensor_float_32(tf, False)
