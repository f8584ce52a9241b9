"""The gradient of a problem twice, by the cell and by the oracle, block by block; and
special cases of a problem, in which a certain fault cannot show.

If a gradient is wrong in general and right in a special case, that fault is what it
has.  No knowledge of the cell's equations is needed for it, only that parameters
consist of blocks of H columns.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor.gradients.cell_check.problem import Problem, largest
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

# of the whole gradient's largest entry: a block that cancels is measured by this
NEGLIGIBLE = 1e-3


class Block(NamedTuple):
    """H columns of one array of the gradient, or all of an array without blocks."""

    name: str  # of the array: dW_xh, …, dx, dh_prev, …
    number: int  # from 1
    of: int

    @property
    def is_parameter(self):
        """Whether it belongs to a parameter, not to x or the state."""
        return not _is_input(self.name)


class Comparison(NamedTuple):
    """Both gradients of a problem, {Block: array}."""

    problem: Problem
    got: dict  # by the cell
    expected: dict  # by the oracle
    scale: float  # largest entry expected

    @property
    def wrong(self):
        """The blocks that differ."""
        return [block for block in self.expected if not self.right(block)]

    def right(self, block):
        """Whether a block agrees within the tolerance."""
        got, expected = self.got[block], self.expected[block]
        size = max(largest(expected), NEGLIGIBLE * self.scale) or 1.0
        return largest(got - expected) <= self.problem.tol * size

    def counts(self, block):
        """Whether a block is large enough for its being right to mean something."""
        return largest(self.expected[block]) > NEGLIGIBLE * self.scale

    def absent(self, block):
        """Whether the cell has zero where there is something."""
        return self.counts(block) and largest(self.got[block]) == 0


def compare_blocks(problem):
    """Both gradients of a problem."""
    H = problem.sizes[2]
    expected = _in_blocks(problem.expected(), H)
    scale = max(largest(array) for array in expected.values())
    return Comparison(problem, _in_blocks(problem.gradient(), H), expected, scale)


def close(a, b, tol):
    """Whether two arrays are equal to rounding, and not both zero."""
    size = max(largest(a), largest(b))
    return 0 < size < np.inf and largest(a - b) <= 100 * tol * size


def in_words(blocks):
    """The arrays, each with the numbers of its blocks."""
    numbers = {}
    for block in blocks:
        numbers.setdefault((block.name, block.of), []).append(block.number)
    words = []
    for (name, of), which in numbers.items():
        if len(which) == of:
            words.append(name)
        else:
            plural = "s" if len(which) > 1 else ""
            which = ", ".join(map(str, sorted(which)))
            words.append(f"{name} (block{plural} {which} of {of})")
    return ", ".join(words)


def _in_blocks(gradient, H):
    """{Block: array} from {name: array}."""
    out = {}
    for name, array in gradient.items():
        parts = [array] if _is_input(name) else _split(array, H)
        for k, part in enumerate(parts, start=1):
            out[Block(name, k, len(parts))] = part
    return out


def _is_input(name):
    return name == "dx" or name.endswith("_prev")


def _split(array, H):
    """The blocks of H columns; the array alone if its width is no multiple of H."""
    if array.ndim == 0 or array.shape[-1] % H:
        return [array]
    return np.split(array, array.shape[-1] // H, axis=-1)


# Special cases.


def symmetric(problem):
    """Square weight matrices, and square blocks, are symmetric: a missing transpose
    changes nothing.
    """

    def mean(W):
        square = W.ndim == 2 and W.shape[0] == W.shape[1]
        return (W + W.T) / 2 if square else W

    params = tree_map(mean, problem.params)
    return _with_blocks(problem._replace(params=params), mean)


def fixed_point(problem):
    """The step leads from a state to the same state: to mistake them changes nothing.
    None if no such state is found.
    """
    # weights so small that repeating the step converges, and not too slowly
    problem = problem._replace(params=tree_map(lambda W: W / 3, problem.params))
    for _ in range(1000):
        new, _ = problem.step()
        moved = max(largest(a - b) for a, b in zip(new, problem.state, strict=True))
        problem = problem._replace(state=new)
        if moved < 1e-15:
            return problem
    return None


def one_sequence(problem, b=0):
    """A batch of one: a mean over the batch is the sum."""
    x, state, dstate = tree_map(
        lambda a: a[b : b + 1], (problem.x, problem.state, problem.dstate)
    )
    return problem._replace(x=x, state=state, dstate=dstate)


def equal_gates(problem):
    """All blocks of a shape hold the same numbers, so gates are equal: to swap them
    changes nothing.  None if there are no two blocks of a shape.
    """
    first, blocks = {}, []

    def same(block):
        blocks.append(block)
        return first.setdefault(block.shape, block)

    problem = _with_blocks(problem, same)
    return problem if len(first) < len(blocks) else None


def without_recurrence(problem):
    """No matrix leads from h to h: what is left of the backward pass is the path along
    the state itself.
    """
    H = problem.sizes[2]
    return _with_blocks(problem, lambda W: 0 * W if W.shape == (H, H) else W)


def each_part(problem):
    """The problem once for each part of the state, with the derivative coming back to
    that part alone.
    """
    for name, _ in leaves(problem.dstate):
        parts = [d if other == name else 0 * d for other, d in leaves(problem.dstate)]
        yield name, problem._replace(dstate=type(problem.dstate)(*parts))


def _with_blocks(problem, function):
    """The problem with every block of its parameters replaced by ``function(block)``.

    What has no blocks stays as it is.
    """
    H = problem.sizes[2]

    def whole(array):
        if array.ndim == 0 or array.shape[-1] % H:
            return array
        return np.concatenate([function(part) for part in _split(array, H)], axis=-1)

    return problem._replace(params=tree_map(whole, problem.params))


# What a cell left behind for its backward pass.


def units(problem):
    """{name: array (H,)} for one sequence: what the tape holds of H numbers each, the
    new state, tanh of it.
    """
    H = problem.sizes[2]
    new, tape = problem.step()
    values = {}
    for name, array in arrays(tape):
        flat = np.ravel(array)
        if array.dtype.kind != "f" or not flat.size or flat.size % H:
            continue
        if array.shape[-1] == flat.size:
            K = flat.size // H
            for k, block in enumerate(np.split(flat, K), start=1):
                values[name if K == 1 else f"{name}, block {k}"] = block
    for name, part in zip(new._fields, new, strict=True):
        values.setdefault(f"the new {name}", part[0])
        values.setdefault(f"tanh of the new {name}", np.tanh(part[0]))
    return values


def arrays(thing, name="the tape"):
    """(name, array) for everything in a tape, whatever it is made of."""
    if isinstance(thing, np.ndarray):
        return [(name, thing)] if thing.ndim else []
    if isinstance(thing, tuple | list):
        numbered = [f"entry {i} of {name}" for i in range(1, len(thing) + 1)]
        members = zip(getattr(thing, "_fields", numbered), thing, strict=True)
    else:
        own = thing if isinstance(thing, dict) else getattr(thing, "__dict__", {})
        members = ((str(key), part) for key, part in own.items())
    return [pair for key, part in members for pair in arrays(part, key)]
