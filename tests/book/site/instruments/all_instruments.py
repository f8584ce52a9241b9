"""One of each instrument."""

import numpy as np

import rnntutor as rt
from rnntutor.lab import instruments


def chapter_4():
    """The net of chapter 4, its sequence and its labels."""
    rng = np.random.default_rng(4)
    start = rt.Model(rt.RNN("sigmoid"), 3, 5, 2).init(rng)
    params = rt.tree.map(lambda p: rng.normal(size=p.shape), start)
    return params, rng.normal(size=(4, 1, 3)), rng.integers(0, 2, size=(4, 1))


ALL = {
    "leaky sum": lambda: instruments.leaky_sum(),
    "leaky sum, three steps": lambda: instruments.leaky_sum(xs=(2, 1, 1)),
    "fixed points": lambda: instruments.fixed_points(w=10),
    "one fixed point": lambda: instruments.fixed_points(3, -1.5, 0.8, 5),
    "LSTM": lambda: instruments.lstm_stepper(),
    "LSTM, another text": lambda: instruments.lstm_stepper("not to be born bet"),
    "LSTM, forward alone": lambda: instruments.lstm_stepper(way="forward"),
    "LSTM, backward alone": lambda: instruments.lstm_stepper(
        "not to be", way="backward"
    ),
    "gradient lags": lambda: instruments.gradient_lags(),
    "gradient lags, exploding": lambda: instruments.gradient_lags(2.5, "relu", seed=3),
    "gradient lags, RNN alone": lambda: instruments.gradient_lags(forget=None),
    "next letter": lambda: instruments.next_letter(),
    "next letter, cut": lambda: instruments.next_letter(
        "HAMLET:\n", 0.7, "nucleus", p=0.6, seed=3
    ),
    "pen": lambda: instruments.pen(),
    "rolling origin": lambda: instruments.rolling_origin(),
    "rolling origin, one hour": lambda: instruments.rolling_origin(40, ahead=1),
    "look-up": lambda: instruments.look_up(),
    "look-up, masked": lambda: instruments.look_up(there=(1, 0, 1, 1, 0)),
    "scan": lambda: instruments.scan_stepper(),
    "RNN": lambda: instruments.rnn_stepper(*chapter_4()),
}


def numbers(page, row):
    """The numbers of a table's row that begins with these words, as one sees it."""
    return page.evaluate(
        """(words) => [...document.querySelectorAll(".live tbody tr")]
        .filter((row) => row.cells[0].textContent.startsWith(words) && row.checkVisibility())
        .map((row) => [...row.cells].slice(1).filter((cell) => cell.className !== "beside-it").map((cell) => Number(cell.textContent.replace("−", "-"))))[0]""",
        row,
    )
