"""Attention: weights, scores, and a net that looks up; adjoints against the complex
step, masks, padding, PyTorch.
"""

import importlib.util

import numpy as np
import pytest
from cases import assert_same, largest_difference, normal_like

from rnntutor import LSTM, Embedded, Model, Stacked, compare, complex_step, softmax
from rnntutor.nets import (
    Additive,
    Attending,
    Dot,
    attention_weights,
    attention_weights_backward,
)
from rnntutor.nets.attending import AttendingState

B, T, S, H, M, A = 2, 3, 5, 4, 6, 7
KINDS = [Dot(A), Additive(A)]
THERE = np.arange(S) < np.array([[5], [3]])
each_kind = pytest.mark.parametrize("kind", KINDS, ids=str)


def problem(kind, rng):
    """Parameters, who asks, and the memory."""
    params = normal_like(kind.init(rng, H, M), rng)
    return params, rng.standard_normal((B, T, H)), rng.standard_normal((B, S, M))


# What is computed.


@pytest.mark.equation("eq-attention-weights")
def test_weights_are_a_softmax_over_what_is_there(rng):
    scores = rng.standard_normal((B, T, S))
    np.testing.assert_allclose(
        attention_weights(scores), softmax(scores), rtol=0, atol=1e-15
    )
    weights = attention_weights(scores, THERE[:, None])
    for b, n in enumerate(THERE.sum(axis=1)):
        np.testing.assert_allclose(
            weights[b, :, :n], softmax(scores[b, :, :n]), rtol=0, atol=1e-15
        )
        assert (weights[b, :, n:] == 0).all()


@pytest.mark.equation("eq-attention-weights")
def test_a_score_of_any_size_does_no_harm():
    weights = attention_weights(np.array([[1.0, 1e300, 1.0]]), np.array([1, 0, 1]))
    assert weights.tolist() == [[0.5, 0.0, 0.5]]
    assert attention_weights(np.array([[1e300, 0.0]])).tolist() == [[1.0, 0.0]]
    rows = attention_weights(np.array([[1e300, 0.0], [2.0, 2.0]]))  # each on its own
    assert rows.tolist() == [[1.0, 0.0], [0.5, 0.5]]


@pytest.mark.equation("eq-query-key")
@pytest.mark.equation("eq-attention-dot")
@pytest.mark.equation("eq-attention-additive")
@pytest.mark.equation("eq-attention-read")
@each_kind
def test_a_look_one_number_at_a_time(kind, rng):
    params, hs, memory = problem(kind, rng)
    look = kind.forward(params, hs, memory, THERE.tolist())  # a list will do
    for b in range(B):
        for t in range(T):
            q, found = hs[b, t] @ params.W_q, []
            for s in range(THERE[b].sum()):
                k = memory[b, s] @ params.W_k
                if isinstance(kind, Dot):
                    found.append(sum(q * k) / A**0.5)
                else:
                    found.append(sum(np.tanh(q + k) * params.w))
            shares = np.exp(found) / np.exp(found).sum()
            read = sum(a * v for a, v in zip(shares, memory[b], strict=False))
            np.testing.assert_allclose(look.means[b, t], read, rtol=0, atol=1e-13)


# Gradients.


@pytest.mark.equation("eq-attention-dscores")
def test_the_adjoint_of_the_weights(rng):
    scores, dweights = rng.standard_normal((2, B, T, S))
    there = THERE[:, None]

    def value(scores):
        return (dweights * attention_weights(scores, there)).sum()

    got = attention_weights_backward(attention_weights(scores, there), dweights)
    assert compare(got, complex_step(value, scores), 1e-12).ok
    assert (got[np.broadcast_to(~there, got.shape)] == 0).all()


@pytest.mark.equation("eq-attention-dread")
@pytest.mark.equation("eq-attention-dinputs")
@pytest.mark.equation("eq-attention-ddot")
@pytest.mark.equation("eq-attention-dadditive")
@pytest.mark.parametrize("there", [None, THERE], ids=["all", "padded"])
@each_kind
def test_gradients_are_those_of_the_complex_step(kind, there, rng):
    at = problem(kind, rng)
    dmeans = rng.standard_normal((B, T, M))

    def value(at):
        return (dmeans * kind.forward(*at, there).means).sum()

    dhs, dmemory, dparams = kind.backward(at[0], kind.forward(*at, there), dmeans)
    report = compare((dparams, dhs, dmemory), complex_step(value, at), 1e-12)
    assert report.ok, report
    if there is not None:
        assert (dmemory[~there] == 0).all()


@pytest.mark.equation("eq-attending")
@pytest.mark.equation("eq-attending-grads")
@each_kind
def test_a_net_that_looks_up(kind, rng):
    """With a memory of several places, some of them padding."""
    net = Attending(Stacked((LSTM(), LSTM())), kind, M)
    params = normal_like(net.init(rng, 3, H), rng, 0.5)
    xs, memory = rng.standard_normal((T, B, 3)), rng.standard_normal((B, S, M))
    there = THERE.astype(float)
    state0 = normal_like(net.forward(params, xs).state_T.net, rng)
    douts = rng.standard_normal((T, B, H))

    def run(at):
        params, xs, net0, memory = at
        state = AttendingState(net0, np.zeros((B, H)), memory, there)
        return net.forward(params, xs, state)

    def value(at):
        return (douts * run(at).outputs).sum()

    at = params, xs, state0, memory
    passed = run(at)
    hs = net.inner.forward(params.net, xs, state0).outputs
    look = kind.forward(params.look, np.swapaxes(hs, 0, 1), memory, there)
    both = np.concatenate([hs, np.swapaxes(look.means, 0, 1)], axis=-1)
    expected = np.tanh(both @ params.W_u + params.b_u)
    np.testing.assert_allclose(passed.outputs, expected, rtol=0, atol=1e-14)
    dxs, dstate0, dparams = net.backward(params, passed, douts)
    got = dparams, dxs, dstate0.net, dstate0.memory
    report = compare(got, complex_step(value, at), 1e-12)
    assert report.ok, report
    assert (dstate0.memory[there == 0] == 0).all()


@pytest.mark.equation("eq-attending-grads")
def test_what_comes_back_to_memory_and_mask(rng):
    """Both stay as they are, so that a derivative by what they are at the end arrives
    whole; the memory has that of being read besides.
    """
    net = Attending(LSTM(), Dot(A), M)
    params, xs = net.init(rng, 3, H), rng.standard_normal((T, B, 3))
    memory, there = rng.standard_normal((B, S, M)), np.ones((B, S))
    passed = net.forward(params, xs, AttendingState(None, None, memory, there))
    dread = net.backward(params, passed, passed.outputs)[1].memory
    dmemory, dthere = normal_like((memory, there), rng)
    for by_memory, by_there in ((None, None), (dmemory, None), (None, dthere)):
        dstate_T = AttendingState(None, None, by_memory, by_there)
        got = net.backward(params, passed, passed.outputs, dstate_T)[1]
        assert_same(got.memory, dread if by_memory is None else dread + dmemory)
        assert_same(got.there, 0 * there if by_there is None else dthere)


@pytest.mark.equation("eq-attending")
@each_kind
def test_fresh_weights_fill_the_range_of_their_sums(kind, rng):
    params = Attending(LSTM(), kind, 40).init(rng, 3, 60)
    look = params.look
    drawn = {"W_u": (params.W_u, 100), "W_q": (look.W_q, 60), "W_k": (look.W_k, 40)}
    for name, (W, n) in drawn.items():
        assert 0.95 < W.max() * np.sqrt(n) < 1 and -1 < W.min() * np.sqrt(n) < -0.95, (
            name
        )
    assert not params.b_u.any()


# Padding.


@each_kind
def test_what_stands_in_the_padding_changes_nothing(kind, rng):
    params, hs, memory = problem(kind, rng)
    dmeans, results = rng.standard_normal((B, T, M)), []
    for rubbish in (0.0, 1e6):
        spoilt = np.where(THERE[..., None], memory, rubbish)
        look = kind.forward(params, hs, spoilt, THERE)
        results.append((look.means, look.weights, *kind.backward(params, look, dmeans)))
    assert_same(*results)


@each_kind
def test_padded_equals_alone(kind, rng):
    params, hs, memory = problem(kind, rng)
    together = kind.forward(params, hs, memory, THERE)
    for b, n in enumerate(THERE.sum(axis=1)):
        alone = kind.forward(params, hs[[b]], memory[[b], :n])
        assert largest_difference(together.means[[b]], alone.means) <= 1e-14


# PyTorch.


@pytest.mark.skipif(
    importlib.util.find_spec("torch") is None,
    reason="PyTorch is not installed (pip install torch)",
)
@each_kind
def test_pytorch_finds_the_same(kind, rng):
    import torch

    params, hs, memory = problem(kind, rng)
    dmeans = rng.standard_normal((B, T, M))
    leaves = [torch.tensor(one, requires_grad=True) for one in (*params, hs, memory)]
    (W_q, W_k, *w), h, v = leaves[:-2], *leaves[-2:]
    there = torch.tensor(THERE)[:, None]
    if isinstance(kind, Dot):
        means = torch.nn.functional.scaled_dot_product_attention(
            h @ W_q, v @ W_k, v, attn_mask=there
        )
    else:
        e = torch.tanh((h @ W_q)[:, :, None] + (v @ W_k)[:, None]) @ w[0]
        means = torch.softmax(e.masked_fill(~there, -torch.inf), dim=-1) @ v
    (means * torch.tensor(dmeans)).sum().backward()
    look = kind.forward(params, hs, memory, THERE)
    dhs, dmemory, dparams = kind.backward(params, look, dmeans)
    assert largest_difference(look.means, means.detach().numpy()) <= 1e-13
    got = (*dparams, dhs, dmemory)
    theirs = tuple(one.grad.numpy() for one in leaves)
    size = max(np.abs(one).max() for one in theirs)
    assert largest_difference(got, theirs) <= 1e-13 * size


# Arguments.


@pytest.mark.parametrize("wrong", [0, -1, 2.0, "a"])
@pytest.mark.parametrize("make", [Dot, Additive])
def test_a_width_that_is_none(make, wrong):
    with pytest.raises((TypeError, ValueError), match=r"^A: expected an integer"):
        make(wrong)


def test_weights_that_cannot_be(rng):
    scores = rng.standard_normal((B, T, S))
    with pytest.raises(ValueError, match=r"^scores: expected shape \(\.\.\., T, S\)"):
        attention_weights(scores[0, 0])
    with pytest.raises(ValueError, match=r"^scores: expected finite numbers, got"):
        attention_weights(scores * np.nan)
    with pytest.raises(ValueError, match=r"^there: expected a shape that fits beside"):
        attention_weights(scores, np.ones(3))
    with pytest.raises(ValueError, match=r"^there: expected a place to look at"):
        attention_weights(scores, np.zeros(S))
    with pytest.raises(ValueError, match=r"^dweights: expected shape \(2, 3, 5\)"):
        attention_weights_backward(attention_weights(scores), scores[0])
    with pytest.raises(TypeError, match=r"^weights: expected an array"):
        attention_weights_backward("weights", scores)


def test_a_look_that_cannot_be(rng):
    kind = Dot(A)
    params, hs, memory = problem(kind, rng)
    look = kind.forward(params, hs, memory)
    wrong = [
        ((tuple(params), hs, memory), "params: expected ScoreParams, got tuple"),
        ((params, hs[..., 1:], memory), "hs: expected shape"),
        ((params, hs, memory[:1]), "memory: expected shape"),
        ((params, hs, memory, THERE[:1]), "there: expected shape"),
        ((params._replace(W_k=params.W_k[:, 1:]), hs, memory), "params.W_k: expected"),
    ]
    for arguments, said in wrong:
        with pytest.raises((TypeError, ValueError), match=rf"^{said}"):
            kind.forward(*arguments)
    with pytest.raises(TypeError, match=r"^look: expected Look, got tuple"):
        kind.backward(params, (), hs)
    with pytest.raises(ValueError, match=r"^dmeans: expected shape"):
        kind.backward(params, look, hs[:1])
    for name, value in (("H", 0), ("M", 1.5), ("rng", "a"), ("dtype", int)):
        given = {"rng": rng, "H": H, "M": M, "dtype": float} | {name: value}
        with pytest.raises((TypeError, ValueError), match=rf"^{name}: expected"):
            kind.init(**given)


def test_a_net_that_cannot_be(rng):
    with pytest.raises(TypeError, match=r"^attention: expected Attention, got int"):
        Attending(LSTM(), 3, M)
    with pytest.raises(ValueError, match=r"^M: expected an integer of at least 1"):
        Attending(LSTM(), Dot(A), 0)
    with pytest.raises(TypeError, match=r"^cell: expected a cell such as"):
        Attending(3, Dot(A), M)
    net = Attending(Embedded(LSTM(), 2), Dot(A), M)
    params, ids = net.init(rng, 3, H), rng.integers(0, 3, (T, B))
    passed = net.forward(params, ids)
    fewer = params._replace(look=Dot(A).init(rng, H, M + 1))
    with pytest.raises(ValueError, match=r"^params\.look: expected H, M = 4, 6, got"):
        net.forward(fewer, ids)
    with pytest.raises(ValueError, match=r"^params\.W_u: expected shape \(10, 4\)"):
        net.forward(params._replace(W_u=params.W_u[1:]), ids)
    with pytest.raises(TypeError, match=r"^state0: expected AttendingState, got LSTM"):
        net.forward(params, ids, LSTM.State(np.zeros((B, H)), np.zeros((B, H))))
    odd = passed.state_T._replace(memory=np.zeros((B, 2, M - 1)))
    with pytest.raises(ValueError, match=r"^state0\.memory: expected shape"):
        net.forward(params, ids, odd)
    with pytest.raises(TypeError, match=r"^passed: expected AttendingPass, got"):
        net.backward(params, passed.net, passed.outputs)
    with pytest.raises(ValueError, match=r"^douts: expected shape"):
        net.backward(params, passed, passed.outputs[:1])


def test_it_has_no_schedule_of_its_own(rng):
    from rnntutor import Fast

    model = Model(Attending(Fast(LSTM(), compiled=False), Dot(A), M), 3, H, 5)
    plain = Model(Attending(LSTM(), Dot(A), M), 3, H, 5)
    params = model.init(rng)
    xs, targets = rng.standard_normal((T, B, 3)), rng.integers(0, 5, (T, B))
    found = (one.loss_and_grad(params, xs, targets).grads for one in (model, plain))
    assert largest_difference(*found) <= 1e-13


@pytest.mark.equation("eq-attending")
def test_without_a_memory_there_is_one_place_of_zeros(rng):
    net = Attending(LSTM(), Dot(2), 3)
    passed = net.run(net.init(rng, 2, 4), rng.standard_normal((5, 2, 2)))
    assert passed.weights.tolist() == np.ones((2, 5, 1)).tolist()
    assert (passed.look.memory == np.zeros((2, 1, 3))).all()


def test_its_states_are_the_start_and_one_after_each_step(rng):
    net = Attending(LSTM(), Dot(2), 3)
    passed = net.run(net.init(rng, 2, 4), rng.standard_normal((5, 2, 2)))
    start, *states = passed.states
    assert_same(start.u, np.zeros((2, 4)))
    assert_same(np.stack([state.u for state in states]), passed.outputs)
    assert_same(states[-1], passed.state_T)
