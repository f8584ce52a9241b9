"""Memory that is used again."""

from unittest import mock

import numpy as np

N = 2**14  # bytes, which are worth it


def pieces_of_memory(world):
    """test_buffers.py: who asks for memory gets as much, and nobody else has it.

    Before any other judge, since nobody may write to memory that is not there.
    """
    if not world.concerns((), "memory"):
        return
    module = world["rnntutor.fast.buffers"]
    assert 1e4 < module.WORTHWHILE < 1e6 and 1e8 < module.POOL._most < 1e9
    _never_disturbed(module.Pool(4 * N))
    _no_more_than_allowed(module.Pool(4 * N))
    _lies_within(module)
    _belongs_to_one(module)


def _never_disturbed(pool):
    """Who comes while somebody is at it does not wait: a piece is not kept, or not found."""
    pool.give(np.empty(N, np.uint8))
    for at_it in (True, False):
        pool._lock = mock.Mock(acquire=mock.Mock(return_value=not at_it))
        for call, left in ((lambda: pool.give(np.empty(1, np.uint8)), 2), (lambda: pool.take(N), 1)):
            call()
            assert pool._lock.acquire.call_args == mock.call(blocking=False)
            assert len(pool._free) == (1 if at_it else left)
        assert pool._lock.release.call_count == (0 if at_it else 2)


def _no_more_than_allowed(pool):
    """A pool keeps so many bytes and knows how many; what has lain there longest goes."""
    pieces = [pool.take(size) for size in (N, N + 1, N + 2, N - 3)]
    for k, piece in enumerate(pieces):
        pool.give(piece)
        assert pool._size == sum(map(len, pieces[: k + 1]))
    pool.give(pool.take(N))
    assert [*map(len, pool._free)] == [N + 1, N + 2, N - 3, N] and pool._size == 4 * N
    assert pool.take(N + 2) is pieces[2] and pool._size == 3 * N - 2
    pool.give(np.empty(N + 3, np.uint8))
    assert [*map(len, pool._free)] == [N - 3, N, N + 3] and pool._size == 3 * N


def _lies_within(module):
    """An array begins where a line of the cache does, and ends where its piece does."""
    with mock.patch.multiple(module, POOL=module.Pool(4 * N), WORTHWHILE=N):
        assert module.empty((N - 1,), np.uint8).base is None
        for shape, dtype in (((N,), np.uint8), ((N, 2, 3), np.float32), ((3, N), ">f8"), ((N // 8,), float)):
            array, plain = module.empty(shape, dtype), np.empty(shape, dtype)
            have, want = array.base.__array_interface__, plain.__array_interface__
            assert (have["version"], array.shape, array.dtype) == (want["version"], plain.shape, plain.dtype)
            assert array.strides == plain.strides and array.flags.writeable
            assert array.ctypes.data == array.base.piece.ctypes.data
            assert array.nbytes == len(array.base.piece)
            assert array.base.pool is module.POOL
            assert module.empty(shape[:1], dtype).shape == shape[:1]
    pool = module.Pool(4 * N)
    pieces = [pool.take(size) for size in range(1, 400, 7)]
    assert [len(piece) for piece in pieces] == [*range(1, 400, 7)]
    assert not any(piece.ctypes.data % 64 for piece in pieces)


def _belongs_to_one(module):
    """As long as there is a view of an array its memory is nobody else's; then it is the first to go."""
    with mock.patch.multiple(module, POOL=module.Pool(4 * N), WORTHWHILE=N):
        arrays = [module.empty((N,), np.uint8) for _ in range(3)]
        pieces = [array.base.piece for array in arrays]  # kept, or the system itself would use them again
        places = [piece.ctypes.data for piece in pieces]
        assert len(set(places)) == 3
        arrays[1:] = [arrays[1].reshape(2, -1)[1:].T, None]
        other = module.empty((N // 8,), float)
        assert other.ctypes.data == places[2] and module.empty((N,), np.uint8).ctypes.data not in places
        arrays[0] = None
        arrays[1] = None
        again = [module.empty((N,), np.uint8) for _ in range(2)]
        assert [array.ctypes.data for array in again] == places[1::-1]
