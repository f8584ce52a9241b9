"""Generation in several libraries: what `speed.py` times.

A contender is a function from the sizes (V, D, H) and a setting of its own to another,
which draws `N` characters one by one.
"""

from __future__ import annotations

import numpy as np
from speed_steps import compiled, plain

N = 1000  # so milliseconds for all of them are microseconds for each


def our_writer(wrap):
    """`rnntutor.sample`."""

    def writer(V, D, H):
        import rnntutor as rt

        model = rt.Model(rt.Embedded(wrap(rt.LSTM()), D), V, H, V)
        params = model.init(np.random.default_rng(0), np.float32)
        return lambda: rt.sample(
            model, params, np.array([0]), N, np.random.default_rng(0)
        )

    return writer


def torch_writer(V, D, H, way="layer"):
    """PyTorch in inference mode, the state fed back: its layer, over sequences of one
    step, or its cell.
    """
    import torch

    embedding, readout = torch.nn.Embedding(V, D), torch.nn.Linear(H, V)
    layer = {"layer": torch.nn.LSTM, "cell": torch.nn.LSTMCell}[way](D, H)

    def write():
        with torch.inference_mode():
            symbol, state = torch.zeros(1, dtype=torch.long), None
            for _ in range(N):
                x = embedding(symbol)
                if way == "layer":
                    h, state = layer(x, state)
                else:
                    state = layer(x, state)
                    h = state[0]
                ys = torch.softmax(readout(h), -1)
                symbol = torch.multinomial(ys, 1)[0]

    return write


def jax_writer(V, D, H, way="step"):
    """One compiled function for each character, or one for all of them."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", "cpu")
    rng = np.random.default_rng(0)
    shapes = [(V, D), (D, 4 * H), (H, 4 * H), (4 * H,), (H, V), (V,)]
    params = [
        jnp.asarray(rng.uniform(-0.08, 0.08, shape), jnp.float32) for shape in shapes
    ]

    def step(params, key, symbol, h, c):
        E, W_xh, W_hh, b_h, W_hy, b_y = params
        i, f, g, o = jnp.split(E[symbol] @ W_xh + b_h + h @ W_hh, 4)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        key, now = jax.random.split(key)
        symbol = jax.random.categorical(now, h @ W_hy + b_y).astype(jnp.int32)
        return key, symbol, h, c

    zero = jnp.zeros(H, jnp.float32)
    start = jax.random.key(0), jnp.int32(0), zero, zero

    def scanned(carry, _):
        carry = step(params, *carry)
        return carry, carry[1]

    one = jax.jit(step)
    every = jax.jit(lambda carry: jax.lax.scan(scanned, carry, length=N)[1])

    def write():
        if way == "scan":
            every(start).block_until_ready()
            return
        carry = start
        for _ in range(N):
            carry = one(params, *carry)
            int(carry[1])

    return write


WRITERS = {
    "steps": our_writer(plain),
    "machine code": our_writer(compiled),
    "PyTorch": torch_writer,
    "JAX": jax_writer,
}
