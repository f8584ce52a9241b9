"""A cell is made known in one place."""

from dataclasses import dataclass

import pytest

from rnntutor import GRU, LSTM, RNN
from rnntutor.cells import CELLS, Diagonal, GRUResetBefore, MinGRU, MinLSTM, register
from rnntutor.cells.registry import cell_classes
from rnntutor.text.net_config import build, describe


@dataclass(frozen=True)
class Own(LSTM):
    """A cell of a reader's own file."""


@pytest.fixture
def registered(monkeypatch):
    monkeypatch.setattr("rnntutor.cells.registry.CELLS", dict(CELLS))
    register("own", Own())


def test_what_is_known():
    known = {RNN, LSTM, GRU, GRUResetBefore, MinGRU, MinLSTM, Diagonal}
    assert set(cell_classes()) >= known
    assert all(
        isinstance(cell, type(cells[0])) for cells in CELLS.values() for cell in cells
    )


@pytest.mark.parametrize("name", CELLS)
def test_a_name_stands_for_the_cell_without_options(name):
    first = CELLS[name][0]
    assert first == type(first)()


def test_a_registered_cell_is_built_from_its_description(registered):
    assert build(describe(Own(forget_bias=3.0))) == Own(forget_bias=3.0)


def test_an_unknown_one_is_not():
    with pytest.raises(
        ValueError, match=r"^cells: expected the class 'Own' among them"
    ):
        build(describe(Own()))


def test_the_same_class_again(registered):
    register("own", Own(), Own(forget_bias=0.0))


@pytest.mark.parametrize(
    ("name", "cells", "error", "said"),
    [
        ("lstm", [RNN()], ValueError, r"^name: expected one that is free, got 'lstm'"),
        ("Own", [Own()], ValueError, "^name: expected a word in small letters"),
        (None, [Own()], ValueError, "^name: expected a word in small letters"),
        ("own", [], TypeError, "^cells: expected at least one"),
        ("own", [None], TypeError, "^cells: expected a cell such as"),
        ("own", [Own(), RNN()], TypeError, "^cells: expected cells of one class"),
    ],
)
def test_what_cannot_be_registered(name, cells, error, said, registered):
    with pytest.raises(error, match=said):
        register(name, *cells)
