"""Trials: when they end and why, and that a seed repeats them."""

import numpy as np
import pytest

from rnntutor import LSTM, RNN, SGD, Model
from rnntutor.lab.long_lags import Task
from rnntutor.lab.long_lags.published import PROBLEMS, Problem, largest_error
from rnntutor.lab.long_lags.trials import RECENT, TEST, guess, learn


def say_it_again(rng, B, T=2):
    """Say the bit that was read: nothing to remember."""
    ids = rng.integers(0, 2, (T, B))
    return Task(np.eye(2)[ids], ids, np.ones((T, B), bool))


def coin(rng, B):
    """Say a bit that nothing tells."""
    task = say_it_again(rng, B)
    return task._replace(targets=rng.integers(0, 2, task.targets.shape))


EASY = Problem(
    2,
    2,
    "cross_entropy",
    largest_error(0.3),
    fresh=say_it_again,
    mean_error=0.2,
    chance=0.5,
)
COIN = Problem(
    2, 2, "cross_entropy", largest_error(0.3), fresh=coin, mean_error=0.2, chance=0.5
)
SETS = Problem(
    2,
    2,
    "cross_entropy",
    largest_error(0.3),
    sets=lambda rng: (say_it_again(rng, 8), say_it_again(rng, 5, 3)),
)
CELL = RNN("tanh")


def rng(seed=0):
    return np.random.default_rng(seed)


def test_a_stream_is_solved_after_2000_right_ones_in_a_row():
    outcome = learn(EASY, CELL, 4, SGD(0.5, 0.9, 1.0), rng(), B=50, limit=10_000)
    assert outcome.solved and outcome.ended == "solved"
    assert RECENT <= outcome.sequences < 10_000 and outcome.sequences % 50 == 0
    assert (
        outcome.error < 0.2 and outcome.wrong == 0 and len(outcome.first_losses) == 10
    )
    task = say_it_again(rng(1), 30)
    ys = Model(CELL, 2, 4, 2).forward(outcome.params, task.xs).ys_raw
    assert EASY.score(task, ys)[1].all()


def test_one_wrong_sequence_starts_the_count_again():
    calls = []

    def spoilt(task, ys):
        calls.append(1)
        right = np.ones(ys.shape[1], bool)
        right[3] = len(calls) != 20  # of 30 in the 20th batch, the fourth is wrong
        return np.zeros(ys.shape[1]), right

    problem = Problem(2, 2, "cross_entropy", spoilt, fresh=say_it_again, mean_error=0.2)
    outcome = learn(problem, CELL, 4, SGD(1e-9), rng(), B=30, limit=10_000)
    # 26 were right behind it in its batch, and 66 batches of 30 make 2,006 with them
    assert outcome.sequences == (20 + 66) * 30


def test_the_mean_error_counts_too():
    problem = Problem(
        2, 2, "cross_entropy", lambda task, ys: (np.full(ys.shape[1], 0.3), np.ones(ys.shape[1], bool)),
        fresh=say_it_again, mean_error=0.2,
    )  # fmt: skip
    assert learn(problem, CELL, 4, SGD(1e-9), rng(), B=50, limit=3000).ended == "limit"


def test_fixed_sets_are_solved_when_all_sequences_of_all_sets_are_right():
    outcome = learn(SETS, CELL, 4, SGD(0.5, 0.9, 1.0), rng(), B=4, limit=4000, every=5)
    assert outcome.solved and outcome.wrong is None and outcome.error < 0.3
    assert outcome.sequences % (4 * 5) == 0


def test_one_wrong_sequence_of_the_last_set_is_enough_to_go_on():
    def judge(task, ys):
        right = np.ones(ys.shape[1], bool)
        right[-1] = len(right) != 5  # the second set has 5
        return np.zeros(ys.shape[1]), right

    problem = Problem(2, 2, "cross_entropy", judge, sets=SETS.sets)
    assert (
        learn(problem, CELL, 4, SGD(0.1), rng(), B=4, limit=40, every=1).ended
        == "limit"
    )
    # the first 8 are right, of 13
    assert guess(problem, CELL, 4, 1.0, rng(), limit=3).ended == "limit"


def test_guessing_has_a_mean_error_to_reach():
    problem = Problem(
        2, 2, "cross_entropy", lambda task, ys: (np.full(ys.shape[1], 0.3), np.ones(ys.shape[1], bool)),
        fresh=say_it_again, mean_error=0.2,
    )  # fmt: skip
    assert guess(problem, CELL, 4, 1.0, rng(), limit=3).ended == "limit"


def test_a_batch_as_large_as_the_set_is_the_set():
    seen = []

    def judge(task, ys):
        seen.append(task.xs.shape[1])
        return np.ones(ys.shape[1]), np.zeros(ys.shape[1], bool)

    learn(
        Problem(2, 2, "cross_entropy", judge, sets=SETS.sets),
        CELL,
        4,
        SGD(0.1),
        rng(),
        20,
        100,
        every=1,
    )
    assert seen == [8, 5] * 5


def test_the_limit_ends_a_trial():
    outcome = learn(COIN, CELL, 4, SGD(0.1), rng(), B=30, limit=100)
    assert outcome.ended == "limit" and outcome.sequences == 90 and not outcome.solved
    assert len(outcome.first_losses) == 3 and outcome.wrong > TEST / 2


def test_no_progress_ends_a_trial():
    outcome = learn(COIN, CELL, 4, SGD(0.1), rng(), B=30, limit=3000, give_up=300)
    assert outcome.ended == "no progress" and outcome.sequences == 300
    kept = learn(
        EASY, CELL, 4, SGD(0.5, 0.9, 1.0), rng(), B=50, limit=10_000, give_up=1000
    )
    assert kept.solved


def test_what_does_not_stay_finite_has_diverged():
    outcome = learn(PROBLEMS["adding"], RNN("relu"), 5, SGD(1e9), rng(), B=4, limit=200)
    assert (
        outcome.ended == "diverged"
        and outcome.wrong == TEST
        and outcome.sequences < 200
    )


def test_a_seed_repeats_a_trial():
    def trial(seed):
        return learn(
            PROBLEMS["embedded Reber"], LSTM(), 3, SGD(0.1), rng(seed), B=5, limit=50
        )

    one, same, other = trial(1), trial(1), trial(2)
    assert one.first_losses == same.first_losses != other.first_losses
    assert all(
        (a == b).all() for a, b in zip(one.params.cell, same.params.cell, strict=True)
    )


def test_start_changes_the_first_parameters():
    marked = []

    def start(params):
        marked.append(params)
        return params._replace(b_y=params.b_y + 7)

    outcome = learn(EASY, CELL, 4, SGD(1e-12), rng(), B=5, limit=5, start=start)
    assert np.allclose(outcome.params.b_y, marked[0].b_y + 7)


def test_reduce_reaches_the_loss():
    mean, total = (
        learn(EASY, CELL, 4, SGD(0.1), rng(), B=5, limit=5, reduce=reduce).first_losses[
            0
        ]
        for reduce in ("sequence", "sum")
    )
    assert np.isclose(total, 10 * mean)


def test_guessing_solves_what_needs_no_learning():
    outcome = guess(EASY, CELL, 2, 20.0, rng(), limit=500)
    assert outcome.solved and 1 <= outcome.sequences < 500 and outcome.wrong < TEST / 20
    again = guess(EASY, CELL, 2, 20.0, rng(), limit=500)
    assert again.sequences == outcome.sequences
    failed = guess(COIN, CELL, 2, 20.0, rng(), limit=20)
    assert failed.ended == "limit" and failed.sequences == 20


def test_guessing_keeps_the_errors_of_the_first_ten_draws():
    one, some, many = (guess(COIN, CELL, 2, 20.0, rng(), limit=n) for n in (1, 4, 30))
    assert one.first_losses == [one.error] and some.first_losses[-1] == some.error
    assert len(many.first_losses) == 10 and many.first_losses[:4] == some.first_losses


def test_guessing_draws_all_weights_evenly():
    numbers = []
    for seed in range(60):
        params = guess(COIN, CELL, 3, 2.0, rng(seed), limit=1).params
        numbers.append(
            np.concatenate([np.ravel(part) for part in (*params.cell, *params[1:])])
        )
    numbers = np.concatenate(numbers)
    assert (
        abs(numbers).max() <= 2
        and abs(numbers.mean()) < 0.1
        and abs(numbers.var() - 4 / 3) < 0.15
    )


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (
            {"problem": "adding"},
            TypeError,
            "problem: expected Problem, got str 'adding'",
        ),
        ({"cell": 3}, TypeError, r"cell: expected a cell such as RNN\(\)"),
        ({"H": 0}, ValueError, "H: expected an integer of at least 1, got 0"),
        ({"optimizer": 0.1}, TypeError, "optimizer: expected an optimizer such as"),
        ({"rng": None}, TypeError, "rng: expected a numpy.random.Generator"),
        ({"B": 0}, ValueError, "B: expected an integer of at least 1, got 0"),
        ({"limit": 3}, ValueError, "limit: expected an integer of at least 4, got 3"),
        ({"every": 0}, ValueError, "every: expected an integer of at least 1, got 0"),
        ({"reduce": "mean"}, ValueError, "reduce: expected one of 'sequence'"),
        (
            {"start": 3},
            TypeError,
            "start: expected a function of the parameters, got 3",
        ),
        (
            {"give_up": 3},
            ValueError,
            "give_up: expected an integer of at least 4, got 3",
        ),
    ],
)
def test_bad_input_to_learn_is_named(change, error, message):
    right = {
        "problem": EASY,
        "cell": CELL,
        "H": 3,
        "optimizer": SGD(0.1),
        "rng": rng(),
        "B": 4,
        "limit": 8,
    }
    with pytest.raises(error, match=f"^{message}"):
        learn(**right | change)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"problem": None}, TypeError, "problem: expected Problem, got NoneType None"),
        ({"cell": 3}, TypeError, r"cell: expected a cell such as RNN\(\)"),
        ({"H": 0}, ValueError, "H: expected an integer of at least 1, got 0"),
        ({"scale": 0}, ValueError, "scale: expected a finite number above 0, got 0"),
        ({"rng": None}, TypeError, "rng: expected a numpy.random.Generator"),
        ({"limit": 0}, ValueError, "limit: expected an integer of at least 1, got 0"),
    ],
)
def test_bad_input_to_guess_is_named(change, error, message):
    right = {
        "problem": EASY,
        "cell": CELL,
        "H": 3,
        "scale": 1.0,
        "rng": rng(),
        "limit": 2,
    }
    with pytest.raises(error, match=f"^{message}"):
        guess(**right | change)
