"""Instruments: small nets that the reader steps through, in the page of the book, in
Jupyter and in Colab alike.

Each function returns an `Instrument`, which a notebook shows. What it shows without
JavaScript, and on paper, is a table with the package's own numbers.
"""

from rnntutor.lab.instruments.fixed import fixed_points
from rnntutor.lab.instruments.lags import gradient_lags
from rnntutor.lab.instruments.leaky import leaky_sum
from rnntutor.lab.instruments.letters import next_letter, writer
from rnntutor.lab.instruments.lookup import look_up
from rnntutor.lab.instruments.lstm import lstm_stepper
from rnntutor.lab.instruments.origin import rolling_origin
from rnntutor.lab.instruments.pen import pen
from rnntutor.lab.instruments.rnn import rnn_stepper
from rnntutor.lab.instruments.scanned import scan_stepper
from rnntutor.lab.instruments.shown import ASSETS, Instrument

__all__ = [
    "ASSETS",
    "Instrument",
    "fixed_points",
    "gradient_lags",
    "leaky_sum",
    "look_up",
    "lstm_stepper",
    "next_letter",
    "pen",
    "rnn_stepper",
    "rolling_origin",
    "scan_stepper",
    "writer",
]
