"""Every argument of every public function of the core: a wrong value raises, and the
message says all.

    name of the argument: expected …, got …

The table is in `arguments`.
"""

import inspect
from operator import attrgetter

import numpy as np
import pytest
from arguments import CASES, bad
from arguments.right import (
    BATCHES,
    CELL,
    LANGUAGE,
    MASK,
    MODEL,
    PARAMS,
    RNG,
    SGD_STATE,
    TARGETS,
    UNROLLED,
    XS,
    YS_RAW,
    B,
    D,
    H,
    T,
    V,
)
from cases import assert_same
from reading import ROOT

import rnntutor
from rnntutor import (
    LSTM,
    RNN,
    SGD,
    Model,
    Stacked,
    Truncation,
    cross_entropy,
    fit,
    forward,
)
from rnntutor.cells import BlockCell, LinearCell
from rnntutor.model import ModelParams
from rnntutor.nets import Net, ScannedPass, Unrolled
from rnntutor.text import ContiguousBatches
from rnntutor.text.scoring import row_log_probs
from rnntutor.train import Validation, window_gradients

ROOMS = "cells nets model model.ctc losses train text gradients tree".split()

# Public and not in the table, each with the reason, or the file that tests it.
ELSEWHERE = {
    **dict.fromkeys(
        [
            "AdditiveParams",
            "Alignment",
            "AttendingParams",
            "AttendingState",
            "BackStep",
            "BothWays",
            "Corpus",
            "EmbeddedParams",
            "EncoderDecoderParams",
            "Fitted",
            "History",
            "Hypothesis",
            "Lattice",
            "LossAndGrad",
            "ModelParams",
            "Reading",
            "Tape",
            "ScannedPass",
            "Unrolled",
        ],
        "a plain tuple: its contents are checked where it is used",
    ),
    **dict.fromkeys(["NonFiniteError", "NotComplex"], "an error itself"),
    "ContiguousBatches": "what contiguous_batches returns",
    **dict.fromkeys(
        [
            "Vocabulary",
            "characters",
            "contiguous_batches",
            "one_hot",
            "read_text",
            "split_text",
            "words",
        ],
        "test_text_files.py",
    ),
    "NGram": "test_ngram.py",
    **dict.fromkeys(["nucleus", "top_k"], "test_sampling.py"),
    **dict.fromkeys(["Bidirectional", "Embedded", "Layer", "Stacked"], "test_nets.py"),
    "register": "test_registry.py",
    **dict.fromkeys(["AffineCell", "BlockCell", "LinearCell", "Net"], "a base class"),
    **dict.fromkeys(["Diagonal", "MinGRU", "MinLSTM"], "test_linear.py"),
    "Scanned": "test_scan.py",
    **dict.fromkeys(
        [
            "Additive",
            "Attending",
            "Dot",
            "attention_weights",
            "attention_weights_backward",
        ],
        "test_attention.py",
    ),
    "EncoderDecoder": "test_encoder_decoder.py",
    **dict.fromkeys(["GRU", "GRUResetBefore"], "test_gru.py"),
    **dict.fromkeys(["jacobian_bound", "state_jacobians"], "test_jacobians.py"),
    "memory_jacobian": "test_lstm.py",
    "parametrize_with_checks": "test_cell_check.py",
    "beam_search": "test_beam.py",
    "greedy_search": "test_greedy.py",
    "pad": "test_final_readout.py",
    "Minibatches": "test_minibatches.py",
    "Validation": "test_training.py",
    "pinball": "test_pinball.py",
    "squared_error": "test_squared_error.py",
    "shakespeare": "test_corpora.py",
    **dict.fromkeys(
        [
            "align",
            "best_path",
            "collapse",
            "ctc_loss",
            "forward_backward",
            "prefix_search",
        ],
        "test_ctc_arguments.py",
    ),
    **dict.fromkeys(["edit_distance", "error_rate"], "test_edits.py"),
    "Transcriber": "test_transcriber.py",
    "Fast": "test_fast.py",
    "threads": "test_threads.py",
}

PLAIN = (tuple, Exception, ContiguousBatches, BlockCell, LinearCell, Net, ScannedPass)

TABLE = [
    pytest.param(case, argument, wrong, id=f"{name}-{argument}-{i}")
    for name, case in CASES.items()
    for argument, wrongs in case.wrong.items()
    for i, wrong in enumerate(wrongs)
]


@pytest.mark.parametrize(("case", "argument", "wrong"), TABLE)
def test_a_wrong_argument_is_named(case, argument, wrong):
    value, error, expected, got, *where = wrong
    where = where[0] if where else ""
    # the message names the argument, or its part (`.h`), or another name that says the
    # same (`|tree`)
    names = where.strip("|").split("|") if where.startswith("|") else [argument + where]
    with pytest.raises((TypeError, ValueError)) as caught:
        case(**{argument: value})
    assert type(caught.value) is error
    message = str(caught.value)
    name, _, rest = message.partition(": expected ")
    wanted, _, came = rest.rpartition(", got ")
    assert name in names or (argument == "tree" and name.startswith("tree")), message
    assert expected in wanted, message
    assert got in came and came, message
    assert len(message) < 400 and "\n" not in message


@pytest.mark.parametrize("name", CASES)
def test_the_right_arguments_are_right(name):
    CASES[name]()


@pytest.mark.parametrize("name", CASES)
def test_every_argument_is_in_the_table(name):
    case = CASES[name]
    parameters = set(inspect.signature(case.function).parameters)
    assert parameters == set(case.wrong) | (case.free & parameters)


def public():
    """{name: function or class} of the package and its rooms."""
    found = {}
    for room in (rnntutor, *(attrgetter(name)(rnntutor) for name in ROOMS)):
        own = [
            name
            for name, thing in vars(room).items()
            if not name.startswith("_")
            and getattr(thing, "__module__", None) == room.__name__
        ]
        for name in getattr(room, "__all__", own):
            if callable(getattr(room, name)):
                found[name] = getattr(room, name)
    return found


def test_every_public_name_is_in_the_table():
    named = {name for name in CASES if "." not in name} | set(ELSEWHERE)
    assert set(public()) == named


def test_what_is_tested_elsewhere_is():
    for name, reason in ELSEWHERE.items():
        thing = public()[name]
        if reason.endswith(".py"):
            (path,) = (ROOT / "tests").rglob(reason)
            assert name in path.read_text(encoding="utf-8")
        else:
            assert issubclass(thing, PLAIN)


# What does not fit into a table of one wrong argument.


@pytest.mark.parametrize("reduce", ["token", "sequence", "sum"])
def test_nothing_to_score(reduce):
    for scored in (np.zeros((T, B), bool), ~MASK):
        with pytest.raises(
            ValueError,
            match=(
                r"^scored: expected steps to average over, got none that are not"
                r" padding"
            ),
        ):
            MODEL.loss_and_grad(
                PARAMS, XS, TARGETS, mask=MASK, scored=scored, reduce=reduce
            )


def test_inputs_are_judged_after_masking():
    """What is not finite raises where it counts, and nowhere else."""
    spoilt = np.where(MASK[..., None], XS, np.nan)
    forward(CELL, PARAMS.cell, spoilt, mask=MASK)
    with pytest.raises(
        ValueError,
        match=(
            r"^xs: expected finite numbers, got 12 non-finite of 36, the first nan at"
        ),
    ):
        forward(CELL, PARAMS.cell, spoilt)
    spoilt[1, 1, 0] = np.inf
    with pytest.raises(
        ValueError,
        match=r"^xs: expected finite numbers, got 1 non-finite of 36, the first inf at",
    ):
        forward(CELL, PARAMS.cell, spoilt, mask=MASK)
    with pytest.raises(
        ValueError, match=r"^ys_raw: expected finite numbers, got 1 non-finite"
    ):
        cross_entropy(bad.replaced(YS_RAW[::-1], np.nan)[::-1], TARGETS, MASK)
    with pytest.raises(
        ValueError,
        match=r"^targets: expected integers from 0 to 4, got 9 at index \(0, 0\)",
    ):
        cross_entropy(YS_RAW, bad.replaced(TARGETS[::-1, ::-1], 9)[::-1, ::-1], MASK)


@pytest.mark.parametrize("sizes", [(D + 1, H), (D, H + 1)])
def test_parameters_of_another_model(sizes):
    other = Model(CELL, *sizes, V).init(RNG)
    with pytest.raises(
        ValueError,
        match=rf"^params\.cell: expected D, H = 3, 4, got {sizes[0]}, {sizes[1]}",
    ):
        MODEL.forward(other, XS)


def test_states_that_do_not_fit_the_weights():
    with pytest.raises(
        ValueError, match=r"^state0\.h: expected shape \(2, 4\), got \(2, 5\)"
    ):
        forward(CELL, PARAMS.cell, XS, RNN.State(np.ones((B, H + 1))))
    with pytest.raises(
        ValueError, match=r"^state0\.h: expected shape \(2, 4\), got \(3, 4\)"
    ):
        forward(CELL, PARAMS.cell, XS, RNN.State(np.ones((B + 1, H))))


def test_a_state_of_another_precision_is_taken():
    assert (
        forward(CELL, PARAMS.cell, XS, RNN.State(np.ones((B, H), np.float32))).hs.dtype
        == np.float64
    )


def test_an_epoch_more_than_an_iterator_has():
    with pytest.raises(
        TypeError,
        match=(
            r"^batches: expected an iterable that can be walked through again in each"
            r" epoch, got <list_iterator"
        ),
    ):
        fit(MODEL, PARAMS, iter(BATCHES), SGD(0.1), epochs=2)


def test_batches_that_run_dry():
    class Once(list):
        def __iter__(self):
            yield from [self.pop() for _ in range(len(self))]

    with pytest.raises(
        ValueError, match=r"^batches: expected at least one batch in an epoch, got none"
    ):
        fit(MODEL, PARAMS, Once(BATCHES), SGD(0.1), epochs=2)


def test_a_validation_loss_that_is_none():
    for value, expected in (
        (None, "an array of floating-point numbers, got"),
        (np.ones(2), r"shape \(\), got \(2,\)"),
    ):
        validation = Validation(lambda params, value=value: value)
        with pytest.raises(
            (TypeError, ValueError), match=f"^evaluate: expected {expected}"
        ):
            fit(MODEL, PARAMS, BATCHES, SGD(0.1), validation=validation)


def test_the_first_wrong_argument_is_named():
    """In the order of the call: not the generator that an array in its place was taken
    for.
    """
    with pytest.raises(TypeError, match=r"^batches: expected an iterable of \(xs, tar"):
        fit(MODEL, PARAMS, XS, TARGETS)
    with pytest.raises(TypeError, match=r"^optimizer: expected an optimizer such as"):
        fit(MODEL, PARAMS, BATCHES, 0.1, rng="0")
    with pytest.raises(TypeError, match="positional argument"):
        fit(MODEL, PARAMS, BATCHES, SGD(0.1), 3)


def test_an_iterator_raises_at_the_call():
    """Not when its first element is asked for."""
    with pytest.raises(ValueError, match=r"^reduce: expected one of"):
        window_gradients(MODEL, PARAMS, XS, TARGETS, Truncation(2), reduce="mean")
    with pytest.raises(ValueError, match=r"^n: expected an integer of at least 1"):
        LANGUAGE.pieces("ab", 0)
    with pytest.raises(ValueError, match=r"^targets: expected shape \(6, 2\), got"):
        row_log_probs(MODEL, PARAMS, TARGETS, TARGETS[:-1])


def test_a_seed_is_a_generator():
    """Wherever one is drawn from."""
    model = Model(Stacked((LSTM(), LSTM()), dropout=0.5), D, H, V)
    params = model.init(3)
    assert_same(params, model.init(np.random.default_rng(3)))
    first, second = (
        fit(model, params, BATCHES, SGD(0.1), rng=rng)
        for rng in (5, np.random.default_rng(5))
    )
    assert_same(first.params, second.params)
    assert LANGUAGE.sample("ab", 9, 6) == LANGUAGE.sample(
        "ab", 9, np.random.default_rng(6)
    )


def test_a_batch_with_options_cannot_be_cut():
    with pytest.raises(
        ValueError,
        match=r"^batches: expected no options with a truncation, got \['mask'\]",
    ):
        fit(
            MODEL,
            PARAMS,
            [(XS, TARGETS, {"mask": MASK})],
            SGD(0.1),
            truncation=Truncation(3),
        )


def test_the_velocity_of_another_optimizer():
    with pytest.raises(
        TypeError, match=r"^state\.velocity: expected an array, got None"
    ):
        SGD(0.1, momentum=0.9).update(PARAMS, PARAMS, SGD(0.1).init(PARAMS))
    with pytest.raises(
        ValueError,
        match=(
            r"^state\.velocity: expected the arrays of params, .* got"
            r" \['state\.velocity"
        ),
    ):
        SGD(0.1, momentum=0.9).update(PARAMS, PARAMS, SGD(0.1, 0.9).init(PARAMS.cell))


@pytest.mark.parametrize("rate", [0.0, -1.0, np.nan, "0.1", None])
def test_a_schedule_s_rate_is_checked_too(rate):
    with pytest.raises(
        (TypeError, ValueError), match=r"^lr: expected a finite number above 0, got "
    ):
        SGD(lambda n: rate).update(PARAMS, PARAMS, SGD_STATE)


def test_too_short_a_text():
    with pytest.raises(
        ValueError, match=r"^\w+: expected at least .* 11 symbols .*, got 5"
    ):
        LANGUAGE.fit("abcab", B=2, T=5)


def test_a_params_tuple_of_the_wrong_type():
    with pytest.raises(TypeError, match=r"^params: expected ModelParams, got Params"):
        MODEL.forward(PARAMS.cell, XS)
    with pytest.raises(
        TypeError, match=r"^params\.cell: expected Params, got ModelParams"
    ):
        MODEL.forward(ModelParams(PARAMS, *PARAMS[1:]), XS)
    with pytest.raises(TypeError, match=r"^params: expected Params, got ModelParams"):
        forward(CELL, PARAMS, XS)
    with pytest.raises(
        ValueError, match=r"^params\.W_hh: expected shape \(4, 4\), got \(4, 8\)"
    ):
        forward(CELL, RNN.Params(np.ones((D, H)), np.ones((H, 2 * H)), np.ones(H)), XS)


def test_a_long_value_is_shortened_in_a_message():
    with pytest.raises(TypeError) as caught:
        Model(CELL, "x" * 10_000, H, V)
    assert len(str(caught.value)) < 200
    assert isinstance(UNROLLED, Unrolled)
