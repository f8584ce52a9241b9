"""What was found, in words and by name."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

# Every name that a finding can have, and what it says. "d… not carried" has the part of
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


class Finding(NamedTuple):
    """One fault."""

    name: str  # one of FAULTS
    where: str  # which result, which call
    words: str  # what was expected and what came

    def __str__(self):
        title = FAULTS.get(self.name) or self.name.replace("-", " ")
        text = f"{title} · {self.where}: {self.words}"
        return textwrap.fill(text, 86, break_long_words=False)


class Findings(NamedTuple):
    """What `check_cell` found.  ``print(findings)`` says it in words; `ok` in one
    bool.
    """

    cell: str
    checks: tuple  # names of the checks that were run
    findings: tuple  # of Finding
    unjudged: tuple = ()  # names of adjoints that no line of the cell's step explains

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
            said = [textwrap.fill(done, 88, subsequent_indent="  ")]
        else:
            head = f"{self.cell}: {n} finding{'s' if n > 1 else ''}"
            said = [
                head,
                *(f"- {finding}".replace("\n", "\n  ") for finding in self.findings),
            ]
        if self.unjudged:
            why = (
                "no single line of source at hand computes what it is the derivative by"
            )
            words = f"not judged, as {why}: {', '.join(self.unjudged)}"
            said.append(
                textwrap.fill(words, 88, initial_indent="  ", subsequent_indent="  ")
            )
        return "\n".join(said)


class Found(Exception):
    """Raised where a check cannot go on."""

    def __init__(self, name, where, words):
        super().__init__(words)
        self.finding = Finding(name, where, words)
