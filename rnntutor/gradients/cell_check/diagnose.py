"""From two gradients that differ to a fault with a name, where one explains the
difference to rounding.

A backward pass is linear in what comes back to it, so each part of the state is looked
at alone.  The parameters come first: their gradients are made from the adjoints of the
pre-activations.  Only if these are right is the fault looked for on the way from there
to x and to the state before.
"""

from __future__ import annotations

import numpy as np

from rnntutor.gradients.cell_check import causes
from rnntutor.gradients.cell_check.compare import (
    close,
    compare_blocks,
    each_part,
    in_words,
    one_sequence,
    units,
    without_recurrence,
)
from rnntutor.gradients.cell_check.problem import largest
from rnntutor.gradients.cell_check.report import Finding, title
from rnntutor.tree import leaves

OF_PARAMETERS = (
    causes.mean,
    causes.transposed,
    causes.late,
    causes.swapped,
    causes.per_unit_factor,
)
OF_INPUTS = (causes.not_carried, *OF_PARAMETERS)


def diagnose(problem):
    """The findings about the gradient of one step, none if it is right; and whether
    more than one fault would explain what was found.
    """
    if not compare_blocks(problem).wrong:
        return [], False
    unused, named, unnamed, parts = [], {}, {}, list(each_part(problem))
    for part, alone in parts:
        seen = compare_blocks(alone)
        if seen.wrong and all(largest(array) == 0 for array in seen.got.values()):
            words = (
                "expected the derivative that comes back to the step to be used, got"
                " zero everywhere"
            )
            where = f"d{part} of the new state"
            unused.append(Finding(f"d{part}-not-carried", where, words))
            continue
        explained, rest = _explain_part(seen)
        origin = f" (from d{part}_t alone)" if len(parts) > 1 else ""
        for block, reasons in explained.items():
            if len(reasons) == 1:
                (reason,) = reasons.items()
                named.setdefault(reason, {})[block] = None
            else:
                unnamed[block] = (seen, origin, reasons)
        for block in rest:
            unnamed[block] = (seen, origin, {})
    found = [Finding(name, in_words(at), words) for (name, words), at in named.items()]
    found = unused + found
    if not unnamed:
        return found, False
    block, (seen, origin, reasons) = next(iter(unnamed.items()))
    words = _where_worst(seen, block) + origin
    if reasons:
        words += f"; {' and '.join(map(title, reasons))} would each explain it"
    if found:
        words += "; this may follow from what was found before"
    return [*found, Finding("gradient", in_words(unnamed), words)], bool(reasons)


def _where_worst(seen, block):
    """The entry of a block that differs most, in words."""
    got, expected = seen.got[block], seen.expected[block]
    at = np.unravel_index(np.argmax(abs(got - expected)), got.shape)
    return (
        f"expected {expected[at]:.6g}, got {got[at]:.6g} where {block.name} differs"
        " most"
    )


def _explain_part(seen):
    """{wrong block: {fault: words}}, and the wrong blocks that nothing explains."""
    parameters = [block for block in seen.wrong if block.is_parameter]
    inputs = [block for block in seen.wrong if not block.is_parameter]
    if not parameters:
        explained = _explain(seen, inputs, OF_INPUTS)
        rest = [block for block in inputs if block not in explained]
        explained |= _explain_path(seen.problem, rest)
        return explained, [block for block in rest if block not in explained]
    explained = _explain(seen, parameters, OF_PARAMETERS)
    rest = [block for block in seen.wrong if block not in explained]
    errors = downstream(seen, rest) if rest else ()
    rest = [block for block in rest if block not in errors]
    # The same fault may show on the way out; another one has to wait until this one is
    # mended.
    known = {fault for reasons in explained.values() for fault in reasons}
    inputs = [block for block in inputs if block in rest]
    for block, reasons in _explain(seen, inputs, OF_INPUTS).items():
        same = {
            fault: words
            for fault, words in reasons.items()
            if fault in known or fault.endswith("carried")
        }
        explained |= {block: same} if same else {}
    return explained, [block for block in rest if block not in explained]


def _explain(seen, wrong, candidates):
    """{block: {fault: words}} by all the candidates that fit."""
    explained = {}
    for candidate in candidates if wrong else ():
        for fault, blocks, words in candidate(seen, wrong):
            for block in blocks:
                explained.setdefault(block, {}).setdefault(fault, words)
    return explained


def _explain_path(problem, wrong):
    """What is wrong with dh_prev may be a factor on the path along the state, which is
    alone once W_hh is zero.
    """
    alone = compare_blocks(without_recurrence(problem))
    wrong = [b for b in wrong if b.name == "dh_prev" and not alone.right(b)]
    return _explain(alone, wrong, (causes.per_unit_factor,))


# Downstream errors.


def downstream(seen, wrong):
    """Those of the wrong blocks that are wrong only because adjoints of pre-activations
    are: with the cell's own ones in place of the true ones, they come out as the cell
    gave them.
    """
    problem, tol, found = seen.problem, seen.problem.tol, set()
    B, _, H = problem.sizes
    rows = [compare_blocks(one_sequence(problem, b)) for b in range(B)]
    values = [units(row.problem) for row in rows]
    factors = [np.stack([row[name] for row in values]) for name in values[0]]
    for bias, W in _layers(problem.params, H):
        # da (B, H) of each block, and what it sends back (B, len(W)): (got, expected)
        das = [
            (
                np.stack([row.got[block] for row in rows]),
                np.stack([row.expected[block] for row in rows]),
            )
            for block in seen.expected
            if block.name == f"d{bias}"
        ]
        blocks = np.split(W, W.shape[1] // H, axis=1)
        backs = [(a @ w.T, t @ w.T) for (a, t), w in zip(das, blocks, strict=True)]
        for block in wrong:
            got, expected = seen.got[block], seen.expected[block]
            if block.name == f"d{bias}" and len(W) == H:
                k = block.number - 1
                others = backs[:k] + backs[k + 1 :]
                if any(_in_proportion(*das[k], *other, tol) for other in others):
                    # with the weights that lead to these pre-activations
                    found |= {b for b in wrong if b[1:] == block[1:]}
            elif expected.shape == (B, len(W)):
                gaps = [a - t for a, t in backs]
                bound = 100 * tol * seen.scale
                if _sums_up(got - expected, gaps, factors, bound):
                    found.add(block)
            if expected.shape == (B, H) and any(
                _in_proportion(got, expected, *da, tol) for da in das
            ):
                found.add(block)
    return found


def _layers(params, H):
    """(name of a bias, weights of as many columns), where these are blocks."""
    named = leaves(params)
    for bias, b in named:
        for _, W in named:
            if b.ndim == 1 and W.ndim == 2 and W.shape[1] == b.size and not b.size % H:
                yield bias, W


def _in_proportion(got, expected, a, t, tol):
    """Whether the one is wrong by the factor by which the other is, unit by unit."""
    return close(got * t, expected * a, tol) and not close(a, t, tol)


def _sums_up(gap, terms, factors, bound):
    """Whether a gap is the sum of the terms, one of which may carry a factor for each
    unit.
    """
    rest = gap - sum(terms)
    return largest(rest) <= bound or any(
        largest(rest + term - factor * term) <= bound
        for term in terms
        for factor in factors
        if factor.shape == term.shape
    )
