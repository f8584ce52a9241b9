"""(De)serialization of the configuration of cells and nets, to JSON."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from rnntutor import _check
from rnntutor.cells.registry import cell_classes
from rnntutor.fast import Fast
from rnntutor.nets import (
    Additive,
    Attending,
    Bidirectional,
    Dot,
    Embedded,
    Scanned,
    Stacked,
)
from rnntutor.train.checkpoint.container import CheckpointError

NETS = (Stacked, Bidirectional, Embedded, Scanned, Fast, Attending, Dot, Additive)


def describe(cell):
    """The class by name and its fields: ``{"class": "LSTM", "forget_bias": 1.0}``.

    A field with ``metadata={"saved": False}`` is left out: it changes how something is
    computed, not what.

    Raises
    ------
    TypeError
        If a field is no number, str, cell or tuple of these.
    """
    if is_dataclass(cell) and not isinstance(cell, type):
        names = [
            field.name for field in fields(cell) if field.name not in _left_out(cell)
        ]
        own = {name: describe(getattr(cell, name)) for name in names}
        return {"class": type(cell).__name__, **own}
    if isinstance(cell, tuple | list):
        return [describe(one) for one in cell]
    if not isinstance(cell, str | bool | int | float | None):
        raise TypeError(
            "cell: expected a dataclass of numbers, str and cells, got"
            f" {_check.short(cell)}"
        )
    return cell


def build(described, cells=()):
    """The cell that was described.

    Parameters
    ----------
    described : what `describe` returned
    cells : sequence of classes
        The user's own, in addition to those of this package.

    Raises
    ------
    CheckpointError
        If a class is not known, or does not take these fields.
    """
    if isinstance(described, list):
        return tuple(build(one, cells) for one in described)
    if not isinstance(described, dict):
        return described
    known = {one.__name__: one for one in (*cell_classes(), *NETS, *cells)}
    name = described.get("class")
    if name not in known:
        raise CheckpointError(
            f"cells: expected the class {_check.short(name)} among them, since the file"
            f" speaks of it, got {sorted(known)}"
        )
    skipped = {"class", *_left_out(known[name])}
    arguments = {
        key: build(value, cells)
        for key, value in described.items()
        if key not in skipped
    }
    try:
        return known[name](**arguments)
    except (TypeError, ValueError) as error:
        raise CheckpointError(
            f"path: expected arguments of {name}, got {arguments} ({error})"
        ) from error


def _left_out(cell):
    """The names of the fields that are not saved."""
    known = fields(cell) if is_dataclass(cell) else ()
    return [field.name for field in known if not field.metadata.get("saved", True)]
