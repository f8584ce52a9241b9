"""Memory that is used again: when nobody looks at it any more, and no more of it than
there should be.
"""

import gc
import pickle
import threading

import numpy as np
import pytest

from rnntutor.fast import buffers as memory
from rnntutor.fast.buffers import LINE, Pool, empty

N = memory.WORTHWHILE


@pytest.fixture
def pool(monkeypatch):
    """A pool of the test's own."""
    pool = Pool(most=4 * N)
    monkeypatch.setattr(memory, "POOL", pool)
    return pool


def address(array):
    return array.ctypes.data


@pytest.mark.parametrize(
    "dtype", [np.float32, np.float64, np.complex128, np.longdouble, np.intp, bool]
)
@pytest.mark.parametrize("shape", [(3,), (300, 2, 100), (0, 5), ()])
def test_it_is_an_array_like_any(shape, dtype, pool):
    array, plain = empty(shape, dtype), np.empty(shape, dtype)
    assert (array.shape, array.dtype, array.strides) == (
        plain.shape,
        plain.dtype,
        plain.strides,
    )
    assert array.flags.writeable and array.flags.c_contiguous
    array[...] = 1
    np.testing.assert_array_equal(
        pickle.loads(pickle.dumps(array)), np.ones(shape, dtype)
    )


def test_it_begins_where_a_line_of_the_cache_does(pool):
    for size in range(N, N + 200, 7):
        assert address(empty((size,), np.uint8)) % LINE == 0


def test_memory_comes_back_when_the_last_view_is_gone(pool):
    array = empty((N,), np.uint8)
    place, view = address(array), array.reshape(2, -1)[1:].T
    view[...] = 7
    del array
    gc.collect()
    other = empty((N,), np.uint8)
    assert address(other) != place
    other[:] = 0
    assert (view == 7).all()
    del view
    gc.collect()
    assert address(empty((N // 8,), float)) == place


def test_the_last_that_came_back_is_the_first_that_goes_out(pool):
    arrays = [empty((N,), np.uint8) for _ in range(3)]
    places = [address(array) for array in arrays]
    for i in (1, 0, 2):
        arrays[i] = None
    again = [empty((N,), np.uint8) for _ in range(3)]
    assert [address(array) for array in again] == [places[2], places[0], places[1]]


def test_no_more_is_kept_than_allowed_and_the_oldest_goes(pool):
    arrays = [empty((size,), np.uint8) for size in (N, N + 1, N + 2, N + 3)]
    while arrays:
        arrays.pop(0)
    assert [len(piece) for piece in pool._free] == [N + 1, N + 2, N + 3]
    assert pool._size == 3 * N + 6
    empty((5 * N,), np.uint8)
    # it was too large to be kept, all others are older
    assert pool._size == 0 and not pool._free


def test_python_may_collect_an_array_while_a_piece_is_looked_for(pool):
    class Piece:
        """One that gives others back when it is asked for its length."""

        def __len__(self):
            while others:
                pool.give(others.pop())
            return N

    others, piece = [], Piece()
    pool.give(np.empty(2 * N, np.uint8))
    pool.give(piece)
    others.append(np.empty(2 * N, np.uint8))
    assert pool.take(N) is piece
    assert pool.take(N) is not piece
    assert pool._size == sum(map(len, pool._free))


def test_threads_never_get_the_same(pool):
    def work(mark):
        for _ in range(300):
            array = empty((N,), np.uint8)
            array[:] = mark
            wrong.extend(array[array != mark])

    wrong = []
    threads = [threading.Thread(target=work, args=(mark,)) for mark in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
