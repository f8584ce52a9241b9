"""`check_cell` checks every adjoint by name, and says of which it cannot."""

from typing import NamedTuple

import numpy as np
import pytest
from cases import each_cell
from planted import DOUBLED
from reading import ROOT

from rnntutor import LSTM, RNN, check_cell
from rnntutor.gradients.cell_check import adjoints
from rnntutor.gradients.cell_check.problem import Problems


@each_cell
def test_every_adjoint_of_the_package_is_checked(cell, rng):
    problem = Problems(cell, rng).draw()
    grads = problem.step_backward(problem.step()[1])[3]
    along = {"dc_prev"} if isinstance(cell, LSTM) else set()
    assert adjoints.expected_adjoints(problem).keys() == set(grads._fields) - along
    assert adjoints.unchecked(problem) == check_cell(cell).unchecked == ()


@pytest.mark.parametrize(("planted", "name"), DOUBLED, ids=str)
def test_an_adjoint_twice_as_large_is_found_by_name(planted, name):
    findings = check_cell(planted.cell)
    assert [(one.name, one.where) for one in findings.findings] == [
        ("adjoint", f"{name} of StepGrads")
    ]


def test_a_quantity_is_perturbed_where_it_is_computed(rng):
    """What the LSTM makes of c + 1 after the line of c."""
    problem = Problems(LSTM(), rng).draw()
    perturbed = adjoints.Perturbed(problem.cell, {"c", "o"})
    (h, c), tape = problem.step()
    plain = perturbed.step(problem.params, problem.x, problem.state)
    assert np.array_equal(plain.h, h) and np.array_equal(plain.c, c)
    assert np.array_equal(perturbed.values["o"], tape.cache.o) and np.array_equal(
        perturbed.values["c"], c
    )
    moved = perturbed.step(problem.params, problem.x, problem.state, c=np.ones((2, 4)))
    assert np.array_equal(moved.c, c + 1) and np.array_equal(
        moved.h, tape.cache.o * np.tanh(c + 1)
    )
    assert np.array_equal(perturbed.values["c"], c)
    assert np.array_equal(problem.step()[0].c, c)  # the cell itself stays as it was


def test_as_many_names_as_promised():
    promised = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"each of the {len(DOUBLED)} names, twice as large" in promised


class Grads(NamedTuple):
    dh: np.ndarray
    ds: np.ndarray


class Squares(RNN):
    """h = s² with s = tanh a, in a step of its own; ds is right."""

    def step(self, params, x, state):
        s = np.tanh(x @ params.W_xh + state.h @ params.W_hh + params.b_h)
        return type(state)(s * s), (x, state.h, s)

    def step_backward(self, params, tape, dstate):
        x, h_prev, s = tape
        ds = 2 * s * dstate.h
        da = ds * (1 - s * s)
        weights = type(params)(x.T @ da, h_prev.T @ da, da.sum(axis=0))
        return (
            da @ params.W_xh.T,
            type(dstate)(da @ params.W_hh.T),
            weights,
            Grads(dstate.h, ds),
        )


class TwoLines(Squares):
    """Which s is meant?"""

    def step(self, params, x, state):
        s = x @ params.W_xh + state.h @ params.W_hh + params.b_h
        s = np.tanh(s)
        return type(state)(s * s), (x, state.h, s)


class NoLine(Squares):
    """s under another name."""

    def step(self, params, x, state):
        root = np.tanh(x @ params.W_xh + state.h @ params.W_hh + params.b_h)
        return type(state)(root * root), (x, state.h, root)


class NoSource(Squares):
    """Its step cannot be read apart from its class."""

    def step(self, params, x, state):
        return super().step(params, x, state)


class OldState(Squares):
    """Has a line for h, but for the one before the step."""

    def step(self, params, x, state):
        h = state.h
        s = np.tanh(x @ params.W_xh + h @ params.W_hh + params.b_h)
        return type(state)(s * s), (x, h, s)


@pytest.mark.parametrize(
    ("kind", "unchecked"),
    [
        (Squares, ()),
        (OldState, ()),
        (TwoLines, ("ds",)),
        (NoLine, ("ds",)),
        (NoSource, ("ds",)),
    ],
)
def test_what_cannot_be_checked_is_told(kind, unchecked):
    findings = check_cell(kind())
    assert findings.ok and findings.unchecked == unchecked
    words = "no single line of source at hand computes the quantity: ds"
    assert (words in " ".join(str(findings).split())) == bool(unchecked)


class Half(Squares):
    def step_backward(self, params, tape, dstate):
        *rest, grads = Squares.step_backward(self, params, tape, dstate)
        return *rest, grads._replace(ds=grads.ds / 2)


class HalfUnchecked(Half, NoLine):
    pass


def test_only_what_can_be_checked_is_found():
    assert [one.where for one in check_cell(Half()).findings] == ["ds of Grads"]
    findings = check_cell(HalfUnchecked())
    assert findings.ok and findings.unchecked == ("ds",)
