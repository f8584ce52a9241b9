"""`check_cell`: it passes what is right, finds what is not, and names the common
faults.

The faulty cells are in `planted` (wrong gradients) and `misbehaving` (everything else).
"""

import sys
import unittest
from typing import NamedTuple

import numpy as np
import pytest
from cases import CELLS, each_cell
from misbehaving import MISBEHAVING, ChangesDstate, ChangesItsState
from planted import FOUND, NAMED
from reading import ROOT

from rnntutor import GRU, LSTM, RNN, check_cell, sigmoid
from rnntutor.cells import GRUResetBefore
from rnntutor.gradients import parametrize_with_checks
from rnntutor.gradients.cell_check import CHECKS, FAULTS, Finding, Findings
from rnntutor.gradients.cell_check.compare import equal_gates, fixed_point, symmetric
from rnntutor.gradients.cell_check.problem import Problems

pytest_plugins = ["pytester"]

# The list that a reader is promised, less what a cell cannot have: an RNN has no gates
# and no c.
KINDS = {
    RNN: {"slope", "dh-not-carried", "transpose-missing", "off-by-one-in-time", "mean-for-sum"},
    LSTM: {
        "slope", "dh-not-carried", "dc-not-carried", "transpose-missing", "off-by-one-in-time",
        "swapped-gates", "mean-for-sum",
    },
    GRU: {
        "slope", "dh-not-carried", "transpose-missing", "off-by-one-in-time", "swapped-gates", "mean-for-sum",
    },
}  # fmt: skip


@each_cell
def test_a_right_cell_passes(cell):
    findings = check_cell(cell)
    assert findings.ok and findings.names == () and len(findings.checks) == 10, findings
    assert " ".join(str(findings).split()).startswith(
        f"{cell}: nothing found in 10 checks (structure, inputs,"
    )


@pytest.mark.parametrize("seed", range(1, 21))
def test_no_false_alarm(seed):
    sizes = [(1, 2), (2, 4), (5, 3), (3, 2), (4, 5)][seed % 5]
    for cell in CELLS:
        findings = check_cell(cell, *sizes, seed=seed)
        assert findings.ok, findings


@pytest.mark.parametrize("planted", NAMED, ids=str)
def test_a_common_fault_is_named(planted):
    findings = check_cell(planted.cell)
    assert findings.names == (planted.fault,), findings
    assert FAULTS[planted.fault] in str(findings) and not findings.ok
    for finding in findings.findings:
        assert finding.words.startswith("expected ") and ", got " in finding.words


def test_each_fault_of_the_list_is_planted_in_each_cell():
    for kind, faults in KINDS.items():
        planted = {one.fault for one in NAMED if isinstance(one.cell, kind)}
        have = {"slope" if fault.endswith("-slope") else fault for fault in planted}
        assert have == faults, kind
        slopes = {fault for fault in planted if fault.endswith("-slope")}
        relu = {"missing-relu-slope"} if kind is RNN else set()
        assert slopes == {"missing-sigmoid-slope", "missing-tanh-slope"} | relu
    promised = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"each of {len(NAMED)} planted cells" in promised


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("planted", NAMED[::6], ids=str)
def test_the_name_is_not_a_matter_of_luck(planted, seed):
    assert check_cell(planted.cell, 5, 3, seed=seed).names == (planted.fault,)


@pytest.mark.parametrize("planted", FOUND, ids=str)
def test_another_fault_is_found(planted):
    findings = check_cell(planted.cell)
    assert findings.names == (planted.fault,), findings


@pytest.mark.parametrize(
    ("cell", "name"), MISBEHAVING, ids=lambda value: type(value).__name__
)
def test_what_else_a_cell_can_do_wrong(cell, name):
    assert name in check_cell(cell).names


def two_faults(first, second):
    """A cell with the methods of two planted ones."""
    return type("Twice", (type(first.cell), type(second.cell)), {})(**vars(first.cell))


def test_two_faults_at_once_are_both_named():
    by_kind = {str(one): one for one in NAMED}
    cell = two_faults(
        by_kind["LSTM dW_hh with the new h"], by_kind["LSTM zero to c_prev"]
    )
    assert set(check_cell(cell).names) == {"off-by-one-in-time", "dc-not-carried"}
    cell = two_faults(by_kind["LSTM no slope of g"], by_kind["LSTM mean in the bias"])
    assert "missing-tanh-slope" in check_cell(cell).names


# A reader's own cell: no base class, other names, a tape without names, no adjoints.


class OwnState(NamedTuple):
    h: np.ndarray


class OwnParams(NamedTuple):
    U_z: np.ndarray
    U_n: np.ndarray
    V_z: np.ndarray
    V_n: np.ndarray
    bias: np.ndarray


class Own:
    """A minimal gated unit without a base class; `fault` plants one."""

    def __init__(self, fault=None):
        self.fault = fault

    def init(self, rng, D, H, dtype=np.float64):
        for name, value in (("D", D), ("H", H)):
            if value < 1:
                raise ValueError(f"{name} must be at least 1")
        if not hasattr(rng, "normal"):
            raise TypeError("rng must be a generator")
        shapes = [(D, H), (D, H), (H, H), (H, H), (H,)]
        return OwnParams(*(rng.normal(size=shape).astype(dtype) for shape in shapes))

    def check_params(self, params, name="params"):
        if not isinstance(params, OwnParams):
            raise TypeError(f"{name}: these are not mine")
        D, H = params.U_z.shape[:1] + params.bias.shape[:1]
        for field, shape in zip(
            params._fields, [(D, H), (D, H), (H, H), (H, H), (H,)], strict=True
        ):
            if getattr(params, field).shape != shape:
                raise ValueError(f"{name}.{field} has the wrong shape")
        return D, H

    def zero_state(self, params, B):
        return OwnState(np.zeros((B, len(params.bias)), params.bias.dtype))

    def step(self, params, x, state):
        U_z, U_n, V_z, V_n, bias = params
        z = sigmoid(x @ U_z + state.h @ V_z)
        n = np.tanh(x @ U_n + state.h @ V_n + bias)
        return OwnState((1 - z) * state.h + z * n), [x, state.h, z, n]

    def step_backward(self, params, tape, dstate):
        (x, h, z, n), dh = tape, dstate.h
        da_z = dh * (n - h) * z * (1 - z)
        da_n = dh * z * (1 if self.fault == "missing-tanh-slope" else 1 - n**2)
        dh_prev = dh * (1 - z) + da_z @ params.V_z.T + da_n @ params.V_n.T
        if self.fault == "transpose-missing":
            dh_prev = dh * (1 - z) + da_z @ params.V_z.T + da_n @ params.V_n
        if self.fault == "dh-not-carried":
            dh_prev = da_z @ params.V_z.T + da_n @ params.V_n.T
        if self.fault == "swapped-gates":
            da_z, da_n = da_n, da_z
        size = len(x) if self.fault == "mean-for-sum" else 1
        h_used = (1 - z) * h + z * n if self.fault == "off-by-one-in-time" else h
        grads = OwnParams(
            x.T @ da_z, x.T @ da_n, h_used.T @ da_z, h_used.T @ da_n, da_n.sum(axis=0)
        )
        grads = OwnParams(*(grad / size for grad in grads))
        if self.fault == "swapped-gates":
            return (
                x * 0 + da_z @ params.U_n.T + da_n @ params.U_z.T,
                OwnState(dh_prev),
                grads,
                None,
            )
        return da_z @ params.U_z.T + da_n @ params.U_n.T, OwnState(dh_prev), grads, None


def test_a_cell_of_one_s_own_passes():
    findings = check_cell(Own())
    assert findings.ok, findings
    assert str(findings).startswith("Own: nothing found")  # and no address


OWN = [
    "missing-tanh-slope",
    "transpose-missing",
    "dh-not-carried",
    "mean-for-sum",
    "off-by-one-in-time",
]


@pytest.mark.parametrize("fault", [*OWN, "swapped-gates"])
def test_a_fault_in_a_cell_of_one_s_own_is_named(fault):
    assert fault in check_cell(Own(fault)).names


class Projected(Own):
    """Reads x P + p, so that there is a bias as wide as the input."""

    class Params(NamedTuple):
        P: np.ndarray
        p: np.ndarray
        cell: OwnParams

    def init(self, rng, D, H, dtype=np.float64):
        cell = super().init(rng, D, H, dtype)
        P, p = (rng.normal(size=shape).astype(dtype) for shape in ((D, D), D))
        return self.Params(P, p, cell)

    def check_params(self, params, name="params"):
        D, H = super().check_params(getattr(params, "cell", None), name)
        for field, shape in (("P", (D, D)), ("p", (D,))):
            if getattr(params, field).shape != shape:
                raise ValueError(f"{name}.{field} has the wrong shape")
        return D, H

    def zero_state(self, params, B):
        return super().zero_state(params.cell, B)

    def step(self, params, x, state):
        new, tape = super().step(params.cell, x @ params.P + params.p, state)
        return new, (x, tape)

    def step_backward(self, params, tape, dstate):
        x, tape = tape
        du, dstate, cell, _ = super().step_backward(params.cell, tape, dstate)
        gradient = self.Params(x.T @ du, du.sum(axis=0), cell)
        return du @ params.P.T, dstate, gradient, None


def test_a_bias_may_be_of_any_width():
    assert check_cell(Projected()).ok
    names = check_cell(Projected("missing-tanh-slope")).names
    assert names[0] == "missing-tanh-slope"


def test_a_cell_is_asked_for_its_methods():
    for thing in (None, RNN, 3, np.tanh):
        with pytest.raises(
            TypeError, match=r"^cell: expected a cell such as RNN\(\), got "
        ):
            check_cell(thing)


# The mathematics alone.

INTERFACE = {"input-modified", "imaginary-part-dropped", "dtype", "layout", "errors"}


@pytest.mark.parametrize(
    ("cell", "name"), MISBEHAVING, ids=lambda value: type(value).__name__
)
def test_what_is_no_mathematics_is_left_out(cell, name):
    findings = check_cell(cell, interface=False)
    # these two compute with what they changed
    wrong = name not in INTERFACE or type(cell) in (ChangesItsState, ChangesDstate)
    assert findings.ok != wrong, findings
    assert name in findings.names or name in INTERFACE
    assert not {"inputs", "dtypes", "layouts", "errors"} & set(findings.checks)


@pytest.mark.parametrize("planted", NAMED[::6], ids=str)
def test_a_fault_has_its_name_without_the_interface(planted):
    assert check_cell(planted.cell, interface=False).names == (planted.fault,)


class Bare:
    """Right, and no more: no `check_params`, no names, a buffer of real numbers."""

    def init(self, rng, D, H):
        return rng.normal(size=(D, H)), rng.normal(size=(H, H)), rng.normal(size=H)

    def zero_state(self, params, B):
        return np.zeros((B, len(params[1])))

    def step(self, params, x, h):
        U, V, b = params
        new = np.empty(h.shape)
        new[:] = np.tanh(x @ U + h @ V + b)
        return new, {"x": x, "h": h, "new": new}

    def slope(self, new):
        return 1 - new**2

    def step_backward(self, params, tape, dh):
        U, V, _ = params
        da = dh * self.slope(tape["new"])
        gradient = tape["x"].T @ da, tape["h"].T @ da, da.sum(axis=0)
        return da @ U.T, da @ V.T, gradient


class BarePair(Bare):
    """With a memory of half of what was, in a tuple."""

    def zero_state(self, params, B):
        return super().zero_state(params, B), super().zero_state(params, B)

    def step(self, params, x, state):
        new, tape = super().step(params, x, state[0])
        c = state[1] / 2 + new
        return (3 * c, c), tape

    def step_backward(self, params, tape, dstate):
        dc = dstate[1] + 3 * dstate[0]
        dx, dh, gradient = super().step_backward(params, tape, dc)
        return dx, (dh, dc / 2), gradient


class OtherNames(BarePair):
    """The same in a NamedTuple that has no h."""

    class Pair(NamedTuple):
        hidden: np.ndarray
        memory: np.ndarray

    def zero_state(self, params, B):
        return self.Pair(*super().zero_state(params, B))

    def step(self, params, x, state):
        new, tape = super().step(params, x, (state.hidden, state.memory))
        return self.Pair(*new), tape


@pytest.mark.parametrize("kind", [Bare, BarePair, OtherNames])
def test_the_mathematics_needs_no_names(kind):
    findings = check_cell(kind(), interface=False)
    assert findings.ok and len(findings.checks) == 6, findings
    with pytest.raises(TypeError, match=r"^cell: expected a cell such as RNN\(\), got"):
        check_cell(kind())
    with_check = type("WithCheck", (kind,), {"check_params": lambda self, params: None})
    assert check_cell(with_check()).names == ("structure",)
    wrong = type("Wrong", (kind,), {"slope": lambda self, new: 1.0})
    assert check_cell(wrong(), interface=False).names == ("missing-tanh-slope",)


# Each check alone, as a test of pytest.


@parametrize_with_checks([RNN(), LSTM(), GRU()])
def test_each_check_passes_alone(cell, check):
    check(cell)


@parametrize_with_checks([Bare()], interface=False)
def test_each_check_of_the_mathematics_passes_alone(cell, check):
    check(cell)


def test_one_check_fails_and_what_needs_it_is_skipped():
    cell, outcomes = Own("missing-tanh-slope"), {}
    for check in CHECKS:
        try:
            outcomes[check.name] = check(cell)
        except (AssertionError, unittest.SkipTest) as error:
            outcomes[check.name] = str(error)
    failed = outcomes.pop("gradients of a step")
    skipped = outcomes.pop("gradients over time")
    assert failed.startswith("Own: 1 finding\n- missing tanh\u2032 · dU_n, ")
    assert skipped == "gradients over time: needs gradients of a step, which fails"
    assert set(outcomes.values()) == {None} and len(outcomes) == 8


def test_pytest_names_the_check_that_fails(pytester):
    pytester.makepyfile(
        """
        from rnntutor import RNN
        from rnntutor.gradients import parametrize_with_checks

        class Wrong(RNN):
            def activate_backward(self, cache, dstate):
                grads = RNN.activate_backward(self, cache, dstate)
                return grads._replace(da=dstate.h)

        @parametrize_with_checks([RNN(), Wrong("tanh")])
        def test_cell(cell, check):
            check(cell)
        """
    )
    result = pytester.runpytest_inprocess("-rfs", "-p", "no:cacheprovider")
    result.assert_outcomes(passed=18, failed=1, skipped=1)
    result.stdout.fnmatch_lines(
        [
            "E *missing tanh\u2032 · dW_xh, dW_hh, db_h: expected *",
            "FAILED *::test_cell[[]Wrong(activation='tanh')-gradients_of_a_step]*",
            "SKIPPED * gradients over time: needs gradients of a step, which fails",
        ]
    )


def test_what_is_no_list_of_cells_is_refused(monkeypatch):
    for cells, error, words in (
        (RNN(), TypeError, "a list of cells, got RNN"),
        ([], ValueError, "at least one cell, got an empty list"),
        ([RNN(), RNN], TypeError, "a cell such as RNN\\(\\), got <class"),
    ):
        with pytest.raises(error, match=f"^cells: expected {words}"):
            parametrize_with_checks(cells)
    monkeypatch.setitem(sys.modules, "pytest", None)
    with pytest.raises(ImportError, match=r"^parametrize_with_checks: .* pytest"):
        parametrize_with_checks([RNN()])


# What it is made of.


@pytest.mark.parametrize(
    "cell", [LSTM(), GRU(), GRUResetBefore(), RNN("tanh")], ids=str
)
def test_the_special_cases_are_what_they_say(cell, rng):
    problem = Problems(cell, rng).draw()
    W = symmetric(problem).params.W_hh
    assert all(
        np.array_equal(W[:, k : k + 4], W[:, k : k + 4].T)
        for k in range(0, W.shape[1], 4)
    )
    still = fixed_point(problem)
    new, _ = cell.step(still.params, still.x, still.state)
    assert all(
        np.max(np.abs(a - b)) < 1e-14 for a, b in zip(new, still.state, strict=True)
    )
    alike = equal_gates(problem)
    if isinstance(cell, RNN):
        assert alike is None
    else:
        _, tape = cell.step(alike.params, alike.x, alike.state)
        gates = (
            tape.cache[:2] if isinstance(cell, LSTM) else (tape.cache.z, tape.cache.r)
        )
        np.testing.assert_array_equal(*gates)


def test_the_same_seed_says_the_same():
    cell = NAMED[0].cell
    assert check_cell(cell) == check_cell(cell) and str(check_cell(cell)) == str(
        check_cell(cell)
    )


def test_findings_are_read_in_words_and_by_name():
    one = Finding("dc-not-carried", "dc_prev", "expected something, got nothing")
    findings = Findings("My()", ("a", "b"), (one, one._replace(where="elsewhere")))
    assert findings.names == ("dc-not-carried",) and not findings.ok
    assert str(findings).splitlines() == [
        "My(): 2 findings",
        "- dc not carried · dc_prev: expected something, got nothing",
        "- dc not carried · elsewhere: expected something, got nothing",
    ]
    assert all(
        len(line) <= 88 for line in str(check_cell(MISBEHAVING[0][0])).splitlines()
    )


def test_the_parts_of_a_state_may_have_any_names():
    """`dm not carried` is said of a part called m."""

    class Two(NamedTuple):
        h: np.ndarray
        m: np.ndarray

    class Memory(RNN):
        def zero_state(self, params, B):
            return Two(
                *(np.zeros((B, len(params.W_hh)), params.W_hh.dtype) for _ in range(2))
            )

        def step(self, params, x, state):
            new, tape = RNN("tanh").step(params, x, state)
            m = 0.5 * state.m + new.h * 2
            return Two(new.h + m, m), tape

        def step_backward(self, params, tape, dstate):
            dm = dstate.m + dstate.h
            dx, back, dparams, _ = RNN("tanh").step_backward(
                params, tape, Two(dstate.h + 2 * dm, dm)
            )
            return dx, Two(back.h, 0 * dm), dparams, None

    names = check_cell(Memory()).names
    assert "dm-not-carried" in names
