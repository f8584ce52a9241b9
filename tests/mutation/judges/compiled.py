"""The fast schedule as machine code is asked for it, which a double in NumPy stands in for.

What machine code computes is judged in test_fast.py alone: here, what it is given and what becomes of it.
"""

import sys
import threading
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import numpy as np

from mutation.judges.common import B, H, T, concerned
from mutation.judges.fast import PASSES, in_other_byte_order, in_single_precision, look_up, there_and_back
from rnntutor import LSTM
from rnntutor.fast.plain import lstm, rnn


class Board:
    """Where each of n threads says which units it has done."""

    def __init__(self, n):
        self.n, self.lock, self.results, self.dissolved = n, threading.Lock(), None, 0

    def dissolve(self):
        """Nobody is to wait any more; counted."""
        self.dissolved += 1

    def fill(self, part, H, whole, axes, filled):
        """Into arrays the units of a part, out of those that a function gives for all units.

        Who comes first calls it, before anything is overwritten.
        """
        lo, hi, me = part
        assert me in range(self.n) and (lo, hi) == (me * H // self.n, (me + 1) * H // self.n)
        with self.lock:
            self.results = self.results or whole()
        for axis, array, result in zip(axes, filled, self.results, strict=True):
            units = np.arange(array.shape[axis]) % H
            own = (slice(None),) * axis + ((lo <= units) & (units < hi),)
            array[own] = result[own]


class Double:
    """Functions in place of those in a module of `rnntutor.fast.compiled`: only a part's units are filled."""

    def __init__(self, plain):
        self.plain, self.buffers = plain, plain.buffers
        self.states, self.kinds, self.kept = (2, 0, 4) if plain is lstm else (1, 1, 1)

    def scale(self, *arguments):
        """The weights as they are."""
        return arguments[-1]

    def forward(self, *arguments):
        """See `rnntutor.fast.compiled`."""
        kind, (W_hh, rows, index, mask, part, board, *filled) = self._kind(arguments)
        _fits(W_hh, index, mask, filled[-1])
        assert rows.flags.c_contiguous and rows.shape[1:] == W_hh.shape[1:]

        def whole():
            copies = [array.copy() for array in filled]
            scaled = (self.plain.scale(*kind, weights) for weights in (W_hh, rows))
            self.plain.forward(*kind, *scaled, index, mask, *copies)
            return copies

        board.fill(part, len(W_hh), whole, [*[1] * self.kept, 2], filled)

    def backward(self, *arguments):
        """See `rnntutor.fast.compiled`."""
        kind, (W_hh, dhs, mask, part, board, hs, ids, xs, *rest) = self._kind(arguments)
        buffers, (*filled, da), (das, dW_hh, dW_x) = (
            rest[: self.kept], rest[self.kept : -3], rest[-3:],
        )  # fmt: skip
        _fits(W_hh, ids, mask, dhs, hs, xs, *filled, da, das, dW_hh, dW_x)
        n, KH = len(hs), W_hh.shape[1]
        assert da.shape == (2, KH, n // len(dhs)) and ids.dtype == np.intp
        assert (ids.shape, xs.shape) == ((n,), (0, 0)) or (len(ids) == 0 and xs.shape == (n, len(dW_x)))

        def whole():
            dstate, all_das = [array.copy() for array in filled], np.empty((*dhs.shape[:2], KH))
            self.plain.backward(*kind, W_hh, dhs, mask, *buffers, *dstate, all_das)
            all_das = all_das.reshape(n, KH)
            sums = dW_x.copy()
            np.add.at(sums, ids, all_das[: len(ids)])
            return *dstate, all_das, hs.T @ all_das, sums if len(ids) else xs.T @ all_das

        board.fill(part, len(W_hh), whole, [*[0] * self.states, 1, 1, 1], [*filled, das, dW_hh, dW_x])

    def write(self, *arguments):
        """See `rnntutor.fast.compiled`."""
        kind, (W, *rest) = self._kind(arguments)
        _fits(W, *rest[: 4 + self.states])
        self.plain.write(*kind, self.plain.scale(*kind, W.T).T, self.plain.scale(*kind, rest[0]), *rest[1:])

    def _kind(self, arguments):
        return arguments[: self.kinds], arguments[self.kinds :]


def _fits(*arrays):
    """Machine code takes numbers of one precision, row after row, in this machine's order of bytes."""
    arrays = [array for array in arrays if array is not None]
    assert arrays[0].dtype in (np.float32, np.float64)
    assert {array.dtype for array in arrays} <= {arrays[0].dtype, np.dtype(np.intp), np.dtype(bool)}
    assert all(array.flags.c_contiguous for array in arrays)


@contextmanager
def _doubles(world):
    """In a world Numba is installed, and machine code has doubles; threads even for little work.

    As a value, whatever boards will be asked for.
    """
    boards = []
    schedule, net = world["rnntutor.fast.schedule"], world["rnntutor.fast.net"]
    doubles = {
        f"rnntutor.fast.compiled.{name}": Double(plain) for name, plain in (("lstm", lstm), ("rnn", rnn))
    }
    turns = {
        "rnntutor.fast.compiled.turns": SimpleNamespace(
            board=lambda n: boards.append(Board(n)) or boards[-1], dissolve=Board.dissolve
        )
    }
    with (
        mock.patch.object(net, "compiles", lambda: True),
        mock.patch.multiple(schedule, import_module=doubles.get, WORTHWHILE=0, UNITS=1),
        mock.patch.dict(sys.modules, turns),
    ):
        yield boards


def fast_compiled(world):
    """test_fast.py: each thread has its units, and what is computed is the cell's."""
    threads, own = world["rnntutor.threads"].threads, world.own
    for net, drawn, *rest in concerned(world, PASSES):
        with _doubles(world) as boards:
            fast = world["rnntutor.fast.net"].Fast(own(net.cell), True)
            with threads(1):
                there_and_back(world, fast, own(drawn), *rest)
            with threads(H):
                there_and_back(world, fast, own(drawn), *rest)
                in_single_precision(fast, own(drawn), *rest)
                in_other_byte_order(fast, own(drawn), *rest)
                look_up(world, net.cell, fast, drawn, rest[0])
            assert {board.n for board in boards} == {1, H}


def units_of_a_thread(world):
    """test_fast.py: each has as many; if one does not come, nobody waits for it."""
    if world.concerns((), "fast.schedule"):
        parts = []
        with _doubles(world) as boards, world["rnntutor.threads"].threads(3):
            schedule = world["rnntutor.fast.schedule"].Schedule(world.own(LSTM()), True, T, B, 6)
            schedule._in_turns(lambda *given: parts.append(given), "W_hh", after=("hs",))
            assert [(board.n, board.dissolved) for board in boards] == [(3, 0)]
            for stopped in range(3):

                def part(*given, stopped=stopped):
                    return 1 // (given[-3][2] != stopped)

                try:
                    schedule._in_turns(part, "W_hh", after=("hs",))
                except ZeroDivisionError:
                    assert boards[-1].dissolved == 2  # where it happened, and where the parts were called
                else:
                    raise AssertionError("what stopped a part is not raised")
        assert {(first, last) for first, _, _, last in parts} == {("W_hh", "hs")}
        assert sorted(part for _, part, _, _ in parts) == [(0, 2, 0), (2, 4, 1), (4, 6, 2)]
