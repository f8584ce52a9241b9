"""What every task is: a batch of sequences, and which of their steps are asked."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check


class Task(NamedTuple):
    """A batch of sequences: inputs, targets, and when they count."""

    xs: np.ndarray  # (T, B, D)
    targets: np.ndarray  # (T, B) labels, or (T, B, V) numbers
    mask: np.ndarray  # (T, B), True where an answer is asked for

    def pick(self, columns):
        """The task of some of the sequences, without the steps at the end that none of
        them needs.

        Parameters
        ----------
        columns : int array (n,)
            Which sequences; one may occur more than once.

        Returns
        -------
        Task
            Or whatever tuple of arrays (T, B, …) with a mask this is.

        Raises
        ------
        TypeError, ValueError
            If `columns` are not integers from 0 to B − 1, or there is none.
        """
        columns = _check.array("columns", columns, ("n",), kind="integer")
        _check.below("columns", columns, self.mask.shape[1])
        steps = 1 + int(np.flatnonzero(self.mask[:, columns].any(axis=1))[-1])
        return type(self)(*(array[:steps, columns] for array in self))
