"""One-line faults in a backward pass, planted on purpose: what would a check see?

`five_steps` is the backward pass of the book, written to be read.  `plant` makes a copy
of it, or of any function, in which a line is replaced.
"""

from __future__ import annotations

import ast
import inspect
import textwrap

import numpy as np

from rnntutor import _check
from rnntutor.cells.activations import sigmoid
from rnntutor.cells.rnn import RNN
from rnntutor.model.model import ModelParams
from rnntutor.text.batches import one_hot
from rnntutor.tree import map as tree_map


def five_steps(params, xs, targets, h_0=None):
    """Gradient of the summed loss of a sigmoid RNN, in the five steps of the
    derivation.

    Every formula is taken literally, a line each.  It is meant for reading and for
    `plant`; `Model.loss_and_grad` does the same for any size, any cell and any input.

    Parameters
    ----------
    params : ModelParams
    xs : array (T, B, D)
    targets : int array (T, B)
    h_0 : array (B, H), optional
        The initial state; zeros if left out.

    Returns
    -------
    ModelParams
    """
    (W_xh, W_hh, b_h), W_hy, b_y = params
    hs = [np.zeros((xs.shape[1], len(W_hh))) if h_0 is None else h_0]
    for x in xs:
        hs.append(sigmoid(x @ W_xh + hs[-1] @ W_hh + b_h))  # eq-rnn-cell
    dW_xh, dW_hh, db_h = tree_map(np.zeros_like, params.cell)
    dW_hy, db_y = np.zeros_like(W_hy), np.zeros_like(b_y)

    delta_next = h_next = np.zeros_like(hs[0])  # nothing comes after T
    for t in range(len(xs), 0, -1):
        x, h, h_prev = xs[t - 1], hs[t], hs[t - 1]
        y_raw, y_bar = h @ W_hy + b_y, one_hot(targets[t - 1], len(b_y))
        A = np.exp(y_raw).sum(axis=1, keepdims=True)
        # Step 1
        dy_raw = -y_bar + np.exp(y_raw) / A  # eq-dy-raw
        # Step 2
        dW_hy += h.T @ dy_raw  # eq-readout-grads
        db_y += dy_raw.sum(axis=0)  # eq-readout-grads
        # Step 3
        slope_next = h_next * (1 - h_next)
        delta = dy_raw @ W_hy.T + (delta_next * slope_next) @ W_hh.T  # eq-dh
        # Step 4
        da = delta * h * (1 - h)  # eq-da
        # Step 5
        dW_xh += x.T @ da  # eq-rnn-grads
        dW_hh += h_prev.T @ da  # eq-rnn-grads
        db_h += da.sum(axis=0)  # eq-rnn-grads
        # What the step before will need
        delta_next, h_next = delta, h
    return ModelParams(RNN.Params(dW_xh, dW_hh, db_h), dW_hy, db_y)


def plant(function, *changes, **names):
    """Make a copy of a function in which lines are replaced.

    Parameters
    ----------
    function : callable
        Written in Python, its source at hand.
    *changes : (str, str)
        A line as it stands, without indentation and trailing comment, or a whole
        statement, over however many lines it goes; and what to put there.
    **names
        What the new lines need and the function's module does not have.

    Returns
    -------
    callable
        `function` itself stays as it is.

    Raises
    ------
    TypeError, ValueError
        If a change is not a pair of str, a line does not occur exactly once, or nothing
        would change.
    """
    if not inspect.isfunction(function):
        raise TypeError(
            "function: expected a function written in Python, got"
            f" {_check.short(function)}"
        )
    if not changes:
        raise ValueError("changes: expected at least one pair of lines, got none")
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    code = [line.partition("  #")[0].strip() for line in lines]
    for change in changes:
        right, wrong = _pair(change)
        places = [(i, i + 1) for i, line in enumerate(code) if line == right]
        places = places or _statements(lines, right)
        if len(places) != 1:
            raise ValueError(
                f"changes: expected lines that occur once, got {right!r}"
                f" {len(places)} times"
            )
        ((at, end),) = places
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        # blank lines in place of the others, so that those below keep their numbers
        lines[at:end] = [indent + wrong] + [""] * (end - at - 1)
        code[at:end] = [wrong] + [""] * (end - at - 1)
    scope = {**function.__globals__, **names}
    exec(compile("\n".join(lines), f"<{function.__name__}, planted>", "exec"), scope)
    return scope[function.__name__]


def _statements(lines, text):
    """Where a statement stands, (first line, last + 1), over however many lines."""
    try:
        (wanted,) = ast.parse(text).body
    except (SyntaxError, ValueError):
        return []  # a part of a statement stands on a line of its own or nowhere
    return [
        (node.lineno - 1, node.end_lineno)
        for node in ast.walk(ast.parse("\n".join(lines)))
        if isinstance(node, ast.stmt) and ast.dump(node) == ast.dump(wanted)
    ]


def _pair(change):
    if not (
        isinstance(change, tuple)
        and len(change) == 2
        and all(isinstance(line, str) for line in change)
    ):
        raise TypeError(
            "changes: expected pairs (line, replacement) of str, got"
            f" {_check.short(change)}"
        )
    if change[0] == change[1]:
        raise ValueError(
            f"changes: expected a replacement that differs, got {change[0]!r} twice"
        )
    return change
