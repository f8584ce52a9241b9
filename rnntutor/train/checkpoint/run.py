"""A training in a file, from which it can be resumed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np

from rnntutor import _check
from rnntutor.train.checkpoint import as_json
from rnntutor.train.checkpoint.container import (
    CheckpointError,
    Contents,
    as_target,
    read,
    write,
)
from rnntutor.train.checkpoint.entries import from_entries, to_entries
from rnntutor.train.state import History, Position, Progress
from rnntutor.tree import leaves


@dataclass(frozen=True)
class Checkpoint:
    """The file in which `rnntutor.fit` keeps a training, and whether it resumes it.

    The file holds everything that the training depends on: parameters, the optimizer's
    state, the history, the state of the random generator, the position in the data, the
    state carried there. A training that was stopped at any update, or killed at any
    instant, and is resumed from its file gives to the last bit what it would have given
    otherwise. At most the updates since the last writing are repeated; after Ctrl-C
    none.

    Parameters
    ----------
    path : str or pathlib.Path
        The file. Its folder must be there.
    every : int
        Updates between two writings. One more is made at the start, at the end, and at
        Ctrl-C.
    resume : bool
        Resume from the file if it is there. Without this a file that is there is an
        error: it would be lost.
    about : dict, optional
        What else the training depends on, such as the text: anything that JSON can
        represent. It is compared when the training is resumed.
    seconds : float, optional
        Write also when this time has passed since the last writing.
    restart : bool
        Start from scratch even if the file is there; the first writing, after some
        updates, replaces it.

    Raises
    ------
    TypeError, ValueError
        If an argument is of another kind, the folder is not there, `path` is something
        else than a file, or both `resume` and `restart` are True.
    """

    path: Path
    every: int = 100
    resume: bool = False
    about: dict = field(default_factory=dict)
    seconds: float | None = None
    restart: bool = False

    def __post_init__(self):
        object.__setattr__(self, "path", as_target("path", self.path))
        _check.integer("every", self.every)
        _check.instance("resume", self.resume, bool)
        if _check.instance("restart", self.restart, bool) and self.resume:
            raise ValueError(
                "restart: expected False to go on from the file (resume=True), got True"
            )
        if self.seconds is not None:
            _check.number("seconds", self.seconds, above=0)
        object.__setattr__(self, "about", as_json("about", self.about))

    def of_training(self, params, options):
        """The same, which also compares the options of `fit` on which every update
        depends.
        """
        cut, rng = options.truncation, options.rng
        settings = {
            "dtypes": sorted({str(leaf.dtype) for _, leaf in leaves(params)}),
            "carry_state": options.carry_state,
            "renew": options.renew,
            "truncation": None if cut is None else asdict(cut),
            "reduce": options.reduce,
            "rng": None if rng is None else type(rng.bit_generator).__name__,
        }
        return replace(self, about=self.about | {"fit": settings})

    def begin(self, start, history, state):
        """The training to continue: that of the file, or `start` if there is none yet.

        Parameters
        ----------
        start : Progress
            A training that has not begun.
        history : History
            Empty.
        state : callable
            Gives a state of the model, of any batch size, for its types; called if the
            file holds one.

        Raises
        ------
        ValueError
            If there is a file, but `resume` and `restart` are False.
        CheckpointError
            If the file is damaged, or of another training.
        OSError
            If it cannot be written.
        """
        there = self.path.exists()
        if not there:
            self.write(start, history)
        if self.restart or not there:
            return start, history
        if not self.resume:
            raise ValueError(
                f"resume: expected True to go on from {str(self.path)!r}, or no such"
                " file, got False"
            )
        about, entries = read(self.path)
        same("about", about, self.about)
        position = {
            name: from_entries(entries, f"position.{name}", 0)
            for name in ("epoch", "batch", "window")
        }
        carried = entries.get("position.state", ...) is not None
        position["state"] = from_entries(
            entries, "position.state", state() if carried else None, same=()
        )
        measured = entries.get("best", ...) is not None
        like = start._replace(best=start.params if measured else None)._asdict()
        del like["position"]
        rest = {
            name: from_entries(entries, name, one, same=("shape",))
            for name, one in like.items()
        }
        return Progress(position=Position(**position), **rest), from_history(entries)

    def write(self, progress, history, closing=None):
        """Write the training, whole or not at all.

        `closing`, given once the training has ended, names the parameters that did
        best: "params" or "best".
        """
        entries = history_entries(progress.cut(history))
        for name, part in (*progress._asdict().items(), ("closing", closing)):
            entries |= to_entries(part, name)
        write(self.path, Contents(self.about, entries))


_COLUMNS = History(
    *(np.zeros(0, dtype) for dtype in (float, float, float, np.int64, float))
)


def history_entries(history):
    """The columns of a history as arrays."""
    columns = (
        np.array(column, like.dtype)
        for column, like in zip(history, _COLUMNS, strict=True)
    )
    return to_entries(History(*columns), "history")


def from_history(entries):
    """The `History` from its entries."""
    return History(
        *(
            column.tolist()
            for column in from_entries(entries, "history", _COLUMNS, same=())
        )
    )


def same(name, have, want):
    """Raise unless the file agrees; name what differs."""
    if isinstance(have, dict) and isinstance(want, dict):
        for key in {**want, **have}:
            same(f"{name}.{key}", have.get(key), want.get(key))
    elif have != want:
        raise CheckpointError(
            f"path: expected the file of a training with {name} = {_check.short(want)},"
            f" got {_check.short(have)}"
        )
