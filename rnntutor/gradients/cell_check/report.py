"""What `check_cell` reports: findings, each with a name and in words."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

# Every name that a finding can have, and its title. "d… not carried" has the part of
# the state in it.
FAULTS = {
    "missing-sigmoid-slope": "missing σ\u2032",
    "missing-tanh-slope": "missing tanh\u2032",
    "missing-relu-slope": "missing slope of the ReLU",
    "missing-factor": "missing factor",
    "dh-not-carried": "dh not carried",
    "dc-not-carried": "dc not carried",
    "transpose-missing": "transpose missing",
    "off-by-one-in-time": "off by one in t",
    "swapped-gates": "swapped gates",
    "mean-for-sum": "mean for sum",
    "gradient": "wrong gradient",
    "adjoint": "wrong adjoint",
    "through-time": "wrong over several steps",
    "imaginary-part-dropped": "imaginary part dropped",
    "input-modified": "input modified",
    "not-deterministic": "not deterministic",
    "holds-state": "state held between calls",
    "batch-mixed": "sequences of the batch mixed",
    "dtype": "wrong dtype",
    "layout": "depends on the layout of its arrays",
    "structure": "wrong structure",
    "errors": "bad input not refused",
    "crash": "crash",
}


def title(name):
    """The title of a fault."""
    return FAULTS.get(name) or name.replace("-", " ")


class Finding(NamedTuple):
    """One fault."""

    name: str  # one of FAULTS
    where: str  # which result, which call
    words: str  # what was expected and what came

    def __str__(self):
        text = f"{title(self.name)} · {self.where}: {self.words}"
        return textwrap.fill(text, 86, break_long_words=False)


class Findings(NamedTuple):
    """What `check_cell` found.  ``print(findings)`` says it in words; `ok` in one
    bool.
    """

    cell: str
    checks: tuple  # names of the checks that were run
    findings: tuple  # of Finding
    unchecked: tuple = ()  # names of adjoints whose quantity no line of the step has

    @property
    def ok(self):
        """Whether nothing was found."""
        return not self.findings

    @property
    def names(self):
        """The names of the faults, each once, in the order in which they were found."""
        return tuple(dict.fromkeys(finding.name for finding in self.findings))

    def __str__(self):
        n = len(self.findings)
        if self.ok:
            done = (
                f"{self.cell}: nothing found in {len(self.checks)} checks"
                f" ({', '.join(self.checks)})"
            )
            lines = [textwrap.fill(done, 88, subsequent_indent="  ")]
        else:
            lines = [f"{self.cell}: {n} finding{'s' if n > 1 else ''}"]
            lines += [f"- {one}".replace("\n", "\n  ") for one in self.findings]
        if self.unchecked:
            words = (
                "not checked, as no single line of source at hand computes the"
                f" quantity: {', '.join(self.unchecked)}"
            )
            lines.append(
                textwrap.fill(words, 88, initial_indent="  ", subsequent_indent="  ")
            )
        return "\n".join(lines)


class CheckFailed(Exception):
    """Raised where a check cannot go on; holds the finding."""

    def __init__(self, name, where, words):
        super().__init__(words)
        self.finding = Finding(name, where, words)
