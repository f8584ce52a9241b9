"""The long-lag tasks are as they were published: grammar, marks, lags, targets,
baselines.
"""

import re

import numpy as np
import pytest

from rnntutor.lab.long_lags import (
    adding,
    legal_successors,
    noise_free_lag,
    reber_strings,
    reber_task,
    temporal_order,
)
from rnntutor.lab.long_lags.published import PROBLEMS

# The grammar a second time, as a regular expression; what may follow is read off its
# paths below.
INNER = "B(?:TS*X(?:S|X{A})|P{A})E".replace("{A}", "T*V(?:PXT*V)*(?:V|PS)")
WHOLE = re.compile(f"B(?:T{INNER}T|P{INNER}P)E")
# Shortest endings from each node of the automaton, to see whether a beginning can be
# completed.
ENDINGS = ["BTXSE", "TXSE", "XSE", "VVE", "SE", "VE", "E", ""]


def draw(n=400, seed=0):
    return reber_strings(np.random.default_rng(seed), n)


def completions(beginning):
    """Letters after which a beginning can still become a string of the grammar, by
    trial.
    """
    tails = [tail + frame + "E" for tail in ENDINGS for frame in "TP"] + ["E", ""]
    tails += (
        ["B" + tail for tail in tails]
        + ["TB" + tail for tail in tails]
        + ["PB" + tail for tail in tails]
    )
    return {
        letter
        for letter in "BTPSXVE"
        if any(WHOLE.fullmatch(beginning + letter + t) for t in tails)
    }


def test_reber_strings_match_a_regular_expression():
    strings = draw()
    assert all(WHOLE.fullmatch(string) for string in strings)
    assert min(map(len, strings)) == 9 and len(set(strings)) > 60
    assert not WHOLE.fullmatch("BTBPVVEPE") and not WHOLE.fullmatch("BTBPVVTE")


def test_legal_successors_are_the_letters_that_can_be_completed():
    for string in sorted(set(draw(60)), key=len)[:25]:
        legal = legal_successors(string)
        assert len(legal) == len(string) - 1
        for t, letters in enumerate(legal):
            assert set(letters) == completions(string[: t + 1]), (string, t)


def test_each_way_is_taken_half_of_the_time():
    strings = draw(3000)
    for place, letters in ((1, "TP"), (3, "TP")):
        share = np.mean([string[place] == letters[0] for string in strings])
        assert abs(share - 0.5) < 0.03
    loops = np.concatenate(
        [[len(run) for run in re.findall("BT(S*)X", string[2:])] for string in strings]
    )
    assert abs(loops.mean() - 1.0) < 0.1  # S S S …: geometric with one half


@pytest.mark.parametrize(
    "string", ["", "B", "BTBPVVE", "BTBPVVEPE", "BTBPVVETEE", "BTBPVVETX", "xTBPVVETE"]
)
def test_what_is_no_string_of_the_grammar(string):
    with pytest.raises(
        ValueError, match=r"^string: expected a string of the grammar, got"
    ):
        legal_successors(string)


def test_reber_task_asks_for_the_next_letter_until_the_end():
    strings = draw(30)
    xs, targets, mask, legal = reber_task(strings)
    assert xs.shape == legal.shape == (max(map(len, strings)) - 1, 30, 7)
    for b, string in enumerate(strings):
        n = len(string) - 1
        assert (
            mask[:n, b].all()
            and not mask[n:, b].any()
            and not xs[n:, b].any()
            and not legal[n:, b].any()
        )
        assert "".join("BTPSXVE"[k] for k in xs[:n, b].argmax(-1)) == string[:-1]
        assert "".join("BTPSXVE"[k] for k in targets[:n, b]) == string[1:]
        assert legal[np.arange(n), b, targets[:n, b]].all()
        rows = ["".join(np.array(list("BTPSXVE"))[row]) for row in legal[:n, b]]
        assert rows == legal_successors(string)


def test_test_strings_are_not_those_of_training():
    rng = np.random.default_rng(1)
    train = reber_strings(rng)
    test = reber_strings(rng, avoid=train)
    assert len(train) == len(test) == 256 and not set(train) & set(test)


def test_the_two_noise_free_sequences():
    xs, targets, mask = noise_free_lag(100)
    assert xs.shape == (100, 2, 101) and mask.all()
    ids = xs.argmax(-1)
    assert (xs.sum(-1) == 1).all() and (ids[1:] == np.arange(99)[:, None]).all()
    assert (targets[:-1] == ids[1:]).all()
    assert (targets[-1] == ids[0]).all() and list(ids[0]) == [100, 99]


T = 100


def columns(task):
    last = task.mask.argmax(axis=0)
    assert (task.mask.sum(axis=0) == 1).all()
    return [
        (task.xs[: n + 1, b], task.targets[n, b], n + 1) for b, n in enumerate(last)
    ]


@pytest.mark.equation("eq-adding")
def test_adding_has_two_marks_and_asks_for_their_sum():
    task = adding(np.random.default_rng(0), 600)
    lengths, firsts, seconds = [], [], []
    for x, target, n in columns(task):
        numbers, marks = x.T
        ones = np.flatnonzero(marks == 1)
        assert (
            marks[0] == marks[-1] == -1
            and set(marks) <= {-1.0, 0.0, 1.0}
            and (marks == -1).sum() == 2
        )
        assert np.isclose(target[0], 0.5 + numbers[ones].sum() / 4, rtol=0, atol=1e-15)
        assert len(ones) in (1, 2)  # one, where the other mark fell on the first pair
        assert abs(numbers).max() <= 1
        lengths.append(n)
        if len(ones) == 2:
            firsts.append(ones[0])
            seconds.append(ones[1])
    assert min(lengths) == T and max(lengths) == T + T // 10
    assert max(firsts) < T / 2 and np.mean(np.array(firsts) < 10) > 0.99
    # from there to the end of the shortest: a lag of T/2
    assert max(seconds) == T / 2 - 1
    assert not task.xs[task.mask.argmax(0).max() + 1 :].any()


def test_adding_baseline_is_one_24th_but_for_the_first_pair():
    targets = adding(np.random.default_rng(1), 40_000).targets.sum(axis=0)[:, 0]
    # X1 counts as 0 with probability 1/10, X2 with probability 9/10 · 1/49
    expected = (2 - 0.1 - 0.9 / 49) / 48
    error = np.mean((targets - 0.5) ** 2)
    assert abs(error - expected) < 0.0006 and expected < 1 / 24
    assert abs(np.mean(abs(targets - 0.5)) - PROBLEMS["adding"].chance) < 0.01


def test_adding_marks_are_drawn_evenly():
    task = adding(np.random.default_rng(2), 20_000)
    share = (task.xs[:60, :, 1] == 1).mean(axis=1)
    np.testing.assert_allclose(share[1:10], 1 / 10 + 1 / 49 * 0.9, atol=0.008)
    np.testing.assert_allclose(share[10:50], 1 / 49, atol=0.005)
    assert not share[50:].any()


def test_temporal_order_is_told_by_x_and_y_alone():
    task = temporal_order(np.random.default_rng(0), 800)
    lengths, firsts, seconds = [], [], []
    for x, target, n in columns(task):
        letters = "".join("abcdXYEB"[k] for k in x.argmax(-1))
        assert (x.sum(-1) == 1).all()
        places = [t for t, letter in enumerate(letters) if letter in "XY"]
        assert (
            letters[0] == "E"
            and letters[-1] == "B"
            and set(letters[1:-1]) <= set("abcdXY")
        )
        assert ["XX", "XY", "YX", "YY"][target] == "".join(letters[t] for t in places)
        lengths.append(n)
        firsts.append(places[0])
        seconds.append(places[1])
    assert (min(lengths), max(lengths)) == (100, 110)
    assert (min(firsts), max(firsts)) == (10, 20) and (min(seconds), max(seconds)) == (
        50,
        60,
    )
    counts = np.bincount([target for _, target, _ in columns(task)], minlength=4)
    np.testing.assert_allclose(counts / 800, 0.25, atol=0.05)


@pytest.mark.parametrize(
    "make",
    [
        lambda rng: adding(rng, 4),
        lambda rng: temporal_order(rng, 4),
        lambda rng: reber_task(draw(4, 1)),
    ],
)
def test_a_seed_repeats_and_columns_can_be_picked(make):
    one, other = (make(np.random.default_rng(5)) for _ in range(2))
    assert all((a == b).all() for a, b in zip(one, other, strict=True))
    some = one.pick(np.array([2, 2, 0]))
    steps = len(some.mask)
    assert (
        type(some) is type(one)
        and some.mask[-1].any()
        and some.mask.sum() == one.mask[:, [2, 2, 0]].sum()
    )
    assert all(
        (a == b[:steps, [2, 2, 0]]).all() for a, b in zip(some, one, strict=True)
    )


def test_dtypes():
    rng = np.random.default_rng(0)
    tasks = [
        adding(rng, 2, dtype=np.float32),
        temporal_order(rng, 2, np.float32),
        noise_free_lag(3, np.float32),
    ]
    assert all(
        task.xs.dtype == np.float32
        for task in [*tasks, reber_task(draw(2), np.float32)]
    )
    assert tasks[0].targets.dtype == np.float32


# -- when a net has learned it


def test_reber_is_scored_by_the_order_of_the_letters():
    task = reber_task(["BTBPVVETE", "BPBTXSEPE"])
    ys = np.where(task.legal, 1.0, 0.0)
    error, right = PROBLEMS["embedded Reber"].score(task, ys)
    assert right.all() and not error.any()
    ys[3, 0, "BTPSXVE".index("S")] = 1.0  # as large as those that may come next
    error, right = PROBLEMS["embedded Reber"].score(task, ys)
    assert list(right) == [False, True] and list(error) == [1 / 8, 0]


@pytest.mark.parametrize(
    ("name", "bound"), [("noise-free lag", 0.25), ("temporal order", 0.3)]
)
def test_probabilities_are_scored_by_their_largest_error(name, bound):
    problem = PROBLEMS[name]
    task = (
        problem.sets(None)[0]
        if problem.sets
        else problem.fresh(np.random.default_rng(0), 2)
    )
    for p, fits in ((1 - bound + 0.01, True), (1 - bound - 0.01, False)):
        ys = np.zeros((*task.mask.shape, problem.V))
        others = np.log((1 - p) / (problem.V - 1))
        ys += others
        np.put_along_axis(ys, task.targets[..., None], np.log(p), -1)
        error, right = problem.score(task, ys)
        assert right.all() == fits and np.allclose(error, 1 - p)


def test_numbers_are_scored_where_they_are_asked():
    problem = PROBLEMS["adding"]
    task = problem.fresh(np.random.default_rng(0), 3)
    wild = np.where(task.mask[..., None], task.targets, 99.0)
    assert problem.score(task, wild)[1].all()
    error, right = problem.score(task, wild + np.array([0.039, 0.041, -0.041])[:, None])
    assert list(right) == [True, False, False] and np.allclose(
        error, [0.039, 0.041, 0.041]
    )


def test_chance_is_what_remains_without_memory():
    for name in ("temporal order", "first symbol"):
        problem = PROBLEMS[name]
        task = problem.fresh(np.random.default_rng(0), 50)
        error, right = problem.score(task, np.zeros((*task.mask.shape, problem.V)))
        assert np.allclose(error, problem.chance) and not right.any()


R = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: reber_strings("3"),
            TypeError,
            "rng: expected a numpy.random.Generator",
        ),
        (
            lambda: reber_strings(R, 0),
            ValueError,
            "n: expected an integer of at least 1, got 0",
        ),
        (
            lambda: reber_strings(R, 2, "BT"),
            TypeError,
            "avoid: expected an iterable of strings, got 'BT'",
        ),
        (
            lambda: reber_strings(R, 2, 3),
            TypeError,
            "avoid: expected an iterable of strings, got 3",
        ),
        (
            lambda: legal_successors(3),
            TypeError,
            "string: expected a string of the grammar, got 3",
        ),
        (
            lambda: reber_task([]),
            TypeError,
            r"strings: expected a list of at least one string, got \[\]",
        ),
        (
            lambda: reber_task("BTBPVVETE"),
            TypeError,
            "strings: expected a list of at least one string",
        ),
        (
            lambda: reber_task(["BTBPVVETE", 3]),
            TypeError,
            "string: expected a string of the grammar, got 3",
        ),
        (lambda: reber_task(["BTBPVVETE"], int), TypeError, "dtype: expected float32"),
        (
            lambda: noise_free_lag(1),
            ValueError,
            "lag: expected an integer of at least 2, got 1",
        ),
        (lambda: noise_free_lag(4, int), TypeError, "dtype: expected float32"),
        (lambda: adding(None, 4), TypeError, "rng: expected a numpy.random.Generator"),
        (
            lambda: adding(R, 0),
            ValueError,
            "B: expected an integer of at least 1, got 0",
        ),
        (
            lambda: adding(R, 2, 19),
            ValueError,
            "T: expected an integer of at least 20, got 19",
        ),
        (lambda: adding(R, 2, dtype=int), TypeError, "dtype: expected float32"),
        (
            lambda: temporal_order(None, 4),
            TypeError,
            "rng: expected a numpy.random.Generator",
        ),
        (
            lambda: temporal_order(R, 1.5),
            TypeError,
            "B: expected an integer of at least 1, got 1.5",
        ),
        (lambda: temporal_order(R, 2, int), TypeError, "dtype: expected float32"),
        (
            lambda: noise_free_lag(4).pick([5]),
            ValueError,
            "columns: expected integers from 0 to 1, got 5",
        ),
        (
            lambda: noise_free_lag(4).pick([]),
            TypeError,
            "columns: expected an array of integers",
        ),
    ],
)
def test_bad_input_is_named(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()
