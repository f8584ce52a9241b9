"""What may have caused a wrong gradient: each candidate says which of the wrong blocks
it explains to rounding.

A candidate takes a comparison and the blocks that are wrong, and yields (name of the
fault, blocks, words).
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check.compare import (
    close,
    compare_blocks,
    equal_gates,
    fixed_point,
    in_words,
    one_sequence,
    symmetric,
    units,
    without_recurrence,
)
from rnntutor.gradients.cell_check.problem import largest


def mean(seen, wrong):
    """The gradient divided by the size of the batch, and right for a batch of one."""
    problem = seen.problem
    B = problem.sizes[0]
    low = [p for p in wrong if close(B * seen.got[p], seen.expected[p], problem.tol)]
    alone = compare_blocks(one_sequence(problem)) if low else None
    low = [p for p in low if alone.right(p)]
    if low:
        words = f"expected the sum over the batch, got it divided by B = {B}"
        yield "mean-for-sum", low, words


def transposed(seen, wrong):
    """A square block that is the transpose of the right one; or the gradient is right
    for symmetric matrices.
    """
    turned = [
        block
        for block in wrong
        if block.is_parameter
        and seen.expected[block].ndim == 2
        and seen.expected[block].shape[0] == seen.expected[block].shape[1]
        and close(seen.got[block].T, seen.expected[block], seen.problem.tol)
    ]
    if turned:
        yield "transpose-missing", turned, "expected a gradient, got its transpose"
    words = (
        "expected a product with the transpose of a weight matrix, got a gradient that"
        " is right only for symmetric ones"
    )
    yield from _right_in(symmetric, seen, wrong, "transpose-missing", words)


def late(seen, wrong):
    """Right where the state does not change."""
    words = (
        "expected the state of one step, got that of the step before or after it: "
        "the gradient is right only where the two are equal"
    )
    yield from _right_in(fixed_point, seen, wrong, "off-by-one-in-time", words)


def _right_in(special_case, seen, wrong, fault, words):
    """The blocks that are right in a special case, if they are not all trivially so."""
    special = special_case(seen.problem)
    if special is None:
        return
    there = compare_blocks(special)
    right = [block for block in wrong if there.right(block)]
    if any(there.counts(block) for block in right):
        yield fault, right, words


def swapped(seen, wrong):
    """A block that holds the gradient of another one; or so it is once all gates are
    equal.
    """
    swaps = _exchanged(seen, wrong)
    if swaps:
        words = f"expected each gradient in its own place, got {_pairs(swaps)}"
        yield "swapped-gates", list(swaps), words
        return
    alike = equal_gates(seen.problem)
    if alike is None:
        return
    there = compare_blocks(alike)
    right = [block for block in wrong if there.right(block)]
    swaps = _exchanged(there, [block for block in wrong if block not in right])
    explained = [*right, *swaps]
    if any(there.counts(block) for block in explained):
        words = (
            "expected the gate of the equation, got another one: the gradient is right"
            " only if they are equal"
        )
        yield "swapped-gates", explained, words


def _exchanged(seen, wrong):
    """{block: block whose gradient it holds}."""
    tol, swaps = seen.problem.tol, {}
    for block in wrong:
        own = seen.expected[block]
        # those of the same array first
        others = sorted(seen.expected, key=lambda other: other.name != block.name)
        for other in others:
            its = seen.expected[other]
            if (
                other != block
                and its.shape == own.shape
                and seen.counts(other)
                and not close(its, own, tol)
                and close(seen.got[block], its, tol)
            ):
                swaps[block] = other
                break
    return swaps


def _pairs(swaps):
    """Which gradient is in which place."""
    within = {(p.number, q.number) for p, q in swaps.items() if p.name == q.name}
    words = [f"that of block {q} in block {p}" for p, q in sorted(within)]
    words += [
        f"that of {in_words([q])} in {in_words([p])}"
        for p, q in swaps.items()
        if p.name != q.name
    ]
    return ", ".join(words)


def not_carried(seen, wrong):
    """A path of the backward pass to the state before is missing: the one along the
    state, those through the weights, or all.
    """
    for block in wrong:
        if block.name == "dx":
            continue
        part = block.name[1:].removesuffix("_prev")
        fault, words = f"d{part}-not-carried", None
        if seen.absent(block):
            words = "expected what goes back to the step before, got zero"
        elif part == "h":
            if compare_blocks(without_recurrence(seen.problem)).absent(block):
                words = (
                    "expected the path along the state itself, got only those through"
                    " the weights"
                )
            elif _units_apart(seen.problem, block):
                words = (
                    "expected the paths through the weights, got only the one along the"
                    " state itself"
                )
        if words:
            yield fault, [block], words


def _units_apart(problem, block):
    """Whether each unit's derivative comes back to that unit alone, and should come
    back to others, too.
    """
    one, got, expected = one_sequence(problem), 0.0, 0.0
    for j, unit in enumerate(np.eye(problem.sizes[2])):
        dstate = type(one.dstate)(*(unit[None] * (largest(d) > 0) for d in one.dstate))
        there = compare_blocks(one._replace(dstate=dstate))
        got = max(got, largest(np.delete(there.got[block], j)))
        expected = max(expected, largest(np.delete(there.expected[block], j)))
    return got == 0 < expected


def per_unit_factor(seen, wrong):
    """Each unit times a number: a slope left out, a factor left out, z for 1 − z.

    For one sequence such a fault is a factor for each column of a block.  It is looked
    for among the numbers that the cell left behind for its backward pass, and its new
    state.
    """
    H = seen.problem.sizes[2]
    wrong = [block for block in wrong if seen.expected[block].shape[-1] == H]
    if not wrong:
        return
    rows = [
        compare_blocks(one_sequence(seen.problem, b))
        for b in range(seen.problem.sizes[0])
    ]
    factors = list(_factors([units(row.problem) for row in rows]))
    for block in wrong:
        if all(row.right(block) for row in rows):
            continue  # such a factor shows in one sequence, too
        for fault, words, missing, instead in factors:
            # got · missing = expected · instead, in every sequence
            if all(
                _equal(row.got[block] * m, row.expected[block] * i, seen.problem.tol)
                for row, m, i in zip(rows, missing, instead, strict=True)
            ):
                yield fault, [block], words
                break


def _equal(a, b, tol):
    """To rounding; two zeros are equal."""
    return close(a, b, tol) or not (np.any(a) or np.any(b))


SLOPES = (
    (
        "missing-sigmoid-slope",
        lambda v: v * (1 - v),
        "expected the slope v (1 − v) of the sigmoid, v = {}",
    ),
    (
        "missing-tanh-slope",
        lambda v: 1 - v * v,
        "expected the slope 1 − v² of tanh, v = {}",
    ),
    (
        "missing-relu-slope",
        lambda v: (v > 0) * 1.0,
        "expected the slope of the ReLU, 0 where v = {} is 0",
    ),
    ("missing-factor", lambda v: v, "expected the factor {}"),
    ("missing-factor", lambda v: 1 - v, "expected the factor 1 − {}"),
)


def _factors(units_of):
    """(fault, words, factor that is missing, factor in its place), the factors for each
    sequence of the batch.
    """
    names = [name for name in units_of[0] if all(name in row for row in units_of)]
    ones = [1.0 for _ in units_of]
    for fault, slope, words in SLOPES:
        for name in names:
            missing = [slope(row[name]) for row in units_of]
            if not all(close(one, np.ones_like(one), 1e-12) for one in missing):
                what = words.format(name)
                yield fault, f"{what}, got the gradient without it", missing, ones
    for name in names:
        v = [row[name] for row in units_of]
        complement = [1 - one for one in v]
        words = "expected the gate of the equation, got"
        yield "swapped-gates", f"{words} 1 − {name} for {name}", v, complement
        yield "swapped-gates", f"{words} {name} for 1 − {name}", complement, v
