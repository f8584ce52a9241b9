"""Are the gradients right?  Three oracles that know nothing of the backward code.

A function to be differentiated takes a tree of arrays and returns a number.
"""

from __future__ import annotations

import numpy as np

from rnntutor import _check
from rnntutor.tree import flatten, leaves, same_names
from rnntutor.tree import map as tree_map


class NotComplex(TypeError):
    """A function dropped the imaginary part: for complex numbers it gave a real one."""


def complex_step(f, at, h=1e-30):
    """Gradient of `f` by the complex step: Im f(θ + i h e_k) / h for every element k.

    There is no difference and so no cancellation: `h` may be as small as one likes, and
    the result is exact to rounding (Squire & Trapp 1998).  `f` must be holomorphic in
    its arithmetic: no abs, no conjugate, no buffer of a real dtype.

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
        If `at` holds no real, finite arrays, or `f` returns no finite complex number.
    NotComplex
        The TypeError for a real number: `f` has dropped the imaginary part.
    """
    _check.function("f", f, "of a tree of arrays")
    h = _check.number("h", h, above=0)

    def slope(tree):
        value = _scalar(f(tree), "float")
        if not np.iscomplexobj(value):
            raise NotComplex(
                f"f: expected a complex number for complex input, got {value.dtype}"
            )
        return value.imag / h  # eq-complex-step

    def probe(tree, arrays, leaf, index):
        with_step = arrays[leaf].copy()
        with_step[index] += 1j * h
        return slope(_with_leaf(tree, leaf, with_step))

    return _element_by_element(at, probe, np.complex128)


def central_differences(f, at, eps=1e-5):
    """Gradient of `f` by central differences: (f(θ + ε e_k) − f(θ − ε e_k)) / 2ε for
    every element k.

    The truncation error falls like ε², the rounding error grows like 1/ε: near ε = 1e-5
    some ten digits are right, and no choice of ε gives more in float64.

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
    """Test a backward pass against its forward pass in one random direction, at any
    size.

    For a function F with Jacobian J, ⟨u, J v⟩ = ⟨Jᵀ u, v⟩ for all u and v.  The left
    side comes from the complex step along v, the right side from `backward`.

    Parameters
    ----------
    forward : callable
        From a tree of the type of `at` to an array.
    backward : callable
        From the cotangent u, of the shape of that array, to a tree of the type of `at`:
        Jᵀ u.
    at : tree of arrays
        Real numbers.
    rng : numpy.random.Generator or seed
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
    rng = _check.generator("rng", rng)
    h = _check.number("h", h, above=0)
    at = _real(at)
    v = tree_map(lambda a: rng.standard_normal(a.shape), at)
    moved = _check.array(
        "forward", forward(tree_map(lambda a, d: a + 1j * h * d, at, v)), None
    )
    if not np.iscomplexobj(moved):
        raise TypeError(
            f"forward: expected a complex array for complex input, got {moved.dtype}"
        )
    Jv = np.ravel(moved.imag) / h
    u = rng.standard_normal(moved.shape)
    pulled = backward(u)
    for (name, got), (_, want) in zip(
        same_names("backward", pulled, at), leaves(at), strict=True
    ):
        _check.array(
            f"backward.{name}" if name else "backward", got, want.shape, kind="real"
        )
    JTu, v, u = flatten(pulled), flatten(v), np.ravel(u)
    left, right = u @ Jv, JTu @ v  # eq-adjoint-test
    scale = np.linalg.norm(u) * np.linalg.norm(Jv) + np.linalg.norm(
        JTu
    ) * np.linalg.norm(v)
    return float(abs(left - right) / scale) if scale else 0.0


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
