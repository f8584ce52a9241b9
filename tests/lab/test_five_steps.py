"""The readable backward pass is right, and a planted line is the only thing that
changes.
"""

import inspect

import numpy as np
import pytest

import rnntutor as rt
from rnntutor.lab.five_steps import five_steps, plant


def problem(seed, T=5, B=2, D=3, H=4, V=6):
    rng = np.random.default_rng(seed)
    model = rt.Model(rt.RNN("sigmoid"), D, H, V)
    params = rt.tree.map(lambda p: rng.normal(size=p.shape), model.init(rng))
    return (
        model,
        params,
        rng.normal(size=(T, B, D)),
        rng.integers(0, V, size=(T, B)),
        rng.normal(size=(B, H)),
    )


@pytest.mark.parametrize(
    "sizes", [{}, {"T": 1}, {"B": 1}, {"D": 1}, {"H": 1}, {"V": 1}, {"T": 9, "H": 7}]
)
def test_five_steps_is_the_gradient(sizes):
    model, params, xs, targets, h_0 = problem(1, **sizes)
    for start in (None, h_0):
        state = None if start is None else rt.RNN.State(start)
        grads = five_steps(params, xs, targets, start)
        oracle = rt.complex_step(
            lambda p, s=state: model.loss(p, xs, targets, s, reduce="sum"), params
        )
        package = model.loss_and_grad(params, xs, targets, state, reduce="sum").grads
        assert rt.compare(grads, oracle, tol=1e-12).ok
        assert rt.compare(grads, package, tol=1e-12).ok


def lines_of_the_loop():
    source = inspect.getsource(five_steps).split("for t in range(len(xs), 0, -1):")[1]
    code = [line.partition("  #")[0].strip() for line in source.splitlines()]
    return [
        line
        for line in code
        if line and not line.startswith(("#", "return", "x, h", "y_raw"))
    ]


@pytest.mark.parametrize("line", lines_of_the_loop())
def test_every_line_of_the_way_back_matters(line):
    _, params, xs, targets, h_0 = problem(2)
    assign = line.split(" = ")[0].split(" += ")[0]
    faulty = plant(five_steps, (line, f"{line}; {assign} = {_halved(assign)}"))
    right = five_steps(params, xs, targets, h_0)
    assert (
        rt.gradients.relative_difference(faulty(params, xs, targets, h_0), right) > 1e-3
    )


def _halved(names):
    return ", ".join(f"0.5 * {name}" for name in names.split(", "))


def answer(x):
    y = x + 1  # a remark
    if x > 10:
        y = 0
    return y


def test_plant_replaces_one_line_and_leaves_the_function_alone():
    faulty = plant(answer, ("y = x + 1", "y = x + 2"), ("y = 0", "y = np.int64(7)"))
    assert (faulty(1), faulty(11)) == (3, 7)
    assert (answer(1), answer(11)) == (2, 0)


def test_new_lines_may_use_further_names():
    faulty = plant(answer, ("y = 0", "y = far(x)"), far=lambda x: -x)
    assert (faulty(1), faulty(11)) == (2, -11)


def test_plant_finds_functions_defined_within_functions():
    def inner(x):
        return 2 * x

    assert plant(inner, ("return 2 * x", "return 3 * x"))(5) == 15


@pytest.mark.parametrize(
    ("arguments", "kind", "words"),
    [
        (
            (3, ("a", "b")),
            TypeError,
            "function: expected a function written in Python, got 3",
        ),
        ((np.sin, ("a", "b")), TypeError, "written in Python, got <ufunc 'sin'>"),
        (
            (answer,),
            ValueError,
            "changes: expected at least one pair of lines, got none",
        ),
        (
            (answer, ("y = x", "y = 2")),
            ValueError,
            "expected lines that occur once, got 'y = x' 0 times",
        ),
        (
            (five_steps, ("", "pass")),
            ValueError,
            "changes: expected lines that occur once, got ''",
        ),
        (
            (answer, ("y = 0", "y = 0")),
            ValueError,
            "expected a replacement that differs, got 'y = 0' twice",
        ),
        (
            (answer, "y = 0"),
            TypeError,
            r"changes: expected pairs \(line, replacement\) of str, got 'y = 0'",
        ),
        (
            (answer, ("y = 0", 0)),
            TypeError,
            r"changes: expected pairs \(line, replacement\) of str",
        ),
    ],
)
def test_plant_refuses(arguments, kind, words):
    with pytest.raises(kind, match=words):
        plant(*arguments)
