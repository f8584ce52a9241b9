"""The fast schedule: the same numbers as the cell's own steps give, in less time and no
more memory.
"""

import gc
import sys
from pathlib import Path

import numpy as np
import pytest
from cases import COMPILED, RNNS, SHAPES, assert_same, normal_like, problem

from rnntutor import (
    GRU,
    LSTM,
    RNN,
    SGD,
    Embedded,
    Fast,
    LanguageModel,
    Model,
    NonFiniteError,
    Stacked,
    Truncation,
    Vocabulary,
    fit,
    sample,
    threads,
)
from rnntutor.fast import schedule
from rnntutor.text.net_config import build, describe
from rnntutor.text.sampling import pieces
from rnntutor.train import window_gradients
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

CELLS = [LSTM(), *RNNS]
# and what rounding may do, of a block's largest entry
DTYPES = {np.float32: 1e-5, np.float64: 2e-14}

each_cell = pytest.mark.parametrize("cell", CELLS, ids=str)
each_schedule = pytest.mark.parametrize(
    "compiled", COMPILED, ids=["numpy", "compiled"][: len(COMPILED)]
)
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: dtype.__name__)


def like(tree, rng, dtype, scale=1.0):
    return type(tree)(
        *(scale * rng.standard_normal(part.shape).astype(dtype) for part in tree)
    )


def agrees(have, want, bound):
    for (name, a), (_, b) in zip(leaves(have), leaves(want), strict=True):
        assert a.dtype == b.dtype and a.shape == b.shape, name
        assert np.abs(a - b).max() <= bound * max(np.abs(b).max(), 1e-2), name


@pytest.mark.equation("eq-lstm-cell")
@pytest.mark.equation("eq-rnn-cell")
@pytest.mark.parametrize("n", [1, 2], ids=["one thread", "two threads"])
@pytest.mark.parametrize("masked", [False, True], ids=["whole", "padded"])
@pytest.mark.parametrize("shape", [*SHAPES, (6, 5, 7, 18), (3, 11, 2, 83)], ids=str)
@each_dtype
@each_schedule
@each_cell
def test_outputs_and_gradients_are_the_cells(
    cell, compiled, dtype, shape, masked, n, monkeypatch
):
    T, B, D, H = shape
    # threads even for so little
    monkeypatch.setattr(sys.modules["rnntutor.fast.threads"], "WORTHWHILE", 0)
    rng = np.random.default_rng(shape)
    slow, fast = Model(cell, D, H, 5).net, Fast(cell, compiled)
    params = like(cell.init(rng, D, H, dtype), rng, dtype, 0.4)
    xs, dhs = (rng.standard_normal((T, B, size)).astype(dtype) for size in (D, H))
    state0, dstate_T = (like(cell.zero_state(params, B), rng, dtype) for _ in range(2))
    mask = rng.random((T, B)) < 0.7 if masked else None
    with threads(n):
        want, have = (net.forward(params, xs, state0, mask) for net in (slow, fast))
        bound = DTYPES[dtype]
        assert all(part.flags.c_contiguous for part in have.state_T)
        agrees(
            (have.outputs, have.final, *have.states),
            (want.outputs, want.final, *want.states),
            bound,
        )
        for _ in range(2):  # a second walk back finds everything in its place
            agrees(
                fast.backward(params, have, dhs, dstate_T),
                slow.backward(params, want, dhs, dstate_T),
                bound,
            )


@each_schedule
@each_cell
def test_all_is_computed_in_the_precision_of_the_parameters(cell, compiled, rng):
    drawn = problem(cell, (4, 3, 5, 6), rng, scale=0.4)
    params = tree_map(lambda part: part.astype(np.float32), drawn.params)
    single = tree_map(lambda part: part.astype(np.float32), drawn)
    results = []
    for given in (drawn, single):
        net = Fast(cell, compiled)
        passed = net.forward(params, *given.inputs[1:])
        back = net.backward(params, passed, given.dhs, given.dstate_T)
        results.append((passed.outputs, passed.state_T, *back))
    agrees(*results, 1e-5)


@pytest.mark.equation("eq-embedding")
@pytest.mark.equation("eq-embedding-grad")
@pytest.mark.parametrize("V", [3, 50], ids=["few symbols", "many symbols"])
@each_dtype
@each_schedule
@each_cell
def test_symbols_that_are_looked_up(cell, compiled, dtype, V):
    """With few symbols their products are looked up, with many their rows: the
    gradients are the same.
    """
    T, B, E, H = 4, 3, 5, 7
    rng = np.random.default_rng(V)
    slow, fast = Embedded(cell, E), Embedded(Fast(cell, compiled), E)
    params = slow.init(rng, V, H, dtype)
    ids, dhs = rng.integers(0, V, (T, B)), rng.standard_normal((T, B, H)).astype(dtype)
    want, have = (net.forward(params, ids) for net in (slow, fast))
    agrees(have.outputs, want.outputs, DTYPES[dtype])
    back = slow.backward(params, want, dhs), fast.backward(params, have, dhs)
    agrees(back[1][1:], back[0][1:], DTYPES[dtype])


# The compiled functions


@pytest.mark.skipif(not schedule.compiles(), reason="Numba or SciPy is not installed")
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sigmoid_and_tanh_are_accurate(dtype, note):
    numba = pytest.importorskip("numba")
    from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh

    @numba.njit(**OPTIONS)
    def both(x, s, t):
        for j in range(x.size):
            s[j], t[j] = sigmoid(x[j]), tanh(x[j])

    small = np.logspace(-30, 1.5, 2000)
    x = np.concatenate(
        [np.linspace(-80, 80, 20_001), small, -small, [0.0, 1e30, -1e30]]
    ).astype(dtype)
    s, t = np.empty_like(x), np.empty_like(x)
    both(x, s, t)
    exact, eps = x.astype(np.longdouble), np.finfo(dtype).eps
    in_range = np.abs(exact) < 1e4
    ulps = []
    for got, want in (
        (s[in_range], 1 / (1 + np.exp(-exact[in_range]))),
        (t, np.tanh(exact)),
    ):
        normal = np.abs(want) > np.finfo(dtype).tiny
        ulps.append(
            float(np.max(np.abs(got - want)[normal] / (eps * np.abs(want[normal]))))
        )
    note(
        f"compiled sigmoid and tanh, {np.dtype(dtype)}: {ulps[0]:.1f} and {ulps[1]:.1f}"
        " eps of the result"
    )
    assert max(ulps) <= 4
    assert s[-2] == 1 and s[-1] < 1e-30 and t[-2] == 1 and t[-1] == -1
    both(np.full(3, np.nan, dtype), s[:3], t[:3])
    assert np.isnan(s[:3]).all() and np.isnan(t[:3]).all()


@each_schedule
def test_overflow_is_found(compiled):
    model = Model(Fast(RNN("relu"), compiled), 2, 3, 4)
    params = model.init(np.random.default_rng(0), np.float32)
    params.cell.W_xh[:] = 3e38
    xs, targets = np.full((3, 2, 2), 10, np.float32), np.zeros((3, 2), int)
    with pytest.raises(NonFiniteError, match="hs: "):
        model.loss_and_grad(params, xs, targets)


# Memory


@each_schedule
def test_what_a_pass_left_stays_while_it_is_looked_at(compiled):
    """Memory is used again, but not that of an output somebody holds."""
    net, rng = Fast(LSTM(), compiled), np.random.default_rng(0)
    params, xs = net.init(rng, 3, 64), rng.standard_normal((50, 2, 3))
    first = net.forward(params, xs)
    kept, state = first.outputs[-1], first.state_T
    copies = [part.copy() for part in (kept, *state)]
    del first
    for sign in (-1, 2):
        net.forward(params, sign * xs)
    assert_same((kept, *state), tuple(copies))


@each_schedule
def test_memory_is_that_of_the_formula(compiled):
    """An LSTM keeps 6 numbers for each unit, step and sequence, and the state before
    the first step.
    """
    T, B, D, H = 11, 3, 5, 7
    net = Fast(LSTM(), compiled)
    params = net.init(np.random.default_rng(0), D, H, np.float32)
    with threads(2):
        passed = net.forward(params, np.zeros((T, B, D), np.float32))
    kept = passed.hs.nbytes + sum(buffer.nbytes for buffer in passed.buffers)
    assert kept == 4 * (6 * T + 2) * B * H


def resident():
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the system does not tell"
)
def test_a_million_steps_in_constant_memory(note):
    """Truncated backpropagation over one stream: 15,625 updates, the state carried on."""
    T, V = 64, 4
    model = Model(Fast(LSTM()), V, 8, V)
    rng = np.random.default_rng(0)
    xs, targets = (
        np.eye(V, dtype=np.float32)[rng.integers(0, V, (T, 1))],
        rng.integers(0, V, (T, 1)),
    )
    seen = []

    def stream():
        for i in range(1_000_000 // T):
            if i in (1000, 1_000_000 // T - 1):
                gc.collect()
                seen.append(resident())
            yield xs, targets

    params = model.init(rng, np.float32)
    fitted = fit(model, params, stream(), SGD(0.1), carry_state=True, progress=False)
    assert len(fitted.history.losses) == 1_000_000 // T
    grown = seen[1] - seen[0]
    note(
        f"a stream of a million steps: {grown / 1e6:.1f} MB more after all updates than"
        " after 1000"
    )
    assert grown < 8e6  # the history of the losses is some of it


# What stands on a net


@each_schedule
@pytest.mark.parametrize(
    "cell", [LSTM(), RNN("tanh"), RNN("relu"), RNN("sigmoid")], ids=str
)
@pytest.mark.parametrize("embedded", [False, True], ids=["one-hot", "embedded"])
@pytest.mark.equation("eq-temperature")
def test_what_is_written_is_what_the_cell_writes(cell, compiled, embedded, monkeypatch):
    if compiled:
        monkeypatch.setattr("rnntutor.fast.compiled.sampling.PIECE", 25)
    V, rng = 11, np.random.default_rng(0)
    nets = [
        Embedded(net, 3) if embedded else net for net in (cell, Fast(cell, compiled))
    ]
    slow, fast = (Model(net, V, 8, V) for net in nets)
    for dtype in DTYPES:
        params = normal_like(slow.init(rng), rng)
        params = tree_map(lambda part, dtype=dtype: part.astype(dtype), params)
        for temperature in (1.0, 0.4, 0.0):
            written = [
                sample(
                    model,
                    params,
                    np.array([1, 2]),
                    60,
                    np.random.default_rng(3),
                    temperature,
                )
                for model in (slow, fast)
            ]
            np.testing.assert_array_equal(*written)


@each_schedule
def test_writing_stops_with_a_word_where_numbers_end(compiled):
    model = Model(Fast(RNN("relu"), compiled), 3, 4, 3)
    params = model.init(np.random.default_rng(0))
    params.cell.W_hh[:] = 1e30
    params.cell.b_h[:] = 1
    with (
        np.errstate(over="ignore", invalid="ignore"),
        pytest.raises(NonFiniteError, match=r"^hs: "),
    ):
        sample(model, params, np.array([0]), 50, np.random.default_rng(0))
    params.cell.W_hh[:], params.W_hy[:] = 1e50, 1e200
    with pytest.raises(NonFiniteError, match=r"^ys_raw: "):
        sample(model, params, np.array([0]), 50, np.random.default_rng(0))


@each_schedule
def test_machine_code_draws_many_symbols_in_one_go(compiled):
    fast = Fast(LSTM(), compiled)
    for net, many in (
        (fast, compiled),
        (Embedded(fast, 2), compiled),
        (Embedded(Stacked((fast,)), 2), False),
    ):
        model = Model(net, 3, 4, 3)
        params = model.init(np.random.default_rng(0))
        some = next(pieces(model, params, [0], 250, np.random.default_rng(0)))
        assert len(some) == (200 if many else 1)


@each_schedule
def test_windows_that_overlap(compiled):
    results = []
    for net in (LSTM(), Fast(LSTM(), compiled)):
        model = Model(net, 3, 4, 5)
        params = model.init(np.random.default_rng(1))
        xs, targets = (
            np.random.default_rng(2).standard_normal((9, 2, 3)),
            np.zeros((9, 2), int),
        )
        walk = window_gradients(
            model, params, xs, targets, Truncation(chunk=4, stride=2)
        )
        results.append([result.grads for _, result in walk])
    for have, want in zip(*results[::-1], strict=True):
        agrees(have, want, 1e-13)


def test_it_is_saved_and_read_with_its_model(tmp_path):
    vocabulary = Vocabulary.from_text("abc")
    model = LanguageModel(
        vocabulary, np.random.default_rng(0), H=4, cell=Embedded(Fast(LSTM()), 2)
    )
    model.save(tmp_path / "model")
    again = LanguageModel.load(tmp_path / "model")
    assert again.model == model.model


@pytest.fixture
def without(monkeypatch):
    """Call it with names of modules that are not to be found."""

    def block(*names):
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)
        schedule.compiles.cache_clear()

    yield block
    schedule.compiles.cache_clear()


@pytest.mark.parametrize("compiled", COMPILED)
def test_how_fast_it_is_is_no_part_of_a_model(compiled, tmp_path, without):
    cell = Stacked((Fast(LSTM(), compiled), Fast(RNN("tanh"), compiled)))
    model = LanguageModel(
        Vocabulary.from_text("abc"), np.random.default_rng(0), H=4, cell=cell
    )
    model.save(tmp_path / "model")
    without("numba")
    again = LanguageModel.load(tmp_path / "model")
    assert again.model.cell == Stacked((Fast(LSTM()), Fast(RNN("tanh"))))
    assert again.evaluate("abcabc") == pytest.approx(
        model.evaluate("abcabc"), rel=1e-12
    )
    # as files used to say
    assert build({**describe(Fast(LSTM())), "compiled": True}) == Fast(LSTM())


# Errors


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (
            lambda: Fast(GRU()),
            TypeError,
            r"cell: expected LSTM\(\) or RNN\(\), got GRU",
        ),
        (lambda: Fast(LSTM), TypeError, r"cell: expected LSTM\(\) or RNN\(\), got"),
        (
            lambda: Fast(LSTM(), compiled=1),
            TypeError,
            "compiled: expected bool, got int 1",
        ),
    ],
)
def test_a_wrong_argument_is_named(make, error, message):
    with pytest.raises(error, match=message):
        make()


@pytest.mark.parametrize("name", ["numba", "scipy.linalg.cython_blas"])
def test_without_numba_or_scipy_numpy_does_it(name, without):
    without(name)
    without_machine_code()


def test_a_numba_that_does_not_go_with_numpy_is_as_none(monkeypatch, without):
    def refuse(name):
        raise ImportError("Numba needs NumPy 2.2 or less. Got NumPy 2.4.")

    without()
    monkeypatch.setattr(schedule, "import_module", refuse)
    without_machine_code()


def without_machine_code():
    with pytest.raises(
        ModuleNotFoundError, match="compiled: expected Numba and SciPy to be installed"
    ):
        Fast(LSTM(), compiled=True)
    net = Fast(LSTM())
    passed = net.forward(net.init(np.random.default_rng(0), 2, 3), np.zeros((4, 1, 2)))
    assert passed.schedule.code.__name__ == "rnntutor.fast.plain.lstm"
