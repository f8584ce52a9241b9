"""The states of a linear recurrence, s_t = λ_t s_{t-1} + u_t, all of them: one after
the other, or by a tree.

Time is the first axis: ``keep[t-1]`` is λ_t, ``add[t-1]`` is u_t, and ``states[t-1]``
is s_t.  What λ is, `rnntutor.cells.maps` says.
"""

from __future__ import annotations

import numpy as np


def loop(maps, keep, add, state0):
    """The states from t = 1 to T, step by step.

    Parameters
    ----------
    maps : rnntutor.cells.maps.Numbers or another
        How λ acts on a state.
    keep, add : array (T, ...)
        λ_1 … λ_T and u_1 … u_T.
    state0 : array
        s_0.

    Returns
    -------
    array (T, ...)
    """
    states, state = [], state0
    for factor, addend in zip(keep, add, strict=True):
        state = maps.apply(factor, state) + addend  # eq-linear-step
        states.append(state)
    return np.stack(states)


def tree(maps, keep, add, state0):
    """The same as `loop`, in about 2 log₂ T products that each take many steps at once.

    Two steps one after the other are one step, with λ = λ_2 λ_1 and u = λ_2 u_1 + u_2.
    So half as many steps lead to every second state, found in the same way; the states
    between them are one step further.
    """
    first = maps.apply(keep[0], state0) + add[0]
    return _from_zero(maps, keep, np.concatenate([first[None], add[1:]]))


def _from_zero(maps, keep, add):
    """The states, if s_1 is u_1."""
    T = len(add)
    if T == 1:
        return add
    left, right = slice(0, T - 1, 2), slice(1, T, 2)
    pairs = maps.apply(keep[right], add[left]) + add[right]  # eq-join
    keeps = maps.compose(keep[right], keep[left])  # eq-join
    every_second = _from_zero(maps, keeps, pairs)
    states = np.empty((T, *every_second.shape[1:]), every_second.dtype)
    states[0], states[right] = add[0], every_second
    between = slice(2, T, 2)
    before = every_second[: (T - 1) // 2]
    states[between] = maps.apply(keep[between], before) + add[between]  # eq-linear-step
    return states


def backward(maps, keep, states, state0, dstates, scan=tree):
    """The adjoint of `loop` and `tree`: the same recurrence, from the end.

    Parameters
    ----------
    maps, keep, state0
        As for `loop`.
    states : array (T, ...)
        What it returned.
    dstates : array (T, ...)
        Immediate derivative of the loss with respect to s_1 … s_T: the part that does
        not pass through time.
    scan : function
        `tree` or `loop`.

    Returns
    -------
    dkeep, dadd : array (T, ...)
        The second is the total derivative with respect to s_1 … s_T, too.
    dstate0 : array
    """
    back = maps.transpose(keep)
    # δ_t = ds_t + λ_{t+1}ᵀ δ_{t+1}: backward in time, each λ one place later
    later = np.concatenate([back[:1], back[:0:-1]])
    zero = np.zeros_like(state0)
    dadd = scan(maps, later, dstates[::-1], zero)[::-1]  # eq-linear-dh
    before = np.concatenate([state0[None], states[:-1]])
    dkeep = maps.by_keep(dadd, before)  # eq-linear-dgates
    return dkeep, dadd, maps.apply(back[0], dadd[0])
