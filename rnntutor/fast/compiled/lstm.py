"""The LSTM over time as machine code: each step one product and one loop over its
units.
"""

from __future__ import annotations

from numba import njit

from rnntutor.fast.compiled.functions import OPTIONS, sigmoid, tanh
from rnntutor.fast.compiled.kept import kept
from rnntutor.fast.compiled.parts import add, add_up, by_sequences, copy, padding, real
from rnntutor.fast.compiled.sources import SOURCES
from rnntutor.fast.compiled.tiles import add_product, pack, quarter

__all__ = ["add_up", "backward", "buffers", "forward", "lay", "scale"]


@njit(**OPTIONS)
def _activate(i, f, g, o, c_prev, c, h):
    """`LSTM.activate`; the gates take the place of the pre-activations."""
    for j in range(len(h)):
        i[j], f[j], o[j] = sigmoid(i[j]), sigmoid(f[j]), sigmoid(o[j])  # eq-lstm-gates
        g[j] = tanh(g[j])  # eq-lstm-candidate
        c_new = f[j] * c_prev[j] + i[j] * g[j]  # eq-lstm-cell
        c[j] = c_new
        h[j] = o[j] * tanh(c_new)  # eq-lstm-hidden


@njit(**OPTIONS)
def _activate_backward(i, f, g, o, c_prev, c, dh_now, dh, dc, da_i, da_f, da_g, da_o):
    """`LSTM.activate_backward`.

    Of what comes from later `dh` is used up, and `dc` turned into what goes on.
    """
    zero, one = dh.dtype.type(0), dh.dtype.type(1)
    for j in range(len(dh)):
        dh_j = dh_now[j] + dh[j]  # eq-dh
        dh[j] = zero
        tanh_c = tanh(c[j])
        do = dh_j * tanh_c  # eq-lstm-do
        d = dc[j] + dh_j * o[j] * (one - tanh_c * tanh_c)  # eq-lstm-dc
        da_i[j] = d * g[j] * i[j] * (one - i[j])  # eq-lstm-da
        da_f[j] = d * c_prev[j] * f[j] * (one - f[j])  # eq-lstm-da
        da_g[j] = d * i[j] * (one - g[j] * g[j])  # eq-lstm-da
        da_o[j] = do * o[j] * (one - o[j])  # eq-lstm-da
        dc[j] = d * f[j]  # eq-lstm-dc-prev


def _build(sources):
    @kept(nogil=True, **OPTIONS)
    def forward(lo, hi, panels, rows, index, mask, hs, c, gates):
        _ = sources
        H = hs.shape[2]
        for t in range(len(gates)):
            for b in range(lo, hi):
                copy(rows[index[t, b]], gates[t, b])
            add_product(hs[t], lo, hi, panels, H, gates[t])  # eq-rnn-preactivation
            for b in range(lo, hi):
                if real(mask, t, b):
                    i, f, g, o = split(gates[t, b])
                    _activate(i, f, g, o, c[t, b], c[t + 1, b], hs[t + 1, b])
                else:
                    copy(hs[t, b], hs[t + 1, b])
                    copy(c[t, b], c[t + 1, b])

    @kept(nogil=True, **OPTIONS)
    def backward(lo, hi, panels, dhs, mask, c, gates, dh, dc, das):
        _ = sources
        apart = quarter(dh)
        for t in range(len(gates) - 1, -1, -1):
            for b in range(lo, hi):
                if real(mask, t, b):
                    i, f, g, o = split(gates[t, b])
                    da_i, da_f, da_g, da_o = split(das[t, b])
                    _activate_backward(
                        i,
                        f,
                        g,
                        o,
                        c[t, b],
                        c[t + 1, b],
                        dhs[t, b],
                        dh[b],
                        dc[b],
                        da_i,
                        da_f,
                        da_g,
                        da_o,
                    )
                else:
                    add(dhs[t, b], dh[b])
                    das[t, b] = 0
            add_product(das[t], lo, hi, panels, apart, dh)  # eq-dh

    return forward, backward


@njit
def split(a):
    """The gates' parts of one sequence's i | f | g | o, (4H,)."""
    H = len(a) // 4
    return a[:H], a[H : 2 * H], a[2 * H : 3 * H], a[3 * H :]


_forward, _backward = _build(SOURCES)


def lay(part):
    """A part of the state, (B, H), as it lies in the buffers, or back: as it is."""
    return part


def scale(weights):
    """The weights as they are."""
    return weights


def buffers(T, B, H):
    """Shapes of what a pass forward fills and one backward reads: c and the gates."""
    return [(T + 1, B, H), (T, B, 4 * H)]


def forward(W_hh, rows, index, mask, hs, c, gates):
    """As `plain.lstm.forward`, with nothing scaled."""
    panels, mask = pack(W_hh, hs.shape[2]), padding(mask)
    by_sequences(_forward, hs, W_hh.size, panels, rows, index, mask, hs, c, gates)


def backward(W_hh, dhs, mask, hs, c, gates, dh, dc, das):
    """As `plain.lstm.backward`, `dh` and `dc` (B, H)."""
    panels, mask = pack(W_hh.T, quarter(dh)), padding(mask)
    by_sequences(_backward, dhs, W_hh.size, panels, dhs, mask, c, gates, dh, dc, das)
