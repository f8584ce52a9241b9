"""The writing of text in several libraries: what `speed.py` times.

A contender is a function from the sizes (V, D, H) to another, which writes so many
characters one by one.
"""

from __future__ import annotations

import numpy as np
from speed_steps import compiled, plain


def our_writer(wrap):
    """`rnntutor.sample`."""

    def writer(V, D, H):
        import rnntutor as rt

        model = rt.Model(rt.Embedded(wrap(rt.LSTM()), D), V, H, V)
        params = model.init(np.random.default_rng(0), np.float32)
        return lambda n: rt.sample(
            model, params, np.array([0]), n, np.random.default_rng(0)
        )

    return writer


def torch_writer(V, D, H):
    """PyTorch's layers in inference mode, the state fed back."""
    import torch

    embedding, layer, readout = (
        torch.nn.Embedding(V, D),
        torch.nn.LSTM(D, H),
        torch.nn.Linear(H, V),
    )

    def write(n):
        with torch.inference_mode():
            symbol, state = torch.zeros(1, 1, dtype=torch.long), None
            for _ in range(n):
                h, state = layer(embedding(symbol), state)
                symbol = torch.multinomial(torch.softmax(readout(h)[0], -1), 1)

    return write


def jax_writer(V, D, H):
    """One compiled function for each character, as the others have it."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_platforms", "cpu")
    rng = np.random.default_rng(0)
    shapes = [(V, D), (D, 4 * H), (H, 4 * H), (4 * H,), (H, V), (V,)]
    params = [
        jnp.asarray(rng.uniform(-0.08, 0.08, shape), jnp.float32) for shape in shapes
    ]

    @jax.jit
    def step(params, key, symbol, h, c):
        E, W_xh, W_hh, b_h, W_hy, b_y = params
        i, f, g, o = jnp.split(E[symbol] @ W_xh + b_h + h @ W_hh, 4)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        key, now = jax.random.split(key)
        return key, jax.random.categorical(now, h @ W_hy + b_y), h, c

    def write(n):
        h = c = jnp.zeros(H, jnp.float32)
        key, symbol = jax.random.key(0), jnp.int32(0)
        for _ in range(n):
            key, symbol, h, c = step(params, key, symbol, h, c)
            int(symbol)

    return write


WRITERS = {
    "steps": our_writer(plain),
    "machine code": our_writer(compiled),
    "PyTorch": torch_writer,
    "JAX": jax_writer,
}
