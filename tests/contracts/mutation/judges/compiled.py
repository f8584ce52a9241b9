"""The fast schedule as machine code is asked for it, which a double in NumPy stands in for.

What machine code computes is judged in test_fast.py alone: here, what it is given and what becomes of it.
"""

from contextlib import contextmanager
from unittest import mock

import numpy as np

from mutation.judges.common import concerned
from mutation.judges.fast import (
    PASSES,
    in_other_byte_order,
    in_single_precision,
    look_up,
    there_and_back,
)
from rnntutor.fast.plain import lstm, rnn


class Double:
    """What stands in for a module of `rnntutor.fast.compiled`: all has a row for each sequence."""

    def __init__(self, plain):
        self.plain, self.kinds = plain, 0 if plain is lstm else 1

    def lay(self, part):
        """As it is."""
        return part

    def scale(self, *arguments):
        """The weights as they are."""
        return arguments[-1]

    def buffers(self, T, B, H):
        """Shapes, with rows."""
        return [(T, B, H) for T, H, B in self.plain.buffers(T, B, H)]

    def forward(self, *arguments):
        """See `rnntutor.fast.compiled`."""
        kind, (W_hh, rows, index, mask, hs, *buffers) = self._kind(arguments)
        _fits(W_hh, rows, index, mask, hs, *buffers)
        scaled = (self.plain.scale(*kind, weights) for weights in (W_hh, rows))
        with _columns(buffers) as columns:
            self.plain.forward(*kind, *scaled, index, mask, hs, *columns)

    def backward(self, *arguments):
        """See `rnntutor.fast.compiled`."""
        kind, (W_hh, dhs, mask, hs, *rest, das) = self._kind(arguments)
        _fits(W_hh, dhs, mask, hs, *rest, das)
        with _columns(rest) as columns:
            self.plain.backward(*kind, W_hh, dhs, mask, hs, *columns, das)

    def add_up(self, ids, values, n):
        """See `rnntutor.fast.compiled`."""
        _fits(values, ids)
        assert ids.ndim == 1 and values.ndim == 2
        sums = np.zeros((n, values.shape[1]), values.dtype)
        np.add.at(sums, ids, values)
        return sums

    def write(self, *arguments):
        """See `rnntutor.fast.compiled`."""
        kind, (W, table, *rest, temperature, uniforms, drawn) = self._kind(arguments)
        _fits(W, table, *rest)
        scaled = self.plain.scale(*kind, W.T).T, self.plain.scale(*kind, table)
        self.plain.write(*kind, *scaled, *rest, temperature, uniforms, drawn)

    def _kind(self, arguments):
        return arguments[: self.kinds], arguments[self.kinds :]


@contextmanager
def _columns(arrays):
    """The arrays with columns for rows, which are turned back in the end."""
    turned = [np.array(array.swapaxes(-1, -2), order="C") for array in arrays]
    yield turned
    for array, columns in zip(arrays, turned, strict=True):
        array[...] = columns.swapaxes(-1, -2)


def _fits(*arrays):
    """Machine code takes numbers of one precision, row after row, in this machine's order of bytes."""
    arrays = [array for array in arrays if array is not None]
    assert arrays[0].dtype in (np.float32, np.float64)
    assert {array.dtype for array in arrays} <= {arrays[0].dtype, np.dtype(np.intp), np.dtype(bool)}
    assert all(array.dtype.isnative and array.flags.c_contiguous for array in arrays)


def fast_compiled(world):
    """test_fast.py: what goes through machine code is the cell's."""
    doubles = {
        f"rnntutor.fast.compiled.{name}": Double(plain) for name, plain in (("lstm", lstm), ("rnn", rnn))
    }
    own, net = world.own, world["rnntutor.fast.net"]
    with (
        mock.patch.object(net, "compiles", lambda: True),
        mock.patch.object(world["rnntutor.fast.schedule"], "import_module", doubles.get),
    ):
        for fast, drawn, *rest in concerned(world, PASSES):
            compiled = net.Fast(own(fast.cell), True)
            there_and_back(world, compiled, own(drawn), *rest)
            in_single_precision(compiled, own(drawn), *rest)
            in_other_byte_order(compiled, own(drawn), *rest)
            look_up(world, fast.cell, compiled, drawn, rest[0])
