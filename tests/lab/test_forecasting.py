"""Forecasting: the data, origins and scaling, baselines, scores, and the gradient of
forecasts that are read again.
"""

import numpy as np
import pytest

from rnntutor import GRU, LSTM, RNN, Fast, Model, _data, compare, complex_step, tree
from rnntutor.lab import forecasting as fc
from rnntutor.lab.forecasting import series as files
from rnntutor.model.losses import squared_error

each_load = pytest.mark.parametrize("load", [fc.traffic, fc.weather, fc.carbon_dioxide])


# the data


@each_load
def test_a_series_is_whole(load):
    found = load()
    N, S = found.values.shape
    assert found.values.dtype == np.float64 and np.isfinite(found.values).all()
    assert found.times.shape == (N,) and len(found.names) == S
    assert len(set(np.diff(found.times).tolist())) == 1
    assert found.known.shape[0] == N + 1 and found.measured.shape == (N,)
    load().values[:] = 0  # the caller's own
    assert load().values.any()


def test_a_changed_file_is_noticed(monkeypatch, tmp_path):
    (tmp_path / "series.npz").write_bytes(b"other")
    monkeypatch.setattr(_data, "FOLDER", tmp_path)
    files._read.cache_clear()
    with pytest.raises(ValueError, match=r"^series.npz: expected the data file"):
        fc.weather()
    files._read.cache_clear()


# origins


def test_what_comes_and_what_was():
    values = np.arange(10.0)[:, None]
    assert fc.ahead(values, np.array([3, 7]), 3)[..., 0].T.tolist() == [
        [3, 4, 5],
        [7, 8, 9],
    ]
    assert fc.before(values, np.array([3, 10]), 3)[..., 0].T.tolist() == [
        [0, 1, 2],
        [7, 8, 9],
    ]


@pytest.mark.parametrize("origins", [[8], [-1], []])
def test_origins_out_of_bounds_are_named(origins):
    with pytest.raises((TypeError, ValueError), match=r"^origins: expected"):
        fc.ahead(np.zeros((10, 1)), np.array(origins, int), 3)
    with pytest.raises((TypeError, ValueError), match=r"^origins: expected"):
        fc.before(np.zeros((10, 1)), np.array([2]), 3)


def test_a_net_reads_the_values_and_what_is_known_of_the_next_step():
    z, known = np.arange(10.0)[:, None], 100 + np.arange(11.0)[:, None]
    xs = fc.inputs(z, known, np.array([5]), 2)
    assert xs[:, 0].tolist() == [[3, 104], [4, 105]]


@pytest.mark.parametrize("name", fc.PLANS)
@pytest.mark.parametrize("changes", [False, True])
def test_the_future_changes_nothing_that_is_fitted(name, changes, monkeypatch):
    """Scaling and unit are those of the first part, whatever comes later."""
    task = fc.Task(name, changes)
    end = task.ends["train"]
    loaded = task.series
    spoilt = loaded._replace(values=loaded.values.copy())
    spoilt.values[end:] *= 1000
    plan = fc.PLANS[name]._replace(load=lambda: spoilt)
    monkeypatch.setitem(fc.PLANS, name, plan)
    other = fc.Task(name, changes)
    np.testing.assert_array_equal(task.z[:end], other.z[:end])
    np.testing.assert_array_equal(task.unit, other.unit)


@pytest.mark.parametrize("name", fc.PLANS)
@pytest.mark.parametrize("changes", [False, True])
def test_the_truth_scores_zero(name, changes):
    task = fc.Task(name, changes)
    for part in ("valid", "test"):
        origins = task.origins(part, 3, 50)
        true = task.undo(fc.ahead(task.z, origins, 3), origins)
        assert task.score(true, origins) < 1e-12


def test_parts_do_not_overlap():
    task = fc.Task("traffic")
    for part, after in (("train", "valid"), ("valid", "test")):
        last = task.origins(part, 24)[-1] + 24
        assert last == task.ends[part] == task.origins(after, 24)[0]


# baselines


def test_baselines_by_hand():
    values = np.array([1.0, 2, 4, 8, 9])[:, None]
    at = np.array([4])
    assert fc.naive(values, at, 2).ravel().tolist() == [8, 8]
    assert fc.seasonal_naive(values, at, 5, 2).ravel().tolist() == [4, 8, 4, 8, 4]
    slope = 7 / 3
    np.testing.assert_allclose(
        fc.drift(values, at, 2).ravel(), [8 + slope, 8 + 2 * slope]
    )


@pytest.mark.equation("eq-ridge")
def test_the_line_is_at_the_minimum(rng):
    z, known = rng.normal(size=(60, 2)), rng.normal(size=(61, 3))
    origins, ridge = np.arange(5, 50), 0.7
    line = fc.Line.fit(z, known, origins, 2, 4, ridge)
    targets = fc.ahead(z, origins, 2)

    def loss(weights):
        found = fc.Line(weights, 4, 2).forecast(z, known, origins)
        return ((found - targets) ** 2).sum() + ridge * (weights**2).sum()

    least = loss(line.weights)
    for _ in range(20):
        assert loss(line.weights + 1e-3 * rng.normal(size=line.weights.shape)) > least


def test_a_line_for_each_group_is_fitted_on_its_own(rng):
    z, known = rng.normal(size=(60, 1)), np.zeros((61, 0))
    origins, group = np.arange(5, 55), np.arange(61) % 2
    both = fc.Line.fit(z, known, origins, 1, 3, 0.1, group)
    odd = fc.Line.fit(z, known, origins[group[origins] == 1], 1, 3, 0.1)
    np.testing.assert_allclose(both.weights[1], odd.weights[0], rtol=1e-12)
    np.testing.assert_allclose(
        both.forecast(z, known, np.array([57]), group),
        odd.forecast(z, known, np.array([57])),
    )


# scores


@pytest.mark.equation("eq-mase")
def test_mase_by_hand():
    values = np.array([[0.0], [10], [2], [14]])
    unit = fc.seasonal_error(values, 2)
    assert unit.tolist() == [3]
    found, true = np.array([[1.0], [5]]), np.array([[4.0], [5]])
    assert fc.mase(found, true, unit) == 0.5


@pytest.mark.equation("eq-mase")
def test_the_seasonal_naive_forecast_scores_one_on_what_it_was_fitted_on(rng):
    values = rng.normal(size=(50, 3))
    unit = fc.seasonal_error(values, 7)
    origins = np.arange(7, 50)
    found = fc.seasonal_naive(values, origins, 1, 7)
    assert fc.mase(found, fc.ahead(values, origins, 1), unit) == pytest.approx(1)


def test_wrong_scores_are_named():
    one = np.ones((4, 1))
    for call, said in (
        (lambda: fc.seasonal_error(one, 4), r"^period: expected less than 4"),
        (lambda: fc.seasonal_error(one, 1), r"^values: expected series that change"),
        (lambda: fc.mase(one[1:], one, [1.0]), r"^forecasts: expected shape"),
        (lambda: fc.mase(one, one, [1.0, 2]), r"^unit: expected shape"),
        (lambda: fc.coverage(one[1:], one, one), r"^low: expected shape"),
    ):
        with pytest.raises(ValueError, match=said):
            call()


def test_coverage():
    true = np.arange(4.0)
    assert fc.coverage(true - [0, 0, 1, -1], true + 1, true) == 0.75


# forecasts that are read again


@pytest.mark.equation("eq-feedback", "eq-feedback-dy")
@pytest.mark.parametrize("cell", [RNN("tanh"), LSTM(), GRU()], ids=repr)
@pytest.mark.parametrize("K", [1, 4])
def test_the_gradient_through_the_feedback(cell, K, rng):
    S, C, H, T, B = 2, 3, 5, 4, 3
    net = fc.Feedback(cell, S, C, H)
    params = net.init(rng)
    past = rng.normal(size=(T, B, S + C))
    later, targets = rng.normal(size=(K - 1, B, C)), rng.normal(size=(K, B, S))
    loss, grads = net.loss_and_grad(params, past, later, targets)
    assert loss == squared_error(net.forward(params, past, later).ys, targets)[0]
    leaves = tree.leaves(params)

    def of(values):
        given = iter(values)
        changed = tree.map(lambda _: next(given), params)
        return squared_error(net.forward(changed, past, later).ys, targets)[0]

    oracle = complex_step(of, tuple(array for _, array in leaves))
    for (name, grad), want in zip(tree.leaves(grads), oracle, strict=True):
        report = compare(grad, want, 1e-12)
        assert report.ok, (name, report)


@pytest.mark.equation("eq-feedback")
def test_a_net_for_one_step_reads_its_own_forecast(rng):
    """Each further forecast is the model's, given the one before as if it were true."""
    S, C, H = 1, 2, 4
    model = Model(LSTM(), S + C, H, S, "squared_error")
    params = model.init(rng)
    net = fc.Feedback(LSTM(), S, C, H)
    past, later = rng.normal(size=(5, 2, S + C)), rng.normal(size=(3, 2, C))
    ys = net.forward(net.shared(params), past, later).ys
    for k in range(4):
        read = [np.concatenate([ys[j], later[j]], axis=1) for j in range(k)]
        xs = np.concatenate([past, np.array(read).reshape(k, 2, S + C)])
        want = model.forward(params, xs).ys_raw[-1]
        np.testing.assert_allclose(ys[k], want, rtol=0, atol=1e-14)


def test_a_fast_encoder_gives_the_same(rng):
    plain, fast = (fc.Feedback(cell, 1, 2, 4) for cell in (LSTM(), Fast(LSTM())))
    params = plain.init(rng)
    past, later = rng.normal(size=(6, 3, 3)), rng.normal(size=(2, 3, 2))
    targets = rng.normal(size=(3, 3, 1))
    want = plain.loss_and_grad(params, past, later, targets)
    got = fast.loss_and_grad(params, past, later, targets)
    assert got[0] == pytest.approx(want[0], rel=1e-12)
    for (name, mine), (_, other) in zip(
        tree.leaves(got[1]), tree.leaves(want[1]), strict=True
    ):
        np.testing.assert_allclose(mine, other, rtol=0, atol=1e-12, err_msg=name)


def test_wrong_shapes_are_named(rng):
    net = fc.Feedback(LSTM(), 1, 2, 4)
    params, past = net.init(rng), np.zeros((5, 2, 3))
    with pytest.raises(ValueError, match=r"^later: expected shape \(K − 1, 2, 2\)"):
        net.forward(params, past, np.zeros((3, 1, 2)))
    found = net.forward(params, past, np.zeros((3, 2, 2)))
    with pytest.raises(ValueError, match=r"^dys: expected shape \(4, 2, 1\)"):
        net.backward(params, found, np.zeros((3, 2, 1)))


# training


def test_the_best_parameters_are_kept(rng):
    from rnntutor import SGD

    scores = iter([3.0, 1.0, 2.0])
    model = Model(LSTM(), 1, 2, 1, "squared_error")
    params = model.init(rng)
    seen = []

    def score(now):
        seen.append(now)
        return next(scores)

    xs, targets = rng.normal(size=(3, 2, 1)), rng.normal(size=(3, 2, 1))

    def loss_and_grad(now):
        outcome = model.loss_and_grad(now, xs, targets)
        return outcome.loss, outcome.grads

    found = fc.learn(loss_and_grad, params, SGD(0.1), 5, score, every=2)
    assert found.params is seen[1] and found.score == 1
    assert [at for at, _ in found.scores] == [2, 4, 5] and len(found.losses) == 5
    last = fc.learn(loss_and_grad, params, SGD(0.1), 5)
    assert last.losses == found.losses and last.scores == []


def test_the_gradient_of_quantiles(rng):
    model = Model(LSTM(), 2, 3, 2, "squared_error")
    params = model.init(rng)
    xs, targets = rng.normal(size=(4, 3, 2)), rng.normal(size=(4, 3, 1))
    scored = np.arange(4)[:, None] > [0, 1, 2]
    levels = [0.1, 0.9]
    leaves = tree.leaves(params)

    def of(values):
        given = iter(values)
        changed = tree.map(lambda _: next(given), params)
        return fc.quantile_loss_and_grad(model, changed, xs, targets, levels, scored)[0]

    _, grads = fc.quantile_loss_and_grad(model, params, xs, targets, levels, scored)
    oracle = complex_step(of, tuple(array for _, array in leaves))
    for (name, grad), want in zip(tree.leaves(grads), oracle, strict=True):
        report = compare(grad, want, 1e-12)
        assert report.ok, (name, report)


def test_one_step_learns_what_a_line_cannot():
    """The next value depends on the last one and on a switch that is known."""
    draw = np.random.default_rng(3)
    known = draw.integers(0, 2, (401, 1)).astype(float)
    z = np.zeros((400, 1))
    for t in range(1, 400):
        z[t] = (0.9 if known[t] else -0.9) * z[t - 1] + 0.1 * draw.normal()
    z = fc.Scaling.of(z[:300]).apply(z)
    origins, judged = np.arange(20, 300), np.arange(300, 400)
    how = {"T": 8, "H": 8, "lr": 2e-2, "updates": 300}
    found = fc.one_step(z, known, origins, 1, **how)(z, known, judged)
    assert found.shape == (1, 100, 1)
    error = np.abs(found - fc.ahead(z, judged, 1)).mean()
    line = fc.Line.fit(z, known, origins, 1, 8, 1.0).forecast(z, known, judged)
    assert error < 0.5 * np.abs(line - fc.ahead(z, judged, 1)).mean()
    again = fc.one_step(z, known, origins, 1, **how)(z, known, judged)
    np.testing.assert_array_equal(found, again)
