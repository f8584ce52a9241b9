"""Learning: optimizers, schedules, truncation, the training loop."""

from arguments import bad
from arguments.right import (
    A_GENERATOR,
    A_MODEL,
    ABOVE_0,
    BATCHES,
    MODEL,
    PARAMS,
    STREAM,
    TARGETS,
    UP_TO_1,
    WRONG_STREAM,
    XS,
    Case,
    wrong_params,
    wrong_reduce,
)
from rnntutor import SGD, Adam, RMSProp, Truncation, fit
from rnntutor.train import (
    Validation,
    clip_by_global_norm,
    clip_by_value,
    exponential_decay,
    linear_decay,
    truncated_gradient,
    warmup,
    window_gradients,
)
from rnntutor.tree import leaves

BELOW_1 = list(bad.number("a finite number of at least 0 and below 1", -0.1, 1, 1.5))
LIMITS = [case for case in ABOVE_0 if case[0] is not None]
DECAYS = list(bad.number("a finite number of at least 0", -0.1))
WRONG_OPTIMIZER = {"lr": ABOVE_0, "clip": LIMITS, "clamp": LIMITS, "decay": DECAYS}


def updating(optimizer, state):
    """The case of an optimizer's `update`."""
    other_shapes = [
        (
            bad.put(PARAMS, name, leaf[..., None]),
            ValueError,
            f"shape {leaf.shape}",
            str((*leaf.shape, 1)),
            f".{name}",
        )
        for name, leaf in leaves(PARAMS)
    ]
    other_names = (
        PARAMS.cell,
        ValueError,
        "the arrays of params, ['params.cell.W_xh'",
        "['grads.W_xh'",
    )
    return Case(
        optimizer.update,
        {"params": PARAMS, "grads": PARAMS, "state": optimizer.init(PARAMS)},
        {
            "params": bad.tree(),
            "grads": [*bad.tree(), other_names, *other_shapes],
            "state": bad.instance(state, None, (None, 0), PARAMS),
            "step": bad.function(),
        },
    )


CASES = {
    # learning
    "SGD": Case(SGD, {"lr": 0.1}, {**WRONG_OPTIMIZER, "momentum": BELOW_1}),
    "RMSProp": Case(
        RMSProp, {"lr": 0.1}, {**WRONG_OPTIMIZER, "alpha": BELOW_1, "eps": ABOVE_0}
    ),
    "Adam": Case(
        Adam,
        {"lr": 0.1},
        {**WRONG_OPTIMIZER, "beta1": BELOW_1, "beta2": BELOW_1, "eps": ABOVE_0},
    ),
    "SGD.init": Case(SGD(0.1).init, {"params": PARAMS}, {"params": bad.tree()}),
    "RMSProp.init": Case(RMSProp(0.1).init, {"params": PARAMS}, {"params": bad.tree()}),
    "Adam.init": Case(Adam(0.1).init, {"params": PARAMS}, {"params": bad.tree()}),
    "SGD.update": updating(SGD(0.1), "SGDState"),
    "RMSProp.update": updating(RMSProp(0.1), "RMSPropState"),
    "Adam.update": updating(Adam(0.1), "AdamState"),
    "clip_by_global_norm": Case(
        clip_by_global_norm,
        {"grads": PARAMS, "max_norm": 1.0},
        {"max_norm": ABOVE_0, "grads": [(*case, "|tree") for case in bad.tree()]},
    ),
    "clip_by_value": Case(
        clip_by_value,
        {"grads": PARAMS, "limit": 1.0},
        {"limit": ABOVE_0, "grads": [(*case, "|tree") for case in bad.tree()]},
    ),
    "exponential_decay": Case(
        exponential_decay,
        {"lr": 0.1, "rate": 0.5},
        {
            "lr": ABOVE_0,
            "rate": UP_TO_1,
            "every": bad.integer(),
            "start": bad.integer(0),
        },
    ),
    "warmup": Case(
        warmup,
        {"lr": 0.1, "updates": 3},
        {"lr": ABOVE_0, "updates": bad.integer(), "then": bad.function()},
    ),
    "linear_decay": Case(
        linear_decay,
        {"lr": 0.1, "updates": 3},
        {"lr": ABOVE_0, "updates": bad.integer(), "final": UP_TO_1},
    ),
    "Truncation": Case(
        Truncation,
        {"chunk": 3},
        {
            "chunk": bad.integer(),
            "stride": [*bad.integer(), (4, ValueError, "at most chunk, 3", "4")],
            "carry": bad.instance("bool", None, 1, "yes"),
        },
    ),
    "Truncation.windows": Case(Truncation(3).windows, {"T": 6}, {"T": bad.integer()}),
    "window_gradients": Case(
        window_gradients,
        STREAM,
        {**WRONG_STREAM, "reduce": wrong_reduce(), "rng": A_GENERATOR},
    ),
    "truncated_gradient": Case(truncated_gradient, STREAM, WRONG_STREAM),
    "fit": Case(
        fit,
        {"model": MODEL, "params": PARAMS, "batches": BATCHES, "optimizer": SGD(0.1)},
        {
            "model": A_MODEL,
            "params": wrong_params(),
            "batches": [
                (None, TypeError, "an iterable of (xs, targets)", "None"),
                (XS, TypeError, "an iterable of (xs, targets)", f"shape {XS.shape}"),
                ([], ValueError, "at least one batch in an epoch", "none"),
                (
                    [XS],
                    TypeError,
                    "(xs, targets) or (xs, targets, options)",
                    f"an array of shape {XS.shape}",
                ),
                (
                    [(XS, TARGETS, {}, 3)],
                    TypeError,
                    "(xs, targets) or (xs, targets, options)",
                    "(array(",
                ),
            ],
            "optimizer": bad.instance(
                "an optimizer such as SGD(lr=0.1)", None, 0.1, SGD
            ),
            "epochs": bad.integer(),
            "updates": bad.integer(),
            "seconds": LIMITS,
            "renew": [(3, ValueError, "None without carry_state", "3")],
            "truncation": bad.instance("Truncation", 3, (3, 2)),
            "reduce": wrong_reduce(("sequence", "token")),
            "validation": bad.instance("Validation", 3, print, Validation),
            "rng": A_GENERATOR,
            "checkpoint": bad.instance("Checkpoint", "run.rnn", 100, True),
        },
        free=["carry_state", "progress"],
    ),
    "train.Validation": Case(
        Validation,
        {"evaluate": lambda params: 1.0},
        {
            "evaluate": [(None, TypeError, "a function", "None"), *bad.function()],
            "every": bad.integer(),
            "patience": bad.integer(),
            "log": bad.function(),
            "watch": bad.function(),
        },
    ),
}
