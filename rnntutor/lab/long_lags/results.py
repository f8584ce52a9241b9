"""What the trials on the long-lag tasks gave, as chapter 10 shows it."""

from __future__ import annotations

import numpy as np

from rnntutor.lab import records


class Results:
    """The record that ``benchmarks/long_lags.py`` wrote.

    Attributes
    ----------
    record : dict
        All of it: settings, rates, trials.
    tasks : list of str
    nets : list of str
    """

    def __init__(self, record=None):
        self.record = records.record("long-lags") if record is None else record
        self.tasks, self.nets = list(self.record["settings"]), list(self.record["nets"])

    def rows(self, table, **wanted):
        """The rows of a table that have these values.

        Parameters
        ----------
        table : {"tried", "trials", "guesses"}
            The trials that the rates were chosen by, those that count, or the weights
            that were drawn.
        **wanted
            Such as ``task="adding"`` or ``net="GRU"``.

        Returns
        -------
        list of dict
        """
        return [row for row in self.record[table] if wanted.items() <= row.items()]

    def took(self, task, net, clip=True):
        """Sequences until the task was solved.

        Returns
        -------
        array (n_seeds,)
            NaN where it was not; empty if the net did not run on the task.
        """
        return _until(self.rows("trials", task=task, net=net, clip=clip), "sequences")

    def drawn(self, task, net):
        """As `took`, with the draws of all weights until they solved the task."""
        return _until(self.rows("guesses", task=task, net=net), "draws")

    def errors(self, task, net, clip=True):
        """The errors at the end of the trials that did not solve the task."""
        rows = self.rows("trials", task=task, net=net, clip=clip)
        return np.array([row["error"] for row in rows if row["ended"] != "solved"])

    def solved_at(self, task, net):
        """Of the seeds that rates were tried with, how many solved the task.

        Returns
        -------
        dict of {float: int}
            For each learning rate.
        """
        return {
            lr: len(self.rows("tried", task=task, net=net, lr=lr, ended="solved"))
            for lr in self.record["sweep"]["rates"][task]
        }


def summary(took):
    """How many trials succeeded, with the median and the range of what they took.

    >>> summary(np.array([600.0, np.nan, 1280.0]))
    ' 2 of 3      940 (600–1,280)'
    """
    done = np.sort(took[np.isfinite(took)])
    text = f"{len(done):2d} of {len(took)}"
    if len(done):
        text += f" {np.median(done):8,.0f} ({done[0]:,.0f}–{done[-1]:,.0f})"
    return text


def _until(rows, name):
    return np.array(
        [row[name] if row["ended"] == "solved" else np.nan for row in rows], float
    )
