"""The language model: its few lines are what the parts would do, and nothing it has
learned gets lost.
"""

import math

import numpy as np
import pytest
from cases import assert_same, each_cell

from rnntutor import (
    LSTM,
    RNN,
    SGD,
    Adam,
    Embedded,
    Fast,
    LanguageModel,
    NGram,
    NonFiniteError,
    Stacked,
    Vocabulary,
    cross_entropy,
    fit,
    one_hot,
    sample,
)
from rnntutor.fast.schedule import compiles
from rnntutor.model.losses import log_softmax, perplexity
from rnntutor.text import contiguous_batches
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

TEXT = "the cat sat on the mat. " * 20
VOCABULARY = Vocabulary.from_text(TEXT)
V = len(VOCABULARY)
SMALL = {"B": 3, "T": 8}


def untrained(seed=0, **options):
    small = {"H": 12, "cell": RNN("tanh"), "dtype": float}
    return LanguageModel(VOCABULARY, seed, **small | options)


def test_a_model_of_its_own():
    model = untrained()
    assert (model.model.D, model.model.H, model.model.V) == (V, 12, V)
    assert model.model.cell == RNN("tanh") and model.history is None
    assert_same(model.params, model.model.init(np.random.default_rng(0)))
    count = V * 12 + 12 * 12 + 12 + 12 * V + V
    assert (
        repr(model)
        == f"LanguageModel(RNN(activation='tanh'), D={V}, H=12, V={V}, {count}"
        " parameters)"
    )


@each_cell
def test_fit_is_that_of_the_parts(cell):
    model = untrained(cell=cell)
    start, optimizer = model.params, SGD(0.3, clip=1.0)
    history = model.fit(TEXT, optimizer=optimizer, epochs=2, renew=None, **SMALL)
    data = [
        (one_hot(i, V), t) for i, t in contiguous_batches(VOCABULARY.encode(TEXT), 3, 8)
    ]
    expected = fit(model.model, start, data, optimizer, epochs=2, carry_state=True)
    assert history is model.history and history.losses == expected.history.losses
    assert_same(model.params, expected.params)


def test_the_defaults_learn():
    """Those of the command, but for the size: nothing is given but the text."""
    model = LanguageModel(TEXT, H=16)
    assert model.vocabulary == VOCABULARY
    assert model.model.cell == Fast(LSTM()) and model.params.W_hy.dtype == np.float32
    assert_same(model.params, LanguageModel(TEXT, 1, H=16).params)
    before = model.evaluate(TEXT)
    history = model.fit(TEXT, TEXT, T=8)
    assert abs(before - math.log(V)) < 0.5 and model.evaluate(TEXT, B=1) < 0.4
    # ten epochs of 19 batches: the text is too short for more than three rows
    assert history.updates == 190 and history.valid_updates == [*range(10, 191, 10)]
    # the rate falls in a straight line, to a hundredth
    line = np.linspace(0.01, 0.0001, 191)[:-1]
    np.testing.assert_allclose(history.lrs, line, rtol=1e-12)
    assert LanguageModel(TEXT).model.H == 256
    assert len(model.sample("the ")) == 500


def test_the_rate_falls_until_the_last_update():
    model = untrained()
    lrs = model.fit(TEXT, updates=5, **SMALL).lrs
    assert lrs == pytest.approx([0.01 * (1 - 0.99 * n / 5) for n in range(5)])


def test_a_large_vocabulary_is_looked_up():
    words = " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(250))
    model = LanguageModel(Vocabulary.from_text(words, "word"), H=4)
    assert model.model.cell == Embedded(Fast(LSTM()), 4)


@pytest.mark.parametrize("name", ["every", "patience", "log", "watch"])
def test_without_a_text_nothing_is_validated(name):
    one = 3 if name in ("every", "patience") else print
    with pytest.raises(ValueError, match=f"^{name}: expected None without valid, got"):
        untrained().fit(TEXT, **{name: one}, **SMALL)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision(dtype):
    model = untrained(dtype=dtype)
    model.fit(TEXT, updates=3, **SMALL)
    assert {leaf.dtype for _, leaf in leaves(model.params)} == {np.dtype(dtype)}
    assert type(model.evaluate(TEXT)) is float


# Evaluation


@pytest.mark.parametrize(
    ("B", "T"), [(1, 10_000), (1, 7), (4, 16), (5, 1), (10_000, 64)]
)
def test_evaluate_is_the_mean_over_rows(B, T):
    """However the rows are cut in time, since the state is carried along."""
    model = untrained()
    ids = VOCABULARY.encode(TEXT)
    rows = min(B, len(ids) - 1)
    steps = (len(ids) - 1) // rows
    losses = []
    for b in range(rows):
        inputs, targets = (
            ids[b * steps : (b + 1) * steps],
            ids[b * steps + 1 : (b + 1) * steps + 1],
        )
        ys_raw, _ = model.model.forward(model.params, one_hot(inputs[:, None], V))
        losses.append(cross_entropy(ys_raw, targets[:, None])[0])
    assert math.isclose(model.evaluate(TEXT, B=B, T=T), np.mean(losses), rel_tol=1e-12)


def test_evaluate_other_parameters():
    model, other = untrained(), untrained(1)
    assert (
        model.evaluate(TEXT, params=other.params)
        == other.evaluate(TEXT)
        != model.evaluate(TEXT)
    )


def test_evaluate_the_shortest_text():
    model = untrained()
    ys_raw, _ = model.model.forward(
        model.params, one_hot(VOCABULARY.encode("t")[:, None], V)
    )
    assert math.isclose(
        model.evaluate("th"), cross_entropy(ys_raw, VOCABULARY.encode("h")[:, None])[0]
    )


# Each symbol's probability


@pytest.mark.parametrize(
    ("B", "T"), [(1, 10_000), (1, 7), (7, 16), (479, 3), (10_000, 64)]
)
def test_log_prob_is_that_of_every_symbol_but_the_first(B, T):
    """However the rows are cut: of unequal length, and in time."""
    model, ids = untrained(), VOCABULARY.encode(TEXT)
    log_prob = model.log_prob(TEXT, B=B, T=T)
    assert log_prob.shape == (len(ids) - 1,)
    rows = np.array_split(np.arange(len(ids) - 1), min(B, len(ids) - 1))
    for row in rows[:: max(1, len(rows) // 3)]:
        ys_raw, _ = model.model.forward(model.params, one_hot(ids[row][:, None], V))
        expected = log_softmax(ys_raw[:, 0])[np.arange(len(row)), ids[row + 1]]
        np.testing.assert_allclose(log_prob[row], expected, rtol=1e-12)


def test_log_prob_agrees_with_evaluate():
    model, other = untrained(), untrained(1)
    even = TEXT[:478]  # fills 3 rows of 159
    for params in (None, other.params):
        mean = -model.log_prob(even, params, B=3).mean()
        assert math.isclose(mean, model.evaluate(even, params, B=3), rel_tol=1e-12)


# Validation


def test_the_best_parameters_are_kept():
    """With a rate that falls, then a jump that spoils everything: the parameters before
    the jump are kept.
    """
    model, seen = untrained(), {}
    optimizer = SGD(lambda n: 0.5 if n < 20 else 50.0)
    options = {"optimizer": optimizer, "updates": 25, "every": 5}
    model.fit(
        TEXT, TEXT, watch=lambda n, loss, params: seen.update({n: params}), **options, **SMALL
    )  # fmt: skip
    losses = dict(
        zip(model.history.valid_updates, model.history.valid_losses, strict=True)
    )
    best = min(losses, key=losses.get)
    assert list(losses) == [5, 10, 15, 20, 25] and best < 25
    assert_same(model.params, seen[best])
    assert model.evaluate(TEXT) == losses[best]


def test_only_the_head_of_a_long_validation_text_is_used():
    model = untrained()
    model.fit(
        TEXT, valid=TEXT, valid_chars=30, updates=1, optimizer=SGD(1e-300), **SMALL
    )
    assert model.history.valid_losses == [model.evaluate(TEXT[:30])]


def test_a_validation_text_is_looked_at_before_the_training_begins():
    model = untrained()
    before = model.params
    with pytest.raises(
        ValueError, match=r"^valid: expected only symbols of the vocabulary, got 'é'"
    ):
        model.fit(TEXT, valid="caé", **SMALL)
    with pytest.raises(
        ValueError, match=r"^valid: expected at least two characters, got 'c'"
    ):
        model.fit(TEXT, valid="c", **SMALL)
    assert model.params is before and model.history is None


# Nothing is lost


def test_after_ctrl_c_the_newest_parameters_are_kept():
    def interrupt(n, loss, params):
        seen.append(params)
        if n == 4:
            raise KeyboardInterrupt

    model, seen = untrained(), []
    optimizer = SGD(lambda n: 0.5 if n < 2 else 50.0)
    history = model.fit(
        TEXT, valid=TEXT, optimizer=optimizer, every=2, watch=interrupt, **SMALL
    )
    assert history.updates == 4 and history.valid_losses[1] > history.valid_losses[0]
    assert_same(model.params, seen[-1])


def test_after_an_explosion_the_last_good_parameters_are_kept():
    model, reference = (untrained(cell=RNN("relu")) for _ in range(2))
    reference.fit(TEXT, optimizer=SGD(0.1), updates=3, **SMALL)
    optimizer = SGD(lambda n: 0.1 if n < 3 else 1e200)
    with pytest.raises(NonFiniteError):
        model.fit(TEXT, valid=TEXT, every=3, optimizer=optimizer, epochs=9, **SMALL)
    # not those after the absurd step, finite though they are
    assert_same(model.params, reference.params)
    assert model.history.losses[:3] == reference.history.losses


def test_after_any_error_the_parameters_reached_are_kept():
    def broken(line):
        raise OSError("disk full")

    model, reference, optimizer = untrained(), untrained(), SGD(0.3)
    reference.fit(TEXT, optimizer=optimizer, updates=2, **SMALL)
    with pytest.raises(OSError, match="disk full"):
        model.fit(TEXT, TEXT, optimizer=optimizer, every=2, log=broken, **SMALL)
    assert_same(model.params, reference.params)
    assert model.history.updates == 2


def test_training_goes_on_from_where_it_stopped():
    data = contiguous_batches(VOCABULARY.encode(TEXT), 3, 8)
    once, twice = untrained(), untrained()
    once.fit(TEXT, optimizer=SGD(0.3), epochs=2, **SMALL)
    for _ in range(2):
        twice.fit(TEXT, optimizer=SGD(0.3), epochs=1, **SMALL)
        assert twice.history.updates == len(data)
    assert_same(once.params, twice.params)


# Sampling


def test_sample_continues_a_prompt():
    model = untrained()
    text = model.sample("the ", 30, np.random.default_rng(5), temperature=0.7)
    ids = sample(
        model.model,
        model.params,
        VOCABULARY.encode("the "),
        30,
        np.random.default_rng(5),
        0.7,
    )
    assert text == VOCABULARY.decode(ids) and len(text) == 30
    assert text == model.sample("the ", 30, np.random.default_rng(5), temperature=0.7)


@pytest.mark.parametrize("level", ["char", "word"])
@pytest.mark.parametrize("cell", [RNN("tanh"), Fast(LSTM())], ids=str)
def test_pieces_together_are_the_sample(level, cell, monkeypatch):
    """At level "word" with the spaces between them: none before a mark, none around a
    line break.
    """
    if compiles():
        monkeypatch.setattr("rnntutor.fast.compiled.sampling.PIECE", 3)
    vocabulary = Vocabulary.from_text("the (cat, it) sat.\n" * 9, level)
    model = LanguageModel(vocabulary, 0, H=5, cell=cell, dtype=float)
    written = [*model.pieces("the", 100, np.random.default_rng(2))]
    ids = sample(
        model.model,
        model.params,
        vocabulary.encode("the"),
        100,
        np.random.default_rng(2),
    )
    assert (
        "".join(written)
        == model.sample("the", 100, np.random.default_rng(2))
        == vocabulary.decode(ids)
    )
    assert len(written) == (34 if isinstance(cell, Fast) and compiles() else 100)


def test_sample_with_other_parameters():
    model = untrained()
    flat = tree_map(np.zeros_like, model.params)
    certain = flat._replace(b_y=np.eye(V)[VOCABULARY.encode("c")[0]] * 1000)
    assert model.sample("the ", 5, np.random.default_rng(0), params=certain) == "ccccc"


def test_a_learned_text_is_recited():
    model = untrained(H=24)
    model.fit(TEXT, **SMALL)
    assert (
        model.sample("the cat ", 16, np.random.default_rng(0), temperature=0)
        == "sat on the mat. "
    )


NETS = [
    Embedded(LSTM(), 5),
    Embedded(Stacked((RNN("tanh"), LSTM()), dropout=0.5), 5),
    Stacked((LSTM(), RNN("tanh")), dropout=0.5),
]


@pytest.mark.parametrize("net", NETS, ids=str)
def test_a_net_in_place_of_a_cell(net):
    """Inputs are ids where the net looks them up; what is dropped in training is drawn
    by `rng`.
    """
    model = untrained(cell=net)
    start, options = model.params, {"epochs": 2, "optimizer": Adam(0.01)}
    history = model.fit(TEXT, rng=3, renew=None, **options, **SMALL)
    data = contiguous_batches(VOCABULARY.encode(TEXT), 3, 8)
    if not isinstance(net, Embedded):
        data = [(one_hot(inputs, V), targets) for inputs, targets in data]
    expected = fit(
        model.model, start, list(data), epochs=2, optimizer=Adam(0.01), carry_state=True,
        rng=np.random.default_rng(3),
    )  # fmt: skip
    assert history.losses == expected.history.losses
    assert_same(model.params, expected.params)
    np.testing.assert_allclose(
        -model.log_prob(TEXT, B=1).mean(), model.evaluate(TEXT, B=1), rtol=1e-12
    )
    assert model.sample("the ", 9, np.random.default_rng(1)) == model.sample(
        "the ", 9, np.random.default_rng(1)
    )


def test_dropout_wants_a_generator():
    with pytest.raises(
        ValueError,
        match=r"^rng: expected a numpy.random.Generator for a net with dropout",
    ):
        untrained(cell=NETS[1]).fit(TEXT, **SMALL)


def test_net_and_ngrams_judge_the_same_words():
    """One vocabulary with unknowns, one held-out text: the two see the same ids and
    score the same ones.
    """
    vocabulary = Vocabulary.from_text(TEXT + "a dog sat. ", level="word", size=7)
    held_out = "the dog sat on the mat, and the cat sat on the unicorn. "
    ids = vocabulary.encode(held_out)
    # dog ',' and unicorn
    assert (ids == 0).sum() == 4 and vocabulary.decode(ids[[1]]) == "<unk>"
    net = LanguageModel(vocabulary, H=8, cell=Embedded(RNN("tanh"), 3))
    ngram = NGram(3, len(vocabulary), "kneser-ney").fit(vocabulary.encode(TEXT))
    both = net.log_prob(held_out), ngram.log_prob(ids)[1:]
    assert both[0].shape == both[1].shape == (len(ids) - 1,)
    assert all(1 < perplexity(-log_prob.mean()) < 60 for log_prob in both)


def test_words():
    vocabulary = Vocabulary.from_text(TEXT, level="word")
    model = LanguageModel(vocabulary, H=8)
    model.fit(TEXT, epochs=60, B=2, T=6)
    assert (
        model.sample("the cat", 5, np.random.default_rng(0), temperature=0)
        == "sat on the mat."
    )
