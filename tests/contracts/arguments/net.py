"""The net: activations, loss, cells, time, the model."""

import numpy as np

from arguments import bad
from arguments.right import (
    AT_LEAST_0,
    CELL,
    DHS,
    MASK,
    MODEL,
    PARAMS,
    RNG,
    STATE,
    TARGETS,
    UNROLLED,
    WRONG_BATCH,
    XS,
    YS_RAW,
    B,
    Case,
    D,
    H,
    T,
    V,
    wrong_cell_params,
    wrong_mask,
    wrong_params,
    wrong_reduce,
    wrong_targets,
    wrong_xs,
)
from rnntutor import (
    LSTM,
    RNN,
    Model,
    backward,
    backward_steps,
    cross_entropy,
    forward,
    sigmoid,
    softmax,
)
from rnntutor.model import readout_backward
from rnntutor.model.losses import LOSSES, bits, log_softmax, perplexity

CASES = {
    # activations, loss
    "sigmoid": Case(
        sigmoid,
        {"x": XS},
        {
            "x": [
                *list(bad.floats(XS))[:5],
                (
                    bad.replaced(XS, np.nan),
                    ValueError,
                    "numbers",
                    "NaN at 1 of 36 places",
                ),
            ]
        },
    ),
    **{
        name: Case(
            function,
            {"y_raw": YS_RAW},
            {
                "y_raw": [
                    *list(bad.floats(YS_RAW))[:5],
                    (
                        np.float64(3),
                        ValueError,
                        "shape (..., V) with V at least 1",
                        "()",
                    ),
                    (
                        YS_RAW[..., :0],
                        ValueError,
                        "shape (..., V) with V at least 1",
                        "(6, 2, 0)",
                    ),
                    *[
                        (
                            bad.replaced(YS_RAW, value),
                            ValueError,
                            "rows with a finite largest entry",
                            f"largest {value}",
                        )
                        for value in (np.nan, np.inf)
                    ],
                    (
                        np.full((2, 3), -np.inf),
                        ValueError,
                        "rows with a finite largest entry",
                        "largest -inf",
                    ),
                ]
            },
        )
        for name, function in [("softmax", softmax), ("log_softmax", log_softmax)]
    },
    "cross_entropy": Case(
        cross_entropy,
        {"ys_raw": YS_RAW, "targets": TARGETS, "mask": None, "reduce": "sequence"},
        {
            "ys_raw": [*bad.floats(YS_RAW), *bad.shapes(YS_RAW)],
            "targets": wrong_targets(),
            "mask": [
                *wrong_mask(),
                (
                    np.zeros((T, B), bool),
                    ValueError,
                    "steps to average over",
                    "all of it masked out",
                ),
                (
                    MASK & [True, False],
                    ValueError,
                    "steps to average over",
                    "sequence 1 of the batch masked out",
                ),
            ],
            "reduce": wrong_reduce(),
        },
    ),
    "perplexity": Case(
        perplexity,
        {"nats": 1.0},
        {
            "nats": bad.number(
                "a finite number of at least 0 and of at most 709", -0.1, 709.1
            )
        },
    ),
    "bits": Case(bits, {"nats": 1.0}, {"nats": AT_LEAST_0}),
    # cells and time
    "RNN": Case(
        RNN,
        {"activation": "tanh"},
        {
            "activation": [
                (v, ValueError, "one of 'sigmoid', 'tanh', 'relu'", repr(v))
                for v in ("gelu", None, 3)
            ]
        },
    ),
    "LSTM": Case(
        LSTM, {"forget_bias": 1.0}, {"forget_bias": list(bad.number("a finite number"))}
    ),
    "RNN.init": Case(
        CELL.init,
        {"rng": RNG, "D": D, "H": H},
        {
            "rng": bad.generator(),
            "D": bad.integer(),
            "H": bad.integer(),
            "dtype": [
                (int, TypeError, "float32, float64 or a complex dtype", "int"),
                *(
                    (
                        other,
                        TypeError,
                        "float32, float64 or a complex dtype",
                        str(other),
                    )
                    for other in bad.OTHER_PRECISIONS
                ),
                ("text", TypeError, "a floating-point dtype", "'text'"),
            ],
        },
    ),
    "forward": Case(
        forward,
        {"cell": CELL, "params": PARAMS.cell, "xs": XS},
        {
            "cell": bad.cell(),
            "params": wrong_cell_params(),
            "xs": wrong_xs(),
            "state0": bad.state(STATE),
            "mask": wrong_mask(),
        },
        free=["batched"],
    ),
    **{
        name: Case(
            function,
            {"cell": CELL, "params": PARAMS.cell, "unrolled": UNROLLED, "dhs": DHS},
            {
                "cell": bad.cell(),
                "params": [
                    *wrong_cell_params(),
                    (
                        CELL.init(RNG, D, H + 1),
                        ValueError,
                        "the forward pass, of D, H = 3, 4",
                        "others",
                    ),
                    (
                        CELL.init(RNG, D + 1, H),
                        ValueError,
                        "the forward pass, of D, H = 3, 4",
                        "others",
                    ),
                ],
                "unrolled": bad.instance(
                    "Unrolled", None, UNROLLED.hs, tuple(UNROLLED)
                ),
                "dhs": [*bad.floats(DHS), *bad.shapes(DHS, 0, 1, 2)],
                "dstate_T": bad.state(STATE),
            },
            free=["batched", "weights"],
        )
        for name, function in [
            ("backward", backward),
            ("backward_steps", backward_steps),
        ]
    },
    # the model
    "Model": Case(
        Model,
        {"cell": CELL, "D": D, "H": H, "V": V},
        {
            "cell": bad.cell(),
            "D": bad.integer(),
            "H": bad.integer(),
            "V": bad.integer(),
            "objective": [
                (v, ValueError, f"one of {', '.join(map(repr, LOSSES))}", repr(v))
                for v in ("mse", None)
            ],
            "readout": [
                (v, ValueError, "one of 'steps', 'final'", repr(v))
                for v in ("last", None)
            ],
        },
    ),
    "Model.init": Case(
        MODEL.init,
        {"rng": RNG},
        {
            "rng": bad.generator(),
            "dtype": [(int, TypeError, "float32, float64 or a complex dtype", "int")],
        },
    ),
    "Model.forward": Case(
        MODEL.forward,
        {"params": PARAMS, "xs": XS},
        {name: WRONG_BATCH[name] for name in ("params", "xs", "state0", "mask", "rng")},
        free=["batched"],
    ),
    "Model.loss_and_grad": Case(
        MODEL.loss_and_grad,
        {"params": PARAMS, "xs": XS, "targets": TARGETS},
        WRONG_BATCH,
        free=["batched"],
    ),
    "Model.loss": Case(
        MODEL.loss, {"params": PARAMS, "xs": XS, "targets": TARGETS}, WRONG_BATCH
    ),
    "readout_backward": Case(
        readout_backward,
        {"params": PARAMS, "hs": DHS, "dys_raw": YS_RAW},
        {
            "params": [
                *bad.instance("ModelParams", None, tuple(PARAMS), PARAMS.cell),
                *(wrong for wrong in wrong_params() if wrong[4:] == (".W_hy",)),
            ],
            "hs": [*bad.floats(DHS), *bad.shapes(DHS, 2)],
            "dys_raw": [*bad.floats(YS_RAW), *bad.shapes(YS_RAW, 0, 1, 2)],
        },
    ),
}
