"""Wrong values for an argument, by what is expected there: (value, error, what is
expected, what came).
"""

from types import SimpleNamespace

import numpy as np

from rnntutor.tree import leaves
from rnntutor.tree import map as tree_map

OTHER_PRECISIONS = [
    np.dtype(one) for one in (np.float16, np.longdouble) if np.dtype(one) != np.float64
]


def replaced(array, value):
    out = np.array(array)
    out.flat[-1] = value
    return out


def floats(good, complex_too=True):
    """For an array of floating-point numbers, of which every entry counts."""
    kind = (
        "an array of floating-point (or complex) numbers"
        if complex_too
        else "an array of floating-point numbers"
    )
    last = tuple(n - 1 for n in good.shape)
    yield None, TypeError, kind, "dtype object"
    yield "text", TypeError, kind, "dtype <U4"
    yield [[1.0], [2.0, 3.0]], TypeError, kind, "[[1.0], [2.0, 3.0]]"
    yield good.astype(bool), TypeError, kind, "dtype bool"
    yield from (
        (good.astype(other), TypeError, kind, f"dtype {other}")
        for other in OTHER_PRECISIONS
    )
    yield good.astype(object), TypeError, kind, "dtype object"
    if not complex_too:
        yield good.astype(complex), TypeError, kind, "dtype complex128"
    yield (
        replaced(good, np.nan),
        ValueError,
        "finite numbers",
        f"1 non-finite of {good.size}, the first nan at index {last}",
    )
    yield (
        replaced(good, -np.inf),
        ValueError,
        "finite numbers",
        f"the first -inf at index {last}",
    )


def shapes(good, *fixed):
    """For an array of this shape; `fixed` are the axes whose length is given by other
    arguments.
    """
    yield good[0], ValueError, "shape (", str(good.shape[1:])
    yield good[None], ValueError, "shape (", str((1, *good.shape))
    for axis in range(good.ndim):
        empty = np.take(good, [], axis=axis)
        yield empty, ValueError, "shape (", str(empty.shape)
    for axis in fixed:
        longer = np.concatenate([good, good], axis=axis)
        yield longer, ValueError, "shape (", str(longer.shape)


def integers(good, bound=None):
    """For an array of integers, of which every entry counts."""
    kind = "an array of integers"
    yield None, TypeError, kind, "dtype object"
    yield good.astype(float), TypeError, kind, "dtype float64"
    yield good.astype(bool), TypeError, kind, "dtype bool"
    if bound is not None:
        last = tuple(n - 1 for n in good.shape)
        for value in (-1, bound):
            yield (
                replaced(good, value),
                ValueError,
                f"integers from 0 to {bound - 1}",
                f"{value} at index {last}",
            )


def booleans(good):
    yield good.astype(int), TypeError, "an array of booleans", f"dtype {np.dtype(int)}"
    yield good.astype(float), TypeError, "an array of booleans", "dtype float64"
    yield "text", TypeError, "an array of booleans", "dtype <U4"


def integer(minimum=1):
    """For one integer."""
    expected = f"an integer of at least {minimum}"
    yield minimum - 1, ValueError, expected, str(minimum - 1)
    yield -7, ValueError, expected, "-7"
    for value, got in [
        (1.5, "1.5"),
        (2.0, "2.0"),
        ("3", "'3'"),
        (True, "True"),
        (np.array([3]), "shape (1,)"),
    ]:
        yield value, TypeError, expected, got


def number(expected, *outside):
    """For one finite number; `outside` are values beyond its bounds."""
    for value in (*outside, float("nan"), float("inf")):
        yield value, ValueError, expected, str(value)
    yield 10**400, ValueError, expected, "1000000"
    for value, got in [
        (None, "None"),
        ("0.1", "'0.1'"),
        (True, "True"),
        (1j, "1j"),
        (np.ones(2), "shape (2,)"),
    ]:
        yield value, TypeError, expected, got


def instance(of, *values):
    for value in values:
        yield value, TypeError, of, ""


def generator():
    wrong = None, True, 1.5, "0", np.random, np.random.RandomState(0)
    yield from instance("a numpy.random.Generator or a seed", *wrong)
    yield -1, ValueError, "a seed (an integer of at least 0)", "-1"


def cell():
    from rnntutor import RNN

    half = SimpleNamespace(step=np.tanh)  # some of the protocol is not enough
    yield from instance("a cell such as RNN()", None, "tanh", RNN, np.tanh, half)


def function():
    yield from instance("a function", "text", 3, np.ones(2))


def tree():
    """For parameters, or anything else made of arrays."""
    yield from instance("an array", None, 1.0, [1.0, 2.0], {"W": np.ones(2)}, "text")


def params(good, of):
    """For parameters: each leaf once of another shape, not finite, or no array."""
    yield None, TypeError, of, "None"
    yield tuple(good), TypeError, of, "tuple"
    for name, leaf in leaves(good):
        where = f".{name}"
        for value, error, expected, got in [
            (leaf[..., None], ValueError, "shape (", str((*leaf.shape, 1))),
            (leaf[..., :0], ValueError, "shape (", "0"),
            (
                leaf.tolist(),
                TypeError,
                "an array of floating-point (or complex) numbers",
                "list",
            ),
            (
                leaf.astype(int),
                TypeError,
                "an array of floating-point (or complex) numbers",
                "dtype int",
            ),
            *(
                (
                    leaf.astype(other),
                    TypeError,
                    "in single or double precision",
                    f"dtype {other}",
                )
                for other in OTHER_PRECISIONS
            ),
            (
                replaced(leaf, np.nan),
                ValueError,
                "finite numbers",
                f"1 non-finite of {leaf.size}, the first nan",
            ),
        ]:
            yield put(good, name, value), error, expected, got, where


def state(good):
    """For a cell's state."""
    yield good[0], TypeError, type(good).__name__, "ndarray"
    yield tuple(good), TypeError, type(good).__name__, "tuple"
    for name, leaf in leaves(good):
        where = f".{name}"
        yield (
            put(good, name, leaf[1:]),
            ValueError,
            f"shape {leaf.shape}",
            str(leaf[1:].shape),
            where,
        )
        yield (
            put(good, name, leaf[:, 1:]),
            ValueError,
            f"shape {leaf.shape}",
            str(leaf[:, 1:].shape),
            where,
        )
        for other in OTHER_PRECISIONS:
            yield (
                put(good, name, leaf.astype(other)),
                TypeError,
                "double precision",
                f"dtype {other}",
                where,
            )
        yield (
            put(good, name, replaced(leaf, np.inf)),
            ValueError,
            "finite numbers",
            "the first inf",
            where,
        )


def put(tree, name, value):
    """A tree with another value as the named leaf."""
    values = iter([value if leaf == name else array for leaf, array in leaves(tree)])
    return tree_map(lambda _: next(values), tree)
