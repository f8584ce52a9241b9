"""What `tensorflow_check.py` measures, a part each: each yields its rows one by one.

A row that could not be had says why under "error"; the others are there all the same.
"""

from __future__ import annotations

import re
import time

import numpy as np
import results
from tensorflow_steps import (
    MODELS,
    WAYS,
    keras_net,
    keras_step,
    numpy_step,
    problem,
    times,
)

import rnntutor as rt
from rnntutor.keras import fit, loss_and_grad
from rnntutor.lab.tensorflow.cudnn import CONDITIONS, qualifies, runs_on_cudnn
from rnntutor.lab.tensorflow.parity import nets, parity, parity_cases

# a model and so many losses of it, which a test computes again
SMALL, FIRST = (16, 8, 10), 5
OFF = 1e-13  # a difference that is more than rounding in float64
EVERY = 11  # of the configurations, where compiling takes long: one of so many


# What Keras and TensorFlow say before they say what happened.
PREAMBLE = (
    "Exception encountered",
    "Graph execution error",
    "Detected at node",
    "File ",
    "<stack",
    "[[",
)


def attempt(row, call):
    """The row with what the call gives, a dict; or with the error it ends in, on one
    line, without paths.
    """
    try:
        return row | call()
    except Exception as error:
        said = [
            re.sub(r"\x1b\[\d*m", "", line).strip() for line in str(error).splitlines()
        ]
        said = [line for line in said if line and not line.startswith(PREAMBLE)] or [""]
        words = re.sub(r"\S*/\S+", "…", said[0])[:120]
        return row | {"error": f"{type(error).__name__}: {words}"}


def tensor_float_32(tf, enabled):
    """Let float32 products use TF32, or not."""
    tf.config.experimental.enable_tensor_float_32_execution(enabled)


def first_losses(tf, keras, kind):
    """Losses of the first steps of the smallest model, by Keras."""
    model, params, xs, targets = problem(*SMALL)
    step = keras_step(
        tf, keras_net(keras, model, params, WAYS["CPU"][1]), xs, targets, "graph"
    )
    for _ in range(FIRST):
        yield round(step(), 6)


def cudnn(tf, keras, kind):
    """Which layers Keras hands to cuDNN here."""
    for one in CONDITIONS:
        row = {"condition": one.name, "qualifies": qualifies(one)}
        yield attempt(row, lambda one=one: {"runs": runs_on_cudnn(one)})


def timing(tf, keras, kind, models=MODELS, ways=None, note=""):
    """Milliseconds of a training step in every way.

    On a CPU in processor time of the one thread, so that what else the machine does
    counts little; with a GPU by the clock on the wall.
    """
    clock = time.process_time if kind == "CPU" else time.perf_counter
    for name, sizes in models.items():
        model, params, xs, targets = problem(*sizes)
        if ways is None:
            row = {"model": name, "by": "NumPy, this package"}
            step = numpy_step(model, params, xs, targets)
            yield attempt(row, lambda step=step: times(step, clock))
        for way in ways or WAYS[kind]:

            def timed(way=way, model=model, params=params, xs=xs, targets=targets):
                tensor_float_32(tf, way.tf32)
                step = keras_step(
                    tf, keras_net(keras, model, params, way), xs, targets, way.how
                )
                return times(step, clock)

            yield attempt({"model": name, "by": f"Keras, {way.name}{note}"}, timed)
            tensor_float_32(tf, False)


def largest(found):
    """The largest difference of each part, in two digits."""
    names = dict.fromkeys(name for parts in found for name in parts)
    return {
        name: float(f"{max(parts.get(name, 0) for parts in found):.2g}")
        for name in names
    }


def agreement(tf, keras, kind):
    """The largest differences over the configurations, by way, precision and part."""
    plan = [("eager", dtype, False, 1) for dtype in ("float64", "float32")]
    plan += [("eager", "float32", True, EVERY)] if kind == "GPU" else []
    plan += [
        (how, dtype, False, EVERY)
        for how in ("graph", "xla")
        for dtype in ("float64", "float32")
    ]
    for how, dtype, tf32, every in plan:
        cases = parity_cases(dtype)[every // 2 :: every]

        def worst(cases=cases, how=how, tf32=tf32):
            tensor_float_32(tf, tf32)
            return {"differences": largest([parity(case, how) for case in cases])}

        row = {"how": how, "dtype": dtype, "tf32": tf32, "configurations": len(cases)}
        yield attempt(row, worst)
        tensor_float_32(tf, False)


def short(case):
    """The net of a configuration and its padding, without what is as always."""
    net, _, rest = case.name.partition(", T, ")
    net = re.sub(r"\(forget_bias=1\.0\)|, dropout=0\.0|(layers|cell)=", "", net)
    return f"{net}, {re.search('padding [A-Za-z ]+', rest).group()}"


def padding(tf, keras, kind, runs=3):
    """The same for LSTMs, eagerly, in float64: without a mask, with one, with one but
    without cuDNN.

    Each several times, since a fault need not show every time; "off" names those that
    were off in any.
    """
    cases = [case for case in parity_cases() if case.model.cell in nets(rt.LSTM())]
    plain, masked = (
        [case for case in cases if (case.mask is not None) is has]
        for has in (False, True)
    )
    for name, chosen, use_cudnn in (
        ("no mask", plain, "auto"),
        ("a mask", masked, "auto"),
        ("a mask, without cuDNN", masked, False),
    ):

        def worst(chosen=chosen, use_cudnn=use_cudnn):
            found = [
                (case, parity(case, use_cudnn=use_cudnn))
                for _ in range(runs)
                for case in chosen
            ]
            off = {short(case) for case, parts in found if max(parts.values()) > OFF}
            return {
                "differences": largest([parts for _, parts in found]),
                "off": sorted(off),
            }

        yield attempt(
            {"cases": name, "configurations": len(chosen), "runs": runs}, worst
        )


def precision(tf, keras, kind):
    """How far gradients lie from NumPy's in float64: the norm of the difference,
    relative.
    """
    model, params, xs, targets = problem(128, 64, 32)
    double = rt.tree_map(lambda array: array.astype(float), params)
    exact = rt.flatten(
        model.loss_and_grad(double, xs.astype(float), targets, reduce="sum").grads
    )

    def off(way):
        tensor_float_32(tf, way.tf32)
        net = keras_net(keras, model, params, way)
        found = rt.flatten(
            loss_and_grad(net, xs, targets, reduce="sum", how=way.how).grads
        )
        return {
            "gradient_error": float(
                f"{np.linalg.norm(found - exact) / np.linalg.norm(exact):.2g}"
            )
        }

    for way in WAYS[kind]:
        yield attempt({"by": f"Keras, {way.name}"}, lambda way=way: off(way))
        tensor_float_32(tf, False)


def runs_apart(tf, keras, way, runs=5, steps=20):
    """How many different results several runs from one start give."""
    model, params, xs, targets = problem(128, 64, 32)
    net = keras_net(keras, model, params, way)
    start, step, ends = (
        net.get_weights(),
        keras_step(tf, net, xs, targets, way.how),
        set(),
    )
    for _ in range(runs):
        net.set_weights(start)
        for _ in range(steps):
            step()
        ends.add(b"".join(weight.tobytes() for weight in net.get_weights()))
    return {"runs": runs, "steps": steps, "different": len(ends)}


def plain_ways(kind):
    """Compiled, float32, no TF32."""
    return [
        way for way in WAYS[kind] if way[1] != "eager" and way[3:] == (False, "float32")
    ]


def repetition(tf, keras, kind):
    """Whether runs repeat themselves, with and without being told to; and the time of a
    step when told.
    """
    for asked in (False, True):
        if asked:
            keras.utils.set_random_seed(1)
            tf.config.experimental.enable_op_determinism()
        for way in plain_ways(kind):
            row = {"asked": asked, "by": f"Keras, {way.name}"}
            yield attempt(row, lambda way=way: runs_apart(tf, keras, way))
    small = dict(list(MODELS.items())[:1])
    yield from timing(tf, keras, kind, small, plain_ways(kind), ", deterministic")


def shakespeare(tf, keras, kind):
    """The LSTM of chapter 11, trained further: updates per second, and nats on held-out
    text.
    """
    try:
        corpus = rt.shakespeare()
    except FileNotFoundError:
        yield {"skipped": "the plays are not installed"}
        return
    updates, rate = {"CPU": (400, 1e-4), "GPU": (10_000, 2e-3)}[kind]
    vocabulary = rt.Vocabulary.from_text(corpus.train)
    language = rt.LanguageModel(
        vocabulary, np.random.default_rng(0), 128, rt.LSTM(), np.float32
    )
    kept = iter(np.load(results.RESULTS / "language-characters-lstm.npz").values())
    language.params = rt.tree_map(
        lambda array: next(kept).astype(np.float32), language.params
    )
    held_out = corpus.valid[:100_000]
    yield {"updates": 0, "nats": round(language.evaluate(held_out), 4)}
    schedule = keras.optimizers.schedules.PolynomialDecay(rate, updates, 0.0)
    optimiser = keras.optimizers.Adam(schedule, global_clipnorm=1.0)
    clock = time.process_time if kind == "CPU" else time.perf_counter
    start = clock()
    fit(language, corpus.train, optimiser, B=32, T=64, updates=updates)
    rows = {"updates": updates, "per_second": round(updates / (clock() - start), 1)}
    yield rows | {"nats": round(language.evaluate(held_out), 4), "rate": rate}
