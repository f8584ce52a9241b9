"""What the fast schedule runs on: which code, memory, threads."""

import threading
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from unittest import mock

import numpy as np
from cases import RNNS

from mutation.judges.common import B, D, H, T, close, concerned, draw, memory
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
            assert net.Fast(cell, compiled)._schedule(T, B, H) == (cell, want, T, B, H)
    for found in ((), ("numba",), ("scipy",), ("numba", "scipy")):
        with mock.patch.object(schedule, "find_spec", lambda name, found=found: name in found or None):
            assert schedule.compiles() == (len(found) == 2)
    with mock.patch.object(schedule, "import_module", str):
        for cell, name, K in ((LSTM(), "lstm", 4), (RNNS[0], "rnn", 1)):
            made = partial(schedule.Schedule, world.own(cell))
            assert made(True, T, B, H).code == f"rnntutor.fast.compiled.{name}"
            assert vars(made(False, T, B, H).code) is vars(world[f"rnntutor.fast.plain.{name}"])
            with world["rnntutor.threads"].threads(3):
                for more, shares in ((0, {8: 1, 16: 1, 32: 2, 40: 2, 48: 3, 64: 2, 96: 3}), (1, {48: 1})):
                    for units, P in shares.items():
                        with mock.patch.object(schedule, "WORTHWHILE", T * B * units * K * units + more):
                            assert made(True, T, B, units).P == P
                        assert made(False, T, B, units).P == 1


def fast_memory(world):
    """test_fast.py: a formula says what is kept; it is used again; the lines over time are in place."""
    for net, drawn, mask, _, _ in concerned(world, PASSES[1::2]):
        net, drawn = world.own((net, drawn))
        with _taken(world["rnntutor.buffers"].POOL) as taken:
            first, again = (_take(world, net, drawn, mask, taken) for _ in range(2))
            assert first == again
        for call, most in _over_time(net._schedule(T, B, H), "c" in drawn.state0._fields):
            assert memory(call) < most


@contextmanager
def _taken(pool):
    """All that is taken from a pool, which is empty at first."""
    pool.__init__(most=48)
    take, taken = pool.take, []
    with mock.patch.object(pool, "take", lambda *what: taken.append(take(*what)) or taken[-1]):
        yield taken


def _take(world, net, drawn, mask, taken):
    """Go there and back, with vectors and with symbols; the arrays that have been taken by then."""
    passed = net.forward(drawn.params, drawn.xs, drawn.state0, mask)
    numbers = 7 * T + 2 if "c" in drawn.state0._fields else T + 1
    assert sum(buffer.nbytes for buffer in passed.buffers) == 8 * numbers * B * H
    net.backward(drawn.params, passed, drawn.dhs)
    reader = world["rnntutor.nets.embedded"].Embedded(net, D)
    params = reader.init(draw(0), 3, H)
    passed = reader.forward(params, np.zeros((T, B), int))
    reader.backward(params, passed, drawn.dhs)
    return {id(array) for array in taken}


def _over_time(schedule, is_lstm):
    """Calls of the lines that compute, and how much memory they may take beyond what is theirs."""
    n = b = 160  # so large that what NumPy buffers does not count
    code, kind, one, gates = schedule.code, schedule.cell, 8 * n * b, 4 if is_lstm else 1
    kept = [np.full(shape, 0.5) for shape in code.buffers(2, n, b)]
    dstate, das = np.ones((2 if is_lstm else 1, n, b)), np.empty((2, b, gates * n))
    W, dhs, mask = np.zeros((n, gates * n)), np.ones((2, b, n)), np.ones((2, b), bool)
    own = 7 if is_lstm else 2
    yield partial(code.backward, *kind, W, dhs, mask, *kept, *dstate, das), (own + 0.7) * one
    if is_lstm:
        h, c, gates, tanh_c = kept
        yield partial(code.activate, gates[0], c[0], c[1], tanh_c[0], h[1]), one / 2
    else:
        yield partial(code._activate, *kind, kept[0][1]), one / 2
        yield partial(code._slope, *kind, kept[0][1], kept[0][2]), one / 2


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
            for length in (1, 2, 7):
                cut = module.parts(length)
                assert len(cut) == min(length, size) and all(range(length)[part] for part in cut)
                assert [i for part in cut for i in range(length)[part]] == [*range(length)]
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
    for n in (1, 3):
        with module.threads(n):
            for together in (1, 3, 4):
                met, seen = threading.Barrier(together), []
                module.together(lambda i, met=met, seen=seen: (met.wait(5), seen.append(i)), together)
                assert sorted(seen) == [*range(together)]
    assert module.parts(7) == [slice(0, 7)] and module.share(abs, [-1, 2]) == [1, 2]
    a, b = draw(0).standard_normal((4, 16, 256)), draw(1).standard_normal((256, 250))
    for n, types in ((1, "df"), (2, "df"), (2, "fd"), (2, "dd")):
        with module.threads(n), mock.patch.object(module, "WORTHWHILE", 1):
            left, right = a.astype(types[0]), b.astype(types[1])
            product = module.matmul(left, right)
            assert product.dtype == float
            close(product, np.einsum("ijk,kl->ijl", left, right))
