"""Which cells there are, by name.

What goes over all cells (saving, the command's ``--cell``, the parametrized tests)
reads this one table, so that a cell is made known by one line beside its class.
"""

from __future__ import annotations

from rnntutor import _check

CELLS = {}


def register(name, *cells):
    """Make a cell known under a name.

    Its class can then be saved and loaded, and the command takes the name.

    Parameters
    ----------
    name : str
        In small letters, such as "lstm".
    *cells : one or more cells of one class
        In every form that differs in its mathematics: the first is the one that the
        name stands for, and all are tested.

    Raises
    ------
    TypeError, ValueError
        If `name` is no such word, there is no cell or one is none, or another class has
        the name.
    """
    if not isinstance(name, str) or not name or name != name.lower() or " " in name:
        raise ValueError(
            f"name: expected a word in small letters such as 'lstm', got {name!r}"
        )
    if not cells:
        raise TypeError("cells: expected at least one, such as LSTM(), got none")
    for cell in cells:
        if type(_check.cell("cells", cell)) is not type(cells[0]):
            raise TypeError(
                f"cells: expected cells of one class, got {_check.short(cells)}"
            )
    known = CELLS.get(name)
    # the same class again, as when a notebook's cell is run twice, takes the place
    if known and type(known[0]).__qualname__ != type(cells[0]).__qualname__:
        raise ValueError(
            f"name: expected one that is free, got {name!r}, which is {known[0]!r}"
        )
    CELLS[name] = cells


def cell_classes():
    """The class of each registered cell."""
    return tuple(type(cells[0]) for cells in CELLS.values())
