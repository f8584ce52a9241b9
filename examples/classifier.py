"""A net that reads handwriting: which digit did the pen write?

    python examples/classifier.py
    python examples/classifier.py --epochs 40 --hidden 64

The pen digits that come with the package are 8 points each. Two layers read them from
both ends, and one answer is read out at the end. A tenth of the training digits is held
out: the training stops when the loss on them no longer falls.
"""

import argparse

import numpy as np

import rnntutor as rt
from rnntutor.lab.digits import pen_digits

options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
options.add_argument("--epochs", type=int, default=40)
options.add_argument("--hidden", type=int, default=48)
options.add_argument("--digits", type=int, help="learn from so many, not from all")
asked = options.parse_args()

# The data: 8 points for each digit, in steps from point to point, and its label.
digits = pen_digits()


def moves(xs):
    """Where the pen starts, and each step that it takes from there; (T, N, 2)."""
    return np.diff((xs - 50) / 50, axis=0, prepend=0).astype(np.float32)


rng = np.random.default_rng(0)
order = rng.permutation(len(digits.train.labels))[: asked.digits]
xs, labels = moves(digits.train.xs[:, order]), digits.train.labels[order]
held_out = len(order) // 10
valid, train = slice(0, held_out), slice(held_out, None)
batches = rt.text.Minibatches.of(xs[:, train], labels[train], B=32, rng=rng)

# The model: two layers, each of which reads both ways, and one answer for each digit.
layer = rt.Bidirectional(rt.LSTM())
net = rt.Stacked([layer, layer], dropout=0.2)
model = rt.Model(net, D=2, H=asked.hidden, V=10, readout="final")
params = model.init(rng, np.float32)

# The training: the loss on the digits held out is measured once an epoch, and the
# training ends after five epochs without a new minimum.
validation = rt.train.Validation(
    lambda params: model.loss(params, xs[:, valid], labels[valid]),
    every=len(batches),
    patience=5,
    log=print,
)
fitted = rt.fit(
    model,
    params,
    batches,
    rt.Adam(0.003, clip=1.0),
    epochs=asked.epochs,
    rng=rng,
    validation=validation,
)

# The test: digits by 14 people of whom the net has seen none.
outputs = model.forward(fitted.best, moves(digits.test.xs)).ys_raw[-1]
right = np.mean(outputs.argmax(axis=-1) == digits.test.labels)
print(f"stopped: {fitted.stopped}; {right:.1%} of the test digits are read right")
