"""From two gradients that differ to a fault with a name, where one is found that fits
to rounding.

A backward pass is linear in what comes back to it, so each part of the state is looked
at alone.  The parameters come first: they are made from the adjoints of the
pre-activations.  Only if these are right is the fault looked for on the way from there
to x and to the step before.
"""

from __future__ import annotations

from rnntutor.gradients.cell_check import hypotheses as by
from rnntutor.gradients.cell_check.compared import compared, listed
from rnntutor.gradients.cell_check.consequences import following
from rnntutor.gradients.cell_check.findings import FAULTS, Finding
from rnntutor.gradients.cell_check.situations import each_part, without_recurrence
from rnntutor.gradients.cell_check.trial import largest

SEVERAL = "would each explain it"  # said where more than one fault fits

OF_PARAMETERS = (by.mean, by.transposed, by.late, by.swapped, by.element)
OF_OUTPUTS = (by.carried_nowhere, *OF_PARAMETERS)


def diagnose(trial):
    """The findings about one step's gradient; none if it is right."""
    if not compared(trial).wrong:
        return []
    named, open_ends, parts = {}, {}, list(each_part(trial))
    for part, alone in parts:
        seen = compared(alone)
        if not seen.wrong:
            continue
        back = f"d{part}_t" if len(parts) > 1 else ""
        if all(largest(mine) == 0 for mine in seen.analytic.values()):
            words = (
                "expected the derivative that comes back to the step to be used, got"
                " zero everywhere"
            )
            named[f"d{part}-not-carried", words] = ([], part)
            continue
        for name, words, found in _one_part(alone, seen):
            if name:
                named.setdefault((name, words), ([], part))[0].extend(found)
            else:
                open_ends.update(dict.fromkeys(found, (back, seen, words)))
    return [*_named(named), *_unnamed(open_ends, bool(named))]


def _one_part(trial, seen):
    """(name, words, pieces) of what is wrong; the name is "" for what is not explained,
    or by several.
    """
    inside = [p for p in seen.wrong if not _is_output(p)]
    outside = [p for p in seen.wrong if _is_output(p)]
    explained = _explain(trial, seen, inside, OF_PARAMETERS)
    rest = [p for p in seen.wrong if p not in explained]
    if inside:
        consequences = following(trial, seen, rest) if rest else ()
        rest = [p for p in rest if p not in consequences]
        # the same fault may show on the way out; another one has to wait until this one
        # is mended
        known = {name for reasons in explained.values() for name in reasons}
        for piece, reasons in _explain(
            trial, seen, [p for p in rest if p in outside], OF_OUTPUTS
        ).items():
            same = {
                name: words
                for name, words in reasons.items()
                if name in known or name.endswith("carried")
            }
            explained |= {piece: same} if same else {}
    else:
        explained |= _explain(trial, seen, outside, OF_OUTPUTS)
        explained |= _along_the_state(trial, [p for p in outside if p not in explained])
    for piece, reasons in explained.items():
        if len(reasons) == 1:
            yield *next(iter(reasons.items())), [piece]
        else:
            yield (
                "",
                f"{' and '.join(FAULTS[name] for name in reasons)} {SEVERAL}",
                [piece],
            )
    yield "", "", [p for p in rest if p not in explained]


def _is_output(piece):
    return piece.leaf == "dx" or piece.leaf.endswith("_prev")


def _explain(trial, seen, wrong, hypotheses):
    """{piece: {name: words}} by all hypotheses that fit."""
    explained = {}
    for hypothesis in hypotheses if wrong else ():
        for name, found, words in hypothesis(trial, seen, wrong):
            for piece in found:
                explained.setdefault(piece, {}).setdefault(name, words)
    return explained


def _along_the_state(trial, wrong):
    """What is wrong with h_{t−1} may be a factor of the path along the state, alone
    once W_hh is zero.
    """
    wrong = [p for p in wrong if p.leaf == "dh_prev"]
    alone = without_recurrence(trial)
    seen = compared(alone)
    return _explain(alone, seen, [p for p in wrong if not seen.right(p)], (by.element,))


def _named(named):
    """One finding for each fault; its pieces are those of all parts of the state."""
    merged = {}
    for (name, words), (found, part) in named.items():
        merged.setdefault((name, words), {}).update(dict.fromkeys(found))
        if not found:
            merged[name, words] = f"d{part} of the new state"
    for (name, words), found in merged.items():
        yield Finding(name, found if isinstance(found, str) else listed(found), words)


def _unnamed(open_ends, after_others):
    """One finding for all that is not explained."""
    if not open_ends:
        return
    piece, (back, seen, several) = next(iter(open_ends.items()))
    mine, true = seen.analytic[piece], seen.truth[piece]
    at = max(zip(abs(mine - true).ravel(), range(true.size), strict=True))[1]
    words = (
        f"expected {true.ravel()[at]:.6g}, got {mine.ravel()[at]:.6g} where"
        f" {piece.leaf} differs most"
    )
    if back:
        words += f" (from {back} alone)"
    if several:
        words += f"; {several}"
    if after_others:
        words += "; this may follow from what was found before"
    yield Finding("gradient", listed(open_ends), words)
