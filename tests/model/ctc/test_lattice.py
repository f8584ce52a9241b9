"""The loss against all paths written out, its gradient against the complex step, and
what may not matter.
"""

import math

import numpy as np
import pytest
from every_path import every_path, loss_and_gradient, reads_as, softmax_of
from hypothesis import given
from hypothesis import strategies as st

from rnntutor import NonFiniteError, compare, complex_step, softmax
from rnntutor.model.ctc import align, ctc_loss, forward_backward
from rnntutor.model.losses import REDUCE

T, V = 5, 4
LABELS = [[0, 1, 2], [1, 1], [], [2], [0, 0, 1], [1, 0, 1, 0, 1], [2, 2, 2]]
MASK = np.arange(T)[:, None] < [5, 4, 3, 1, 4, 5, 5]
MASK[1, 1], MASK[4, 1] = False, True  # nor need padding be at the end


@pytest.fixture
def ys_raw(rng):
    return 2 * rng.standard_normal((T, len(LABELS), V))


def each_alone(ys_raw, mask):
    """Loss and gradient (T_i, V) of each sequence by its definition, without padding."""
    for b, labels in enumerate(LABELS):
        there = np.ones(T, bool) if mask is None else mask[:, b]
        yield there, *loss_and_gradient(ys_raw[there, b].tolist(), labels)


@pytest.mark.equation("eq-ctc-gradient")
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_loss_and_gradient_are_sums_over_every_path(ys_raw, mask, note):
    loss, dys_raw = ctc_loss(ys_raw, LABELS, mask, "sum")
    losses, gradient = [], np.zeros_like(dys_raw)
    for b, (there, of_one, of_steps) in enumerate(each_alone(ys_raw, mask)):
        losses.append(of_one)
        gradient[there, b] = of_steps
    worst = np.abs(dys_raw - gradient).max() / np.abs(gradient).max()
    assert math.isclose(loss, sum(losses), rel_tol=1e-14) and worst <= 1e-14
    log_ps = forward_backward(ys_raw, LABELS, mask).log_ps
    np.testing.assert_allclose(-log_ps, losses, rtol=1e-14)
    note(f"CTC: gradient and all paths written out agree to {worst:.1e} of the largest")


@pytest.mark.equation("eq-ctc-gradient")
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
@pytest.mark.parametrize("reduce", REDUCE)
def test_the_gradient_is_that_of_the_complex_step(ys_raw, mask, reduce, note):
    dys_raw = ctc_loss(ys_raw, LABELS, mask, reduce)[1]
    oracle = complex_step(lambda at: ctc_loss(at, LABELS, mask, reduce)[0], ys_raw)
    report = compare(dys_raw, oracle, 1e-12)
    assert report.ok, report
    worst = np.abs(dys_raw - oracle).max() / np.abs(oracle).max()
    note(f"CTC, {reduce}: the complex step agrees to {worst:.1e} of the largest entry")


def test_what_reduce_means(ys_raw):
    losses = -forward_backward(ys_raw, LABELS).log_ps
    labels = sum(map(len, LABELS))
    want = {
        "sum": losses.sum(),
        "sequence": losses.mean(),
        "token": losses.sum() / labels,
    }
    for reduce in REDUCE:
        assert math.isclose(ctc_loss(ys_raw, LABELS, None, reduce)[0], want[reduce])
    assert ctc_loss(ys_raw, LABELS)[0] == ctc_loss(ys_raw, LABELS, None, "sequence")[0]


@pytest.mark.equation("eq-ctc-forward")
@pytest.mark.equation("eq-ctc-backward")
def test_forward_and_backward_variables(ys_raw):
    """Each is the sum over beginnings, or ends, of paths, of the sequence 1 1."""
    one = ys_raw[:, 0].tolist()
    lattice = forward_backward(ys_raw[:, :1], [[1, 1]])
    blank = V - 1
    assert lattice.classes.tolist() == [[blank, 1, blank, 1, blank]]
    for t in range(T + 1):
        begun, ended = np.zeros(5), np.zeros(5)
        for way, p in ways(one[:t], (blank, 1, blank, 1, blank), 0):
            begun[way[-1]] += p
        for s in range(5):
            for way, p in ways(one[t:], (blank, 1, blank, 1, blank), s):
                ended[s] += p * (way[-1] >= 3)
        np.testing.assert_allclose(np.exp(lattice.alphas[t, 0]), begun, rtol=1e-13)
        np.testing.assert_allclose(np.exp(lattice.betas[t, 0]), ended, rtol=1e-13)
    np.testing.assert_allclose(lattice.occupancy.sum(axis=2), 1, rtol=1e-14)
    assert lattice.occupancy.shape == (T, 1, 5)


def ways(rows, classes, s):
    """All ways from position s over the steps `rows`, with their probabilities."""
    if not rows:
        yield [s], 1.0
        return
    y = softmax_of(rows[0])
    for ahead in (0, 1, 2):
        to = s + ahead
        over_a_blank = ahead < 2 or (to < 5 and classes[to] != classes[s])
        if to < len(classes) and over_a_blank:
            for way, p in ways(rows[1:], classes, to):
                yield [s, *way], p * y[classes[to]]


@pytest.mark.equation("eq-ctc-sum")
@pytest.mark.parametrize("mask", [None, MASK], ids=["whole", "masked"])
def test_at_every_step_the_paths_are_the_same(ys_raw, mask):
    lattice = forward_backward(ys_raw, LABELS, mask)
    both = np.exp(lattice.alphas + lattice.betas).sum(axis=2)
    np.testing.assert_allclose(
        both, np.broadcast_to(np.exp(lattice.log_ps), both.shape), rtol=1e-13
    )


def test_no_labels_are_read_from_blanks_alone(ys_raw):
    loss, dys_raw = ctc_loss(ys_raw[:, :1], [[]])
    ys = softmax(ys_raw[:, :1])
    assert math.isclose(loss, -np.log(ys[..., -1]).sum(), rel_tol=1e-14)
    np.testing.assert_allclose(dys_raw, ys - np.eye(V)[-1], atol=1e-15)
    nothing = np.zeros((T, 1), bool)
    loss, dys_raw = ctc_loss(ys_raw[:, :1], [[]], nothing)
    assert loss == 0 and (dys_raw == 0).all()


def test_the_gradient_of_each_step_sums_to_zero(ys_raw):
    dys_raw = ctc_loss(ys_raw, LABELS, MASK)[1]
    np.testing.assert_allclose(dys_raw.sum(axis=2), 0, atol=1e-15)
    assert (dys_raw[~MASK] == 0).all()


@given(
    st.integers(0, 9999),
    st.lists(st.lists(st.integers(0, 2), max_size=3), min_size=1, max_size=4),
    st.integers(0, 4),
    st.floats(-5, 5) | st.just(math.nan) | st.just(math.inf),
)
def test_padding_does_not_matter(seed, labels, more, filling):
    """However many steps are padding, wherever they are, whatever they hold; nor who
    else is in the batch.
    """
    rng, B = np.random.default_rng(seed), len(labels)
    alone = [rng.standard_normal((rng.integers(5, 8), 3 + 1)) for _ in labels]
    steps = max(map(len, alone)) + more
    ys_raw, mask = np.full((steps, B, 4), filling), np.zeros((steps, B), bool)
    for b, one in enumerate(alone):
        at = np.sort(rng.choice(steps, len(one), replace=False))
        mask[at, b] = True
        ys_raw[at, b] = one
    loss, dys_raw = ctc_loss(ys_raw, labels, mask, "sum")
    losses = []
    for b, one in enumerate(alone):
        of_one, gradient = ctc_loss(one[:, None], labels[b : b + 1])
        losses.append(of_one)
        np.testing.assert_allclose(dys_raw[mask[:, b], b], gradient[:, 0], atol=1e-14)
    assert math.isclose(loss, sum(losses), rel_tol=1e-13)
    assert (dys_raw[~mask] == 0).all()


@pytest.mark.parametrize(
    ("dtype", "bound"), [(np.float32, 1e-6), (np.complex64, 1e-6), (np.complex128, 0)]
)
def test_precision_is_that_of_the_outputs(ys_raw, dtype, bound):
    loss, dys_raw = ctc_loss(ys_raw, LABELS)
    have, dhave = ctc_loss(ys_raw.astype(dtype), LABELS)
    assert have.dtype == dhave.dtype == dtype
    assert abs(have - loss) <= max(bound, 1e-15) * 10
    assert np.abs(dhave - dys_raw).max() <= max(bound, 1e-15)
    assert forward_backward(ys_raw.astype(np.float32), LABELS).alphas.dtype == float


def test_long_sequences_do_not_underflow(rng):
    ys_raw = 5 * rng.standard_normal((1000, 2, 4))
    loss, dys_raw = ctc_loss(ys_raw, [[0, 1, 2] * 100, [1]])
    assert 800 < loss < math.inf and np.isfinite(dys_raw).all()
    sure = np.full((4, 1, 3), -1e6)
    sure[[0, 1, 2, 3], 0, [0, 2, 0, 1]] = 1e6
    loss, dys_raw = ctc_loss(sure, [[0, 0, 1]])
    assert loss == 0 and np.abs(dys_raw).max() == 0
    loss, dys_raw = ctc_loss(sure, [[1]])  # as good as impossible
    # two paths: the first step and the third are not what they should be
    assert math.isclose(loss, 4e6 - math.log(2)) and np.abs(dys_raw).max() == 1


@pytest.mark.parametrize("function", [ctc_loss, forward_backward, align])
def test_no_probability_at_all_is_named(function):
    ys_raw = np.full((2, 2, 2), 1e308)
    ys_raw[:, 1, 0] = -1e308
    with pytest.raises(NonFiniteError, match=r"^log_ps: 1 non-finite of 2, the first"):
        function(ys_raw, [[0], [0]])


def test_labels_in_any_form(ys_raw):
    want = ctc_loss(ys_raw[:, :2], [[0, 1], [2, 2]])
    for labels in (
        ((0, 1), (2, 2)),
        np.array([[0, 1], [2, 2]], np.uint8),
        [np.array([0, 1]), [2, 2]],
    ):
        have = ctc_loss(ys_raw[:, :2], labels)
        assert have[0] == want[0] and (have[1] == want[1]).all()


def test_outputs_may_be_lists_of_integers():
    loss, dys_raw = ctc_loss([[[0, 1]], [[0, 0]]], [[0]])
    want, dwant = ctc_loss(np.array([[[0.0, 1]], [[0, 0]]]), [[0]])
    assert loss == want and dys_raw.dtype == float
    np.testing.assert_array_equal(dys_raw, dwant)


def test_arguments_are_not_changed(ys_raw):
    kept = ys_raw.copy()
    for array in (ys_raw, mask := MASK.copy()):
        array.setflags(write=False)
    ctc_loss(ys_raw, LABELS, mask)
    forward_backward(np.asfortranarray(ys_raw), LABELS, mask)
    assert (ys_raw == kept).all()


def test_the_reference_counts_every_path():
    assert reads_as((3, 0, 0, 3, 0, 1, 3), 3) == (0, 0, 1)
    ps = [p for _, p in every_path([[0.3, -1.0], [2.0, 0.1], [0.0, 0.0]])]
    assert len(ps) == 8 and math.isclose(sum(ps), 1)
