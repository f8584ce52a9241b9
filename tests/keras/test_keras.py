"""The bridge to Keras: the same weights, loss, gradients and training on both sides."""

import functools
import importlib
import os
import runpy
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from cases import assert_same, largest_difference
from keras_here import INSTALLED, needs_tensorflow

from rnntutor import (
    GRU,
    LSTM,
    RNN,
    SGD,
    Bidirectional,
    Embedded,
    LanguageModel,
    Model,
    Stacked,
    Vocabulary,
)
from rnntutor.cells import GRUResetBefore
from rnntutor.keras import fit, from_keras, loss_and_grad, require_tensorflow, to_keras
from rnntutor.keras.chain import chain
from rnntutor.keras.weights import from_weights, to_weights
from rnntutor.lab.long_lags.shortcut import Shortcut
from rnntutor.lab.tensorflow.cudnn import (
    CONDITIONS,
    cudnn_for,
    qualifies,
    runs_on_cudnn,
)
from rnntutor.lab.tensorflow.parity import (
    CELLS,
    OPTIONS,
    differences,
    nets,
    parity,
    parity_cases,
)
from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

BOUNDS = {"float64": 1e-13, "float32": 1e-5}
T, B, D, H, V = 5, 2, 3, 4, 6
FOUND = []  # (dtype, part, difference) of what ran in this process


@pytest.fixture(autouse=True, scope="module")
def all_bits_of_float32():
    """On a GPU, too."""
    if INSTALLED:
        require_tensorflow()[0].config.experimental.enable_tensor_float_32_execution(
            False
        )


def cases(dtype):
    """All in float64; in float32, for the time it takes, two of three."""
    found = [
        (i, case)
        for i, case in enumerate(parity_cases(dtype))
        if dtype == np.float64 or i % 3
    ]
    return [pytest.param(case, id=f"{i}-{case.name}") for i, case in found]


def model_and_params(net, rng, dtype=np.float64, **options):
    model = Model(net, D, H, V, **options)
    return model, tree_map(
        lambda a: rng.standard_normal(a.shape).astype(dtype), model.init(rng)
    )


@needs_tensorflow
@pytest.mark.parametrize("case", [*cases(np.float64), *cases(np.float32)])
def test_loss_and_all_gradients_agree(case):
    dtype = case.params.W_hy.dtype.name
    found = parity(case)
    FOUND.extend((dtype, part, difference) for part, difference in found.items())
    assert all(difference <= BOUNDS[dtype] for difference in found.values()), found


@needs_tensorflow
def test_how_much_was_compared(note):
    for dtype, bound in BOUNDS.items():
        found, compared = (
            [one for one in FOUND if one[0] == dtype],
            len(cases(np.dtype(dtype))),
        )
        if len(found) < 5 * compared:
            pytest.skip("counts only when all of this file runs in one process")
        worst = max(found, key=lambda one: one[2])
        assert compared >= 50 and worst[2] <= bound
        note(
            f"Keras, {dtype}: outputs, loss, states and all gradients of {compared}"
            f" configurations agree to {worst[2]:.1e} of the largest entry ({worst[1]};"
            f" allowed {bound:.0e})"
        )


def test_every_option_comes_up():
    names = [case.name for case in parity_cases()]
    for values in zip(*OPTIONS, strict=True):
        for value in set(values):
            assert sum(f" {value}" in name for name in names) >= 10, value


@needs_tensorflow
@pytest.mark.parametrize("how", ["graph", "xla"])
def test_compiled_graphs_agree(how, note):
    worst, cases = 0.0, parity_cases()[3::8]
    kinds = ("RNN", "LSTM", "GRU", "Stacked", "Bidirectional", "Embedded")
    assert all(any(kind in case.name for case in cases) for kind in kinds)
    assert sum(case.mask is not None for case in cases) >= 5
    for case in cases:
        found = parity(case, how)
        worst = max(worst, *found.values())
        assert all(difference <= BOUNDS["float64"] for difference in found.values()), (
            case.name,
            found,
        )
    note(f"Keras, float64, {how}: {len(cases)} configurations agree to {worst:.1e}")


@needs_tensorflow
def test_a_fault_is_seen():
    """The comparison fails when two gates are swapped, or a gradient is off in the 11th
    digit.
    """
    case = next(case for case in parity_cases() if case.model.cell == LSTM())
    i, f, rest = np.split(case.params.cell.W_xh, [H, 2 * H], axis=1)
    swapped = case.params.cell._replace(W_xh=np.concatenate([f, i, rest], axis=1))
    keras_model = to_keras(
        case.model, case.params._replace(cell=swapped), case.mask is not None, True
    )
    batch = (
        case.xs,
        case.targets,
        case.state0,
        case.mask,
        case.reduce,
        "eager",
        case.model.objective,
    )
    assert differences(case, loss_and_grad(keras_model, *batch))["by parameters"] > 1e-3
    right = loss_and_grad(
        to_keras(case.model, case.params, case.mask is not None, True), *batch
    )
    off = right._replace(grads=tree_map(lambda g: g * (1 + 1e-11), right.grads))
    assert differences(case, off)["by parameters"] > BOUNDS["float64"]


@needs_tensorflow
@pytest.mark.parametrize("readout", ["steps", "final"])
@pytest.mark.parametrize("dtype", BOUNDS)
@pytest.mark.parametrize("net", [net for cell in CELLS for net in nets(cell)], ids=str)
def test_there_and_back_is_exact(net, dtype, readout, rng):
    model, params = model_and_params(net, rng, dtype, readout=readout)
    again, same = from_keras(to_keras(model, params))
    assert again == model
    assert_same(same, params)
    assert {a.dtype.name for _, a in leaves(same)} == {dtype}


def test_weights_are_the_leaves_in_order(rng):
    """No gate is moved and nothing transposed on the way to Keras."""
    for net in [*nets(RNN("sigmoid")), *nets(LSTM()), *nets(GRUResetBefore())]:
        _, params = model_and_params(net, rng)
        weights = to_weights(params)
        for (_, array), weight in zip(leaves(params), weights, strict=True):
            assert array is weight
        assert_same(from_weights(weights, params), params)


def test_the_two_biases_of_a_gru_become_rows_of_one(rng):
    _, params = model_and_params(GRU(), rng)
    W_xh, W_hh, biases, *readout = to_weights(params)
    assert W_xh is params.cell.W_xh and W_hh is params.cell.W_hh and len(readout) == 2
    assert_same(tuple(biases), (params.cell.b_h, params.cell.b_hh))
    assert_same(from_weights(to_weights(params), params), params)
    with pytest.raises(ValueError, match="keras_model: expected 5 weights, got 4"):
        from_weights(to_weights(params)[:-1], params)


@needs_tensorflow
def test_three_lines_of_keras_are_our_net(rng):
    """What the appendix shows: a Sequential of one's own takes the leaves as they are."""
    _, keras = require_tensorflow()
    model, params = model_and_params(LSTM(), rng, np.float32)
    layers = [
        keras.Input((None, D)),
        keras.layers.LSTM(H, return_sequences=True),
        keras.layers.Dense(V),
    ]
    net = keras.Sequential(layers)
    net.set_weights([array for _, array in leaves(params)])
    xs = rng.standard_normal((T, B, D)).astype(np.float32)
    ours = model.forward(params, xs).ys_raw
    np.testing.assert_allclose(
        np.swapaxes(net(np.swapaxes(xs, 0, 1)), 0, 1), ours, rtol=0, atol=1e-5
    )
    again, same = from_keras(net)
    assert again == model
    assert_same(same, params)


@needs_tensorflow
def test_dropout_is_kept_and_silent_outside_training(rng):
    model, params = model_and_params(
        Embedded(Stacked((LSTM(), RNN("tanh"), LSTM()), dropout=0.3), 2), rng
    )
    keras_model = to_keras(model, params)
    again, same = from_keras(keras_model)
    assert again == model
    assert_same(same, params)
    ids = rng.integers(0, D, (T, B))
    ours = model.forward(params, ids).ys_raw
    np.testing.assert_allclose(np.swapaxes(keras_model(ids.T), 0, 1), ours, rtol=1e-13)


@needs_tensorflow
@pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
def test_a_saved_keras_model_comes_back(rng, tmp_path):
    _, keras = require_tensorflow()
    model, params = model_and_params(Stacked((Bidirectional(LSTM()), LSTM())), rng)
    to_keras(model, params, mask=True, state=True).save(tmp_path / "net.keras")
    again, same = from_keras(keras.models.load_model(tmp_path / "net.keras"))
    assert again == model
    assert_same(same, params)


@needs_tensorflow
def test_carried_states_join_halves_of_a_sequence(rng):
    model, params = model_and_params(Stacked((LSTM(), RNN("tanh"))), rng)
    keras_model = to_keras(model, params, state=True)
    xs = rng.standard_normal((B, 6, D))
    zero = [np.zeros((B, H))] * 3
    whole = keras_model({"xs": xs, "state0": zero})
    first = keras_model({"xs": xs[:, :4], "state0": zero})
    second = keras_model(
        {"xs": xs[:, 4:], "state0": [np.asarray(s) for s in first["state_T"]]}
    )
    joined = np.concatenate([first["ys_raw"], second["ys_raw"]], axis=1)
    np.testing.assert_allclose(joined, whole["ys_raw"], rtol=1e-13)


@needs_tensorflow
def test_nan_in_padding_does_not_leak(rng):
    model, params = model_and_params(LSTM(), rng)
    xs, targets = rng.standard_normal((T, B, D)), rng.integers(0, V, (T, B))
    mask = np.arange(T)[:, None] < [T, 2]
    keras_model = to_keras(model, params, mask=True)
    clean = loss_and_grad(keras_model, xs, targets, mask=mask)
    xs[~mask], targets[~mask] = np.nan, -1
    dirty = loss_and_grad(keras_model, xs, targets, mask=mask)
    assert_same(dirty.grads, clean.grads)
    assert_same(dirty.dxs, clean.dxs)


@needs_tensorflow
@pytest.mark.parametrize(
    ("net", "dtype"),
    [
        (Stacked((LSTM(), LSTM())), "float64"),
        (Stacked((LSTM(), LSTM())), "float32"),
        (RNN("tanh"), "float64"),
        (GRU(), "float64"),
        (GRUResetBefore(), "float64"),
        (Bidirectional(LSTM()), "float64"),
        (Embedded(LSTM(), 3), "float64"),
    ],
    ids=str,
)
def test_training_is_the_same(net, dtype, rng, note):
    """Momentum SGD with clipping: both start equal, read the same batches, and end
    equal.
    """
    bound = BOUNDS[dtype]
    _, keras = require_tensorflow()
    # Keras keeps rate and momentum in float32, where 0.1 and 0.9 are off in the eighth
    # digit; these are exact
    steps, lr, momentum, clip = 200, 0.125, 0.875, 1.0
    model = Model(net, D, H, V)
    params = start = model.init(rng, np.dtype(dtype))
    keras_model = to_keras(model, params)
    keras_model.compile(
        keras.optimizers.SGD(lr, momentum, global_clipnorm=clip),
        # computed in float32, if it is not told otherwise, whatever the model computes
        # in
        keras.losses.SparseCategoricalCrossentropy(from_logits=True, dtype=dtype),
    )
    optimizer = SGD(lr, momentum, clip)
    state = optimizer.init(params)
    for _ in range(steps):
        xs, targets = (
            rng.standard_normal((T, B, D)).astype(dtype),
            rng.integers(0, V, (T, B)),
        )
        xs = rng.integers(0, D, (T, B)) if model.net.reads_symbols else xs
        found = model.loss_and_grad(params, xs, targets)
        params, state, *_ = optimizer.update(params, found.grads, state)
        keras_model.train_on_batch(np.swapaxes(xs, 0, 1), targets.T)
    _, theirs = from_keras(keras_model)
    moved, apart = largest_difference(params, start), largest_difference(params, theirs)
    assert moved > 0.3 and apart <= bound
    note(
        f"Keras, {net}, {dtype}: after {steps} steps of SGD parameters have moved by up"
        f" to {moved:.2f} and differ by at most {apart:.1e} (allowed {bound:.0e})"
    )


@needs_tensorflow
@pytest.mark.parametrize(
    "net", [LSTM(), Embedded(Stacked((GRU(), RNN("sigmoid"))), 4)], ids=str
)
def test_a_language_model_learns_the_same_in_keras(net):
    """With the state carried from batch to batch, and begun anew in each of several
    epochs.
    """
    _, keras = require_tensorflow()
    text = "the quick brown fox jumps over the lazy dog. " * 10
    vocabulary, updates = Vocabulary.from_text(text), 30
    ours, theirs = (
        LanguageModel(vocabulary, H=H, cell=net, dtype=float) for _ in range(2)
    )
    history = ours.fit(
        text, optimizer=SGD(0.125, 0.875, 1.0), B=4, T=10, updates=updates, renew=None
    )
    # it goes into the third epoch
    assert len(text) // 40 * 2 < history.updates == updates
    optimizer = keras.optimizers.SGD(0.125, 0.875, global_clipnorm=1.0)
    losses = fit(theirs, text, optimizer, B=4, T=10, updates=updates)
    np.testing.assert_allclose(losses, history.losses, rtol=1e-13)
    assert largest_difference(ours.params, theirs.params) <= 1e-13


@needs_tensorflow
def test_what_fit_cannot_use_is_named(rng):
    _, keras = require_tensorflow()
    language = LanguageModel("abc", H=H)
    sgd = keras.optimizers.SGD()
    with pytest.raises(TypeError, match="language: expected LanguageModel, got"):
        fit(language.model, "abc", sgd)
    with pytest.raises(TypeError, match="text: expected str, got"):
        fit(language, 1, sgd)
    with pytest.raises(
        TypeError, match=r"optimizer: expected one of keras\.optimizers, got"
    ):
        fit(language, "abc", SGD(0.1))
    with pytest.raises(ValueError, match="updates: expected"):
        fit(language, "abc", sgd, updates=0)
    with pytest.raises(ValueError, match="ids: expected"):
        fit(language, "abc", sgd)
    for net, words in (
        (
            Stacked((RNN("sigmoid"), Stacked((LSTM(), LSTM()), 0.5))),
            "a net without dropout, got Stacked",
        ),
        (
            Bidirectional(RNN("sigmoid")),
            (
                "a net that reads in one direction to carry the state along, got"
                " Bidirectional"
            ),
        ),
    ):
        with pytest.raises(ValueError, match=f"^language: expected {words}"):
            fit(LanguageModel("abc", H=H, cell=net), "abc" * 50, sgd)
    used = keras.optimizers.SGD()
    used.build([])
    with pytest.raises(
        ValueError, match="optimizer: expected one that was not used before, got"
    ):
        fit(language, "abc" * 50, used)


@needs_tensorflow
def test_wrong_arguments_are_named(rng):
    _, keras = require_tensorflow()
    model, params = model_and_params(RNN("sigmoid"), rng)
    blind = Bidirectional(Stacked((RNN("sigmoid"), RNN("sigmoid"))))
    with pytest.raises(TypeError, match="model: expected Model, got"):
        to_keras(RNN("sigmoid"), params)
    with pytest.raises(
        ValueError, match="use_cudnn: expected 'auto', False or True, got 'yes'"
    ):
        to_keras(model, params, use_cudnn="yes")
    with pytest.raises(
        TypeError, match="params: expected float32 or float64, got complex128"
    ):
        to_keras(model, tree_map(lambda a: a.astype(complex), params))
    with pytest.raises(
        ValueError, match=r"model\.cell: expected one cell inside Bidirectional"
    ):
        to_keras(*model_and_params(blind, rng))
    with pytest.raises(ValueError, match=r"model\.cell: expected a chain of layers"):
        to_keras(*model_and_params(Shortcut(RNN("sigmoid"), D), rng))
    with pytest.raises(
        ValueError, match=r"model\.cell: expected an embedding at the input alone"
    ):
        chain(Stacked((RNN("sigmoid"), Embedded(RNN("sigmoid"), 2))))

    class Louder(Bidirectional):
        """Not what Keras has, whatever it does."""

    with pytest.raises(
        ValueError, match=r"model\.cell: expected a chain of layers, as Keras has them"
    ):
        chain(Louder(RNN("sigmoid")))
    with pytest.raises(TypeError, match=r"keras_model: expected a keras\.Model, got"):
        from_keras(model)
    with pytest.raises(
        ValueError, match="keras_model: expected a model that has weights"
    ):
        from_keras(keras.Sequential([keras.layers.LSTM(H), keras.layers.Dense(V)]))
    with pytest.raises(ValueError, match="objective: expected one of"):
        from_keras(to_keras(model, params), objective="hinge")
    xs, targets = rng.standard_normal((T, B, D)), rng.integers(0, V, (T, B))
    with pytest.raises(ValueError, match="takes mask, xs, got one that takes xs"):
        loss_and_grad(to_keras(model, params), xs, targets, mask=np.ones((T, B), bool))
    with pytest.raises(
        ValueError, match="how: expected one of 'eager', 'graph', 'xla', got 'jit'"
    ):
        loss_and_grad(to_keras(model, params), xs, targets, how="jit")
    with pytest.raises(ValueError, match="xs: expected shape"):
        loss_and_grad(to_keras(model, params), xs[..., :1], targets)
    with pytest.raises(ValueError, match="state0: expected 1 arrays, got 2"):
        loss_and_grad(
            to_keras(model, params, state=True), xs, targets, (np.zeros((B, H)),) * 2
        )
    with pytest.raises(
        ValueError, match=r"state0\.h: expected shape \(2, 4\), got \(1, 4\)"
    ):
        loss_and_grad(
            to_keras(model, params, state=True),
            xs,
            targets,
            RNN.State(np.zeros((1, H))),
        )


@needs_tensorflow
@pytest.mark.parametrize("reduce", ["sequence", "token", "sum"])
@pytest.mark.parametrize("readout", ["steps", "final"])
def test_a_sequence_without_a_step(readout, reduce, rng):
    """The same result as ours, or the same words."""
    model, params = model_and_params(LSTM(), rng, readout=readout)
    xs, targets = (
        rng.standard_normal((T, B, D)),
        rng.integers(0, V, (T if readout == "steps" else 1, B)),
    )
    mask = np.arange(T)[:, None] < [T, 0]
    batch = xs, targets, None, mask, reduce
    theirs = functools.partial(loss_and_grad, to_keras(model, params, mask=True))
    if (readout, reduce) == ("steps", "sequence"):
        words = (
            "^mask: expected steps to average over, got sequence 1 of the batch"
            " masked out"
        )
        for function in (functools.partial(model.loss_and_grad, params), theirs):
            with pytest.raises(ValueError, match=words):
                function(*batch)
        return
    assert (
        largest_difference(
            model.loss_and_grad(params, *batch).grads, theirs(*batch).grads
        )
        <= 1e-13
    )
    if readout == "steps":
        with pytest.raises(
            ValueError,
            match=r"^mask: expected steps to average over, got all of it masked out",
        ):
            theirs(xs, targets, None, mask & False, reduce)
    else:  # Keras reads out 0, and not the state
        state0 = model.net.forward(params.cell, xs).state_T
        with pytest.raises(
            ValueError,
            match=r"^mask: expected a step in every sequence, .* got sequence 1",
        ):
            loss_and_grad(
                to_keras(model, params, True, True), xs, targets, state0, mask, reduce
            )


def run(program):
    """Run a program in a Python of its own."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, env=env
    )


def test_nothing_imports_tensorflow_before_it_is_needed():
    done = run(
        "import sys\nfrom rnntutor.lab.tensorflow.parity import parity_cases\n"
        "parity_cases(); print('tensorflow' in sys.modules)"
    )
    assert done.stdout == "False\n", done.stderr


def test_without_tensorflow_the_message_says_what_to_install():
    done = run(
        "import sys; sys.modules['tensorflow'] = None\n"
        "import numpy as np, rnntutor as rt\n"
        "from rnntutor.keras import to_keras\n"
        "model = rt.Model(rt.LSTM(), 2, 3, 4)\n"
        "to_keras(model, model.init(np.random.default_rng(0)))"
    )
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith(
        "ImportError: rnntutor.keras needs TensorFlow"
    )
    assert "python -m pip install --editable '.[tensorflow]'" in done.stderr


def test_where_there_is_no_tensorflow_the_message_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    with pytest.raises(
        ImportError, match="There is none for macOS on an Intel processor"
    ):
        require_tensorflow()


@needs_tensorflow
def test_an_import_says_nothing():
    done = run("from rnntutor.keras import require_tensorflow as r; r()[0].constant(1)")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@needs_tensorflow
def test_another_backend_of_keras_is_named(monkeypatch):
    _, keras = require_tensorflow()
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(
        ImportError, match="keras: expected TensorFlow as its backend, got 'jax'"
    ):
        require_tensorflow()


# the requirements for cuDNN that Keras' documentation of LSTM and GRU lists
FITS = {
    "LSTM(H), all else by default",
    "GRU(H), all else by default",
    "dropout=0.1",
    "go_backwards=True",
    "dtype='float64'",
    "a mask, padding at the end",
}


@needs_tensorflow
@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: condition.name)
def test_what_qualifies_for_cudnn(condition):
    tf, _ = require_tensorflow()
    assert qualifies(condition) is (condition.name in FITS)
    if not tf.config.list_physical_devices("GPU"):
        assert runs_on_cudnn(condition) is False


@pytest.fixture
def as_if_on_a_gpu(monkeypatch):
    """Keras believes that there is a GPU: its graphs get the kernel, though nothing
    here could run it.
    """
    require_tensorflow()
    inside = importlib.import_module("keras.src.backend.tensorflow.rnn")
    monkeypatch.setattr(inside, "_is_gpu_available", lambda: True)


def kernels(keras_model):
    """How many of cuDNN's kernels are in the graph of a model that takes a state."""
    tf, _ = require_tensorflow()

    def given(one):
        return tf.TensorSpec(
            [B, T, *one.shape[2:]] if one.name in ("xs", "mask") else [B, H], one.dtype
        )

    given = tf.nest.map_structure(given, keras_model.input)
    graph = tf.function(keras_model).get_concrete_function(given).graph
    return sum(operation.type == "CudnnRNNV3" for operation in graph.get_operations())


@needs_tensorflow
@pytest.mark.parametrize("mask", [False, True], ids=["", "mask"])
@pytest.mark.parametrize("net", [net for cell in CELLS for net in nets(cell)], ids=str)
def test_without_cudnn_no_kernel_is_in_the_graph(net, mask, rng, as_if_on_a_gpu):
    model, params = model_and_params(net, rng)
    found = {
        use: kernels(to_keras(model, params, mask, True, use))
        for use in ("auto", False)
    }
    assert found[False] == 0
    layers = sum(
        1 + link.both_ways for link in chain(model.net) if link[0] in (LSTM(), GRU())
    )
    assert found["auto"] == layers


@needs_tensorflow
@pytest.mark.parametrize(
    ("how", "padding"), [("xla", "at the end"), ("graph", "at the start")]
)
def test_where_cudnn_cannot_be_had_parity_does_without(how, padding, as_if_on_a_gpu):
    case = next(
        c
        for c in parity_cases()[42:]
        if c.model.cell == LSTM() and f"padding {padding}" in c.name
    )
    assert max(parity(case, how).values()) <= BOUNDS["float64"]


def test_which_masks_a_graph_leaves_to_cudnn():
    end = np.array([[True, True], [True, False], [True, False]])
    none_left = np.array([[True, False]] * 3)
    assert (
        cudnn_for("eager", end[::-1])
        == cudnn_for("graph")
        == cudnn_for("graph", end)
        == "auto"
    )
    assert {cudnn_for("graph", mask) for mask in (end[::-1], none_left)} == {False}
    assert cudnn_for("xla") is cudnn_for("xla", end) is False


@needs_tensorflow
def test_parity_without_cudnn_if_it_is_told_so(as_if_on_a_gpu):
    case = next(
        c
        for c in parity_cases()
        if "Embedded(cell=LSTM" in c.name and "at the end" in c.name
    )
    assert max(parity(case, "graph", use_cudnn=False).values()) <= BOUNDS["float64"]


@needs_tensorflow
@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_the_step_that_is_timed_through_xla_has_no_cudnn(cell, as_if_on_a_gpu):
    """XLA would stop at the kernel."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "speed_steps.py"
    step = runpy.run_path(str(path))["tensorflow_step"](xla=True)(cell, V, D, H, T, B)
    assert step() > 0


@needs_tensorflow
def test_a_model_told_to_use_cudnn_raises_on_a_cpu(rng):
    tf, _ = require_tensorflow()
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    with pytest.raises(ValueError, match="cuDNN is not supported"):
        to_keras(*model_and_params(LSTM(), rng), use_cudnn=True)(np.zeros((B, T, D)))


@needs_tensorflow
def test_a_layer_told_to_use_cudnn_raises_on_a_cpu():
    tf, keras = require_tensorflow()
    if tf.config.list_physical_devices("GPU"):
        pytest.skip("there is a GPU")
    with pytest.raises(ValueError, match="cuDNN is not supported"):
        keras.layers.LSTM(H, use_cudnn=True)(np.zeros((B, T, D)))
