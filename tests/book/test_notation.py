"""The notation table: every code name in it is one that the package knows.

A code name is a function or a class (`softmax`), a member of a class (`Params.W_xh`),
or an argument (`forward(xs)`, `RNN.step(x)`). A dash stands where the code has no name.
"""

import importlib
import inspect
import pkgutil
import re

import pytest
from reading import ROOT

import rnntutor

HEADER = ["symbol", "code name", "shape"]


def code_names():
    """What stands in backticks in the column `code name` of each table of the notation
    page.
    """
    names, inside = [], False
    for line in (
        (ROOT / "book" / "notation.md").read_text(encoding="utf-8").splitlines()
    ):
        # A bar within mathematics is written \| in a table.
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        if cells[:3] == HEADER:
            inside = True
        elif not cells:
            inside = False
        elif inside and set(line) - set("|-: "):
            found = re.findall(r"`([^`]+)`", cells[1])
            assert found or cells[1] == "—", f"neither a code name nor a dash: {line}"
            names += found
    return names


def public_objects():
    """{name: object} of the package's functions and classes, less the modules with a
    leading underscore.
    """
    modules = [rnntutor]
    for found in pkgutil.walk_packages(rnntutor.__path__, "rnntutor."):
        if not any(part.startswith("_") for part in found.name.split(".")):
            modules.append(importlib.import_module(found.name))
    objects = {}
    for module in modules:
        for name, thing in vars(module).items():
            if not name.startswith("_") and getattr(thing, "__module__", "").startswith(
                "rnntutor"
            ):
                objects.setdefault(name, thing)
                # each cell has its own State, Cache and StepGrads: `LSTM.State` says
                # whose
                for inner, what in inspect.getmembers(thing, inspect.isclass):
                    if not inner.startswith("_"):
                        objects[f"{name}.{inner}"] = what
    return objects


OBJECTS = public_objects()


def members(cls):
    """Fields, attributes and methods of a class: its own, its bases', and what its
    methods set on `self`.
    """
    ours = [base for base in cls.__mro__ if base.__module__.startswith("rnntutor")]
    names = {
        name
        for base in ours
        for name in (*vars(base), *getattr(base, "__annotations__", ()))
    }
    for base in ours:
        # a NamedTuple has no source to look into, and needs none
        if not hasattr(base, "_fields"):
            lines = re.findall(
                r"^ +(self\..*?) = ", inspect.getsource(base), re.MULTILINE
            )
            names.update(re.findall(r"self\.(\w+)", " ".join(lines)))
    return names


def known(name):
    """Whether a code name is the package's own."""
    path, _, argument = name.rstrip(")").partition("(")
    owner, _, member = path.rpartition(".")
    if owner and not (
        inspect.isclass(OBJECTS.get(owner)) and member in members(OBJECTS[owner])
    ):
        return False
    if not owner and path not in OBJECTS:
        return False
    if not argument:
        return True
    function = getattr(OBJECTS[owner], member) if owner else OBJECTS[path]
    return argument in inspect.signature(function).parameters


def test_the_table_is_there():
    assert len(code_names()) >= 20


@pytest.mark.parametrize("name", sorted(set(code_names())))
def test_a_code_name_is_the_packages_own(name):
    assert known(name)


@pytest.mark.parametrize(
    "name",
    [
        "W_xh",
        "crossentropy",
        "Params.W_hx",
        "RNN.stepp",
        "forward(x)",
        "RNN.step(h)",
        "Model.vocabulary",
    ],
)
def test_a_wrong_name_is_noticed(name):
    assert not known(name)
