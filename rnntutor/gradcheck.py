"""Are the gradients right?  Three oracles that know nothing of the backward code, and a report in words.

A function to be differentiated takes a tree of arrays and returns a number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnntutor import _check
from rnntutor.tree import flatten, leaves, size, tree_map


class Block(NamedTuple):
    """How one array of a gradient compares with its oracle."""

    name: str
    error: float  # largest |analytic − numeric|, over the largest |numeric| of the block
    index: tuple  # where that is
    analytic: float
    numeric: float
    size: int


class Report(NamedTuple):
    """What `compare` found.  ``print(report)`` says it in words; `ok` in one bool."""

    blocks: list
    tol: float

    @property
    def ok(self):
        """Whether every block agrees within the tolerance."""
        return all(block.error <= self.tol for block in self.blocks)

    @property
    def worst(self):
        """The block with the largest error."""
        return max(self.blocks, key=lambda block: block.error)

    @property
    def size(self):
        """How many numbers were compared."""
        return sum(block.size for block in self.blocks)

    def __str__(self):
        return "\n".join(_in_words(block, self.tol) for block in self.blocks)


def complex_step(f, at, h=1e-30):
    """Gradient of `f` by the complex step: Im f(θ + i h e_k) / h for every element k.

    There is no difference and so no cancellation: `h` may be as small as one likes, and the
    result is exact to rounding (Squire & Trapp 1998).  `f` must be holomorphic in its
    arithmetic: no abs, no conjugate, no buffer of a real dtype.

    Parameters
    ----------
    f : callable
        From a tree of the type of `at` to a number.
    at : tree of arrays
        Real numbers.
    h : float
        Above 0.

    Returns
    -------
    tree
        Of the type of `at`, float64.

    Raises
    ------
    TypeError, ValueError
        If `at` holds no real, finite arrays, or `f` returns no finite complex number (a real one
        has dropped the imaginary part).
    """
    _check.function("f", f, "of a tree of arrays")
    h = _check.number("h", h, above=0)

    def slope(tree):
        value = _scalar(f(tree), "float")
        if not np.iscomplexobj(value):
            raise TypeError(f"f: expected a complex number for complex input, got {value.dtype}")
        return value.imag / h  # eq-complex-step

    def probe(tree, arrays, leaf, index):
        with_step = arrays[leaf].copy()
        with_step[index] += 1j * h
        return slope(_with_leaf(tree, leaf, with_step))

    return _element_by_element(at, probe, np.complex128)


def central_differences(f, at, eps=1e-5):
    """Gradient of `f` by central differences: (f(θ + ε e_k) − f(θ − ε e_k)) / 2ε for every element k.

    The truncation error falls like ε², the rounding error grows like 1/ε: near ε = 1e-5 some
    ten digits are right, and no choice of ε gives more in float64.

    Parameters
    ----------
    f : callable
        From a tree of the type of `at` to a real number.
    at : tree of arrays
    eps : float
        Above 0.

    Returns
    -------
    tree
        Of the type of `at`, float64.

    Raises
    ------
    TypeError, ValueError
        If `at` holds no real, finite arrays, or `f` returns no finite real number.
    """
    _check.function("f", f, "of a tree of arrays")
    eps = _check.number("eps", eps, above=0)

    def probe(tree, arrays, leaf, index):
        sides = []
        for sign in (1, -1):
            moved = arrays[leaf].copy()
            moved[index] += sign * eps
            sides.append(_scalar(f(_with_leaf(tree, leaf, moved)), "real"))
        return (sides[0] - sides[1]) / (2 * eps)  # eq-central-difference

    return _element_by_element(at, probe, np.float64)


def adjoint_test(forward, backward, at, rng, h=1e-30):
    """Test a backward pass against its forward pass in one random direction, at any size.

    For a function F with Jacobian J, ⟨u, J v⟩ = ⟨Jᵀ u, v⟩ for all u and v.  The left side
    comes from the complex step along v, the right side from `backward`.

    Parameters
    ----------
    forward : callable
        From a tree of the type of `at` to an array.
    backward : callable
        From the cotangent u, of the shape of that array, to a tree of the type of `at`: Jᵀ u.
    at : tree of arrays
        Real numbers.
    rng : numpy.random.Generator
    h : float

    Returns
    -------
    float
        |⟨u, J v⟩ − ⟨Jᵀ u, v⟩| / (‖u‖ ‖J v‖ + ‖Jᵀ u‖ ‖v‖).

    Raises
    ------
    TypeError, ValueError
        As for `complex_step`; or if `backward` returns other shapes than those of `at`.
    """
    _check.function("forward", forward, "of a tree of arrays")
    _check.function("backward", backward, "of the cotangent")
    _check.generator("rng", rng)
    h = _check.number("h", h, above=0)
    at = _real(at)
    v = tree_map(lambda a: rng.standard_normal(a.shape), at)
    moved = _check.array("forward", forward(tree_map(lambda a, d: a + 1j * h * d, at, v)), None)
    if not np.iscomplexobj(moved):
        raise TypeError(f"forward: expected a complex array for complex input, got {moved.dtype}")
    Jv = np.ravel(moved.imag) / h
    u = rng.standard_normal(moved.shape)
    pulled = backward(u)
    for (name, got), (_, want) in zip(_same_names("backward", pulled, at), leaves(at), strict=True):
        _check.array(f"backward.{name}" if name else "backward", got, want.shape, kind="real")
    JTu, v, u = flatten(pulled), flatten(v), np.ravel(u)
    left, right = u @ Jv, JTu @ v  # eq-adjoint-test
    scale = np.linalg.norm(u) * np.linalg.norm(Jv) + np.linalg.norm(JTu) * np.linalg.norm(v)
    return float(abs(left - right) / scale) if scale else 0.0


def compare(analytic, numeric, tol=1e-12):
    """Compare two gradients block by block.

    Parameters
    ----------
    analytic, numeric : trees of the same structure
        The gradient under test, and its oracle.
    tol : float
        Largest error allowed, relative to the largest entry of the block.

    Returns
    -------
    Report

    Raises
    ------
    TypeError, ValueError
        If structures or shapes differ, or `numeric` is not finite.  (NaN in `analytic` is a
        finding, not an argument error: an infinite error.)
    """
    tol = _check.number("tol", tol, above=0)
    pairs = list(zip(_same_names("analytic", analytic, numeric), leaves(numeric, "numeric"), strict=True))
    if not size(numeric):
        raise ValueError(f"numeric: expected arrays that hold numbers, got {_check.short(numeric)}")
    return Report([_block(name, a, n) for (name, a), (_, n) in pairs], tol)


def relative_difference(a, b):
    """‖a − b‖ / (‖a‖ + ‖b‖) over two gradients as vectors: 0 when equal, 1 when one is the other's negative.

    Raises
    ------
    TypeError, ValueError
        If one of them does not consist of finite real arrays, or they differ in size.
    """
    a, b = _vectors(a, b)
    scale = np.linalg.norm(a) + np.linalg.norm(b)
    return float(np.linalg.norm(a - b) / scale) if scale else 0.0


def cosine(a, b):
    """Cosine of the angle between two gradients as vectors; 0 if one of them is zero.

    Raises
    ------
    TypeError, ValueError
        If one of them does not consist of finite real arrays, or they differ in size.
    """
    a, b = _vectors(a, b)
    scale = np.linalg.norm(a) * np.linalg.norm(b)
    return float(a @ b / scale) if scale else 0.0


def _vectors(a, b):
    """Two trees as vectors of equal length."""
    for tree_name, tree in (("a", a), ("b", b)):
        for name, leaf in leaves(tree, tree_name):
            _check.array(name, leaf, None, kind="real")
    a, b = flatten(a), flatten(b)
    if a.shape != b.shape:
        raise ValueError(f"a: expected as many numbers as b, {b.size}, got {a.size}")
    return a, b


def _same_names(name, tree, like):
    """The leaves of `tree`, which must have the names that those of `like` have."""
    have, want = [key for key, _ in leaves(tree, name)], [key for key, _ in leaves(like, name)]
    if have != want:
        raise ValueError(f"{name}: expected {want}, got {have}")
    return leaves(tree)


def _block(name, analytic, numeric):
    where = f".{name}" if name else ""
    numeric = _check.array(f"numeric{where}", numeric, None, kind="real")
    analytic = _check.array(f"analytic{where}", analytic, numeric.shape, kind="real", finite=False)
    error = np.abs(analytic - numeric)
    error = np.where(np.isnan(error), np.inf, error)
    scale = float(np.max(np.abs(numeric)))
    index = tuple(int(i) for i in np.unravel_index(np.argmax(error), error.shape))
    worst = float(error[index])
    relative = worst / scale if scale else worst
    at = (index, float(analytic[index]), float(numeric[index]))
    return Block(name or "gradient", relative, *at, error.size)


def _in_words(block, tol):
    if block.error <= tol:
        # the error itself is rounding, which differs between machines: say only what was asked
        return f"{block.name}: all {block.size} agree within {tol:.0e} of the largest"
    words = (
        f"{block.name}: DIFFERS by {block.error:.1e} of the block's largest entry (allowed {tol:.0e}); "
        f"worst at {block.index}: got {block.analytic:.6g}, expected {block.numeric:.6g}"
    )
    if block.numeric and block.analytic:
        ratio = block.analytic / block.numeric
        words += f", ratio {ratio:.4g}"
    return words


def _real(at):
    for name, array in leaves(at, "at"):
        _check.array(name, array, None, kind="real")
    return tree_map(lambda a: np.asarray(a, np.float64), at)


def _scalar(value, kind):
    return _check.array("f", value, (), kind=kind)


def _element_by_element(at, probe, dtype):
    at = _real(at)
    tree = tree_map(lambda a: a.astype(dtype), at)
    arrays = [array for _, array in leaves(tree)]
    grads = []
    for leaf, array in enumerate(arrays):
        grad = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            grad[index] = probe(tree, arrays, leaf, index)
        grads.append(grad)
    return _rebuild(tree, iter(grads))


def _with_leaf(tree, leaf, value):
    arrays = [array for _, array in leaves(tree)]
    arrays[leaf] = value
    return _rebuild(tree, iter(arrays))


def _rebuild(tree, arrays):
    return tree_map(lambda _: next(arrays), tree)
