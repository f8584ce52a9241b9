"""A right value for every argument, and the wrong ones that several functions share."""

import inspect

import numpy as np

from arguments import bad
from rnntutor import RNN, SGD, LanguageModel, Model, Truncation, Vocabulary, forward
from rnntutor.model.losses import REDUCE

T, B, D, H, V = 6, 2, 3, 4, 5
RNG = np.random.default_rng(0)
CELL = RNN("tanh")
MODEL = Model(CELL, D, H, V)
PARAMS = MODEL.init(RNG)
XS, DHS = RNG.standard_normal((T, B, D)), RNG.standard_normal((T, B, H))
YS_RAW, TARGETS = RNG.standard_normal((T, B, V)), RNG.integers(0, V, (T, B))
TARGETS[0] = 0
MASK = np.arange(T)[:, None] < [T, 2]
STATE = RNN.State(RNG.standard_normal((B, H)))
UNROLLED = forward(CELL, PARAMS.cell, XS, STATE)
READER = Model(CELL, V, H, V)
READS = READER.init(RNG)
TREE = (np.ones((2, 3)), np.ones(4))
TEXT = "abcabcbca" * 30
LANGUAGE = LanguageModel(Vocabulary.from_text(TEXT), RNG, H=4)
SGD_STATE = SGD(0.1).init(PARAMS)


class Case:
    """A call that is right, and for each argument the ways in which it can be wrong.

    `free` are arguments for which nothing is wrong: truth values, and what is only
    passed on.
    """

    def __init__(self, function, right, wrong, free=()):
        self.function, self.right, self.wrong, self.free = (
            function,
            right,
            wrong,
            set(free),
        )

    def __call__(self, **changed):
        result = self.function(**(self.right | changed))
        return list(result) if inspect.isgenerator(result) else result


def wrong_xs():
    return [*bad.floats(XS), *bad.shapes(XS, 2)]


def wrong_targets():
    return [*bad.integers(TARGETS, V), *bad.shapes(TARGETS, 0, 1)]


def wrong_mask():
    return [*bad.booleans(MASK), *bad.shapes(MASK, 0, 1)]


def wrong_params():
    return list(bad.params(PARAMS, "ModelParams"))


def wrong_cell_params():
    return list(bad.params(PARAMS.cell, "Params"))


def wrong_reduce(allowed=REDUCE):
    names = ", ".join(repr(one) for one in allowed)
    return [
        (value, ValueError, f"one of {names}", repr(value))
        for value in ("mean", None, 0)
    ]


ABOVE_0 = list(bad.number("a finite number above 0", 0, -0.1))
UP_TO_1 = list(bad.number("a finite number above 0 and of at most 1", 0, -0.1, 1.1))
AT_LEAST_0 = list(bad.number("a finite number of at least 0", -0.1))
A_MODEL = list(bad.instance("a Model", None, Model, "text"))
TEXTS = [
    (value, TypeError, "str", type(value).__name__)
    for value in (None, 3, b"abc", ["a"])
]
STREAM = {
    "model": MODEL,
    "params": PARAMS,
    "xs": XS,
    "targets": TARGETS,
    "truncation": Truncation(4, 2),
}
WRONG_STREAM = {
    "model": A_MODEL,
    "params": wrong_params(),
    "xs": wrong_xs(),
    "targets": wrong_targets(),
    "truncation": list(bad.instance("Truncation", None, 3, (3, 2))),
    "state0": list(bad.state(STATE)),
}
A_GENERATOR = list(bad.generator())[1:]  # None is allowed: nothing is dropped then
WRONG_BATCH = {
    "params": wrong_params(),
    "xs": wrong_xs(),
    "targets": wrong_targets(),
    "state0": list(bad.state(STATE)),
    "mask": wrong_mask(),
    "scored": wrong_mask(),
    "reduce": wrong_reduce(),
    "rng": A_GENERATOR,
}
BATCHES = [(XS, TARGETS)] * 2
