"""An LSTM of six units learns a line by heart: the net that the instrument steps
through.

    python benchmarks/small_lstm.py

Takes seconds. Writes small-lstm.json: the letters, the line, and the parameters with
three decimals, from which the instrument computes all that it shows.
"""

import time

import numpy as np
from _lib import results

import rnntutor as rt

LINE = "to be or not to be"
# It knows the line and is not sure of it yet: a net that is has no gradient to show.
H, UPDATES, SEED = 6, 80, 2


def learned():
    """Letters, parameters and the loss in nats per letter, after rounding."""
    letters = rt.Vocabulary.from_text(LINE)
    V = len(letters)
    ids = letters.encode(LINE)
    xs, targets = rt.one_hot(ids[:-1], V)[:, None], ids[1:, None]
    net = rt.Model(rt.LSTM(), V, H, V)
    start = net.init(np.random.default_rng(SEED))
    optimizer = rt.SGD(0.2, momentum=0.9, clip=1.0)
    params = rt.fit(net, start, [(xs, targets)] * UPDATES, optimizer).params
    params = rt.tree.map(lambda p: p.round(3), params)
    return letters, params, net.loss(params, xs, targets)


def main():
    start = time.perf_counter()
    letters, params, loss = learned()
    named = {**params.cell._asdict(), "W_hy": params.W_hy, "b_y": params.b_y}
    results.write(
        "small-lstm",
        {
            "seconds": round(time.perf_counter() - start, 1),
            "updates": UPDATES,
            "seed": SEED,
            "line": LINE,
            "letters": list(letters.symbols),
            "loss": round(float(loss), 5),
            "params": {name: array.tolist() for name, array in named.items()},
        },
    )


if __name__ == "__main__":
    main()
