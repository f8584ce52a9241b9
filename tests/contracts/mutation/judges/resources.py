"""What the fast schedule runs on: which code, memory, threads."""

import threading
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from unittest import mock

import numpy as np
from cases import RNNS

from mutation.judges.common import B, H, T, asked, close, concerned, draw, memory
from mutation.judges.fast import PASSES
from rnntutor import LSTM, Fast


def which_schedule(world):
    """test_fast.py: machine code where it is asked for, or is there and nothing was said."""
    if not world.concerns(Fast(LSTM())):
        return
    net, schedule = world["rnntutor.fast.net"], world["rnntutor.fast.schedule"]
    with mock.patch.multiple(net, Schedule=lambda *given: given, compiles=lambda: "found"):
        for compiled, want in ((None, "found"), (False, False), (True, True)):
            cell = world.own(LSTM())
            assert net.Fast(cell, compiled)._schedule == (cell, want)
    for missing in (None, "numba", "scipy.linalg.cython_blas"):
        with mock.patch.object(schedule, "import_module", partial(_found, missing)):
            schedule.compiles.cache_clear()
            assert schedule.compiles() is (missing is None)
    with mock.patch.object(schedule, "import_module", str):
        for cell, name in ((LSTM(), "lstm"), (RNNS[0], "rnn")):
            made = partial(schedule.Schedule, world.own(cell))
            assert made(True).code == f"rnntutor.fast.compiled.{name}"
            assert made(False).code is world[f"rnntutor.fast.plain.{name}"]


def _found(missing, name):
    """An import of all modules but one."""
    if name == missing:
        raise ModuleNotFoundError(name)


def fast_memory(world):
    """test_fast.py: a formula says what is kept; it is used again; the lines over time are in place."""
    for net, drawn, mask, _, _ in concerned(world, PASSES[1::2]):
        net, drawn = world.own((net, drawn))
        is_lstm = "c" in drawn.state0._fields
        with _taken(world["rnntutor.fast.buffers"]) as pieces:
            for _ in range(2):
                seen = len(pieces)
                passed = net.forward(drawn.params, drawn.xs, drawn.state0, mask)
                kept = passed.hs.nbytes + sum(buffer.nbytes for buffer in passed.buffers)
                assert kept == 8 * ((6 * T + 2) if is_lstm else T + 1) * B * H
                net.backward(drawn.params, passed, drawn.dhs)
                del passed
            again = {id(piece) for piece in pieces[seen:]}
            assert seen and again == {id(piece) for piece in pieces[:seen]}
        for call, most in _over_time(net._schedule, is_lstm):
            assert memory(call) < most


@contextmanager
def _taken(module):
    """What is taken from a pool, which is empty at first, piece by piece."""
    pool, pieces = module.Pool(1e6), []
    take = pool.take
    pool.take = lambda size: pieces.append(take(size)) or pieces[-1]
    with mock.patch.multiple(module, POOL=pool, WORTHWHILE=0):
        yield pieces


def _over_time(schedule, is_lstm):
    """Calls of the lines that compute, and how much memory they may take beyond what is theirs."""
    n = b = 160  # so large that what NumPy buffers does not count
    code, kind, one, gates = schedule.code, schedule.cell, 8 * n * b, 4 if is_lstm else 1
    hs, *kept = [np.full(shape, 0.5) for shape in ((3, b, n), *code.buffers(2, n, b))]
    dstate, das = np.ones((2 if is_lstm else 1, n, b)), np.empty((2, b, gates * n))
    W, dhs, mask = np.zeros((n, gates * n)), np.ones((2, b, n)), np.ones((2, b), bool)
    own = 8 if is_lstm else 4
    yield partial(code.backward, *kind, W, dhs, mask, hs, *kept, *dstate, das), (own + 0.7) * one
    if is_lstm:
        c, gates = kept
        yield partial(code.activate, gates[0], c[0], c[1], hs[0]), one / 2
    else:
        yield partial(code._activate, *kind, hs[0]), one / 2
        yield partial(code._slope, *kind, hs[0], hs[1]), one / 2


def shared_work(world):
    """test_threads.py: what is cut is whole again, in order; nothing is cut twice; who asks does a part."""
    if not world.concerns((), "threads"):
        return
    module = world["rnntutor.threads"]
    for system, want in (
        (SimpleNamespace(sched_getaffinity=lambda pid: range(3 + pid)), 3),
        (SimpleNamespace(cpu_count=lambda: 4), 4),
        (SimpleNamespace(cpu_count=lambda: None), 1),
    ):
        with mock.patch.object(module, "os", system):
            assert module.cores() == want
    here = threading.get_ident()
    for n in (None, 1, 2, 3):
        with mock.patch.object(module, "cores", lambda: 4), module.threads(n):
            size = n or 4
            assert module.size() == size
            for length in (1, 2, 7):
                cut = module.parts(length)
                assert len(cut) == min(length, size) and all(range(length)[part] for part in cut)
                assert [i for part in cut for i in range(length)[part]] == [*range(length)]
                assert len(module.parts(length, least=3)) == max(1, min(size, length // 3))
            assert len(module.parts(7, module.WORTHWHILE)) == size
            assert module.parts(7, module.WORTHWHILE - 1) == [slice(0, 7)]
            assert module.share(lambda i: 3 - i, range(3)) == [3, 2, 1]
            assert module.share(lambda _: len(module.parts(7)), [0]) == [size]
            assert module.share(lambda _: len(module.parts(7)), [0, 0]) == [1, 1]
            idents = module.share(lambda _: threading.get_ident(), range(3))
            assert [ident == here for ident in idents] == [True, size == 1, size == 1]
            assert module.parts(7) == module.parts(7, np.inf)
            with np.errstate(over="ignore"):
                module.share(lambda x: np.exp(np.full(3, x)), [1e5, 1e6])
    assert module.parts(7) == [slice(0, 7)] and module.share(abs, [-1, 2]) == [1, 2]


def blocks_for_a_cache(world):
    """test_threads.py: blocks cover a part once, and each is as large as a cache allows."""
    if world.concerns((), "threads"):
        module = world["rnntutor.threads"]
        assert 1e5 < module.CACHED < 1e6 and 1e4 < module.WORTHWHILE < 1e6
        with mock.patch.object(module, "CACHED", 12):
            for part, width, want in (
                (slice(0, 1), 5, [(0, 1)]),
                (slice(3, 9), 5, [(3, 5), (5, 7), (7, 9)]),
                (slice(3, 9), 3, [(3, 7), (7, 9)]),
                (slice(3, 5), 100, [(3, 4), (4, 5)]),
                (slice(5, 5), 1, []),
            ):
                assert [(some.start, some.stop) for some in module.blocks(part, width)] == want


def shared_products(world):
    """test_threads.py: a product of matrices in parts of its longer axis, if it is worth it."""
    if not world.concerns((), "threads"):
        return
    module, sizes = world["rnntutor.threads"], []

    def multiply(*factors, out):
        sizes.append(out.size)
        np.matmul(*factors, out=out)

    numpy = SimpleNamespace(matmul=multiply, result_type=np.result_type)
    a, b = draw(0).standard_normal((4, 16, 256)), draw(1).standard_normal((256, 250))
    for n, types in ((1, "df"), (2, "df"), (2, "fd"), (2, "dd")):
        for rows in (4, 1):
            left, right = a[:rows].astype(types[0]), b[:, : 250 // rows].astype(types[1])
            M, (K, N) = rows * 16, right.shape
            with (
                module.threads(n),
                mock.patch.multiple(module, WORTHWHILE=1, np=numpy),
                asked(module, "parts") as parts,
            ):
                product = module.matmul(left, right)
            assert parts.call_args == mock.call(max(M, N), M * K * N / module.PRODUCTS)
            assert [sizes.pop() for _ in range(n)] == [M * N // n] * n and not sizes
            assert product.dtype == float
            close(product, np.einsum("ijk,kl->ijl", left, right))
