"""What a net learns from in a trial, and when its task is solved: fixed sets, or
sequences that never come twice.
"""

from __future__ import annotations

from collections import deque

import numpy as np

RECENT = 2000  # so many training sequences in a row have to be right


class FixedSets:
    """Batches are drawn from the first set; the task is solved when all sequences of
    all sets are right.
    """

    def __init__(self, problem, model, rng, every):
        self.problem, self.model, self.rng, self.every = problem, model, rng, every
        self.sets, self.error = problem.sets(rng), float("nan")

    def batch(self, B):
        n = self.sets[0].xs.shape[1]
        return self.sets[0].pick(self.rng.integers(0, n, B) if B < n else np.arange(n))

    def learned(self, updates, task, before, outputs, after):
        if updates % self.every:
            return False
        errors, right = evaluate(self.problem, self.model, after, *self.sets)
        self.error = float(errors.mean())
        return right.all()


class Stream:
    """Every batch is new; the task is solved when the last 2,000 sequences were right
    as they came.
    """

    def __init__(self, problem, model, rng):
        self.problem, self.rng = problem, rng
        self.errors, self.streak = deque(maxlen=RECENT), 0

    @property
    def error(self):
        return float(np.mean(self.errors)) if self.errors else float("nan")

    def batch(self, B):
        return self.problem.fresh(self.rng, B)

    def learned(self, updates, task, before, outputs, after):
        errors, right = self.problem.score(task, outputs @ before.W_hy + before.b_y)
        self.errors.extend(errors)
        self.streak = (
            self.streak + len(right) if right.all() else int(np.argmin(right[::-1]))
        )
        return self.streak >= RECENT and self.error < self.problem.mean_error


def evaluate(problem, model, params, *sets):
    """Error of each sequence of the sets, and whether it is right."""
    scores = [
        problem.score(task, model.forward(params, task.xs).ys_raw) for task in sets
    ]
    return tuple(np.concatenate(both) for both in zip(*scores, strict=True))
