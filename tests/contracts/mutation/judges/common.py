"""What the judges look at, and how they compare: small shapes, all sizes different, nothing zero."""

import tracemalloc
from unittest import mock

import numpy as np
from cases import CELLS, batch, problem
from test_golden import read_forward

from rnntutor import leaves, tree_map

T, B, D, H, V = 4, 3, 7, 5, 6
MASK = np.array([[1, 1, 0], [1, 0, 1], [0, 1, 1], [1, 0, 0]], bool)
LENGTHS = np.arange(T)[:, None] < [4, 1, 3]
SCORED = np.array([[1, 0, 1], [1, 1, 1], [0, 1, 1], [1, 1, 0]], bool)
EPS, STEP = 1e-12, 1e-30


def locked(tree):
    for leaf in arrays(tree):
        leaf.flags.writeable = False
    return tree


def arrays(tree):
    if isinstance(tree, tuple):
        return [leaf for branch in tree for leaf in arrays(branch)]
    return [tree] if isinstance(tree, np.ndarray) else []


def draw(*seed):
    return np.random.default_rng(seed)


PROBLEMS = [(cell, locked(problem(cell, (T, B, D, H), draw(k)))) for k, cell in enumerate(CELLS)]
BATCHES = [locked(batch(cell, (T, B, D, H), V, draw(k), 0.7)) for k, cell in enumerate(CELLS)]
GOLDEN = [(case.model.cell, case, read_forward(case)) for case in BATCHES]
LOGITS, LABELS = locked((2 * draw(0).standard_normal((T, B, V)), draw(1).integers(0, V, (T, B))))
NUMBERS = locked((draw(2).standard_normal((T, B, V)),))[0]


def concerned(world, rows, *names):
    """Those rows of a table, a cell or a model first, in which a changed module has a say."""
    return [row for row in rows if world.concerns(row[0], *names)]


def close(have, want, tol=EPS):
    want = np.asarray(want)
    assert np.shape(have) == want.shape
    assert np.max(np.abs(have - want)) <= tol * max(1, np.max(np.abs(want)))


def slopes(value, at, gradient, tol=EPS):
    """A gradient against the complex step in a random direction."""
    blocks, grads = leaves(at), leaves(gradient)
    assert [(name, leaf.shape, leaf.dtype) for name, leaf in grads] == [
        (name, leaf.shape, np.float64) for name, leaf in blocks
    ]
    rng = draw(0)
    direction = [rng.standard_normal(leaf.shape) for _, leaf in grads]
    moved = iter([leaf + 1j * STEP * v for (_, leaf), v in zip(blocks, direction, strict=True)])
    along = value(tree_map(lambda _: next(moved), at)).imag / STEP
    products = [grad * v for (_, grad), v in zip(grads, direction, strict=True)]
    size = 1 + sum(np.abs(product).sum() for product in products)
    assert abs(along - sum(product.sum() for product in products)) <= tol * size


def memory(call):
    """Bytes that a call holds at its most, beyond what there was before."""
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    call()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most - before


def weights(mask, reduce):
    """How much each step counts."""
    n = mask.sum(axis=0)
    return mask * {"sum": 1.0, "token": 1 / n.sum(), "sequence": 1 / (np.maximum(n, 1) * B)}[reduce]


def asked(module, name):
    """Within this block a function of a module notes down what it is asked for."""
    return mock.patch.object(module, name, mock.Mock(wraps=getattr(module, name)))


def raises(call, message):
    """What was refused before is refused, in the same words."""
    try:
        call()
    except (TypeError, ValueError, FloatingPointError) as error:
        assert str(error).startswith(message), error
    else:
        raise AssertionError(f"not raised: {message}")
