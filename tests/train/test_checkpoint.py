"""Files of parameters: what is read is what was written, whole or not at all, and
damage is noticed.
"""

import hashlib
import json
from collections import namedtuple
from dataclasses import dataclass

import numpy as np
import pytest
from cases import CELLS, normal_like
from optimizing import OPTIMIZERS
from reading import ROOT
from tools_here import tool

from rnntutor import (
    LSTM,
    RNN,
    Bidirectional,
    Embedded,
    LanguageModel,
    Model,
    Stacked,
    Vocabulary,
)
from rnntutor.cells import MinGRU
from rnntutor.nets import Scanned
from rnntutor.train.checkpoint import CheckpointError, container, load, read_about, save
from rnntutor.tree import leaves

NETS = [
    *CELLS,
    Stacked((RNN("tanh"), LSTM()), dropout=0.2),
    Bidirectional(LSTM()),
    Stacked((Bidirectional(RNN("relu")), LSTM())),
    Embedded(Stacked((LSTM(), RNN("tanh"))), E=2),
    Scanned(MinGRU()),
]
Pair = namedtuple("Pair", "left right")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a file.rnn"


def assert_same(tree, other):
    """Equal in types, dtypes and every bit."""
    assert type(tree) is type(other)
    if isinstance(tree, tuple | dict):
        parts, others = (
            one.values() if isinstance(one, dict) else one for one in (tree, other)
        )
        assert len(tree) == len(other)
        for one, two in zip(parts, others, strict=True):
            assert_same(one, two)
    elif isinstance(tree, np.ndarray):
        assert tree.shape == other.shape and tree.dtype == other.dtype
        assert tree.tobytes() == other.tobytes()
    else:
        assert repr(tree) == repr(other)


# What is read is what was written


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("net", NETS, ids=str)
def test_parameters_of_every_net(net, dtype, path, rng):
    model = Model(net, 3, 4, 5)
    params = model.init(rng, dtype)
    save(path, params)
    again = load(path, model.init(np.random.default_rng(7), dtype))
    assert_same(again, params)
    assert all(
        leaf.flags.writeable and leaf.dtype.isnative for _, leaf in leaves(again)
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda one: type(one).__name__)
def test_what_an_optimizer_remembers(optimizer, path, rng):
    model = Model(Stacked((RNN("tanh"), LSTM())), 3, 4, 5)
    params = model.init(rng)
    memory = optimizer.update(
        params, normal_like(params, rng), optimizer.init(params)
    ).state
    save(path, memory)
    assert_same(load(path, optimizer.init(params)), memory)


LAYOUTS = {
    "Fortran": np.asfortranarray,
    "transposed": lambda a: a.T,
    "reversed": lambda a: a[::-1, ::-1],
    "strided": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "broadcast": lambda a: np.broadcast_to(a[0], (6, 5)),
    "big-endian": lambda a: a.astype(a.dtype.newbyteorder(">")),
    "a number": lambda a: a[2:3, 1:2].reshape(()),
    "empty": lambda a: a[:, :0],
}


@pytest.mark.parametrize("dtype", ["f4", "f8", "c16", "i8", "u4", "b1"])
@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS)
def test_arrays_in_every_layout(layout, dtype, path, rng):
    array = layout((100 * rng.standard_normal((4, 5))).astype(dtype))
    array.setflags(write=False)
    save(path, (array,))
    (again,) = load(path, (np.zeros(array.shape, dtype),))
    np.testing.assert_array_equal(again, array)
    assert (
        again.dtype == np.dtype(dtype)
        and again.dtype.isnative
        and again.flags.c_contiguous
    )


def test_numbers_to_the_last_bit(path):
    odd = np.array([0.1, -0.0, np.inf, np.nan, 5e-324, np.nextafter(1, 2)])
    tree = {
        "array": odd,
        "pair": Pair(0.1 + 0.2, (True, None)),
        "big": 2**127,
        "text": "β\n",
        "none": (),
    }
    save(path, tree)
    assert_same(load(path, tree), tree)


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_the_state_of_a_generator(kind, path):
    rng, other = (
        np.random.Generator(getattr(np.random, kind)(seed)) for seed in (1, 2)
    )
    rng.random(5), rng.integers(0, 9, 3, dtype=np.int32)
    save(path, rng.bit_generator.state)
    drawn = rng.random(9)
    other.bit_generator.state = load(path, other.bit_generator.state)
    np.testing.assert_array_equal(other.random(9), drawn)


def test_what_is_said_about_a_file(path):
    save(path, np.ones(2), {"H": 3, "of": ["é", None]})
    assert read_about(path) == {"H": 3, "of": ["é", None]}
    save(path, np.ones(2))
    assert read_about(path) == {}


def test_the_same_tree_gives_the_same_bytes(path, rng):
    tree = Model(LSTM(), 3, 4, 5).init(rng)
    save(path, tree)
    first = path.read_bytes()
    save(path, tree)
    assert path.read_bytes() == first


# What does not fit


PARAMS = Model(RNN("sigmoid"), 3, 4, 5).init(np.random.default_rng(0))
WIDER = Model(RNN("sigmoid"), 3, 4, 6).init(np.random.default_rng(0))
SINGLE = Model(RNN("sigmoid"), 3, 4, 5).init(np.random.default_rng(0), np.float32)


@pytest.mark.parametrize(
    ("like", "said"),
    [
        (WIDER, r"tree.W_hy with shape \(4, 6\) .*got .*\(4, 5\)"),
        (SINGLE, "cell.W_xh with .*float32, got .*64"),
        (PARAMS.cell, r"tree to have \['W_xh', 'W_hh', 'b_h'\], got \['cell', 'W_hy', 'b_y'\]"),
        (PARAMS._replace(b_y=3.0), "tree.b_y to be float, got an array"),
        (PARAMS.b_y, "an entry tree, got none"),
        (PARAMS._replace(b_y=(PARAMS.b_y,)), "an entry tree.b_y.0, got none"),
    ],
)  # fmt: skip
def test_a_tree_of_another_kind(like, said, path):
    save(path, PARAMS)
    with pytest.raises(
        CheckpointError, match=f"^path: expected (a tree|an entry tree)?.*{said}"
    ):
        load(path, like)


@pytest.mark.parametrize(
    "wrong",
    [[np.ones(2)], object(), {1, 2}, b"bytes", np.ones(2, object), np.ones(2, "U3")],
)
def test_what_cannot_be_saved(wrong, path):
    with pytest.raises(TypeError, match=r"^tree\.right: expected"):
        save(path, Pair(np.ones(2), wrong))
    assert not list(path.parent.iterdir())


# Damage


def test_every_bit_of_the_header_counts(path):
    save(path, PARAMS, {"H": 4})
    data = path.read_bytes()
    for bit in range(8 * 60):
        harmed = bytearray(data)
        harmed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(harmed)
        with pytest.raises(
            CheckpointError, match=r"^path: expected a checkpoint, but .* it is damaged"
        ):
            load(path, PARAMS)


@pytest.mark.parametrize(
    "change",
    [lambda data: data + b"\0", lambda data: b"", lambda data: b"\0" + data[1:]],
)
def test_other_bytes(change, path):
    save(path, PARAMS)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(CheckpointError, match="it is damaged"):
        load(path, PARAMS)


def test_damage_anywhere_is_noticed(note):
    """The same by thousands: python tools/corruption_fuzz.py."""
    note(tool("corruption_fuzz.py", "--damages", "200"))


def forged(path, header, body=b"", version=container.VERSION):
    """A file whose checksum is right and whose contents need not be."""
    header = header if isinstance(header, bytes) else json.dumps(header).encode()
    data = (
        container.MAGIC
        + version.to_bytes(4, "little")
        + len(header).to_bytes(8, "little")
        + header
        + body
    )
    path.write_bytes(data + hashlib.sha256(data).digest())


def test_a_file_of_a_newer_version_says_so(path):
    forged(path, {"something": "new"}, version=2)
    with pytest.raises(
        CheckpointError,
        match=r"format 2 of a newer rnntutor; this one reads 1: update it$",
    ):
        load(path, PARAMS)


@pytest.mark.parametrize(
    "header",
    [
        b"{",
        b"\xff",
        b"[" * 100_000,
        [],
        {"about": {}, "values": {}},
        {"about": {}, "values": {}, "arrays": [["tree", "|O", [1]]]},
        {"about": {}, "values": {}, "arrays": [["tree", "<f8", [-1]]]},
        {"about": {}, "values": {}, "arrays": [["tree", "<f8", [1.0]]]},
        {"about": {}, "values": {}, "arrays": [["tree", "<f8", [10**30]]]},
        {"about": {}, "values": {}, "arrays": [["tree", "<f8", [2]]]},
        {"about": {}, "values": {}, "arrays": []},
        {"about": 3, "values": {}, "arrays": [["tree", "<f8", [1]]]},
    ],
)
def test_contents_are_looked_at_though_the_checksum_is_right(header, path):
    forged(path, header, bytes(8))
    with pytest.raises(
        CheckpointError, match="its checksum is right, but its contents are not"
    ):
        load(path, np.zeros(1))


def test_nothing_is_ever_executed():
    for file in (ROOT / "rnntutor" / "checkpoint").glob("*.py"):
        code = file.read_text(encoding="utf-8").replace(
            "pickle executes what it reads", ""
        )
        assert not any(
            word in code
            for word in ("pickle", "eval(", "exec(", "import_module", "__import__")
        )


# Language models

TEXT = "the cat sat on the mat. " * 5
VOCABULARY = Vocabulary.from_text(TEXT)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    "net", [net for net in NETS if Model(net, 3, 4, 3).net.causal], ids=str
)
def test_a_language_model(net, dtype, path):
    model = LanguageModel(VOCABULARY, H=5, cell=net, dtype=dtype)
    model.save(path)
    again = LanguageModel.load(path)
    assert (
        again.model == model.model
        and again.vocabulary == VOCABULARY
        and again.history is None
    )
    assert_same(again.params, model.params)
    assert again.evaluate(TEXT) == model.evaluate(TEXT)


def test_a_trained_language_model_of_words(path):
    vocabulary = Vocabulary.from_text(
        "Der Ærger, sagte β. " * 9, "word", min_count=2, lower=True
    )
    model = LanguageModel(vocabulary, H=5)
    model.fit("der ærger, sagte α. " * 9, "der β der β", updates=3, every=2, B=2, T=3)
    model.save(str(path))
    again = LanguageModel.load(str(path))
    assert again.vocabulary == vocabulary and again.history == model.history
    assert_same(again.params, model.params)


@dataclass(frozen=True)
class Mine(RNN):
    """A cell of the reader's own."""

    gain: float = 2.0


def test_a_cell_of_one_s_own(path):
    cell = Stacked((Mine("tanh", 3.0), LSTM()))
    model = LanguageModel(VOCABULARY, H=5, cell=cell)
    model.save(path)
    with pytest.raises(
        CheckpointError, match=r"^cells: expected the class 'Mine' among them"
    ):
        LanguageModel.load(path)
    assert LanguageModel.load(path, cells=[Mine]).model == model.model


def test_a_cell_that_cannot_be_described(path):
    class Plain:
        def __getattr__(self, name):
            return getattr(RNN("tanh"), name)

    with pytest.raises(TypeError, match=r"^cell: expected a dataclass"):
        LanguageModel(VOCABULARY, H=5, cell=Plain()).save(path)


def test_a_file_of_something_else(path):
    save(path, PARAMS)
    with pytest.raises(
        CheckpointError, match=r"^path: expected the file of a language model"
    ):
        LanguageModel.load(path)
    for said in (
        {},
        {
            "cell": {"class": "RNN", "activation": "odd"},
            "vocabulary": {"symbols": ["a"]},
        },
    ):
        save(path, PARAMS, {"language_model": said})
        with pytest.raises(CheckpointError, match=r"^path: expected"):
            LanguageModel.load(path)
