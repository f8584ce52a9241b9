"""Whether runs repeat themselves, with and without being told to."""

from __future__ import annotations

from tensorflow_parts import attempt
from tensorflow_parts.steps import compiled, keras_net, keras_step, problem
from tensorflow_parts.versions import start


def repetition(asked, send):
    """What is switched on last stays on in this process."""
    tf, keras, kind = start()
    for told in (False, True):
        if told:
            keras.utils.set_random_seed(1)
            tf.config.experimental.enable_op_determinism()
        for way in compiled(kind):
            row = {"asked": told, "by": f"Keras, {way.name}"}
            send(attempt(row, lambda way=way: runs_apart(tf, keras, way, asked.quick)))


def runs_apart(tf, keras, way, quick):
    """How many different results several runs from one start give."""
    runs, steps, sizes = (2, 3, (16, 8, 10)) if quick else (5, 20, (128, 64, 32))
    model, params, xs, targets = problem(*sizes)
    net = keras_net(keras, model, params, way)
    first, ends = net.get_weights(), set()
    step = keras_step(tf, net, xs, targets, way.how)
    for _ in range(runs):
        net.set_weights(first)
        for _ in range(steps):
            step()
        ends.add(b"".join(weight.tobytes() for weight in net.get_weights()))
    return {"runs": runs, "steps": steps, "different": len(ends)}
