"""NaN and infinity in training: caught in the step in which they appear, named, and
nothing is lost.
"""

import numpy as np
import pytest
from cases import CELLS, assert_same
from loops import MODEL, PARAMS, D, H, V, batches, by_hand

from rnntutor import RNN, SGD, Model, NonFiniteError, fit
from rnntutor.model import readout
from rnntutor.model.losses import LOSSES
from rnntutor.nets import Unrolled, unroll
from rnntutor.train import Validation
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map


def spoil(tree, name, value):
    """A copy of the tree with one number of the named leaf replaced."""
    if isinstance(tree, Unrolled):
        return tree._replace(**{name: spoil(getattr(tree, name), "", value)})
    spoilt = {leaf: np.array(array) for leaf, array in leaves(tree)}
    spoilt[name].flat[-1] = value
    arrays = iter(spoilt.values())
    return tree_map(lambda _: next(arrays), tree)


def at_third_call(function, change):
    calls = []

    def changed(*args, **options):
        calls.append(1)
        result = function(*args, **options)
        return change(result) if len(calls) == 3 else result

    return changed


# The function whose third result is spoilt, the leaf of that result, and the tensor to
# be named.
SITES = [
    ("unroll.run", "hs", "hs"),
    ("cross_entropy", "0", "loss"),
    ("cross_entropy", "1", "dys_raw"),
    ("read_out_backward", "0", "dhs"),
    ("read_out_backward", "1", "grads.W_hy"),
    ("read_out_backward", "2", "grads.b_y"),
    ("unroll.run_backward", "0", "dxs"),
    ("unroll.run_backward", "1.h", "dstate0.h"),
    ("unroll.run_backward", "2.W_xh", "grads.cell.W_xh"),
    ("unroll.run_backward", "2.W_hh", "grads.cell.W_hh"),
    ("unroll.run_backward", "2.b_h", "grads.cell.b_h"),
]


def check_failure(error, tensor=None):
    """After a failure in the third update: the parameters of the second, the history,
    and what to do now.
    """
    fitted = error.fitted
    assert_same(fitted.params, by_hand(2, batches(5), SGD(0.5))[-1])
    assert fitted.stopped == "error" and fitted.history.updates == 2
    assert any(
        "error.fitted.params" in note and "After 2 updates" in note
        for note in error.__notes__
    )
    if tensor is not None:
        assert error.tensor == tensor
        assert str(error).startswith(f"{tensor}: ")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize(
    ("path", "leaf", "tensor"), SITES, ids=[tensor for *_, tensor in SITES]
)
def test_what_is_not_finite_is_caught_in_its_step(
    path, leaf, tensor, value, monkeypatch
):
    def spoiling(function):
        return at_third_call(function, lambda result: spoil(result, leaf, value))

    if path in LOSSES:
        loss = LOSSES[path]

        def both(*args):
            return loss.per_step(*args), args[-1]

        def per_step(*args):
            losses, gradient = both_spoilt(*args)
            args[-1][...] = gradient
            return losses

        both_spoilt = spoiling(both)
        monkeypatch.setitem(LOSSES, path, loss._replace(per_step=per_step))
    else:
        owner = unroll if path.startswith("unroll.") else readout
        name = path.removeprefix("unroll.")
        monkeypatch.setattr(owner, name, spoiling(getattr(owner, name)))
    before = tree_map(np.copy, PARAMS)
    with pytest.raises(NonFiniteError) as caught:
        fit(MODEL, PARAMS, batches(5), SGD(0.5))
    monkeypatch.undo()
    check_failure(caught.value, tensor)
    # how many, where, and what to do about it
    assert "1 non-finite of" in str(caught.value) and (
        "check" in str(caught.value) or "try" in str(caught.value)
    )
    assert_same(PARAMS, before)


def test_every_gradient_is_among_the_sites():
    named = {tensor for *_, tensor in SITES}
    assert {f"grads.{name}" for name, _ in leaves(PARAMS)} <= named


def test_outputs_that_overflow(monkeypatch):
    changed = at_third_call(unroll.run, lambda run: run._replace(hs=run.hs + 1e308))
    monkeypatch.setattr(unroll, "run", changed)
    with pytest.raises(NonFiniteError, match=r"^ys_raw: ") as caught:
        fit(MODEL, PARAMS._replace(W_hy=PARAMS.W_hy + 10), batches(5), SGD(0.5))
    assert caught.value.tensor == "ys_raw" and caught.value.fitted.history.updates == 2


@pytest.mark.parametrize("name", ["W_xh", "W_hh", "b_h"])
def test_an_update_that_overflows(name, monkeypatch):
    huge = at_third_call(
        unroll.run_backward, lambda parts: spoil(parts, f"2.{name}", 1e300)
    )
    monkeypatch.setattr(unroll, "run_backward", huge)
    with pytest.raises(
        NonFiniteError, match=r"was not taken: the learning rate is too large"
    ) as caught:
        fit(MODEL, PARAMS, batches(5), SGD(lambda n: 0.5 if n < 2 else 1e10))
    monkeypatch.undo()
    check_failure(caught.value, f"params.cell.{name}")


@pytest.mark.parametrize("rate", [np.nan, np.inf, 0.0, -0.1])
def test_a_schedule_that_gives_no_rate(rate):
    with pytest.raises(
        ValueError, match=r"^lr: expected a finite number above 0, got "
    ) as caught:
        fit(MODEL, PARAMS, batches(5), SGD(lambda n: rate if n == 2 else 0.5))
    check_failure(caught.value)


@pytest.mark.parametrize("where", [0, 1])
def test_a_bad_batch_in_the_middle(where):
    data = batches(5)
    data[2] = (
        (spoil(data[2][0], "", np.nan), data[2][1])
        if where == 0
        else (data[2][0], data[2][1] + V)
    )
    with pytest.raises(
        ValueError,
        match=[r"^xs: expected finite", r"^targets: expected integers from 0"][where],
    ) as e:
        fit(MODEL, PARAMS, data, SGD(0.5))
    check_failure(e.value)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("every", [2, 100])
def test_a_validation_loss_that_is_not_finite(value, every):
    """Also at the very end, after the last update."""
    with pytest.raises(
        NonFiniteError, match=r"^validation loss: .* learning rate"
    ) as caught:
        fit(
            MODEL,
            PARAMS,
            batches(2),
            SGD(0.5),
            validation=Validation(lambda params: value, every=every),
        )
    check_failure_params = by_hand(2, batches(2), SGD(0.5))[-1]
    assert_same(caught.value.fitted.params, check_failure_params)
    assert caught.value.fitted.history.valid_losses == []


def test_any_error_of_a_callback_keeps_what_was_learned():
    def broken(line):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full") as caught:
        fit(
            MODEL,
            PARAMS,
            batches(5),
            SGD(0.5),
            validation=Validation(lambda params: 1.0, every=2, log=broken),
        )
    check_failure(caught.value)


@pytest.mark.parametrize(
    "cell", [cell for cell in CELLS if cell != RNN("relu")], ids=str
)
def test_an_absurd_learning_rate_gives_an_error_or_numbers(cell):
    """Saturating cells stay finite for long; whatever happens, there is no NaN in what
    comes out.
    """
    model = Model(cell, D, H, V)
    for lr in (1e3, 1e30, 1e150, 1e308):
        try:
            fitted = fit(
                model,
                model.init(np.random.default_rng(0)),
                batches(9),
                SGD(lr),
                epochs=3,
            )
        except NonFiniteError as error:
            fitted = error.fitted
        assert all(np.isfinite(leaf).all() for _, leaf in leaves(fitted.params))
        assert np.isfinite(fitted.history.losses).all()


def test_a_relu_net_that_explodes_says_so():
    model = Model(RNN("relu"), D, H, V)
    params = model.init(np.random.default_rng(0))
    with pytest.raises(NonFiniteError) as caught:
        fit(model, params, batches(9, T=40), SGD(1e6), epochs=20)
    assert all(
        np.isfinite(leaf).all() for _, leaf in leaves(caught.value.fitted.params)
    )
    assert "learning rate" in "".join(caught.value.__notes__)
